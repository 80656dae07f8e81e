"""Machines at a cable: the driver of everything that `erbium` puts behind a link.

The names below are part of the contract; see `erbium`. All are safe to use with a machine at a
serial port, with the simulated circuit, and with the golden model::

    from erbium.device import Device

    with Device.open("serial:///dev/ttyUSB1") as device:
        device.load_weights("runs/digits/run-0/checkpoint.npz")
        winners = device.classify(samples)

===================  ====================================================================
`Device`             A machine; `Device.open` finds it at a port.
`DeviceError`        Something is wrong with a machine or the way to it.
`DeviceRestarted`    The machine was reset or lost its power; its weights are not known.
`LinkLost`           The port is gone, and did not come back in time.
`Errors`             What a machine has refused, and what went wrong on the line.
`Traffic`            Bytes, commands and repetitions on a line.
===================  ====================================================================

Serial ports need the extra ``device``; the simulated circuit needs the extra ``sim``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from erbium.scripts.device.access import DeviceRestarted
    from erbium.scripts.device.device import Device
    from erbium.scripts.device.outcomes import Traffic
    from erbium.scripts.device.state import Errors
    from erbium.scripts.device.transport import DeviceError, LinkLost

__all__ = ["Device", "DeviceError", "DeviceRestarted", "Errors", "LinkLost", "Traffic"]

#: Where each name lives; nothing is loaded before it is asked for.
_HOMES = {
    "Device": "erbium.scripts.device.device",
    "DeviceError": "erbium.scripts.device.transport",
    "DeviceRestarted": "erbium.scripts.device.access",
    "Errors": "erbium.scripts.device.state",
    "LinkLost": "erbium.scripts.device.transport",
    "Traffic": "erbium.scripts.device.outcomes",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'erbium.device' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
