"""A run is explained from what it has left, old runs too."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.scripts.data.source import load
from erbium.scripts.diagnosis.activity import measure
from erbium.scripts.diagnosis.curve import curve_in_words
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.checkpoint import load as load_checkpoint

from .conftest import figures

TINY = preset("tiny")


def test_layers_are_counted_as_the_golden_model_fires(tiny_data: Path) -> None:
    """Recognition in the golden model has the same spikes, gates and winners."""
    dataset = load(str(tiny_data), TINY)
    state = Checkpoint.start(TINY, Plan("data", "0", (256,), 0))
    found = measure(state, dataset, 20)
    core = Core(TINY)
    spikes, gates, wrong = [np.zeros(size) for size in TINY.layers], [0, 0], 0
    chosen = state.plan.order(0, 30)[:20]
    for sample, label in zip(
        dataset.train.samples[chosen], dataset.train.labels[chosen], strict=True
    ):
        for tick in core.ticks(sample, int(label), rate=0):
            for count, events in zip(spikes, tick.events, strict=True):
                count[events] += 1
            if TINY.burn_in <= tick.number < TINY.ticks - 1:
                gates = [n + s.gate.sum() for n, s in zip(gates, core.states, strict=True)]
        wrong += core.result().winner != label
    assert found.samples == 20
    assert found.mistakes == wrong / 20
    assert found.input_spikes == spikes[0].sum() / 20
    assert found.silent_inputs == (spikes[0] == 0).sum()
    judged = TINY.ticks - 1 - TINY.burn_in
    for layer, count, gate in zip(found.layers, spikes[1:], gates, strict=True):
        assert layer.spikes == pytest.approx(count.mean() / 20)
        assert layer.rate == pytest.approx(count.mean() / 20 / TINY.ticks)
        assert layer.silent == (count == 0).sum()
        assert layer.gate_open == pytest.approx(gate / (20 * judged * layer.neurons))


def test_updates_are_those_of_the_golden_model(tiny_data: Path) -> None:
    """One sample of a machine that rounds to the nearest weight changes as many as expected."""
    config = TINY.replace(rounding="nearest", learning_shift=2, label_period=9)
    dataset = load(str(tiny_data), config)
    state = Checkpoint.start(config, Plan("data", "0", (256,), 0))
    (first,) = state.plan.order(0, 30)[:1]
    core, changed = Core(config), [0, 0]
    before = core.weights
    for _ in core.ticks(dataset.train.samples[first], int(dataset.train.labels[first])):
        after = [matrix.copy() for matrix in core.weights]
        changed = [n + (a != b).sum() for n, a, b in zip(changed, after, before, strict=True)]
        before = after
        # What it has learned is taken back, as the measurement asks for.
        core.load(state.weights)
        before = [matrix.copy() for matrix in core.weights]
    found = [layer.updates for layer in measure(state, dataset, 1).layers]
    assert sum(found) > 0
    assert found == pytest.approx(changed)


def test_what_cannot_learn_yet_changes_nothing(tiny_data: Path) -> None:
    config, found = TINY.replace(ticks=40), []
    dataset = load(str(tiny_data), config)
    for start in (0, 39):
        late = config.replace(learning_start=start)
        state = Checkpoint.start(late, Plan("data", "0", (256,), 0))
        found.append(sum(layer.updates for layer in measure(state, dataset, 20).layers))
    assert 0 < found[1] < found[0] / 4


def test_a_sample_that_is_sure_changes_nothing(tiny_data: Path) -> None:
    found = []
    for margin in (0, 1, 3, 255):
        config = TINY.replace(ticks=40, learning_margin=margin)
        state = Checkpoint.start(config, Plan("data", "0", (256,), 0))
        dataset = load(str(tiny_data), config)
        found.append(sum(layer.updates for layer in measure(state, dataset, 20).layers))
    assert 0 < found[1] < found[2] < found[0] == found[3]


def test_diagnose_explains_a_run(erbium, tiny_data: Path) -> None:
    args = ("--set", "threshold=20000", "--epochs", 3, "--json", "train.json")
    assert erbium("train", "tiny", "--data", tiny_data, *args).exit_code == 0
    result = erbium("diagnose", "runs/tiny", "--json", "a.json")
    assert (result.exit_code, result.stderr) == (0, "")
    found, trained = figures("a"), figures("train")
    for key in ("test_error", "validation_error", "activity", "warnings", "seed", "run"):
        assert found[key] == trained[key], key
    assert found["same_data"]
    words = " ".join(result.stdout.split())
    for part in (
        "6 (100%)",
        "hidden 1",
        "How it learned",
        "What it confuses",
        "never spike: lower",
    ):
        assert part in words
    # A machine that says nothing takes every sample for class 0.
    table = np.array(found["confusion"])
    assert table.sum() == table[:, 0].sum() == 6
    assert found["confused"][0].startswith(f"class {table[1:, 0].argmax() + 1} is taken for 0: ")
    assert erbium("diagnose", "runs/tiny", "--samples", 7, "--json", "a.json").exit_code == 0
    assert figures("a")["activity"]["samples"] == 7


def test_parts_and_other_data_are_told_apart(erbium, tiny_data: Path) -> None:
    common = ("train", "tiny", "--data", tiny_data, "--epochs", 1)
    assert erbium(*common, "--samples", 20, "--test", 5).exit_code == 0
    assert erbium("diagnose", "runs/tiny", "--json", "a.json").exit_code == 0
    assert (figures("a")["same_data"], figures("a")["activity"]["samples"]) == (True, 20)
    # So it is with a run of an older program, which says nothing of sizes.
    metrics = Path("runs", "tiny", "run-0", "metrics.json")
    values = json.loads(metrics.read_text())
    del values["samples"], values["activity"], values["warnings"]
    metrics.write_text(json.dumps(values))
    result = erbium("diagnose", "runs/tiny", "--json", "a.json")
    assert result.exit_code == 0
    assert "are not the data that the run learned: files, --full-scale" in result.stderr
    assert (figures("a")["same_data"], figures("a")["activity"]["samples"]) == (False, 30)
    tiny_data.rename(tiny_data.with_name("moved"))
    result = erbium("diagnose", "runs/tiny")
    assert result.exit_code == 2
    assert "others can be named with --data" in result.stderr
    moved = ("--data", tiny_data.with_name("moved"))
    assert erbium("diagnose", "runs/tiny", *moved).exit_code == 0
    assert "there is no checkpoint" in erbium("diagnose", "nothing").stderr


def test_an_old_checkpoint_alone_is_enough(erbium, tiny_data: Path) -> None:
    assert erbium("train", "tiny", "--data", tiny_data, "--epochs", 1).exit_code == 0
    path = Path("runs", "tiny", "run-0", "checkpoint.npz")
    path.rename("only.npz")
    result = erbium("diagnose", "only.npz", "--json", "a.json")
    assert (result.exit_code, result.stderr) == (0, "")
    # An unfinished one, too.
    state = dataclasses.replace(load_checkpoint(Path("only.npz")), epoch=0, history=[])
    state.test_error = state.confusion = None
    state.save(Path("begun.npz"))
    result = erbium("diagnose", "begun.npz")
    assert result.exit_code == 0
    assert "no pass is finished yet; 1 are planned" in result.stdout
    assert "not tested yet" in result.stdout


def test_a_curve_in_words() -> None:
    def said(
        errors: list[float], training: float = 0.1, count: int = 1000, **more: bool
    ) -> list[str]:
        state = Checkpoint.start(TINY, Plan("data", "0", (256,) * 6, 0))
        state.history = [{"validation_error": error} for error in errors]
        state.epoch = len(errors)
        return curve_in_words(state, training, errors[-1] if errors else 1, count, **more)

    assert said([0.5, 0.4, 0.3, 0.25, 0.15, 0.12])[:2] == [
        "the validation error fell from 50.00% after the first pass to 12.00% after pass 6; the "
        "best was 12.00% after pass 6",
        "it was still falling in the last third; more passes may help (--epochs)",
    ]
    settled = said([0.5, 0.12, 0.12, 0.12, 0.12, 0.125])
    assert settled[1] == "it has settled: the last third of the passes brought little"
    swinging = said([0.045, 0.05, 0.06, 0.05, 0.13, 0.045])
    assert swinging[1] == (
        "it has not settled: the best pass had 4.50%, one of the later half 13.00%; lower "
        "--rates towards the end may help"
    )
    assert settled[2] == (
        "of training samples 10.00% are mistaken now, of validation samples 12.50%"
    )
    assert "rose from 20.00%" in said([0.2, 0.1, 0.3, 0.3, 0.3, 0.3])[0]
    assert "is 20.00% after pass 3, as after the first" in said([0.2, 0.1, 0.2])[0]
    assert "stopped after 3 of 6 passes" in said([0.2, 0.1, 0.2])[1]
    overfit = said([0.2, 0.2, 0.2, 0.2, 0.2, 0.2], 0.01)[2]
    assert overfit.endswith("it knows its samples by heart; more samples may help")
    assert said([0.2] * 6, 0.01, images=True)[2] == (
        f"{overfit}, and so may images that are moved (--augment shift=1)"
    )
    assert said([0.2] * 6, 0.2, images=True)[2].endswith("of validation samples 20.00%")
    # Of ten samples, two mistakes are no news.
    assert said([0.2, 0.2, 0.2, 0.2, 0.2, 0.2], 0.01, 10)[2].endswith("20.00%")
    # What is not known itself is not known by heart, and what was never taught is another matter.
    assert said([1.0] * 6, 0.3)[2].endswith("more samples may help")
    assert said([1.0] * 6, 0.5)[2].endswith("of validation samples 100.00%")
    state = Checkpoint.start(TINY, Plan("data", "0", (256,), 0))
    state.epoch = 1
    assert curve_in_words(state, 0, 1, 10, 4)[1].endswith(
        "4 of 10 validation samples are of classes that no training sample has; take samples of "
        "all classes for training"
    )
    assert said([0.2])[0] == "the validation error is 20.00% after one pass of 6"


def test_data_of_ones_own_are_prepared_as_in_the_training(erbium) -> None:
    """A table with words for classes: scaled and split as it was, named by its words."""
    random = np.random.default_rng(2)
    rows = [
        f"{random.normal(10 * k, 4):.3f},{random.normal(-k, 0.4):.4f},{word}"
        for k, word in enumerate(("<red>", "green & co", "blue"))
        for _ in range(40)
    ]
    Path("colours.csv").write_text("\n".join(["width,depth,colour", *rows]) + "\n")
    args = ("--data", "colours.csv", "--hidden", 8, "--inputs", "pairs,bias", "--rates", "2")
    assert erbium("train", *args, "--samples", 60, "--out", "own").exit_code == 0
    result = erbium("diagnose", "own", "--json", "a.json")
    assert (result.exit_code, "not the data" in result.stderr) == (0, False)
    found = figures("a")
    assert found["same_data"]
    # In the order that the reader of tables gives them.
    assert sorted(found["classes"]) == ["<red>", "blue", "green & co"]
    metrics = json.loads(Path("own", "run-0", "metrics.json").read_text())
    assert found["validation_error"] == metrics["validation_error"] > 0
    assert any(f"class {word} is taken for" in " ".join(found["confused"])
               for word in found["classes"])  # fmt: skip
    assert erbium("view", "own").exit_code == 0
    page = Path("own", "run-0", "view.html").read_text()
    assert "&lt;red&gt;" in page
    assert "<red>" not in page
    assert "Misread validation samples" in page
