"""Checkpoints: what is written is read back; anything else is refused in one line."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import CIRCUIT_ONLY, Config, ConfigError
from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.data.augment import Augment
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.source import Source
from erbium.scripts.train import checkpoint
from erbium.scripts.train.checkpoint import Checkpoint, Plan

TINY = preset("tiny")
PLAN = Plan(data="somewhere", data_sha256="0123", rates=(256, 64), run=4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A checkpoint file in the middle of an epoch."""
    state = Checkpoint.start(TINY, PLAN)
    state.epoch, state.position, state.correct = 1, 7, 3
    state.history.append({"epoch": 1, "taught_error": 0.1})
    state.save(tmp_path / "run" / "checkpoint.npz")
    return tmp_path / "run" / "checkpoint.npz"


def test_everything_is_read_back(path: Path) -> None:
    state, start = checkpoint.load(path), Checkpoint.start(TINY, PLAN)
    assert (state.config, state.plan, state.random) == (TINY, PLAN, start.random)
    assert (state.epoch, state.position, state.correct) == (1, 7, 3)
    assert state.history == [{"epoch": 1, "taught_error": 0.1}]
    assert state.test_error is None
    for read, written in zip(state.weights, start.weights, strict=True):
        np.testing.assert_array_equal(read, written)
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint.npz"]


@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, 0.99])
def test_truncated_files_are_refused(path: Path, kept: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content)) if kept < 1 else int(kept)])
    with pytest.raises(DataError, match="is no checkpoint or damaged; start anew with another"):
        checkpoint.load(path)


def test_changed_bits_are_refused_or_harmless(path: Path) -> None:
    content, good = path.read_bytes(), checkpoint.load(path)
    refused = 0
    for position in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[position] ^= 0x55
        path.write_bytes(damaged)
        try:
            state = checkpoint.load(path)
        except DataError:
            refused += 1
        else:  # dates and flags of the container, which carry no values
            assert state.random == good.random
            for read, written in zip(state.weights, good.weights, strict=True):
                np.testing.assert_array_equal(read, written)
    assert refused > len(content) // 7 // 2


def test_weights_out_of_range_are_refused(path: Path) -> None:
    state = checkpoint.load(path)
    state.weights[0][2, 3] = 128
    state.save(path)
    with pytest.raises(DataError, match="is no checkpoint or damaged"):
        checkpoint.load(path)


def test_other_formats_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "FORMAT", 99)
    monkeypatch.setattr(checkpoint, "READABLE", (99,))
    with pytest.raises(DataError, match="has format 3, not 99; start anew with another --out"):
        checkpoint.load(path)


def test_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no checkpoint .*; make one with: erbium train"):
        checkpoint.load(tmp_path / "none.npz")


#: Another value of each field of a configuration, in its JSON form.
OTHER = {
    "name": "other", "layers": [12, 7, 3], "lanes": 4, "weight_bits": 9, "state_bits": 17,
    "ticks": 13, "burn_in": 3, "label_period": 2, "threshold": [97, 64], "refractory": [1, 2],
    "membrane_leak": [3, 4], "dendrite_leak": [4, 3], "gain": [1, 0], "gate_low": [-1023, -1024],
    "gate_high": [1024, 1023], "feedback": [63, 64], "weight_init": [16, 15], "learning_shift": 7,
    "rounding": "nearest", "error_threshold": 2, "transmit": 15, "encoder": "bernoulli",
    "rate_shift": 3, "seed": 2, "memory": "spram", "learning": False, "counters": True,
    "guard": True, "event_buffer": 64, "learning_start": 3, "learning_margin": 2,
}  # fmt: skip

#: Another value of each part of a plan.
OTHER_PLAN = {
    "data": "elsewhere", "data_sha256": "0124", "rates": (256,), "run": 5,
    "augment": Augment(shift=1), "image": (3, 4), "preparation": Preparation(12, bias=True),
    "source": Source("elsewhere", split=1), "estimator": {"scaling": "none"},
}  # fmt: skip


def _changed(field: str) -> Config:
    values = TINY.as_dict()
    assert values[field] != OTHER[field], field
    return Config.from_dict(values | {field: OTHER[field]})


def test_every_field_is_tried() -> None:
    assert set(OTHER) == {field.name for field in dataclasses.fields(Config)}
    assert set(OTHER_PLAN) == {field.name for field in dataclasses.fields(Plan)}


@pytest.mark.parametrize("field", OTHER)
def test_only_the_same_machine_may_be_continued(field: str, path: Path) -> None:
    state, other = checkpoint.load(path), _changed(field)
    state.check_same(TINY, PLAN)
    if field in ("name", "lanes", "memory", "counters", "guard", "event_buffer"):
        state.check_same(other, PLAN)
    else:
        with pytest.raises(DataError) as refused:
            state.check_same(other, PLAN)
        both = (TINY.as_dict()[field], other.as_dict()[field])
        told = (
            "1 (that of the configuration, 4294967293, plus run 4)" if field == "seed" else both[0]
        )
        assert str(refused.value).startswith(
            f"the checkpoint was made with {field} {told}, not {both[1]}; use the same values"
        )


@pytest.mark.parametrize("field", OTHER_PLAN)
def test_only_the_same_plan_may_be_continued(field: str, path: Path) -> None:
    state, other = checkpoint.load(path), dataclasses.replace(PLAN, **{field: OTHER_PLAN[field]})
    if field in ("data", "preparation", "source", "estimator"):
        # The fingerprint decides.
        state.check_same(TINY, other)
    else:
        text = f"with {field} {getattr(PLAN, field)}, not {OTHER_PLAN[field]}; use the same values"
        with pytest.raises(DataError, match=re.escape(text)):
            state.check_same(TINY, other)


def test_older_programs_read_what_has_nothing_new(path: Path) -> None:
    state = checkpoint.load(path)
    with np.load(path) as file:
        assert "learning_start" not in json.loads(str(file["values"]))["config"]
    assert state.config.learning_start == 0
    state.config = state.config.replace(learning_start=5)
    state.save(path)
    assert checkpoint.load(path).config.learning_start == 5


def test_a_preparation_is_kept(path: Path) -> None:
    state = checkpoint.load(path)
    made = Preparation.fit(np.random.default_rng(1).normal(size=(9, 12)), list("abcabcabc"))
    state.plan = dataclasses.replace(state.plan, preparation=made)
    state.save(path)
    assert checkpoint.load(path).plan == state.plan
    assert checkpoint.load(path).plan.classes == ("a", "b", "c")


def test_only_a_preparation_needs_the_new_format(path: Path) -> None:
    def found() -> dict:
        with np.load(path) as file:
            return json.loads(str(file["values"]))

    assert found()["format"] == 3
    assert "preparation" not in found()["plan"]
    state = checkpoint.load(path)
    state.plan = dataclasses.replace(state.plan, preparation=Preparation(12, bias=True))
    state.save(path)
    assert found()["format"] == 4


def test_both_machine_and_run_count(path: Path) -> None:
    """A seed that is right by chance, since the run is another one, is no excuse."""
    state = checkpoint.load(path)
    for config, plan, key in (
        (TINY.replace(seed=2), PLAN, "seed"),
        (TINY, dataclasses.replace(PLAN, run=3), "run"),
        (TINY.replace(seed=4), dataclasses.replace(PLAN, run=1), "run"),
        # What was compared once: the number of the run with that of the run.
        (TINY.replace(seed=99), PLAN, "seed"),
    ):
        with pytest.raises(DataError, match=f"the checkpoint was made with {key} "):
            state.check_same(config, plan)


def test_a_machine_that_never_learned_may_lose_its_learning() -> None:
    plan = dataclasses.replace(PLAN, rates=(0, 0))
    for mine, other in ((True, False), (False, True)):
        Checkpoint.start(TINY.replace(learning=mine), plan).check_same(
            TINY.replace(learning=other), plan
        )


@pytest.mark.parametrize("field", OTHER)
def test_a_circuit_may_differ_in_what_changes_no_result(field: str, path: Path) -> None:
    given, other = {field: OTHER[field]}, _changed(field)
    state = checkpoint.load(path)
    if field in CIRCUIT_ONLY:
        assert state.config == TINY
        assert checkpoint.machine(state, path, given) == other
    else:
        text = (
            f"'{path}' was trained with {field} {TINY.as_dict()[field]}, not {OTHER[field]}; leave"
        )
        with pytest.raises(DataError, match=re.escape(text)):
            checkpoint.machine(state, path, given)


def test_one_number_stands_for_all_layers(path: Path) -> None:
    """What is given need not be written as the training has it."""
    refractory, state = TINY.refractory[0], checkpoint.load(path)
    assert checkpoint.machine(state, path, {"refractory": refractory}) == TINY
    with pytest.raises(DataError, match=r"trained with refractory \[1, 1\], not \[3, 3\]"):
        checkpoint.machine(state, path, {"refractory": 3})
    with pytest.raises(ConfigError, match="unknown configuration value 'tick'"):
        checkpoint.machine(state, path, {"tick": 3})


def test_checkpoints_that_called_a_run_a_seed_are_read(path: Path) -> None:
    new = checkpoint.load(path)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    values = json.loads(str(arrays["values"]))
    assert (values["format"], values["plan"]["run"], values["config"]["seed"]) == (3, 4, 1)
    values["format"], values["plan"]["seed"] = 2, values["plan"].pop("run")
    np.savez(path, **arrays | {"values": np.array(json.dumps(values))})
    old = checkpoint.load(path)
    assert (old.plan, old.config, old.random) == (PLAN, TINY, new.random)
    old.check_same(TINY, PLAN)
