"""Whole trainings twice: in the emitted Verilog and in the golden model, compared bit by bit.

Compared are every spike of every layer and tick, every winner and count, the states of the
random generators after every sample, and every weight at the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.golden.core import FULL_RATE, Core
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.golden.validate import check_sequence
from erbium.sim.compare.comparer import Comparison, CosimReport, Reference
from erbium.sim.engines.native import NativeCore, Sample

__all__ = ["CosimReport", "cosimulate"]

#: Samples that the circuit runs in one call; progress is reported in between.
BATCH = 16

#: Where compiled cores are kept if the caller does not say; below the working directory.
BUILD_DIR = Path("build") / "native"


def cosimulate(
    config: Config,
    samples: Sequence[Sample],
    labels: Sequence[int] | np.ndarray,
    rates: Sequence[int] | np.ndarray | int = FULL_RATE,
    *,
    progress: Callable[[int, int], None] | None = None,
    weights: Sequence[np.ndarray] | None = None,
    random: RandomState | None = None,
    build_dir: Path | str = BUILD_DIR,
    stalls: int | None = None,
    verilog: str | None = None,
    netlist: bool = False,
) -> CosimReport:
    """Run one sequence of samples in the golden model and in the circuit, and compare.

    Parameters
    ----------
    config : Config
    samples, labels, rates : sequences
        As for `NativeCore.run_many`.
    progress : callable, optional
        Called with the samples done and their total.
    weights : list of int array [sources, targets], optional
        Start from these instead of the configuration's initial weights.
    random : RandomState, optional
        Start with the random generators in these states instead of their seeds.
    build_dir, stalls, verilog, netlist
        As for `NativeCore`.
    """
    # Before anything is built.
    labels, rates = check_sequence(Layout(config), samples, labels, rates)
    golden = Core(config, weights)
    native = NativeCore(config, build_dir, stalls=stalls, verilog=verilog, netlist=netlist)
    if weights is not None:
        native.load(weights)
    if random is not None:
        native.random = golden.random = random
    comparison = Comparison()
    seconds = 0.0
    for first in range(0, len(samples), BATCH):
        batch = slice(first, first + BATCH)
        start = time.perf_counter()
        results = native.run_many(samples[batch], labels[batch], rates[batch])
        seconds += time.perf_counter() - start
        for number, result in enumerate(results, first):
            args = samples[number], int(labels[number]), int(rates[number])
            comparison.sample(number, result, _run(golden, *args))
            if progress is not None:
                progress(number + 1, len(samples))
    comparison.weights(native.weights, golden.weights)
    return comparison.report(config, seconds)


def _run(core: Core, sample: Sample, label: int, rate: int) -> Reference:
    spikes: list[tuple[int, int, int]] = []
    groups = [layer.groups for layer in core.layout.layers]
    words = 0
    for tick in core.ticks(sample, label, rate):
        words += sum(len(e) * g for e, g in zip(tick.events, groups, strict=False))
        for layer, neurons in enumerate(tick.events[1:]):
            spikes.extend((layer, tick.number, neuron) for neuron in neurons.tolist())
    result = core.result()
    return Reference(
        result.winner,
        result.counts,
        np.array(spikes, dtype=np.int64).reshape(-1, 3),
        words,
        result.synaptic_operations,
        core.random,
    )
