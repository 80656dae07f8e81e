"""Names: legal in Verilog, VHDL and C++, and different for different cores."""

import re

import pytest

from erbium.golden.config import ConfigError
from erbium.golden.presets import PRESETS, preset
from erbium.hw.verilog.names import (
    check_different,
    check_name,
    module_name,
    old_module_name,
    old_port_name,
    port_name,
)

TINY = preset("tiny")

#: A value of every field that differs from that of `tiny`.
CHANGES = {
    "name": "other", "layers": (16, 14, 3), "lanes": 4, "weight_bits": 9, "state_bits": 17,
    "ticks": 61, "burn_in": 1, "label_period": 7, "learning_start": 4,
    "learning_margin": 5, "threshold": 99, "refractory": 3,
    "membrane_leak": 7, "dendrite_leak": 7, "gain": 2, "gate_low": -77, "gate_high": 777,
    "feedback": 33, "weight_init": 5, "learning_shift": 11, "rounding": "nearest",
    "error_threshold": 2, "transmit": 5, "encoder": "bernoulli", "rate_shift": 5, "seed": 42,
    "memory": "spram", "learning": False, "counters": True,
    "guard": True, "event_buffer": 2048,
}  # fmt: skip


def test_cores_that_differ_in_anything_have_different_names():
    assert set(CHANGES) == set(TINY.as_dict())
    configs = [TINY, *(TINY.replace(**{field: value}) for field, value in CHANGES.items())]
    assert len({config.sha256 + str(config.as_dict()) for config in configs}) == len(configs)
    names = [module_name(config).lower() for config in [*configs, *PRESETS.values()]]
    # `tiny` itself is a preset.
    assert len(set(names)) == len(names) - 1


def test_module_name_tells_name_and_lanes():
    assert re.fullmatch(r"erbium_tiny_2_[0-9a-f]{8}", module_name(TINY))
    assert re.fullmatch(r"erbium_tiny_4_[0-9a-f]{8}", module_name(TINY.replace(lanes=4)))
    # It is a promise to whoever instantiates the module.
    assert module_name(preset("digits")) == "erbium_digits_4_495abe80"


@pytest.mark.parametrize("name", ["my-net", "a--b", "net-", "N", "a---", "entity", "Wire-2"])
def test_every_name_of_a_configuration_makes_a_legal_module_name(name):
    assert check_name(module_name(TINY.replace(name=name)), "module") == module_name(
        TINY.replace(name=name)
    )


def test_names_that_would_be_the_same_are_not():
    names = [module_name(TINY.replace(name=n)).lower() for n in ("a-b", "a--b", "a-b-", "A-B")]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", ["2fast", "a__b", "net_", "größe", "", "a b", "a.b"])
def test_other_names_of_configurations_are_refused(name):
    with pytest.raises(ConfigError, match="name must start with a letter and hold letters, digits"):
        TINY.replace(name=name)


def test_values_that_are_the_default_take_no_part():
    same = TINY.replace(transmit=16)
    assert same.fingerprint == TINY.fingerprint
    assert TINY.replace(transmit=15).fingerprint != TINY.fingerprint


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a__b", "port 'a__b' is not legal in Verilog, VHDL and C"),
        ("_a", "not legal"),
        ("a_", "not legal"),
        ("1a", "not legal"),
        ("é", "not legal"),
        ("a$b", "not legal"),
        ("label", "port 'label' is a keyword of VHDL; use another name"),
        ("Reg", "is a keyword of SystemVerilog"),
        ("logic", "is a keyword of SystemVerilog"),
        ("CLASS", "is a keyword of SystemVerilog and C"),
    ],
)
def test_illegal_names_are_refused(name, message):
    with pytest.raises(ValueError, match=message):
        check_name(name, "port")


def test_names_that_differ_in_capitals_only_are_refused():
    assert check_different(["a", "b"], "ports") == ["a", "b"]
    with pytest.raises(ValueError, match="two ports would be called 'a' and 'A', which VHDL does"):
        check_different(["a", "b", "A"], "ports")


def test_ports_are_joined_by_an_underscore():
    assert port_name(["i_pixel", "valid"]) == "i_pixel_valid"
    assert port_name(["a", 0]) == "a_0"
    assert old_port_name(["i_pixel", "valid"]) == "i_pixel__valid"
    assert old_module_name(TINY.replace(name="a-b")) == "erbium_a_b"
