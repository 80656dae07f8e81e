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
from erbium.sim.compare.comparer import Comparer
from erbium.sim.compare.observation import of_circuit, of_ticks
from erbium.sim.compare.report import CosimReport, summarise
from erbium.sim.engines.native import NativeCore, Sample

__all__ = ["CosimReport", "cosimulate"]

#: What is compared; of a netlist no words are seen.
FIELDS = ("winner", "counts", "spikes", "random", "weights")

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
    comparer = Comparer(*FIELDS, *(() if netlist else ("words",)))
    found, expected = [], []
    seconds = 0.0
    for first in range(0, len(samples), BATCH):
        batch = slice(first, first + BATCH)
        start = time.perf_counter()
        results = native.run_many(samples[batch], labels[batch], rates[batch])
        seconds += time.perf_counter() - start
        for number, result in enumerate(results, first):
            args = samples[number], int(labels[number]), int(rates[number])
            found.append(of_circuit(golden.layout, result))
            expected.append(of_ticks(golden, *args))
            comparer.sample(f"sample {number}", found[-1], expected[-1])
            if progress is not None:
                progress(number + 1, len(samples))
    comparer.weights(f"after {comparer.samples} samples", native.weights, golden.weights)
    return summarise(config, comparer, found, expected, seconds)
