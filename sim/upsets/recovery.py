"""Single-event upsets: bits of the learning circuit flip, and it must come back to a legal state.

A circuit learns three samples. In the second one, at a chosen clock edge, one bit of a register or
memory flips. Then its weights and random states are read back through its ports. From there on, an
untouched circuit and the golden model must do the same as it does: spikes, counts, winners, cycles
of every phase, random states and weights.
"""

from __future__ import annotations

import ctypes
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.golden.core import FULL_RATE
from erbium.golden.fast import FastCore
from erbium.golden.rng import used_generators
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.sim.compare.comparer import Comparer
from erbium.sim.compare.observation import of_model
from erbium.sim.engines.library import Status, build
from erbium.sim.engines.native import NativeCore, NativeResult, SimulationError
from erbium.sim.upsets.storage import Storage, expose, find_storage, header

#: Samples before the upset, the one it falls in, and one in which the circuit may recover.
LEARNED = 3
STRUCK = 1

#: Samples after which the circuit is compared with an untouched one.
JUDGED = 2


class Outcome(Enum):
    """What an upset did."""

    MASKED = "nothing"
    HEALED = "other results, then a legal state within one sample"
    HUNG = "no answer"
    PROTOCOL = "answers that nobody asked for, or inputs not taken"
    ILLEGAL = "an answer to every sample, but not in a legal state"


class Remedy(Enum):
    """What brings a circuit back that did not come back by itself."""

    NONE = "none needed"
    RESET = "reset wire"
    LOAD = "reset wire, and weights written again"
    LOST = "neither helped"


@dataclass(frozen=True)
class Upset:
    """A bit that flips after clock edge `edge`, counted from the plan."""

    edge: int
    storage: int
    word: int
    bit: int


@dataclass(frozen=True)
class Injection:
    """An upset and what came of it."""

    upset: Upset
    path: str
    kind: str
    outcome: Outcome
    remedy: Remedy


class UpsetCore(NativeCore):
    """A compiled core in which every bit that is stored can be flipped.

    Parameters
    ----------
    config, build_dir, verilog
        As for `NativeCore`.

    Attributes
    ----------
    storages : list of Storage
        Registers and memories of the circuit.
    """

    def __init__(
        self, config: Config, build_dir: Path | str, *, verilog: str | None = None
    ) -> None:
        # The words of a read-only memory can flip, too, as those of a chip's block RAM do.
        text = emit_core(config, keep_roms=True) if verilog is None else verilog
        self.verilog, self.build_dir = text, build_dir
        self.storages = find_storage(text, module_name(config))
        super().__init__(config, build_dir, verilog=text)

    def _build(self, verilog: str, folder: Path) -> Path:
        places = header(self.storages, module_name(self.config))
        return build(self.config, expose(verilog), folder, storage=places)

    def plan(self, upsets: Sequence[Upset]) -> None:
        """Flip these bits at the edges that come, counted from 1; forget earlier plans."""
        values = [dataclasses.astuple(u) for u in sorted(upsets, key=lambda u: u.edge)]
        array = np.array(values, dtype=np.int64).reshape(-1, 4)
        for upset in upsets:
            one = self.storages[upset.storage]
            if not (0 <= upset.word < max(1, one.depth) and 0 <= upset.bit < one.width):
                raise ValueError(f"{one.path} has no bit {upset.bit} in a word {upset.word}")
        pointer = array.ctypes.data_as(ctypes.c_void_p)
        self._library.native_upsets(self._handle, ctypes.c_int(len(array)), pointer)


def draw_samples(config: Config, count: int, random: np.random.Generator) -> tuple[object, list]:
    """Draw samples that keep a network busy, and labels."""
    if config.encoder == "events":
        fires = random.random((count, config.ticks, config.layers[0])) < 0.4
        samples = [[np.flatnonzero(tick).tolist() for tick in sample] for sample in fires]
    else:
        samples = random.integers(0, 256, (count, config.layers[0]))
        samples[random.random(samples.shape) < 0.2] = 0
    return samples, random.integers(0, config.layers[-1], count).tolist()


class Target:
    """A circuit under upsets, with its untouched twin and the golden model.

    Parameters
    ----------
    config, build_dir, verilog
        As for `NativeCore`.
    seed : int
        Of samples and labels.

    Attributes
    ----------
    window : tuple of int
        First and last clock edge of the sample in which bits flip.
    judged : samples and labels
        What the circuit must do like an untouched one afterwards.
    rate : int
        Learning rate.
    """

    def __init__(
        self, config: Config, build_dir: Path | str, seed: int = 1, *, verilog: str | None = None
    ) -> None:
        self.config = config
        self.core = UpsetCore(config, build_dir, verilog=verilog)
        self._twin = UpsetCore(config, build_dir, verilog=verilog)
        self._golden = FastCore(config)
        self.rate = FULL_RATE if config.learning else 0
        random = np.random.default_rng(seed)
        samples, labels = draw_samples(config, LEARNED + JUDGED, random)
        self._learned = samples[:LEARNED], labels[:LEARNED]
        self.judged = samples[LEARNED:], labels[LEARNED:]
        self._start = self.core.weight_words
        results = self.core.run_many(*self._learned, self.rate)
        self._expected = results, self.core.weight_words
        ends = np.cumsum([result.cycles for result in results])
        self.window = int(ends[STRUCK - 1]) + 1, int(ends[STRUCK])
        if not self.legal():
            raise RuntimeError(f"{config.name} differs from its twin without any upset")

    @property
    def storages(self) -> list[Storage]:
        """Registers and memories."""
        return self.core.storages

    def inject(self, upset: Upset) -> Injection:
        """Flip one bit while the circuit learns; say what came of it."""
        storage = self.storages[upset.storage]
        # What cannot be written stays flipped; its twin gets the same, and both are mended.
        lasting = dataclasses.replace(upset, edge=1) if self._is_rom(storage) else None
        self.core.reset()
        self.core.weight_words = self._start
        outcome = self._outcome(upset, lasting)
        remedy = Remedy.NONE
        if outcome not in (Outcome.MASKED, Outcome.HEALED):
            remedy = self._remedy(lasting)
        if lasting is not None:
            self._mend(lasting)
        return Injection(upset, storage.path, storage.kind, outcome, remedy)

    def _is_rom(self, storage: Storage) -> bool:
        return storage.kind == "feedback_memory, words"

    def _outcome(self, upset: Upset, lasting: Upset | None) -> Outcome:
        self.core.plan([upset])
        try:
            results = self.core.run_many(*self._learned, self.rate)
            wanted, words = self._expected
            masked = _same(results, wanted) and np.array_equal(self.core.weight_words, words)
            legal = self.legal(lasting)
        except SimulationError as error:
            return Outcome.HUNG if error.status == Status.TIMEOUT else Outcome.PROTOCOL
        if not legal:
            return Outcome.ILLEGAL
        return Outcome.MASKED if masked else Outcome.HEALED

    def _remedy(self, lasting: Upset | None) -> Remedy:
        for remedy in (Remedy.RESET, Remedy.LOAD):
            self.core.plan([])
            self.core.reset()
            try:
                if remedy is Remedy.LOAD:
                    self.core.load(self.core.weights)
                if self.legal(lasting):
                    return remedy
            except SimulationError:
                continue
        # Whatever it is, it must not touch the trials that follow.
        self.core = UpsetCore(self.config, self.core.build_dir, verilog=self.core.verilog)
        return Remedy.LOST

    def legal(self, lasting: Upset | None = None) -> bool:
        """Whether the core does, from here on, what its weights and random states demand."""
        words, random = self.core.weight_words, self.core.random
        twin, golden = self._twin, self._golden
        twin.reset()
        twin.plan([] if lasting is None else [lasting])
        twin.weight_words, twin.random = words, random
        results = self.core.run_many(*self.judged, self.rate)
        legal = _same(results, twin.run_many(*self.judged, self.rate))
        after = self.core.weight_words
        legal &= np.array_equal(after, twin.weight_words)
        if lasting is not None:
            # Flip it back. The golden model's feedback is what the configuration says.
            twin.plan([lasting])
            twin.weight_words = words
            return legal
        if any(getattr(random, name) == 0 for name in used_generators(self.config)):
            return False
        golden.load(self.core.layout.unpack(words.astype(np.int64)))
        golden.random = random
        comparer = Comparer("winner", "counts", "random", "weights")
        for result, sample, label in zip(results, *self.judged, strict=True):
            wanted = of_model(golden.run(sample, label, self.rate), golden.random)
            comparer.sample("afterwards", result, wanted)
        matrices = self.core.layout.unpack(after.astype(np.int64))
        comparer.weights("afterwards", matrices, golden.weights)
        return legal and comparer.equal

    def _mend(self, lasting: Upset) -> None:
        self.core.reset()
        self.core.plan([lasting])
        self.core.weight_words = self._start


def _same(results: Sequence[NativeResult], wanted: Sequence[NativeResult]) -> bool:
    comparer = Comparer(
        "winner", "counts", "spikes", "phase_cycles", "random", may_be_empty=("spikes",)
    )
    comparer.sample_sequence(results, wanted)
    return comparer.equal


def draw_upsets(target: Target, flips: int, memory_bits: int, seed: int) -> list[Upset]:
    """Draw `flips` upsets for each bit of each register, and for `memory_bits` of each memory."""
    random = np.random.default_rng(seed)
    first, last = target.window
    drawn = []
    for number, one in enumerate(target.storages):
        if one.depth:
            bits = random.choice(one.bits, min(one.bits, memory_bits), replace=False)
        else:
            bits = np.arange(one.bits)
        for bit in np.repeat(bits, flips).tolist():
            edge = int(random.integers(first, last + 1))
            drawn.append(Upset(edge, number, bit // one.width, bit % one.width))
    return drawn


def inject_all(
    target: Target, upsets: Sequence[Upset], told: Callable[[int], None] = lambda done: None
) -> Iterator[Injection]:
    """Upset a target again and again, and yield what came of it."""
    for done, upset in enumerate(upsets, 1):
        yield target.inject(upset)
        told(done)
