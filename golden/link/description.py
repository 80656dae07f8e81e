"""What a map of registers is made of: registers, their fields, and finding them by address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from erbium.golden.config import Config

#: How software may use a register: read only, read and write, write only.
ACCESSES = ("ro", "rw", "wo")


@dataclass(frozen=True)
class Field:
    """Some bits of a register.

    Attributes
    ----------
    name : str
    low, bits : int
        Lowest bit, and how many.
    text : str
    values : tuple of str
        Names of the values 0, 1, ..., if they have any.
    """

    name: str
    low: int
    bits: int
    text: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Register:
    """A register, or an array of equal ones: `count` elements of `bytes` bytes, lowest byte first.

    Attributes
    ----------
    name : str
    address, bytes, count : int
    access : str
        One of `ACCESSES`.
    text : str
    reset : tuple of int
        Value of each element after reset; of a constant, its value for ever.
    fields : tuple of Field
        Of each element; empty if it is one number.
    signed : bool
        The number is in two's complement.
    port : bool
        All bytes of a burst go to this one address.
    constant : bool
        It never changes.
    """

    name: str
    address: int
    bytes: int
    access: str
    text: str
    count: int = 1
    reset: tuple[int, ...] = ()
    fields: tuple[Field, ...] = ()
    signed: bool = False
    port: bool = False
    constant: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "reset", self.reset or (0,) * self.count)
        if len(self.reset) != self.count:
            raise ValueError(f"{self.name} has {self.count} elements, not {len(self.reset)}")

    @property
    def size(self) -> int:
        """Bytes of all elements."""
        return self.bytes * self.count

    @property
    def end(self) -> int:
        """The address after the last byte."""
        return self.address + self.size

    @property
    def reads(self) -> bool:
        """Software can read it."""
        return self.access != "wo"

    @property
    def writes(self) -> bool:
        """Software can write it."""
        return self.access != "ro"

    def encode(self, values: tuple[int, ...]) -> bytes:
        """Return the bytes of these elements."""
        return b"".join(v.to_bytes(self.bytes, "little", signed=self.signed) for v in values)

    def decode(self, data: bytes) -> tuple[int, ...]:
        """Return the elements that these bytes are."""
        parts = (data[start : start + self.bytes] for start in range(0, self.size, self.bytes))
        return tuple(int.from_bytes(part, "little", signed=self.signed) for part in parts)


@dataclass(frozen=True)
class RegisterMap:
    """All registers of an instance, in ascending order of their addresses.

    Attributes
    ----------
    config : Config
        The machine behind them.
    clock_hz, baud : int
    registers : tuple of Register
    """

    config: Config
    clock_hz: int
    baud: int
    registers: tuple[Register, ...]

    def __iter__(self) -> Iterator[Register]:
        return iter(self.registers)

    def __getitem__(self, name: str) -> Register:
        if name not in self._by_name:
            raise KeyError(f"no register {name!r}; there are {', '.join(self._by_name)}")
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def at(self, address: int) -> Register | None:
        """Return the register with a byte at `address`, if there is one."""
        return self._by_byte.get(address)

    @property
    def end(self) -> int:
        """The address after the last register."""
        return self.registers[-1].end

    @cached_property
    def _by_name(self) -> dict[str, Register]:
        return {register.name: register for register in self.registers}

    @cached_property
    def _by_byte(self) -> dict[int, Register]:
        return {
            address: register
            for register in self.registers
            for address in range(register.address, register.end)
        }
