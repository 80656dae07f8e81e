"""Registers without a map: a memory, with a few addresses of another kind."""

from __future__ import annotations

from erbium.golden.link.bus import BusError
from erbium.golden.link.codec import LinkError

#: Addresses of the registers below: one that keeps its address, one without a register, one that
#: is locked, and one that is only read.
PORT, MISSING, LOCKED, FIXED = 0x40, 0x50, 0x60, 0x70


class Registers:
    """A memory, with a few addresses of another kind."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Registers) and self._seen() == other._seen()

    __hash__ = None

    def _seen(self) -> tuple[object, ...]:
        return (self.bytes, self.written, self.read_, self.errors)

    def __init__(self) -> None:
        self.bytes: dict[int, int] = {FIXED: 0x5A}
        self.written: list[tuple[int, int, bool]] = []
        self.read_: list[tuple[int, bool]] = []
        self.errors: list[LinkError] = []
        self.sequence = 0

    def write(self, address: int, byte: int, last: bool) -> BusError:
        if error := {FIXED: BusError.READ_ONLY, LOCKED: BusError.LOCKED}.get(address):
            return error
        if address == MISSING:
            return BusError.ADDRESS
        self.bytes[address] = byte
        self.written.append((address, byte, last))
        return BusError.NONE

    def read(self, address: int, last: bool) -> tuple[int, BusError]:
        self.read_.append((address, last))
        if address in (MISSING, LOCKED):
            return 0xEE, BusError.ADDRESS if address == MISSING else BusError.LOCKED
        return self.bytes.get(address, 0), BusError.NONE

    def stays(self, address: int) -> bool:
        return address == PORT

    def report(self, error: LinkError) -> None:
        self.errors.append(error)
