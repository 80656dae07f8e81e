"""The byte bus between the frames of a link and its registers: what can be wrong with a byte."""

from __future__ import annotations

from enum import IntEnum


class BusError(IntEnum):
    """Why a byte was not written or read."""

    NONE = 0
    ADDRESS = 1
    LOCKED = 2
    READ_ONLY = 3
