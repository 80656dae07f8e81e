"""Samples that are watched together do what they do one after another in the golden model."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from erbium.golden import plasticity
from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.scripts.diagnosis import frozen

TINY = preset("tiny")

#: Machines in which each part of a tick takes another course.
MACHINES = {
    "tiny": TINY,
    "slow errors": TINY.replace(error_threshold=3, label_period=2, burn_in=0),
    "deep": Config(name="deep", layers=(12, 8, 7, 3), ticks=12, burn_in=2, rate_shift=0,
                   threshold=(60, 90, 40), gain=(0, 1, 2), refractory=(0, 1, 3),
                   membrane_leak=(3, 4, 5), dendrite_leak=(2, 3, 4), weight_init=48),
    "narrow": TINY.replace(state_bits=8, gain=2, threshold=100, gate_low=-60, gate_high=90,
                           feedback=100),
    "random spikes": TINY.replace(encoder="bernoulli", rate_shift=1),
}  # fmt: skip


def shown(config: Config, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return samples with dark and bright inputs, and classes."""
    random = np.random.default_rng(3)
    samples = random.integers(0, 256, (count, config.layers[0]))
    samples[random.random(samples.shape) < 0.3] = 0
    return samples, random.integers(0, config.layers[-1], count)


@pytest.mark.parametrize("config", MACHINES.values(), ids=MACHINES)
def test_all_is_as_in_the_golden_model(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    core = Core(config)
    samples, labels = shown(config, 7)
    moments = list(frozen.ticks(config, core.weights, core.random, samples, labels))
    # Learning goes on, so that errors flow, but no weight moves.
    monkeypatch.setattr(plasticity, "update", lambda weight, *others: weight)
    seen = errors = 0
    for row, (sample, label) in enumerate(zip(samples, labels, strict=True)):
        before = core.states
        for tick, moment in zip(core.ticks(sample, int(label)), moments, strict=True):
            if tick.number:
                for mine, other in zip(moment.before, before, strict=True):
                    for name, value in vars(other).items():
                        assert (getattr(mine, name)[row] == value).all(), (tick.number, name)
            before = [dataclasses.replace(state) for state in core.states]
            for spikes, events in zip(moment.spikes, tick.events, strict=True):
                assert np.flatnonzero(spikes[row]).tolist() == events.tolist()
                seen += len(events)
            found = [
                (int(k), int(moment.errors[row, k])) for k in np.flatnonzero(moment.errors[row])
            ]
            assert found == sorted(tick.errors)
            errors += len(tick.errors)
    assert seen
    assert errors


def test_blank_out_transmits_its_share() -> None:
    config = TINY.replace(transmit=4, threshold=4096, membrane_leak=8, layers=(200, 6, 3))
    weights = Core(config).weights
    weights[0][:] = 10
    random = Core(config).random
    samples, labels = np.full((20, 200), 255), np.zeros(20, dtype=int)
    first, second, *_ = frozen.ticks(config, weights, random, samples, labels)
    expected = 10 * first.spikes[0].sum() / 20 * 4 / 16
    assert second.before[0].membrane.mean() == pytest.approx(expected, rel=0.05)
    assert second.before[0].membrane.std() > 0
