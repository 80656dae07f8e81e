"""The guard, clock cycle by clock cycle: what it lets pass, what it swallows, what it raises."""

from __future__ import annotations

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.cycle.ports import Access, Request
from erbium.golden.enums import GuardError, Phase
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.golden.words import DROPPED_BITS, ERROR_COUNT_BITS, errors_word, pack

#: Phases in which no sample runs: the random states may be replaced.
BETWEEN_SAMPLES = (Phase.IDLE, Phase.RESULT, Phase.READ)

#: What the control sees in place of an access that it must not serve: a write, for which it does
#: nothing itself.
NO_READ = Access(0, ())


def errors_in_order(flags: int) -> list[GuardError]:
    """Return the errors whose flags are set, the lowest one first."""
    return [error for error in GuardError if flags & error.flag]


class Errors:
    """Errors that have been raised, until they are cleared, and the samples that were dropped."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.flags = self.code = self.count = self.dropped = 0

    @property
    def word(self) -> int:
        """All of it as the core's port `o_errors` shows it."""
        return pack(errors_word(), vars(self))

    def clock(self, raised: int, dropped: bool, clear: bool) -> None:
        """End a cycle that raises the flags `raised` and drops a sample with its request.

        What is raised in a cycle in which the host clears is not lost.
        """
        if clear:
            self.flags = self.code = self.count = 0
        self.flags |= raised
        if raised:
            self.code = self.code or errors_in_order(raised)[0]
            self.count = min(self.count + 1, (1 << ERROR_COUNT_BITS) - 1)
        self.dropped = (self.dropped + dropped) % (1 << DROPPED_BITS)


class Guard:
    """Judges requests, accesses and random states; samples are judged where they are stored.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    errors : Errors
    owes_zeros : bool
        A word of zeros is offered: the answer to a bad read.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._layout = Layout(config)
        self.errors = Errors()
        self.reset()

    def reset(self) -> None:
        """Forget all errors, and what is owed."""
        self.errors.reset()
        self.owes_zeros = False

    def request_errors(self, request: Request | None) -> int:
        """Return the flags that a request raises."""
        if request is None:
            return 0
        label = GuardError.LABEL.flag if request.label >= self._layout.classes else 0
        return label | (GuardError.RATE.flag if request.rate > FULL_RATE else 0)

    def access_errors(self, access: Access | None) -> int:
        """Return the flags that an access raises. Padding lanes are those beyond the targets of a
        layer, in words of its last group.
        """
        if access is None:
            return 0
        if access.address >= self._layout.weight_depth:
            return GuardError.ADDRESS.flag
        if access.data is None:
            return 0
        layer = next(
            layer for layer in reversed(self._layout.layers) if access.address >= layer.weight_base
        )
        group = (access.address - layer.weight_base) // layer.sources
        padding = access.data[layer.targets - group * self._config.lanes :]
        return GuardError.PADDING.flag if any(padding) else 0

    def random_errors(self, random: RandomState | None, phase: Phase) -> int:
        """Return the flags that random states raise in a phase."""
        if random is None or (phase in BETWEEN_SAMPLES and all(vars(random).values())):
            return 0
        return GuardError.RANDOM.flag

    def admitted(self, access: Access | None) -> Access | None:
        """Return what the control sees of an access: of a bad one, and of any while zeros are
        owed, nothing that it would read for.
        """
        if access is None or not (self.owes_zeros or self.access_errors(access)):
            return access
        return NO_READ

    def clock(
        self, *, raised: int, dropped: bool, clear: bool, bad_read: bool, word_taken: bool
    ) -> None:
        """End a cycle. `bad_read` is the transfer of one; `word_taken` says that the host takes a
        word if one is offered.
        """
        self.errors.clock(raised, dropped, clear)
        self.owes_zeros = bad_read or (self.owes_zeros and not word_taken)
