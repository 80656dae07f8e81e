"""Judge: what a link has answered and done, against the models that heard the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass

from erbium.golden.config import Config
from erbium.golden.layout import Layout
from erbium.golden.link.device import RegisterModel
from erbium.golden.link.frames import FrameModel, LinkError
from erbium.golden.link.registers import linked
from erbium.golden.link.uart import BITS, divider
from erbium.sim.link.commands import Step
from erbium.sim.link.replay import Replay, Tape
from erbium.sim.link.traffic import BAD, GOOD, IN_HURRY, Traffic

#: Times of bytes: after a reply, in which nothing more may come; between two looks whether one has
#: come, or a sample has ended; and in which both must be so, longer than three samples take.
SILENCE, GLANCE, PATIENCE = 8, 4, 2000

#: Steps of an episode while the device is locked, at most.
LOCKED = 8


#: Words of weights that are written at once.
POWER_UP_WORDS = 100

#: Errors of the line by which a byte is lost.
LOSSES = (LinkError.OVERRUN, LinkError.FRAMING)


class Disagreement(AssertionError):
    """Circuit and models differ; the message says in what, and after which step."""


@dataclass(frozen=True)
class Seen:
    """What has come from the device since the last step, and what was watched; `end` is the cycle
    up to which that is all.
    """

    data: bytes
    tape: Tape
    end: int


@dataclass(frozen=True)
class Wait:
    """Let so many cycles pass."""

    cycles: int


Play = Generator[Step | Wait, Seen, None]


class _Registers(RegisterModel):
    """Registers that wait with an error of a command until the circuit has reported it, since that
    comes after what is lost while it answers.
    """

    def __init__(self, config: Config, *, clock_hz: int, baud: int) -> None:
        self.owed: list[LinkError] = []
        super().__init__(config, clock_hz=clock_hz, baud=baud)

    def reset(self) -> None:
        self.owed.clear()
        super().reset()

    def report(self, error: LinkError) -> None:
        if error in LOSSES:
            super().report(error)
        else:
            self.owed.append(error)

    @property
    def results(self) -> int:
        """Samples that have been answered since the last reset."""
        return self._results

    def reported(self, error: LinkError) -> bool:
        """Keep an error that the circuit has reported; return whether it was owed."""
        if not self.owed or self.owed.pop(0) is not error:
            return False
        super().report(error)
        return True


class Judge:
    """Plays an episode of traffic, from a reset to weights and random states that are read back.

    Parameters
    ----------
    config : Config
    seed : int
    clock_hz, baud : int
        Of the circuit.
    start : int
        The cycle after its reset.
    fresh : bool
        Its class counts are still those of power-up.

    Attributes
    ----------
    kinds : Counter of str
        Steps by their kinds.
    lost, resets, values : int
        Bytes lost in overruns, resets while a command or a sample was under way, values
        compared.
    """

    def __init__(
        self, config: Config, seed: int, *, clock_hz: int, baud: int, start: int = 0,
        fresh: bool = True,
    ) -> None:  # fmt: skip
        self._layout = Layout(config)
        self._byte = BITS * divider(clock_hz, baud)
        self._replay = Replay(linked(config), start)
        self._registers = _Registers(config, clock_hz=clock_hz, baud=baud)
        self._traffic = Traffic(self._registers.map, seed, self._byte)
        self._traffic.counts_known = fresh
        self._frames = FrameModel(self._registers)
        # What has come, what should, and what should have before a reset.
        self._came, self._expected = bytearray(), bytearray()
        self._cut: bytes | None = None
        self._end = start
        self._disturbed = self._hurried = False
        self.kinds: Counter[str] = Counter()
        self.lost = self.resets = self.values = 0

    def play(self, bad: int) -> Play:
        """Yield steps, so many of them bad, and periods to wait; take what was seen in each."""
        words = self._layout.pack(self._registers.core.weights).tolist()
        for address in range(0, len(words), POWER_UP_WORDS):
            part = words[address : address + POWER_UP_WORDS]
            yield from self._do(self._traffic.all_weights(address, part))
        locks_at = bad // 2 if self._traffic.chance(0.4) else None
        while bad > 0:
            if locks_at is not None and bad <= locks_at:
                locks_at = None
                for step in self._traffic.locking(LOCKED):
                    yield from self._do(step())
            step = self._draw()
            bad -= step.kind in BAD
            yield from self._do(step)
        for step in self._traffic.looking_at_all():
            yield from self._do(step())

    def _draw(self) -> Step:
        if self._hurried:
            return self._traffic.step(IN_HURRY)
        return self._traffic.step(BAD if self._traffic.chance(0.7) else GOOD)

    def _do(self, step: Step) -> Play:
        """Play a step, and wait until it has been answered, or until nothing happens any more."""
        self.kinds[step.kind] += 1
        start = self._end
        self._hear(step, (yield step))
        # The last byte is still on its way, or the reset yet to come.
        rest = 0 if step.reset is None else max(0, start + step.reset - self._end)
        self._hear(step, (yield Wait(rest + 2 * self._byte)))
        for _ in range(PATIENCE // GLANCE):
            if len(self._came) >= len(self._expected) and (step.hurry or self._replay.still):
                break
            self._hear(step, (yield Wait(GLANCE * self._byte)))
        # What came before a reset may have been taken for the reply after it.
        late = 0 if self._cut is None else len(self._expected)
        self._hear(step, (yield Wait((SILENCE + late) * self._byte)))
        self._compare_replies(step)
        self._hurried = step.hurry
        if not step.hurry:
            self._compare_state(step)
        self._traffic.sequence = self._registers.sequence

    def _hear(self, step: Step, seen: Seen) -> None:
        """Give the models what the circuit has received."""
        self._came += seen.data
        for cycle, watched in seen.tape:
            self._replay.feed([], cycle)
            if watched["rst"] or watched["core_reset"]:
                self._reset(wire=bool(watched["rst"]))
            lost = None
            if watched["error_valid"]:
                lost = self._error(step, LinkError(watched["error"]))
            if watched["byte_valid"] and lost is None:
                self._expected += self._frames.feed([watched["byte"]])
            self._replay.feed([(cycle, watched)], cycle)
        self._replay.feed([], seen.end)
        self._end = seen.end

    def _error(self, step: Step, error: LinkError) -> LinkError | None:
        """Take an error that the circuit reports; return it if a byte was lost."""
        if error in LOSSES:
            self._frames.lose(error)
            self.lost += error is LinkError.OVERRUN
            return error
        if not self._registers.reported(error):
            raise Disagreement(f"{step.kind}: the circuit reports {error.name}, the model does not")
        return None

    def _reset(self, wire: bool) -> None:
        # The model does a command at once; the circuit may still be at it.
        if not self._replay.still or (wire and self._expected):
            self._disturbed = True
            self._traffic.counts_known = False
            self.resets += 1
        if wire:
            self._frames.reset()
            self._registers.reset()
            self._cut, self._expected = bytes(self._expected), bytearray()

    def _compare_replies(self, step: Step) -> None:
        """Compare what has come; of what a reset has cut short, the last byte may be anything."""
        came, expected = bytes(self._came), bytes(self._expected)
        if self._cut is not None:
            head = came[: len(came) - len(expected)]
            came = came[len(head) :]
            if len(head) > len(self._cut) or head[:-1] != self._cut[: len(head)][:-1]:
                self._differ(step, "the reply that a reset cut short", head, self._cut)
        if came != expected:
            self._differ(step, "the reply", came, expected)
        if self._registers.owed:
            self._differ(step, "errors reported", [], self._registers.owed)
        self.values += len(came)
        self._came.clear()
        self._expected.clear()
        self._cut = None

    def _compare_state(self, step: Step) -> None:
        """Compare the state of the two models; where a reset has hit a sample, take it over."""
        if not self._replay.still:
            raise Disagreement(f"{step.kind}: the core has not come to rest")
        core, golden = self._registers.core, self._replay.golden
        if self._disturbed:
            core.load(golden.weights())
            self._disturbed = False
        if self._registers.results:
            self._traffic.counts_known = True
        for found, known in zip(core.weights, golden.weights(), strict=True):
            self.values += known.size
            if (found != known).any():
                self._differ(step, "weights", found.tolist(), known.tolist())
        if vars(core.random) != vars(golden.random):
            self._differ(step, "random states", core.random, golden.random)

    def _differ(self, step: Step, what: str, found: object, known: object) -> None:
        raise Disagreement(
            f"after step {sum(self.kinds.values())}, {step}: {what} is {found!r}, not {known!r}"
        )
