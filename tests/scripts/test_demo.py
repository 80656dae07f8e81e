"""The demonstration: its figures come from the circuit, and any difference makes it fail."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.hw.verilog.emission import module_name
from erbium.scripts import demo
from erbium.scripts.data import standard as data

FIGURES = {
    "accuracy_golden", "accuracy_rtl", "train_accuracy_golden", "train_accuracy_rtl",
    "samples_trained", "samples_distinct", "passes", "rtl_cycles", "weights_compared",
    "weights_equal", "spikes_compared", "spikes_equal", "luts", "ffs", "brams", "fmax_mhz",
    "device", "seconds",
}  # fmt: skip


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show few samples, and leave place and route to its own tests."""
    fpga = SimpleNamespace(luts=1, ffs=2, brams={"a": 3, "b": 4}, fmax_mhz=5.0, device="chip")
    small = data.digits().limited(24, 4, 11)
    monkeypatch.setattr(demo, "SCHEDULE", [256, 100])
    monkeypatch.setattr(demo.data, "digits", lambda: small)
    monkeypatch.setattr(demo, "synthesize", lambda *args, **options: fpga)


def test_circuit_and_model_agree(erbium) -> None:
    result = erbium("demo")
    assert result.exit_code == 0, result.stderr
    figures = json.loads(Path("build", "demo", "result.json").read_text())
    assert set(figures) == FIGURES
    assert figures["accuracy_rtl"] == figures["accuracy_golden"]
    assert figures["train_accuracy_rtl"] == figures["train_accuracy_golden"]
    assert (figures["samples_trained"], figures["passes"]) == (48, 2)
    assert figures["weights_compared"] == 64 * 64 + 64 * 10
    assert figures["weights_equal"] is figures["spikes_equal"] is True
    assert figures["spikes_compared"] > 1000
    assert (figures["brams"], figures["device"]) == (7, "chip")
    verilog = f"{module_name(preset('digits'))}.v"
    for name in (verilog, "spikes.png", "learning.png", "weights.png"):
        assert Path("build", "demo", name).stat().st_size > 5000


def _pretend(monkeypatch: pytest.MonkeyPatch, *, equal: bool = True, change: str = "") -> None:
    """Put the golden model in the circuit's place, changed in one respect."""

    def circuit(config, sequence, report):
        core = Core(config)
        winners = np.array(
            [core.run(s, int(k), int(r)).winner
             for s, k, r in zip(sequence.samples, sequence.labels, sequence.rates, strict=True)]
        )  # fmt: skip
        if change == "winner":
            right = winners[sequence.learned :] == sequence.labels[sequence.learned :]
            winners[sequence.learned + int(right.argmin())] = sequence.labels[
                sequence.learned + int(right.argmin())
            ]
        if change == "weight":
            core.weights[1][3, 2] ^= 1
        return winners, core.weights

    report = SimpleNamespace(
        equal=equal, first_mismatch="sample 7", cycles=1, weights_compared=1, weights_equal=True,
        spikes_compared=1, spikes_equal=equal,
    )  # fmt: skip
    monkeypatch.setattr(demo, "run_circuit", circuit)
    monkeypatch.setattr(demo, "compare", lambda *args: report)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"equal": False}, "circuit and golden model differ: sample 7"),
        ({"change": "weight"}, "circuit and golden model differ in their weights after training"),
        ({"change": "winner"}, "accuracy differs: golden model 0."),
    ],
)
def test_any_difference_is_a_failure(erbium, monkeypatch, how: dict, message: str) -> None:
    _pretend(monkeypatch, **how)
    result = erbium("demo", "--json", "figures.json")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"erbium: {message}")
    assert result.stderr.count("\n") == 1
    assert json.loads(Path("figures.json").read_text())["samples_trained"] == 48
