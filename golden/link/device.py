"""Device: what a linked core does when its registers are read and written; without a clock.

It answers as `hw.link.registers` with a guarded core behind it does, byte for byte, once that has
nothing to do any more: a sample runs at once when it is complete. Performance counters stay 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.cycle.guard import Errors, Guard
from erbium.golden.cycle.ports import Access, Request
from erbium.golden.enums import Phase
from erbium.golden.link.bus import BusError
from erbium.golden.link.codec import LinkError
from erbium.golden.link.description import Register
from erbium.golden.link.identity import IDENTITY_BYTES, word_bytes
from erbium.golden.link.registers import CLEAR, DROP, LEARN, LOCK, RESET, SEEN, register_map
from erbium.golden.link.samples import Events, Pixels
from erbium.golden.link.window import WeightWindow
from erbium.golden.rng import RandomState
from erbium.golden.words import ERROR_COUNT_BITS, address_bits

#: Bits of RATE that the core has wires for.
RATE_BITS = 9


def fastest(config: Config, weights: Sequence[np.ndarray] | None = None):
    """Return the compiled golden model, or, where there is no compiler, the one in NumPy."""
    try:
        from erbium.golden.fast import FastCore
    except ModuleNotFoundError:
        return Core(config, weights)
    return FastCore(config, weights)


class RegisterModel:
    """Registers and the core behind them.

    Parameters
    ----------
    config : Config
        With `guard` or without.
    clock_hz, baud : int
        As it says of itself.
    weights : list of int array [sources, targets], optional
        What the weight memory has at power-up; the initial weights, if not given.
    engine : callable
        Makes the core of a configuration and weights.

    Attributes
    ----------
    map : RegisterMap
    core : Core or FastCore
    sequence : int
        Set by the frames.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock_hz: int,
        baud: int,
        weights: Sequence[np.ndarray] | None = None,
        engine=fastest,
    ) -> None:
        self.map = register_map(config, clock_hz=clock_hz, baud=baud)
        self._config = config = self.map.config
        self.core = engine(config, weights)
        self._window = WeightWindow(self.core)
        self._guard = Guard(config)
        self._samples = Events(config) if config.encoder == "events" else Pixels(config)
        self._stored = {
            address: byte
            for register in self.map
            if register.address < IDENTITY_BYTES
            for address, byte in enumerate(register.encode(register.reset), register.address)
        }
        self._bytes = word_bytes(config)
        self._hold_bits = max(32, 8 * self._bytes)
        self._keep_counts((0,) * self.map["COUNTS"].count)
        self.reset()

    def reset(self) -> None:
        """Do what the reset wire does; weights and counts stay."""
        self._learn, self._locked, self._restarted = True, False, True
        self._hold = self._position = self._address = self._label = self._rate = 0
        self._line = Errors()
        self.sequence = 0
        self._reset_core()

    def _reset_core(self) -> None:
        self.core.reset()
        self._guard.reset()
        self._samples.clear()
        self._results = self._winner = self._before = 0

    def report(self, error: LinkError) -> None:
        """Keep an error of the line."""
        line = self._line
        line.flags |= 1 << error - 1
        line.code = line.code or int(error)
        line.count = min(line.count + 1, (1 << ERROR_COUNT_BITS) - 1)

    def stays(self, address: int) -> bool:
        """Return whether the next byte of a burst goes to the same address."""
        register = self.map.at(address)
        return register is not None and register.port

    def write(self, address: int, byte: int, last: bool) -> BusError:
        """Write a byte, perhaps the last one of its burst."""
        register = self.map.at(address)
        if error := self._refuses(register, writes=True):
            return error
        self._shift(byte)
        if register.name in ("SAMPLE", "SAMPLE_PART"):
            self._feed(byte, last and register.name == "SAMPLE")
        elif register.name == "WEIGHT_DATA":
            self._weight_byte(last, writes=True)
        elif register.name == "CONTROL":
            self._learn, self._locked = bool(byte & LEARN), bool(byte & LOCK)
            self._hold = 0
        elif register.name == "COMMAND":
            self._command(byte)
        elif address == register.end - 1:
            self._load(register.name, self._hold >> self._hold_bits - 32)
        return BusError.NONE

    def read(self, address: int, last: bool) -> tuple[int, BusError]:
        """Read a byte, perhaps the last one of its burst."""
        register = self.map.at(address)
        if error := self._refuses(register, writes=False):
            return 0, error
        if address in self._stored:
            return self._stored[address], BusError.NONE
        first = (address - register.address) % register.bytes == 0
        if register.name == "WEIGHT_DATA":
            first = self._position == 0
        if first:
            self._hold = self._number(register.name)
        else:
            self._shift(0)
        if register.name == "WEIGHT_DATA":
            self._weight_byte(last, writes=False)
        return self._hold & 255, BusError.NONE

    def _refuses(self, register: Register | None, writes: bool) -> BusError:
        weights = register is not None and register.name == "WEIGHT_DATA"
        error = BusError.NONE
        if self._locked and (writes or weights):
            error = BusError.LOCKED
        elif register is None or (weights and self._address >> self._address_bits):
            error = BusError.ADDRESS
        elif not (register.writes if writes else register.reads):
            error = BusError.READ_ONLY
        if error:
            self._position = 0
        return error

    @property
    def _address_bits(self) -> int:
        return address_bits(self._window.depth)

    def _shift(self, byte: int) -> None:
        self._hold = self._hold >> 8 | byte << self._hold_bits - 8

    def _command(self, byte: int) -> None:
        if byte & RESET:
            self._reset_core()
        if byte & DROP:
            self._samples.clear()
        if byte & CLEAR:
            self._guard.errors.clock(0, dropped=False, clear=True)
            self._line = Errors()
        if byte & SEEN:
            self._restarted = False

    def _load(self, name: str, number: int) -> None:
        """Load what has been written, with its last byte, to a register."""
        if name == "LABEL":
            self._label = self._narrowed(number >> 24, self._config.layers[-1].bit_length())
        elif name == "RATE":
            self._rate = self._narrowed(number >> 16, RATE_BITS)
        elif name == "WEIGHT_ADDRESS":
            bits = self._address_bits
            self._address = number % (1 << bits) | (number >> bits != 0) << bits
        else:
            states = vars(self.core.random) | {name.removeprefix("RANDOM_").lower(): number}
            random = RandomState(**states)
            flags = self._guard.random_errors(random, Phase.IDLE)
            self._raise(flags)
            if not flags:
                self.core.random = random

    @staticmethod
    def _narrowed(number: int, bits: int) -> int:
        """Return a number, or the highest of so many bits if that is lower."""
        return min(number, (1 << bits) - 1)

    def _raise(self, flags: int, dropped: bool = False) -> None:
        if flags or dropped:
            self._guard.errors.clock(flags, dropped=dropped, clear=False)

    def _weight_byte(self, last: bool, writes: bool) -> None:
        """Count a byte of a word of the weight memory; write the word if it is complete."""
        final = self._position == self._bytes - 1
        if final and writes:
            word = self._hold >> self._hold_bits - 8 * self._bytes
            flags = self._guard.access_errors(Access(self._address, self._window.lanes(word)))
            self._raise(flags)
            if not flags:
                self._window.write(self._address, word)
        self._address += final
        self._position = 0 if final or last else self._position + 1

    def _feed(self, byte: int, ends: bool) -> None:
        """Take a byte of a sample; run the sample if it ends and is good."""
        samples = self._samples
        for flags in samples.feed(byte, ends):
            self._raise(flags)
        if not ends:
            return
        rate = self._rate if self._learn else 0
        if samples.wrong:
            rate = (1 << RATE_BITS) - 1
        flags = self._guard.request_errors(Request(self._label, rate))
        if flags or samples.spoiled:
            self._raise(flags, dropped=True)
        else:
            result = self.core.run(samples.sample, self._label, rate)
            self._results = (self._results + 1) % 256
            self._before, self._winner = self._winner, result.winner
            self._keep_counts(tuple(result.counts.tolist()))
        samples.clear()

    def _keep_counts(self, counts: tuple[int, ...]) -> None:
        register = self.map["COUNTS"]
        self._stored |= dict(enumerate(register.encode(counts), register.address))

    def _number(self, name: str) -> int:
        """Return the number that a register has."""
        if name.startswith("RANDOM_"):
            return getattr(self.core.random, name.removeprefix("RANDOM_").lower())
        if name == "WEIGHT_DATA":
            flags = self._guard.access_errors(Access(self._address))
            self._raise(flags)
            return 0 if flags else self._window.read(self._address)
        errors = self._guard.errors
        any_error = bool(errors.code or self._line.code)
        numbers = {
            "CONTROL": self._learn * LEARN | self._locked * LOCK,
            "STATUS": self._locked << 4 | self._restarted << 5 | any_error << 6,
            "SEQUENCE": self.sequence,
            "RESULTS": int.from_bytes(
                (self._results, errors.dropped, self._winner, self._before), "little"
            ),
            "GUARD_ERRORS": errors.flags,
            "GUARD_COUNT": errors.count,
            "GUARD_CODE": int(errors.code),
            "LINK_ERRORS": self._line.flags,
            "LINK_COUNT": self._line.count,
            "LINK_CODE": self._line.code,
            "WEIGHT_ADDRESS": self._address,
            "LABEL": self._label,
            "RATE": self._rate,
            "COUNTERS": 0,
        }
        return numbers[name]
