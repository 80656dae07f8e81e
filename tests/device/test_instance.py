"""The configuration in the constants of a machine: found whole, or refused with both values."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erbium.golden.config import Config
from erbium.golden.link.identity import IDENTITY_BYTES, NAME_BYTES, identity_registers
from erbium.golden.link.registers import linked
from erbium.golden.presets import PRESETS, preset
from erbium.scripts.device.instance import Instance
from erbium.scripts.device.transport import DeviceError

TINY = preset("tiny")


def constants(config: Config, **changed: tuple[int, ...]) -> bytes:
    """Return the constants of a machine, some of them changed."""
    registers = identity_registers(linked(config), 24_000_000, 3_000_000)
    found = b"".join(r.encode(changed.get(r.name, r.reset)) for r in registers)
    assert len(found) == IDENTITY_BYTES
    return found


CONFIGS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["a", "my-machine", "n" * NAME_BYTES]),
        "layers": st.lists(st.integers(2, 256), min_size=3, max_size=5).map(tuple),
        "lanes": st.sampled_from([1, 8, 32]),
        "weight_bits": st.integers(2, 16),
        "state_bits": st.integers(16, 24),
        "encoder": st.sampled_from(["phase", "bernoulli", "events"]),
        "rounding": st.sampled_from(["stochastic", "nearest"]),
        "memory": st.sampled_from(["block", "spram"]),
        "learning": st.booleans(),
        "counters": st.booleans(),
        "seed": st.sampled_from([0, 1, 2**31, 2**32 - 1]),
        "event_buffer": st.sampled_from([128, 1024, 65536]),
        "gate_low": st.sampled_from([-32768, -1, 0]),
        "transmit": st.integers(1, 16),
        "refractory": st.integers(0, 255),
        "weight_init": st.just(0),
        "label_period": st.integers(1, 255),
        "learning_start": st.integers(0, 59),
        "learning_margin": st.integers(0, 255),
    }
)


@settings(max_examples=40)
@given(CONFIGS)
def test_every_value_is_found(values: dict[str, object]) -> None:
    config = Config(**values)
    found = Instance.of(constants(config))
    assert found.config == config
    assert (found.clock_hz, found.baud) == (24_000_000, 3_000_000)
    found.check_is(config)
    found.check_takes(config, "it")


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_found(name: str) -> None:
    found = Instance.of(constants(preset(name)))
    assert found.config == preset(name)
    assert found.fingerprint == linked(preset(name)).fingerprint[:16]
    assert found.map["COUNTS"].count == 10 if name != "tiny" else 3
    # A sample takes a few milliseconds.
    assert 0.0001 < found.longest_sample < 4


def test_a_long_name_comes_from_the_one_who_expects_it() -> None:
    config = TINY.replace(name="a-name-of-more-than-thirty-two-letters")
    assert Instance.of(constants(config), config).config == config
    with pytest.raises(DeviceError, match="of another version"):
        Instance.of(constants(config))


def test_what_is_no_machine_is_refused() -> None:
    data = constants(TINY, MAGIC=tuple(b"OTHR"))
    with pytest.raises(DeviceError, match=r"begins with b'OTHR', not b'ERBM'; choose another"):
        Instance.of(data)
    data = constants(TINY, MAP_VERSION=(77,), VERSION=(9, 8, 7))
    with pytest.raises(DeviceError, match=r"version 77 of the register map, .* 1; use .* 9\.8\.7"):
        Instance.of(data)


def test_constants_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(DeviceError, match=r"states the fingerprint \w{16}, but .* have \w{16}"):
        Instance.of(constants(TINY, TICKS=(13,)))
    for changed in ({"LANES": (3,)}, {"ENCODER": (9,)}, {"NAME": (200,) * NAME_BYTES}):
        with pytest.raises(DeviceError, match="values that are not possible"):
            Instance.of(constants(TINY, **changed))


def test_another_machine_is_refused_with_both_values() -> None:
    found = Instance.of(constants(TINY))
    text = r"machine 'tiny' .* expected, 'other': it has name tiny, not other; lanes 2, not 4;"
    with pytest.raises(DeviceError, match=text):
        found.check_is(TINY.replace(name="other", lanes=4))
    with pytest.raises(DeviceError, match=r"layers \[12, 6, 3\], not \[64, 64, 10\]"):
        found.check_is(preset("digits"))
    # What only the link decides is no difference.
    found.check_is(TINY.replace(guard=True, event_buffer=64))


def test_weights_of_a_machine_with_other_results_are_refused() -> None:
    found = Instance.of(constants(TINY))
    found.check_takes(TINY.replace(name="other", lanes=4, counters=True), "'w.npz'")
    with pytest.raises(DeviceError, match=r"'w.npz' was made with ticks 13, but .* has ticks 12"):
        found.check_takes(dataclasses.replace(TINY, ticks=13), "'w.npz'")
