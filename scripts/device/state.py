"""What a machine says of itself while it runs."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from erbium.golden.enums import GuardError, Phase
from erbium.golden.link.description import RegisterMap
from erbium.golden.link.frames import LinkError

#: Registers that are read along with every command, as they follow one another.
STATE = ("STATUS", "SEQUENCE", "RESULTS")

#: Flags, count and first code of the errors of guard and link each.
ERRORS = struct.Struct("<HHB")

#: Numbers of results go on at 0 after 255.
WRAPS = 256


@dataclass(frozen=True)
class State:
    """What is read along with every command.

    Attributes
    ----------
    phase : Phase
        What the core is doing.
    busy, locked, restarted, errors : bool
        A sample has been sent and is not answered yet; nothing can be written; there was a reset
        that no host has noticed; there are errors.
    results, dropped : int
        Samples answered and dropped since reset, modulo 256.
    winner, before : int
        Winning classes of the last two samples that were answered.
    """

    phase: Phase
    busy: bool
    locked: bool
    restarted: bool
    errors: bool
    results: int
    dropped: int
    winner: int
    before: int

    @classmethod
    def of(cls, data: bytes) -> State:
        """Return the state in the bytes of `STATE`."""
        status, _, results, dropped, winner, before = data
        flags = (bool(status >> bit & 1) for bit in range(3, 7))
        return cls(Phase(status & 7), *flags, results, dropped, winner, before)


def span(registers: RegisterMap, first: str, last: str) -> tuple[int, int]:
    """Return address and number of the bytes from one register to another."""
    return registers[first].address, registers[last].end - registers[first].address


@dataclass(frozen=True)
class Errors:
    """Errors that a machine has seen since they were cleared last.

    Attributes
    ----------
    guard, link : tuple of str
        Kinds of errors in samples and accesses, and on the line.
    guard_count, link_count : int
        How many of them; 65535 stands for any larger number.
    guard_first, link_first : str or None
        The first of them.
    """

    guard: tuple[str, ...]
    guard_count: int
    guard_first: str | None
    link: tuple[str, ...]
    link_count: int
    link_first: str | None

    @classmethod
    def of(cls, guard: bytes, link: bytes) -> Errors:
        """Return the errors in the bytes from GUARD_ERRORS to GUARD_CODE, and so for the link."""
        flags, count, code = ERRORS.unpack(guard)
        line_flags, line_count, line_code = ERRORS.unpack(link)
        return cls(
            _names(GuardError, flags), count, _name(GuardError, code),
            _names(LinkError, line_flags), line_count, _name(LinkError, line_code),
        )  # fmt: skip

    @property
    def count(self) -> int:
        """All errors."""
        return self.guard_count + self.link_count

    def __str__(self) -> str:
        parts = []
        for what, names, count in (
            ("samples or accesses", self.guard, self.guard_count),
            ("on the line", self.link, self.link_count),
        ):
            if count:
                parts.append(f"{count} {what}: {', '.join(names)}")
        return "; ".join(parts) or "none"


def _names(kinds: type[GuardError] | type[LinkError], flags: int) -> tuple[str, ...]:
    return tuple(kind.name for kind in kinds if flags >> kind - 1 & 1)


def _name(kinds: type[GuardError] | type[LinkError], code: int) -> str | None:
    return kinds(code).name if code else None
