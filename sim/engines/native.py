"""A core's circuit as compiled code: whole trainings of the emitted Verilog, from Python.

`NativeCore` offers what `golden.core.Core` does, with the circuit inside. Batches run in C++
(sim/engines/native.cpp); Python is not called in a clock cycle.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.golden.core import FULL_RATE
from erbium.golden.cycle.counters import COUNTERS
from erbium.golden.cycle.sample import LAST
from erbium.golden.enums import Phase
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState, hash32
from erbium.golden.validate import check_random, check_sequence, check_words
from erbium.hw.verilog.emission import emit_core
from erbium.sim.engines.library import Status, build
from erbium.sim.host.ports import PortMap
from erbium.sim.host.traffic import as_events

Sample = np.ndarray | Sequence[Sequence[int]]

#: What can go wrong in a run.
FAILURES = {
    Status.TIMEOUT: "no answer in the cycles that the longest sample can take; it hangs",
    Status.RESULT_CHANGED: "o_result changed before it was taken",
    Status.INPUT_LEFT: "it did not take all of its inputs",
    Status.UNASKED: "it gave a result or a word that nobody had asked for",
}


class SimulationError(RuntimeError):
    """The circuit broke the protocol of a port; `status` is a key of `FAILURES`."""

    def __init__(self, name: str, status: int) -> None:
        super().__init__(f"the circuit of {name!r}: {FAILURES[status]}")
        self.status = status


@dataclass(frozen=True)
class NativeResult:
    """What the circuit did in one sample.

    Attributes
    ----------
    winner : int
    counts : int array [classes]
        Output spikes in the window.
    spikes : int array [spikes, 3]
        Layer, tick and neuron of every spike, in the order in which they happened.
    cycles : int
        Clock cycles since the last result was taken (or since the call), this one's included.
    phase_cycles : dict
        The same cycles by name of `golden.enums.Phase`.
    words : int or None
        Words of synapses issued, each of `lanes` synapses; None if it is a netlist.
    random : RandomState
        Random generators when the result was taken.
    """

    winner: int
    counts: np.ndarray
    spikes: np.ndarray
    cycles: int
    phase_cycles: dict[str, int]
    words: int | None
    random: RandomState


class NativeCore:
    """The emitted Verilog of a core, compiled.

    Parameters
    ----------
    config : Config
    build_dir : Path or str
        Where compiled cores are kept and found again.
    stalls : int, optional
        Delay every handshake at random, with this seed; no result depends on it.
    verilog : str, optional
        Text to compile in place of the configuration's own, for experiments.
    netlist : bool
        Whether that text is a netlist, which shows nothing but its ports.
    load : bool
        False leaves in the weight memory what it holds at power-up.

    Notes
    -----
    A new core is reset and holds the configuration's initial weights.
    """

    def __init__(
        self,
        config: Config,
        build_dir: Path | str,
        *,
        stalls: int | None = None,
        verilog: str | None = None,
        netlist: bool = False,
        load: bool = True,
    ) -> None:
        self.config = config
        self.layout = Layout(config)
        self._counts_words = not netlist
        text = emit_core(config) if verilog is None else verilog
        self._library = ctypes.CDLL(str(self._build(text, Path(build_dir).resolve())))
        self._library.native_create.restype = ctypes.c_void_p
        self._library.native_spikes.restype = ctypes.POINTER(ctypes.c_int32)
        self._handle = ctypes.c_void_p(self._library.native_create())
        if stalls is not None:
            seeds = (hash32(stalls + np.arange(1, 6)) | 1).astype(np.uint32)
            self._library.native_stall(self._handle, _pointer(seeds))
        self._limit = self._longest() * (1 if stalls is None else 16)
        self.reset()
        if load:
            self.load(initial_weights(config))

    def __del__(self) -> None:
        if hasattr(self, "_handle"):
            self._library.native_destroy(self._handle)

    def _build(self, verilog: str, folder: Path) -> Path:
        """Return the shared library of the circuit."""
        return build(self.config, verilog, folder, words=self._counts_words)

    def _longest(self) -> int:
        """Return more cycles than any sample takes: every source fires and all is fed back."""
        y = self.layout
        sources = sum(layer.sources for layer in y.layers)
        tick = y.weight_depth + (2 * y.classes + 4) * (y.state_depth + 8) + 4 * sources + 64
        return (self.config.ticks + 2) * tick

    def reset(self) -> None:
        """Pulse the reset wire: random generators to their seeds, weights unchanged."""
        self._library.native_reset(self._handle)

    def load(self, weights: Sequence[np.ndarray]) -> None:
        """Write all weights through the host port."""
        self.weight_words = self.layout.pack(weights)

    @property
    def weights(self) -> list[np.ndarray]:
        """All weights, read through the host port."""
        return self.layout.unpack(self.weight_words.astype(np.int64))

    @property
    def weight_words(self) -> np.ndarray:
        """The weight memory [words, lanes], padding included; assign to replace it."""
        words = np.zeros((self.layout.weight_depth, self.config.lanes), dtype=np.int32)
        self._check(self._library.native_weights(self._handle, _pointer(words), 0))
        return words

    @weight_words.setter
    def weight_words(self, words: np.ndarray) -> None:
        words = np.ascontiguousarray(check_words(self.layout, words), dtype=np.int32)
        self._check(self._library.native_weights(self._handle, _pointer(words), 1))

    @property
    def random(self) -> RandomState:
        """States of the random generators."""
        values = np.zeros(3, dtype=np.uint32)
        self._library.native_get_random(self._handle, _pointer(values))
        return RandomState(*values.tolist())

    @random.setter
    def random(self, state: RandomState) -> None:
        check_random(state)
        values = np.array([state.event, state.blank, state.encoder], dtype=np.uint32)
        self._library.native_set_random(self._handle, _pointer(values))

    @property
    def counters(self) -> dict[str, int]:
        """Performance counters since reset; see `golden.cycle.counters`.

        Raises
        ------
        AttributeError
            If the configuration has none.
        """
        if not self.config.counters:
            raise AttributeError(f"{self.config.name!r} has no counters; set counters=True")
        values = np.zeros(len(COUNTERS), dtype=np.uint32)
        self._library.native_get_counters(self._handle, _pointer(values))
        return dict(zip(COUNTERS, values.tolist(), strict=True))

    def run(self, sample: Sample, label: int = 0, rate: int = FULL_RATE) -> NativeResult:
        """Show one sample and return what the circuit did."""
        return self.run_many([sample], [label], rate)[0]

    def run_many(
        self,
        samples: Sequence[Sample],
        labels: Sequence[int] | np.ndarray,
        rates: Sequence[int] | np.ndarray | int = FULL_RATE,
    ) -> list[NativeResult]:
        """Show samples one after another; the inputs of the next arrive while one runs.

        Raises
        ------
        DataError
            If a sample, label or rate does not fit the configuration.
        SimulationError
            If the circuit hangs or breaks the protocol of a port.
        """
        labels, rates = check_sequence(self.layout, samples, labels, rates)
        count = len(samples)
        inputs = self._inputs(samples)
        winners = np.zeros(count, dtype=np.int32)
        counts = np.zeros((count, self.layout.classes), dtype=np.int32)
        randoms = np.zeros((count, 3), dtype=np.uint32)
        phases = np.zeros((count, len(Phase)), dtype=np.int64)
        words = np.zeros(count, dtype=np.int64)
        ends = np.zeros(count, dtype=np.int64)
        status = self._library.native_run(
            self._handle, ctypes.c_int(count), _pointer(inputs), ctypes.c_int64(inputs.size),
            _pointer(np.asarray(labels, dtype=np.int32)),
            _pointer(np.asarray(rates, dtype=np.int32)),
            ctypes.c_int64(self._limit), _pointer(winners), _pointer(counts), _pointer(randoms),
            _pointer(phases), _pointer(words), _pointer(ends),
        )  # fmt: skip
        self._check(status)
        spikes = np.zeros((0, 3), dtype=np.int32)
        if count and ends[-1]:
            address = self._library.native_spikes(self._handle)
            spikes = np.ctypeslib.as_array(address, (int(ends[-1]), 3)).copy()
        return [
            NativeResult(
                int(winners[i]),
                counts[i],
                part,
                int(phases[i].sum()),
                {phase.name: int(phases[i, phase.value]) for phase in Phase},
                int(words[i]) if self._counts_words else None,
                RandomState(*randoms[i].tolist()),
            )
            for i, part in enumerate(np.split(spikes, ends[:-1]))
        ]

    def _inputs(self, samples: Sequence[Sample]) -> np.ndarray:
        """Return the payloads of the input stream."""
        if self.config.encoder != "events":
            words = np.array(samples, dtype=np.uint32).reshape(-1, self.config.layers[0])
            words[:, -1] |= LAST
            return words.ravel()
        ports = PortMap(self.config)
        events = (event for sample in samples for event in as_events(sample))
        words = [ports.payload("i_event", event) for event in events]
        return np.array(words, dtype=np.uint32)

    def _check(self, status: int) -> None:
        if status:
            raise SimulationError(self.config.name, status)


def _pointer(array: np.ndarray) -> ctypes.c_void_p:
    # The result keeps the array alive during the call.
    return array.ctypes.data_as(ctypes.c_void_p)
