"""The demonstration: learn digits in the model and in its Verilog, and build it for an FPGA.

The training runs whole in the emitted circuit, with the same samples in the same order as in the
golden model: every epoch with learning on, then, with learning off, the held-out samples and the
training samples. (Accuracy while learning says little: the label steers the outputs.)
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from erbium.golden.config import Config
from erbium.golden.fast import FastCore
from erbium.golden.presets import preset
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.scripts.common import tables
from erbium.scripts.common.files import write_json, write_text
from erbium.scripts.common.progress import Bars, Report
from erbium.scripts.common.shell import Unequal
from erbium.scripts.data import standard as data
from erbium.scripts.data.source import Dataset
from erbium.scripts.fpga import FpgaResult, find_device, synthesize
from erbium.scripts.fpga.place import find_placer
from erbium.scripts.fpga.tools import YOSYS, find_tool
from erbium.scripts.train import plots
from erbium.scripts.train.checkpoint import Checkpoint
from erbium.scripts.train.training import train
from erbium.sim.compare.cosim import CosimReport, cosimulate
from erbium.sim.engines.native import NativeCore
from erbium.sim.engines.toolchain import find

PRESET, DEVICE = "digits", "ecp5-25"

#: Learning rate of each pass over the training samples, 0 to 256.
SCHEDULE = [256, 256, 256, 128, 128, 64, 64, 32]

FOLDER = Path("build", "demo")

#: Samples that the circuit runs in one call; progress is reported in between.
BATCH = 16


@dataclass(frozen=True)
class Sequence:
    """All samples of the demonstration in order.

    Attributes
    ----------
    samples, labels, rates : int array
        What is shown.
    learned : int
        Samples that are learned; they come first.
    held_out : slice
        Samples that were never learned; the training samples follow once more, without learning.
    """

    samples: np.ndarray
    labels: np.ndarray
    rates: np.ndarray
    learned: int
    held_out: slice

    @classmethod
    def of(cls, state: Checkpoint, dataset: Dataset) -> Sequence:
        """Return what the golden model was shown in its training, and the samples to judge it."""
        train, test, plan = dataset.train, dataset.test, state.plan
        orders = [plan.order(epoch, len(train)) for epoch in range(len(plan.rates))]
        learned = [plan.shown(train, epoch, order) for epoch, order in enumerate(orders)]
        order, judged = np.concatenate(orders), len(test) + len(train)
        return cls(
            np.concatenate([*learned, test.samples, train.samples]),
            np.concatenate([train.labels[order], test.labels, train.labels]),
            np.concatenate([np.repeat(plan.rates, len(train)), np.zeros(judged, dtype=int)]),
            len(order),
            slice(len(order), len(order) + len(test)),
        )

    def accuracies(self, winners: np.ndarray) -> tuple[float, float]:
        """Return the fractions recognised of held-out and of training samples, not learning."""
        right = winners == self.labels
        return float(right[self.held_out].mean()), float(right[self.held_out.stop :].mean())


def run(console: Console, json_file: Path) -> None:
    """Run the demonstration, print its figures and write them to `json_file`.

    Raises
    ------
    Unequal
        If circuit and model differ in a spike, a prediction or a weight.
    """
    # Before any work is lost.
    find("verilator")
    find_tool(YOSYS)
    find_placer(find_device(DEVICE).family, bitstream=False)
    start = time.perf_counter()
    config, dataset = preset(PRESET), data.digits()
    verilog = FOLDER / f"{module_name(config)}.v"
    write_text(verilog, emit_core(config))
    with Bars(console) as bars:
        state = train(config, dataset, SCHEDULE, report=bars)
        sequence = Sequence.of(state, dataset)
        golden = run_golden(state, sequence)
        winners, weights = run_circuit(config, sequence, bars)
        report = compare(config, sequence, bars)
    pictures = plots.draw_all(state, dataset.test, FOLDER)
    with console.status("synthesis") as status:
        fpga = synthesize(config, DEVICE, build_dir=FOLDER / "fpga", progress=status.update)
    figures: dict[str, object] = {}
    for name, answers in (("golden", golden), ("rtl", winners)):
        figures[f"accuracy_{name}"], figures[f"train_accuracy_{name}"] = sequence.accuracies(
            answers
        )
    figures |= {
        "samples_trained": sequence.learned,
        "samples_distinct": len(dataset.train),
        "passes": len(SCHEDULE),
    }
    same = all(np.array_equal(a, b) for a, b in zip(weights, state.weights, strict=True))
    figures |= _circuit_figures(report, fpga, weights_equal=same)
    figures["seconds"] = round(time.perf_counter() - start, 1)
    write_json(json_file, figures)
    console.print(tables.facts(f"{PRESET}: golden model and Verilog", figures.items()))
    for path in (json_file, verilog, *pictures):
        console.print(f"  {path}")
    check(figures, report)


def run_golden(state: Checkpoint, sequence: Sequence) -> np.ndarray:
    """Return the golden model's answers after training, -1 for the samples before."""
    core = FastCore(state.config, state.weights)
    core.random = state.random
    winners = np.full(len(sequence.labels), -1)
    for number in range(sequence.learned, len(winners)):
        winners[number] = core.run(sequence.samples[number], rate=0).winner
    return winners


def run_circuit(
    config: Config, sequence: Sequence, report: Report
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Show the sequence to the Verilog; return its predictions and its final weights."""
    core = NativeCore(config, FOLDER / "native")
    winners: list[int] = []
    for first in range(0, len(sequence.labels), BATCH):
        part = slice(first, first + BATCH)
        results = core.run_many(sequence.samples[part], sequence.labels[part], sequence.rates[part])
        winners += [result.winner for result in results]
        correct = int((np.array(winners) == sequence.labels[: len(winners)]).sum())
        report("Verilog", len(winners), len(sequence.labels), correct)
    return np.array(winners), core.weights


def compare(config: Config, sequence: Sequence, report: Report) -> CosimReport:
    """Run circuit and model side by side and compare every spike."""
    return cosimulate(
        config,
        sequence.samples,
        sequence.labels,
        sequence.rates,
        progress=lambda done, total: report("comparison", done, total, None),
        build_dir=FOLDER / "native",
    )


def _circuit_figures(
    report: CosimReport, fpga: FpgaResult, *, weights_equal: bool
) -> dict[str, object]:
    return {
        "rtl_cycles": report.cycles,
        "weights_compared": report.weights_compared,
        "weights_equal": report.weights_equal and weights_equal,
        "spikes_compared": report.spikes_compared,
        "spikes_equal": report.spikes_equal,
        "luts": fpga.luts,
        "ffs": fpga.ffs,
        "brams": sum(fpga.brams.values()),
        "fmax_mhz": fpga.fmax_mhz,
        "device": fpga.device,
    }


def check(figures: dict[str, object], report: CosimReport) -> None:
    """Refuse any difference between circuit and model."""
    if not report.equal:
        raise Unequal(f"circuit and golden model differ: {report.first_mismatch}")
    if not figures["weights_equal"]:
        raise Unequal("circuit and golden model differ in their weights after training")
    for kind in ("accuracy", "train_accuracy"):
        golden, rtl = figures[f"{kind}_golden"], figures[f"{kind}_rtl"]
        if golden != rtl:
            raise Unequal(f"{kind} differs: golden model {golden}, circuit {rtl}")
