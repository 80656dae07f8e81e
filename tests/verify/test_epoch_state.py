"""Counts that go on: what a file holds comes back, and one of something else is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.enums import Phase
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.golden.validate import DataError
from erbium.scripts.data.source import Split
from erbium.scripts.verify import epoch as command
from erbium.scripts.verify.epoch import load, origin, save
from erbium.scripts.verify.soak import Count
from erbium.sim.compare.long_training import State, begin
from erbium.sim.compare.stretch import Stretch

TINY = preset("tiny")


@pytest.fixture
def part() -> Split:
    draw = np.random.default_rng(3)
    samples = draw.integers(0, 256, (5, TINY.layers[0]), dtype=np.uint8)
    return Split(samples, draw.integers(0, TINY.layers[-1], 5))


def distinct() -> State:
    """Return a state of which every figure is another one."""
    weights = [matrix + n for n, matrix in enumerate(begin(TINY).weights, 1)]
    figures = [f.name for f in dataclasses.fields(State)
               if f.name not in ("weights", "random", "phase_cycles", "mismatch")]  # fmt: skip
    return State(
        weights, RandomState(11, 12, 13), mismatch="wrong",
        phase_cycles={phase.name: 100 + phase.value for phase in Phase},
        **{name: 1 + n for n, name in enumerate(figures)},
    )  # fmt: skip


def test_everything_comes_back(part: Split, tmp_path: Path) -> None:
    path, source, state = tmp_path / "state.npz", origin(TINY, part), distinct()
    save(path, state, source)
    found = load(path, source)
    for name in (field.name for field in dataclasses.fields(State)):
        if name != "weights":
            assert getattr(found, name) == getattr(state, name), name
    for one, other in zip(found.weights, state.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert found.figures() == state.figures()


@pytest.mark.parametrize("name", ["config", "data_sha256", "circuit", "model"])
def test_whatever_a_checkpoint_depends_on_is_compared(
    name: str, part: Split, tmp_path: Path
) -> None:
    path, source = tmp_path / "state.npz", origin(TINY, part)
    assert set(source) == {"config", "data_sha256", "circuit", "model"}
    save(path, begin(TINY), source)
    with pytest.raises(DataError, match=rf"was made with another {name}; remove it to start anew"):
        load(path, source | {name: "other"})


@pytest.mark.slow
def test_the_origin_follows_its_parts(part: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    first = origin(TINY, part)
    assert origin(TINY, part) == first
    labels = Split(part.samples, (part.labels + 1) % TINY.layers[-1])
    assert origin(TINY, labels)["data_sha256"] != first["data_sha256"]
    wide = origin(TINY.replace(lanes=4), part)
    assert {name for name in first if wide[name] != first[name]} == {"config", "circuit"}
    monkeypatch.setattr(command, "digest", lambda packages: "edited")
    assert origin(TINY, part)["model"] == "edited"


def test_every_figure_of_a_soak_is_counted(tmp_path: Path) -> None:
    count = Count(tmp_path, 1)
    first = Stretch(0, {}, True, cycles=100, samples=20, spikes=3000, rounds=1, weights=400,
                    memory_begin=50, memory_end=90)  # fmt: skip
    count.add(first, 7, ["one"])
    count.add(dataclasses.replace(first, stalled=False, memory_end=60), 8, [])
    count.add(dataclasses.replace(first, memory_end=45), 0, ["two", "three"])
    expected = {
        "next": 0, "runs": 0, "seconds": 0.0, "configurations": 3, "samples": 60, "spikes": 9000,
        "cycles": {"verilator": 300, "icarus": 15}, "weights": 1200, "stalled_cycles": 200,
        "memory_growth": 40, "memory": [], "failures": ["one", "two", "three"],
    }  # fmt: skip
    assert count.figures == expected
    count.save()
    assert Count(tmp_path, 1).figures == expected
    assert Count(tmp_path, 2).figures["configurations"] == 0
