"""What is wrong with a training is said by name; what is well is left alone."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.scripts.data.source import Dataset, load
from erbium.scripts.diagnosis.examination import SAMPLES, Examination, examine
from erbium.scripts.diagnosis.rules import RULES
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.training import falling_rates, train

from .conftest import figures, write_idx

TINY = preset("tiny")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """30 samples to learn, 6 to validate, 9 to test."""
    return load(str(write_idx(tmp_path_factory.mktemp("data"))), TINY)


@pytest.fixture(scope="module")
def trained(dataset: Dataset) -> Checkpoint:
    """The preset, trained as the command line does."""
    return train(TINY, dataset, falling_rates(10))


def begun(**changes: object) -> Checkpoint:
    """Return a training of preset tiny that has not begun, with other constants."""
    return Checkpoint.start(TINY.replace(**changes), Plan("data", "0", (256,), 0))


def names(found: Examination) -> list[tuple[str, str]]:
    """Return which rules apply, and where."""
    return [(finding.rule, finding.where) for finding in found.findings]


def test_a_trained_preset_is_well(trained: Checkpoint, dataset: Dataset) -> None:
    assert names(examine(trained, dataset)) == []


@pytest.mark.parametrize("passes", [3, 10, 40])
def test_digits_are_well(passes: int) -> None:
    config = preset("digits")
    digits = load("digits", config)
    assert names(examine(train(config, digits, falling_rates(passes)), digits)) == []


#: Constants with which something is wrong from the beginning: which rule says so, where, and how.
BEGUN = {
    "silent": ({"threshold": (20000, 64)}, ("hidden layer 1",),
               "6 of 6 neurons never spike: lower threshold (20000) or raise weight_init (48)"),
    "silent-output": ({"threshold": (96, 20000)}, ("output layer",),
                      "no neuron ever spikes, so every sample is taken for class 0: lower "
                      "threshold (20000)"),
    "gates-closed": ({"gate_low": 3000, "gate_high": 3001}, ("hidden layer 1", "output layer"),
                     "never open, so their weights never learn: widen gate_low (3000) and"),
    "gates-open": ({"gate_low": -32000, "gate_high": 32000}, ("hidden layer 1",),
                   "the gates of 6 of 6 neurons never close"),
    "no-errors": ({"error_threshold": 60}, ("",),
                  "no error spike, so nothing is learned: lower error_threshold (60), which 4"),
    "no-updates": ({"rounding": "nearest", "learning_shift": 12, "feedback": 8},
                   ("hidden layer 1", "output layer"),
                   "error spikes change no weight: lower learning_shift (12) or raise feedback"),
}  # fmt: skip


@pytest.mark.parametrize("rule", BEGUN)
def test_bad_constants_are_named(rule: str, dataset: Dataset) -> None:
    changes, places, words = BEGUN[rule]
    found = examine(begun(**changes), dataset)
    said = [finding for finding in found.findings if finding.rule == rule]
    assert tuple(finding.where for finding in said) == places
    for finding in said:
        assert words in str(finding)


def _bright(state: Checkpoint) -> None:
    state.weights[0][:] = 127


def _without_class_1(state: Checkpoint) -> None:
    state.weights[1][:] = 60
    state.weights[1][:, 1] = -127


#: Weights with which something is wrong.
WEIGHTS: dict[str, tuple[dict[str, object], Callable[[Checkpoint], None], str, str]] = {
    "saturated": ({"threshold": (1, 64)}, _bright, "hidden layer 1",
                  "6 of 6 neurons spike in nearly every tick they can, whatever is shown: raise "
                  "threshold (1)"),
    "clipped": ({"state_bits": 10, "gate_low": -100, "gate_high": 100}, _bright, "hidden layer 1",
                "of the membranes are excited beyond the range of state_bits: raise state_bits"),
    "mute-classes": ({}, _without_class_1, "output layer",
                     "no spike for class 1: train longer"),
}  # fmt: skip


@pytest.mark.parametrize("rule", WEIGHTS)
def test_bad_weights_are_named(rule: str, dataset: Dataset) -> None:
    changes, spoil, place, words = WEIGHTS[rule]
    state = begun(**changes)
    spoil(state)
    said = [f for f in examine(state, dataset).findings if f.rule == rule]
    assert [finding.where for finding in said] == [place]
    assert words in str(said[0])


def test_what_is_inhibited_beyond_its_range_is_silent_only(dataset: Dataset) -> None:
    changes, spoil, _, _ = WEIGHTS["clipped"]
    state = begun(**changes)
    spoil(state)
    state.weights[0] *= -1
    found = examine(state, dataset)
    assert "clipped" not in [finding.rule for finding in found.findings]
    assert found.activity.layers[0].silent == 6


def test_narrow_weights_are_named(dataset: Dataset) -> None:
    """After a training that needs more than 3 bits can hold."""
    config = TINY.replace(weight_bits=3, weight_init=3)
    said = [
        finding
        for finding in examine(train(config, dataset, falling_rates(10)), dataset).findings
        if finding.rule == "weights-at-limits"
    ]
    assert [finding.where for finding in said] == ["hidden layer 1"]
    assert (
        "% of the weights are at their limits: raise weight_bits (3), take smaller steps "
        "(learning_shift above 6"
    ) in str(said[0])


def test_dark_data_are_named(dataset: Dataset) -> None:
    dark = dataclasses.replace(dataset.train, samples=np.zeros_like(dataset.train.samples))
    found = examine(begun(), dataclasses.replace(dataset, train=dark))
    # What follows from it is not said again for every layer.
    assert names(found)[0] == ("dark-inputs", "")
    assert {where for _, where in names(found)} == {""}


def test_wrong_labels_are_named(trained: Checkpoint, dataset: Dataset) -> None:
    train = dataset.train
    wrong = dataclasses.replace(
        dataset, train=dataclasses.replace(train, labels=(train.labels + 1) % 3)
    )
    assert ("all-errors", "") in names(examine(trained, wrong))


def test_a_guess_is_named(trained: Checkpoint, dataset: Dataset) -> None:
    train = dataset.train
    labels = np.random.default_rng(1).permutation(train.labels)
    guessed = dataclasses.replace(dataset, train=dataclasses.replace(train, labels=labels))
    assert names(examine(trained, guessed)) == [("guessing", "")]


def test_a_rise_is_named(trained: Checkpoint, dataset: Dataset) -> None:
    many = dataclasses.replace(dataset, validation=dataset.train.chosen(np.arange(300) % 30))
    state = dataclasses.replace(trained)
    for errors, expected in (
        ((0.5, 0.02, 0.12), [("rising", "")]), ((0.5, 0.02, 0.04), []), ((0.5, 0.1, 0.02), []),
    ):  # fmt: skip
        state.history = [{"validation_error": error} for error in errors]
        found = examine(state, many)
        assert names(found) == expected
        if found.findings:
            assert "rose from 2.0% after pass 2 to 12.0%" in str(found.findings[0])
    # Two of six samples more may be chance.
    state.history = [{"validation_error": error} for error in (0, 2 / 6)]
    assert names(examine(state, dataset)) == []


def test_each_rule_is_tested() -> None:
    others = ("weights-at-limits", "dark-inputs", "all-errors", "guessing", "rising")
    assert sorted(rule.name for rule in RULES) == sorted([*BEGUN, *WEIGHTS, *others])


def test_a_machine_that_never_learns_is_not_told_to(dataset: Dataset) -> None:
    found = examine(begun(learning=False, gate_low=3000, gate_high=3001), dataset)
    assert not {rule for rule, _ in names(found)} & {"gates-closed", "no-errors", "no-updates"}


def test_a_dead_training_says_so(erbium, tiny_data: Path) -> None:
    common = ("train", "tiny", "--data", tiny_data, "--epochs", 2, "--json", "a.json")
    result = erbium(*common, "--set", "threshold=20000", "--out", "dead")
    assert result.exit_code == 0
    words = (
        "hidden layer 1: 6 of 6 neurons never spike: lower threshold (20000) or raise "
        "weight_init (48)"
    )
    # While one can still stop, and at the end.
    assert result.stderr.splitlines() == [
        f"erbium: warning: after the first pass, {words}", f"erbium: warning: {words}",
    ]  # fmt: skip
    for found in (figures("a"), json.loads(Path("dead", "run-0", "metrics.json").read_text())):
        (warning,) = found["warnings"]
        assert (warning["rule"], warning["where"]) == ("silent", "hidden layer 1")
        assert warning["text"] == words
        assert found["activity"]["layers"][0]["silent"] == 6
    result = erbium(*common, "--runs", 2, "--set", "threshold=20000", "--out", "more")
    assert f"erbium: warning: run 1: {words}" in result.stderr.splitlines()
    assert [len(run["warnings"]) for run in figures("a")["runs"]] == [1, 1]
    result = erbium(*common[:-4], "--epochs", 10, "--json", "a.json")
    assert (result.exit_code, result.stderr, figures("a")["warnings"]) == (0, "", [])
    assert figures("a")["activity"]["samples"] == min(SAMPLES, 30)
