"""A machine in use: what it does is what the golden model does, and what goes wrong is said."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config, ConfigError
from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.golden.validate import DataError
from erbium.scripts.device.access import DeviceRestarted
from erbium.scripts.device.device import Device
from erbium.scripts.device.noise import NoisyTransport
from erbium.scripts.device.outcomes import Refused
from erbium.scripts.device.simulated import ModelTransport
from erbium.scripts.device.transport import DeviceError
from erbium.scripts.train.checkpoint import load

from .conftest import Machine, drawn
from .line import BAUD

TINY = preset("tiny")

CONFIGS = {
    "tiny": TINY,
    "events": TINY.replace(name="events", encoder="events"),
    "many inputs": TINY.replace(name="many", layers=(1300, 6, 3), lanes=1),
    "odd words": TINY.replace(name="odd", lanes=8, weight_bits=5, weight_init=15),
    "deep": Config(name="deep", layers=(12, 6, 5, 3), ticks=12, burn_in=2, rate_shift=0,
                   threshold=64, weight_init=48, learning_shift=6),
    "bernoulli": TINY.replace(name="bernoulli", encoder="bernoulli", transmit=8),
    "no learning": TINY.replace(name="fixed", learning=False),
}  # fmt: skip


def opened(config: Config, noise: float = 0.0) -> Device:
    return Device(NoisyTransport(ModelTransport(config, BAUD), noise, 5), config)


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_it_is_the_golden_model(config: Config, noise: float) -> None:
    count = 3 if len(str(config.layers[0])) > 2 else 40
    samples, labels = drawn(config, count)
    core, told = Core(config), []
    with opened(config, noise) as device:
        assert device.config == config
        device.load_weights(core.weights)
        for rate in (256, 90, 0):
            winners = device.train(samples, labels, rate, lambda *progress: told.append(progress))
            results = [core.run(x, int(k), rate) for x, k in zip(samples, labels, strict=True)]
            assert winners.tolist() == [result.winner for result in results]
            assert device.counts.tolist() == results[-1].counts.tolist()
        right = [core.run(x, 0, 0).winner for x in samples]
        assert device.classify(samples).tolist() == right
        assert same(device.save_weights(), core.weights)
        assert device.random == core.random
        assert device.traffic.retries == 0 if not noise else device.traffic.retries > 0
        assert device.errors().guard_count == 0
    assert told[-1][:3] == ("learn", count, count)
    assert told[-1][3] == int((np.array([r.winner for r in results]) == labels).sum())


def test_random_states_are_set_and_reset(machine: Machine) -> None:
    with Device(machine) as device:
        states = RandomState(1, 2, 2**32 - 1)
        device.random = states
        assert device.random == RandomState.loaded(TINY, states)
        device.reset()
        assert device.random == RandomState.seeded(TINY.seed)
        with pytest.raises(DataError, match="random state 'event' must be 1 to"):
            device.random = RandomState(0, 1, 1)


def test_weights_and_states_go_through_a_checkpoint(machine: Machine, tmp_path: Path) -> None:
    samples, labels = drawn(TINY, 20)
    path = tmp_path / "w.npz"
    with Device(machine) as device:
        device.train(samples, labels)
        weights, random = device.save_weights(path), device.random
    state = load(path)
    assert state.config == TINY
    assert state.random == random
    assert same(state.weights, weights)
    told = []
    # Another build of the same machine takes it.
    with opened(TINY.replace(name="other", lanes=4)) as device:
        device.load_weights(path, lambda *progress: told.append(progress))
        assert same(device.save_weights(), weights)
        assert device.random == random
    assert told[-1] == ("load weights", 30, 30, None)
    with opened(TINY.replace(name="longer", ticks=13)) as device:
        with pytest.raises(DeviceError, match=r"w.npz' was made with ticks 12, but .* has ticks 1"):
            device.load_weights(str(path))
        with pytest.raises(DataError, match="expected 2 weight matrices"):
            device.load_weights(weights[:1])


def test_what_does_not_fit_is_refused_and_all_goes_on(machine: Machine) -> None:
    samples, labels = drawn(TINY, 6)
    core = Core(TINY)
    with Device(machine) as device:
        with pytest.raises(DataError, match="rate must be 0"):
            device.train(samples, labels, 257)
        with pytest.raises(DataError, match=r"label must be a class from 0 to 2, not 3"):
            device.train(samples, [0, 1, 2, 3, 0, 0])
        with pytest.raises(DataError, match="6 samples need 6 labels"):
            device.train(samples, labels[:5])
        with pytest.raises(DataError, match="12 intensities"):
            device.train([*samples, samples[0][:5]], [*labels, 0])
        # Those before the wrong one are learned, and answered.
        for sample, label in zip(samples, labels, strict=True):
            core.run(sample, int(label))
        assert device.classify(samples).tolist() == [core.run(x, 0, 0).winner for x in samples]
        assert same(device.save_weights(), core.weights)


def test_learning_can_be_switched_off(machine: Machine) -> None:
    samples, labels = drawn(TINY, 20)
    with Device(machine) as device:
        before = device.save_weights()
        device.learning = False
        assert not device.learning
        device.train(samples, labels)
        assert same(device.save_weights(), before)
        device.learning = True
        device.train(samples, labels)
        assert not same(device.save_weights(), before)


def test_counters_are_there_if_they_were_built(machine: Machine) -> None:
    with Device(machine) as device, pytest.raises(DeviceError, match="counters = true"):
        device.counters()
    with opened(TINY.replace(counters=True)) as device:
        assert device.counters()["events"] == 0


def test_info_is_what_it_is(machine: Machine) -> None:
    with Device(machine) as device:
        facts = device.info
    assert facts["config"] == TINY.as_dict()
    assert (facts["locked"], facts["busy"], facts["learning"]) == (False, False, True)
    assert (facts["clock_hz"], facts["baud"], facts["port"]) == (24_000_000, BAUD, "model:tiny")


def test_a_locked_machine_says_so(machine: Machine) -> None:
    samples, labels = drawn(TINY, 2)
    with Device(machine) as device:
        device.lock()
        for attempt in (
            lambda: device.train(samples, labels),
            lambda: device.classify(samples),
            device.save_weights,
            lambda: device.load_weights(Core(TINY).weights),
            device.reset,
        ):
            with pytest.raises(Refused, match=r"the machine is locked: .* reset the board"):
                attempt()
    # Whoever comes later can still look.
    with Device(machine) as device:
        assert device.info["locked"]
        assert device.errors().link == ("LOCKED",)
    machine.fail()
    with Device(machine) as device:
        assert not device.info["locked"]


@pytest.mark.parametrize("commands", [1, 2, 3, 7, 8, 9])
def test_a_reset_meanwhile_is_noticed(machine: Machine, commands: int) -> None:
    samples, labels = drawn(TINY, 30)
    with Device(machine) as device:
        device.train(samples[:1], labels[:1])
        machine.fails_after = commands
        with pytest.raises(DeviceRestarted, match=r"was reset .*; load weights, or go on"):
            device.train(samples, labels)
        with pytest.raises(DeviceRestarted):
            device.save_weights()
    # Whoever opens it anew takes it as it is.
    with Device(machine) as device:
        device.train(samples, labels)


def test_a_reset_between_two_writes_of_the_same_number_is_noticed(machine: Machine) -> None:
    """After 255 writes, a machine that was reset cannot be told by its sequence number."""
    samples, labels = drawn(TINY, 1)
    with Device(machine) as device:
        while machine.registers.sequence != 0:
            device.train(samples, labels)
        machine.fail()
        with pytest.raises(DeviceRestarted):
            device.train(samples, labels)


def test_a_sample_dropped_by_the_machine_is_told(machine: Machine) -> None:
    with Device(machine) as device:
        with pytest.raises(DeviceError, match=r"dropped 1 samples: 1 samples or acc.*: SHORT"):
            list(device.pipeline.run([(b"\1\1", 0, 256)]))
        errors = device.errors()
        assert (errors.guard, errors.guard_count, errors.guard_first) == (("SHORT",), 1, "SHORT")
        assert errors.count == 1
        device.clear_errors()
        assert str(device.errors()) == "none"
        samples, labels = drawn(TINY, 5)
        core = Core(TINY)
        winners = [core.run(x, int(k)).winner for x, k in zip(samples, labels, strict=True)]
        assert device.train(samples, labels).tolist() == winners


def test_an_interrupted_sample_is_forgotten(machine: Machine) -> None:
    samples, labels = drawn(TINY, 5)
    core = Core(TINY)
    with Device(machine) as device:
        device.access.write("SAMPLE_PART", b"\1\2\3")
        device.pipeline.forget()
        winners = [core.run(x, int(k)).winner for x, k in zip(samples, labels, strict=True)]
        assert device.train(samples, labels).tolist() == winners


def test_ports_are_opened_by_name(tmp_path: Path) -> None:
    with Device.open("model:tiny", "tiny") as device:
        assert device.config == TINY
    file = tmp_path / "mine.toml"
    file.write_text("layers = [12, 5, 3]\n")
    with Device.open(f"model:{file}") as device:
        assert (device.config.name, device.config.layers) == ("mine", (12, 5, 3))
    with pytest.raises(DeviceError, match=r"'tiny' .* expected, 'digits': it has name tiny, not "):
        Device.open("model:tiny", preset("digits"))
    for port in ("/dev/ttyUSB1", "usb:1", "model", "model:", "serial://"):
        with pytest.raises(DeviceError, match=r"is none; give serial:///dev/ttyUSB1 for"):
            Device.open(port)
    with pytest.raises(ConfigError, match="unknown preset 'tinny'"):
        Device.open("model:tinny")


def test_traffic_is_a_copy(machine: Machine) -> None:
    with Device(machine) as device:
        before = device.traffic
        device.errors()
        assert dataclasses.replace(before) == before != device.traffic
