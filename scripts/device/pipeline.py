"""Samples one after another: the next one is sent while one runs, and no answer is missed.

The machine shows how many samples it has answered, and the winners of the last two. So a sample is
sent only if at most one is unanswered: whatever is lost on the line, two new answers at most are
found there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from erbium.golden.link.frames import WRITE_LIMIT
from erbium.golden.link.registers import DROP
from erbium.scripts.device.access import Access
from erbium.scripts.device.encoding import split
from erbium.scripts.device.state import WRAPS, State
from erbium.scripts.device.transport import DeviceError

#: Samples without an answer before which another may be sent.
UNANSWERED = 1

#: Changes of the time between two questions: longer after one in vain, else shorter.
LONGER, SHORTER = 1.5, 0.93

#: The shortest such time, as a part of the longest that a sample can take.
SHORTEST = 1 / 64

#: Questions without any progress after which the machine counts as stuck.
MOST_QUESTIONS = 1000

#: Names the errors that a machine reports.
Explain = Callable[[], str]


class Pipeline:
    """Samples that are under way.

    Parameters
    ----------
    access : Access
        The machine.
    explain : callable
        Returns the machine's errors in words.
    """

    def __init__(self, access: Access, explain: Explain) -> None:
        self._access, self._explain = access, explain
        registers = access.instance.map
        self._header = registers["SAMPLE"].address - registers["LABEL"].address
        self._shortest = SHORTEST * access.instance.longest_sample
        self._delay = self._shortest
        self._clean = False
        self._sent = self._answered = self._results = self._dropped = 0

    def forget(self) -> None:
        """Take the machine as it is: somebody else has used or reset it."""
        self._clean = False

    def run(self, samples: Iterable[tuple[bytes, int, int]]) -> Iterator[int]:
        """Send samples, each with label and rate, and yield the winners in their order."""
        self._start()
        # What is interrupted from here on leaves it open what the machine has done.
        self._clean = False
        for data, label, rate in samples:
            while self._sent - self._answered > UNANSWERED:
                yield from self._ask()
            yield from self._send(data, label, rate)
        while self._sent > self._answered:
            yield from self._ask()
        self._clean = True

    def settle(self) -> None:
        """Wait until the machine is at rest, with no sample half sent."""
        if not self._clean:
            self._start()

    def _start(self) -> None:
        if self._clean:
            return
        state = self._access.state()
        if not state.locked:
            self._access.write("COMMAND", bytes([DROP]), patient=True)
        for _ in range(MOST_QUESTIONS):
            state = self._access.state()
            if not state.busy:
                break
            self._access.link.transport.wait(self._shortest)
        else:
            raise DeviceError(
                "the machine does not come to rest; reset it with Device.reset(), or by its button"
            )
        self._sent = self._answered = 0
        self._results, self._dropped = state.results, state.dropped
        self._clean = True

    def _send(self, data: bytes, label: int, rate: int) -> Iterator[int]:
        pieces = split(data, WRITE_LIMIT, WRITE_LIMIT - self._header)
        for piece in pieces[:-1]:
            yield from self._take(self._access.write("SAMPLE_PART", piece, patient=True))
        last = bytes([label]) + rate.to_bytes(2, "little") + pieces[-1]
        state = self._access.write("LABEL", last, patient=True)
        self._sent += 1
        yield from self._take(state)

    def _ask(self) -> Iterator[int]:
        """Look whether there is an answer, when there may be one."""
        for questions in range(MOST_QUESTIONS):
            self._access.link.transport.wait(self._delay)
            winners = list(self._take(self._access.state()))
            if winners:
                self._delay = max(self._shortest, self._delay * (1 if questions else SHORTER))
                yield from winners
                return
            self._delay = min(self._delay * LONGER, self._access.instance.longest_sample)
        raise DeviceError(
            f"{self._sent - self._answered} samples are not answered; reset the machine and go on "
            f"from a checkpoint. Errors: {self._explain()}"
        )

    def _take(self, state: State) -> Iterator[int]:
        """Yield the winners that are new in a state."""
        if state.dropped != self._dropped:
            lost = (state.dropped - self._dropped) % WRAPS
            self._dropped = state.dropped
            raise DeviceError(f"the machine has dropped {lost} samples: {self._explain()}")
        new = (state.results - self._results) % WRAPS
        if new > self._sent - self._answered:
            raise DeviceError(
                f"the machine has answered {new} samples, of which only "
                f"{self._sent - self._answered} are ours; let only one program use the port"
            )
        self._answered, self._results = self._answered + new, state.results
        if new == 2:
            yield state.before
        if new:
            yield state.winner
