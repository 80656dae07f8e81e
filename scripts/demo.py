"""The demonstration: learn digits in the model and in its Verilog, and build it for an FPGA.

The training runs whole in the emitted circuit, with the same samples in the same order as in the
golden model: every epoch with learning on, then the held-out samples with learning off.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from golden.config import Config
from golden.presets import preset
from hw.verilog import emit_core, module_name
from scripts import data, plots, tables
from scripts.checkpoint import Checkpoint
from scripts.data import Dataset
from scripts.files import write_json, write_text
from scripts.fpga import FpgaResult, synthesize
from scripts.progress import Bars, Report
from scripts.shell import Unequal
from scripts.train import train
from sim.cosim import CosimReport, cosimulate
from sim.native import NativeCore

PRESET, DEVICE = "digits", "ecp5-25"

#: Learning rate of each pass over the training samples, 0 to 256.
SCHEDULE = [256, 256, 256, 128, 128, 64, 64, 32]

FOLDER = Path("build", "demo")

#: Samples that the circuit runs in one call; progress is reported in between.
BATCH = 16


@dataclass(frozen=True)
class Sequence:
    """All samples of the demonstration in order, with the number of those that are learned."""

    samples: np.ndarray
    labels: np.ndarray
    rates: np.ndarray
    learned: int

    @classmethod
    def of(cls, state: Checkpoint, dataset: Dataset) -> Sequence:
        """Return what the golden model was shown in its training and in its final test."""
        count, rates = len(dataset.train), state.plan.rates
        order = np.concatenate([state.plan.order(epoch, count) for epoch in range(len(rates))])
        return cls(
            np.concatenate([dataset.train.samples[order], dataset.test.samples]),
            np.concatenate([dataset.train.labels[order], dataset.test.labels]),
            np.concatenate([np.repeat(rates, count), np.zeros(len(dataset.test), dtype=int)]),
            len(order),
        )


def run(console: Console, json_file: Path) -> None:
    """Run the demonstration, print its figures and write them to `json_file`.

    Raises
    ------
    Unequal
        If circuit and model differ in a spike, a prediction or a weight.
    """
    start = time.perf_counter()
    config, dataset = preset(PRESET), data.digits()
    verilog = FOLDER / f"{module_name(config)}.v"
    write_text(verilog, emit_core(config))
    with Bars(console) as bars:
        state = train(config, dataset, SCHEDULE, report=bars)
        sequence = Sequence.of(state, dataset)
        winners, weights = run_circuit(config, sequence, bars)
        report = compare(config, sequence, bars)
    pictures = plots.draw_all(state, dataset.test, FOLDER)
    with console.status("synthesis") as status:
        fpga = synthesize(config, DEVICE, build_dir=FOLDER / "fpga", progress=status.update)
    right = winners == sequence.labels
    per_pass = len(dataset.train)
    figures = {
        "accuracy_golden": state.test_accuracy,
        "accuracy_rtl": float(right[sequence.learned :].mean()),
        "train_accuracy_golden": state.history[-1]["train_accuracy"],
        "train_accuracy_rtl": float(right[sequence.learned - per_pass : sequence.learned].mean()),
        "samples_trained": sequence.learned,
        "samples_distinct": per_pass,
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
