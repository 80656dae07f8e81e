"""The byte bus: frames, or any other master, on one side, and the registers on the other.

A burst is a run of bytes to be written, or to be read, and its last byte is marked. Each request
has one response, in order. Its `stay` says that the address is a port, to which the next byte of
the burst goes, too; else that goes to the next address. After an error the master ends the burst.
"""

from amaranth import *
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.link.bus import BusError


class BusRequestLayout(data.StructLayout):
    """A byte to be written, or (`write` is 0) read; `last` marks the last one of its burst."""

    def __init__(self):
        super().__init__({"address": 16, "data": 8, "write": 1, "last": 1})


class BusResponseLayout(data.StructLayout):
    """The byte that was read, what was wrong, and whether the next byte has the same address."""

    def __init__(self):
        super().__init__({"data": 8, "error": Shape.cast(BusError).width + 1, "stay": 1})


class BusSignature(wiring.Signature):
    """The bus, seen from its master."""

    def __init__(self):
        super().__init__(
            {
                "request": Out(stream.Signature(BusRequestLayout())),
                "response": In(stream.Signature(BusResponseLayout())),
            }
        )

    def create(self, *, path=None, src_loc_at=0):
        return wiring.PureInterface(self, path=path, src_loc_at=1 + src_loc_at)

    def __eq__(self, other):
        return isinstance(other, BusSignature)
