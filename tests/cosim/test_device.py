"""The driver at the circuit itself, through the pins of its UART."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.scripts.data.source import load
from erbium.scripts.device import selftest
from erbium.scripts.device.access import DeviceRestarted
from erbium.scripts.device.device import Device
from erbium.scripts.device.noise import NoisyTransport
from erbium.scripts.device.simulated import SimulatedTransport
from erbium.scripts.device.training import train
from tests.device.conftest import drawn
from tests.device.line import BAUD

TINY = preset("tiny")

#: With what a circuit may have: counters, words of odd sizes, samples in many parts, events.
COUNTING = TINY.replace(name="counting", counters=True, lanes=8, weight_bits=5, weight_init=15)
MANY = TINY.replace(name="many", layers=(1300, 6, 3), lanes=1)
EVENTS = TINY.replace(name="events", encoder="events")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where circuits are built."""
    return tmp_path_factory.mktemp("device")


def check_learning(device: Device, config: Config, count: int) -> None:
    """Learn samples, and demand what the golden model has of them."""
    samples, labels = drawn(config, count)
    core = Core(config)
    device.load_weights(core.weights)
    device.random = core.random
    results = [core.run(x, int(k)) for x, k in zip(samples, labels, strict=True)]
    assert device.train(samples, labels).tolist() == [result.winner for result in results]
    assert device.counts.tolist() == results[-1].counts.tolist()
    assert all(map(np.array_equal, device.save_weights(), core.weights))
    assert device.random == core.random


def test_the_circuit_passes_its_selftest(folder: Path) -> None:
    line = SimulatedTransport(TINY, BAUD, folder)
    with Device(line, TINY) as device:
        assert [step for step in selftest.run(device) if step.failure] == []


def test_nothing_is_lost_on_a_bad_line(folder: Path) -> None:
    line = NoisyTransport(SimulatedTransport(TINY, BAUD, folder), 0.01, 3)
    with Device(line, TINY) as device:
        check_learning(device, TINY, 60)
        assert device.traffic.retries > 10
        assert device.errors().link_count > 0
        assert device.errors().guard_count == 0


def test_a_reset_meanwhile_is_noticed(folder: Path) -> None:
    samples, labels = drawn(TINY, 100)
    line = SimulatedTransport(TINY, BAUD, folder)
    with Device(line, TINY) as device:
        device.train(samples, labels)
        line.port.reset(100_000)
        with pytest.raises(DeviceRestarted):
            device.train(samples, labels)


@pytest.mark.slow
@pytest.mark.parametrize("config", [COUNTING, MANY, EVENTS], ids=lambda config: config.name)
def test_other_circuits_learn_as_the_golden_model(folder: Path, config: Config) -> None:
    with Device(SimulatedTransport(config, BAUD, folder), config) as device:
        check_learning(device, config, 12)
        if config.counters:
            assert device.counters()["weight_writes"] > 0


@pytest.mark.slow
def test_ten_thousand_samples_on_a_bad_line(folder: Path) -> None:
    config = preset("digits")
    dataset = load("digits", config)
    line = NoisyTransport(SimulatedTransport(config, BAUD, folder), 0.01, 1)
    with Device(line, config) as device:
        _, found = train(device, dataset, [256] * 9)
    assert found["samples"] == 10_800
    assert found["weights_equal"]
    assert found["winners_equal"]
    assert found["random_equal"]
    assert found["retries"] > 10_000
    assert found["errors"]["guard_count"] == 0
