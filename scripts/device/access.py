"""Registers by their names, and what every command brings along: a look at the machine's state."""

from __future__ import annotations

from collections.abc import Callable

from erbium.golden.link.frames import WRITE_LIMIT
from erbium.scripts.device.instance import Instance
from erbium.scripts.device.outcomes import Noisy, OutOfStep
from erbium.scripts.device.protocol import Link, Read
from erbium.scripts.device.state import STATE, State, span
from erbium.scripts.device.transport import DeviceError

#: Most bytes of the weight window in a command: replies of any length are possible, but a long one
#: is more likely to be broken.
MOST_READ = 1024

#: Times that a transaction may be made shorter before it is given up.
MOST_SHORTENINGS = 60


class DeviceRestarted(DeviceError):
    """The machine was reset behind our back; what it had learned may be lost."""


class Access:
    """Reads and writes of registers.

    Parameters
    ----------
    link : Link
    instance : Instance
        The machine there.
    """

    def __init__(self, link: Link, instance: Instance) -> None:
        self.link, self.instance = link, instance
        self._state_span = span(instance.map, STATE[0], STATE[-1])
        self.watching = False

    def read(self, first: str, last: str | None = None) -> bytes:
        """Return the bytes of a register, or of all from `first` to `last`."""
        return self.link.read(*span(self.instance.map, first, last or first))

    def state(self) -> State:
        """Return the machine's state."""
        return self._seen(self.link.read(*self._state_span))

    def write(self, name: str, data: bytes, *, patient: bool = False) -> State:
        """Write to a register and those that follow it, once; return the state after that.

        Parameters
        ----------
        name : str
            Where the writes begin.
        data : bytes
            What is written.
        patient : bool
            The machine may have to finish a sample before.
        """
        write = (self.instance.map[name].address, data)
        try:
            return self._seen(self.link.write(write, self._state_span, seconds=self.wait(patient)))
        except OutOfStep:
            # Says what is the matter if it was a reset.
            self.state()
            raise

    def wait(self, patient: bool) -> float:
        """Return the seconds that a command may take."""
        return 2 * self.instance.longest_sample if patient else 0.0

    def _seen(self, data: bytes) -> State:
        state = State.of(data)
        if self.watching and state.restarted:
            raise DeviceRestarted(
                "the machine was reset meanwhile, or has lost its power: its random generators are "
                "at their seeds, and what its weights are is not known; load weights, or go on "
                "from a checkpoint with --resume"
            )
        return state

    def read_words(self, size: int, count: int, report: Callable[[int], None]) -> bytes:
        """Return all `count` words of the weight memory, of `size` bytes each."""
        port, found = self.instance.map["WEIGHT_DATA"].address, bytearray()

        def one(first: int, some: int) -> None:
            read = port, some * size
            found.extend(self._at(first, b"", read))

        self._in_bursts(count, MOST_READ // size, one, report)
        return bytes(found)

    def write_words(self, size: int, data: bytes, report: Callable[[int], None]) -> None:
        """Write all words of the weight memory, of `size` bytes each."""
        room = WRITE_LIMIT - self.instance.map["WEIGHT_ADDRESS"].size

        def one(first: int, some: int) -> None:
            self._seen(
                self._at(first, data[first * size : (first + some) * size], self._state_span)
            )

        self._in_bursts(len(data) // size, room // size, one, report)

    def _at(self, word: int, data: bytes, read: Read) -> bytes:
        register = self.instance.map["WEIGHT_ADDRESS"]
        write = register.address, register.encode((word,)) + data
        return self.link.write_anew(write, read, seconds=self.wait(True))

    def _in_bursts(
        self,
        count: int,
        most: int,
        one: Callable[[int, int], None],
        report: Callable[[int], None],
    ) -> None:
        """Do `count` words in as long bursts as the line bears."""
        done, burst, shortenings = 0, most, 0
        while done < count:
            some = min(burst, count - done)
            try:
                one(done, some)
            except Noisy:
                shortenings += 1
                if shortenings == MOST_SHORTENINGS:
                    raise
                burst = max(1, some // 2)
                continue
            done, shortenings = done + some, 0
            burst = min(most, burst + burst // 8 + 1)
            report(done)
