"""Long trainings in circuit and model: equal, resumable, and a faulty circuit is found."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.scripts.data.augment import Augment, shown
from erbium.scripts.data.source import Dataset, Split
from erbium.scripts.verify import epoch as section
from erbium.scripts.verify.epoch import all_training, augmented, load, origin, run, save
from erbium.sim.compare.long_training import State, begin, compare
from erbium.sim.faults.circuit import planted

TINY = preset("tiny")
COUNT = 60


@pytest.fixture
def build_dir(request: pytest.FixtureRequest) -> Path:
    """Return a folder that outlives the test run, so that unchanged cores are built once."""
    return request.config.cache.mkdir("native-cores")


@pytest.fixture
def part() -> Split:
    draw = np.random.default_rng(3)
    samples = draw.integers(0, 256, (COUNT, TINY.layers[0]), dtype=np.uint8)
    return Split(samples, draw.integers(0, TINY.layers[-1], COUNT))


class Killed(Exception):
    """Stands for whatever ends a program."""


def test_stopped_and_resumed_is_as_if_never_stopped(
    build_dir: Path, part: Split, tmp_path: Path
) -> None:
    path = tmp_path / "state.npz"

    def kill(state: State) -> None:
        if state.samples == 20:
            raise Killed

    with pytest.raises(Killed):
        run(TINY, part, path, kill, build_dir=build_dir, batch=10)
    seen: list[int] = []
    resumed = run(TINY, part, path, lambda s: seen.append(s.samples), build_dir=build_dir, batch=10)
    assert seen == [20, 30, 40, 50, 60]
    (*_, whole) = compare(TINY, part.samples, part.labels, build_dir=build_dir, batch=60)
    assert resumed.equal
    assert whole.equal
    golden = Core(TINY)
    outcomes = golden.run_many(part.samples, part.labels)
    for state in (resumed, whole):
        assert state.random == golden.random
        for one, other in zip(state.weights, golden.weights, strict=True):
            np.testing.assert_array_equal(one, other)
        assert state.predictions_equal == state.samples == COUNT
        assert state.operations == outcomes.synaptic_operations
        assert state.right == int((outcomes.winners == part.labels).sum())
        assert sum(state.phase_cycles.values()) == state.cycles
    # Only the wait for the first inputs after each start differs.
    assert resumed.phase_cycles["SYNAPSE"] == whole.phase_cycles["SYNAPSE"]
    assert resumed.weights_compared == 6 * whole.weights_compared


def test_faulty_circuit_is_found(build_dir: Path, part: Split) -> None:
    with planted("errors a tick too early", TINY) as hardware:
        text = emit_core(hardware, name=module_name(TINY))
    states = list(
        compare(TINY, part.samples, part.labels, build_dir=build_dir, batch=10, verilog=text)
    )
    assert states[-1].mismatch is not None
    assert not states[-1].equal
    assert states[-1].samples < COUNT or len(states) == COUNT // 10
    figures = states[-1].figures() | {"preset": "tiny", "lanes": 2, "data": "noise"}
    assert "not equal" in section.summary(figures)


def test_nothing_learned_is_not_equal() -> None:
    assert not begin(TINY).equal
    assert not dataclasses.replace(begin(TINY), samples=5, predictions_equal=5).equal


def test_checkpoint_of_something_else_is_refused(part: Split, tmp_path: Path) -> None:
    path, source = tmp_path / "state.npz", origin(TINY, part)
    save(path, begin(TINY), source)
    assert load(path, source).samples == 0
    for changed, name in (
        (origin(TINY.replace(seed=2), part), "config"),
        (origin(TINY, Split(part.samples[::-1], part.labels)), "data_sha256"),
        (source | {"circuit": "0"}, "circuit"),
    ):
        with pytest.raises(DataError, match=rf"another {name}; remove it"):
            load(path, changed)
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(DataError, match="damaged; remove it"):
        load(path, source)


def test_moved_images_are_learned_alike(build_dir: Path, part: Split, tmp_path: Path) -> None:
    """Stopped and resumed; what the circuit learned is what `shown` gives, and nothing else."""
    few = Split(part.samples[:4], part.labels[:4])
    dataset = Dataset("noise", dataclasses.replace(part, image=(3, 4)), few, few)
    moved = augmented(dataset, 40, Augment(1))
    np.testing.assert_array_equal(moved.samples, shown(Augment(1), dataset.train, 0, 0)[:40])
    np.testing.assert_array_equal(moved.labels, part.labels[:40])
    np.testing.assert_array_equal(augmented(dataset, 40, None).samples, part.samples[:40])
    path = tmp_path / "state.npz"

    def kill(state: State) -> None:
        if state.samples == 20:
            raise Killed

    with pytest.raises(Killed):
        run(TINY, moved, path, kill, build_dir=build_dir, batch=10)
    with pytest.raises(DataError, match="another data_sha256; remove it"):
        load(path, origin(TINY, augmented(dataset, 40, None)))
    again = augmented(dataset, 40, Augment(1))
    resumed = run(TINY, again, path, lambda state: None, build_dir=build_dir, batch=10)
    golden = Core(TINY)
    golden.run_many(moved.samples, moved.labels)
    assert resumed.equal
    for one, other in zip(resumed.weights, golden.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    told = {"preset": "tiny", "lanes": 2, "data": "noise", "augment": {"shift": 1}}
    words = "samples of noise, moved by up to 1 pixels,"
    assert f"40 {words} learned" in section.summary(resumed.figures() | told)
    assert f"40 {words} one after another" in section.text(resumed.figures() | told)


def test_all_training_samples_in_their_order(part: Split) -> None:
    dataset = Dataset(
        "noise",
        Split(part.samples[:40], part.labels[:40]),
        Split(part.samples[40:55], part.labels[40:55]),
        Split(part.samples[55:], part.labels[55:]),
    )
    found = all_training(dataset)
    np.testing.assert_array_equal(found.samples, part.samples[:55])
    np.testing.assert_array_equal(found.labels, part.labels[:55])
