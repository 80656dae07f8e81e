"""The place of a host: whatever feeds samples and weights to a core on a board."""

from amaranth.lib import wiring

from erbium.hw.core import core_members


def link_signature(config):
    """Return the signature of a link: every member of the core, seen from the other side.

    A link drives ``i_access``, ``i_pixel``, ``i_request`` and so on, takes ``o_result``, and may
    watch ``o_spikes``. A link with pins of its own requests them from the platform when it is
    elaborated.
    """
    return wiring.Signature(wiring.Signature(core_members(config)).members.flip())
