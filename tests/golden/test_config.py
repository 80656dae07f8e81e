"""Every rule of the configuration: what is refused, and that the message helps."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from erbium.golden.config import (
    CIRCUIT_ONLY,
    ENCODERS,
    LANES,
    MEMORIES,
    PER_LAYER,
    Config,
    ConfigError,
)
from erbium.golden.presets import PRESETS, preset

BASE = Config(name="base", layers=(6, 5, 4, 3))

NAME = r"name must start with a letter and hold letters, digits and '-' only, not "
LAYERS = r"layers must list inputs, one to three hidden layers and classes, such as .*, not "
SIZE = r"every layer must have 1 to 65536 neurons, not "
CLASSES = r"the last of layers is the number of classes and must be 2 to 256, not "

#: (changed values, message) of every refusal.
REFUSED = [
    ({"name": ""}, NAME + "''"),
    ({"name": "1st"}, NAME + "'1st'"),
    ({"name": "two words"}, NAME + "'two words'"),
    ({"name": "naïve"}, NAME + "'naïve'"),
    ({"name": "a.b"}, NAME + r"'a\.b'"),
    ({"name": "-a"}, NAME + "'-a'"),
    ({"name": "a_b"}, NAME + "'a_b'"),
    ({"name": 5}, NAME + "5"),
    ({"layers": (6, 3)}, LAYERS + r"\(6, 3\)"),
    ({"layers": (6, 5, 4, 4, 4, 3)}, LAYERS + r"\(6, 5, 4, 4, 4, 3\)"),
    ({"layers": 7}, LAYERS + "7"),
    ({"layers": (0, 5, 3)}, SIZE + "0"),
    ({"layers": (6, 65537, 3)}, SIZE + "65537"),
    ({"layers": (6, 5.0, 3)}, SIZE + r"5\.0"),
    ({"layers": (6, True, 3)}, SIZE + "True"),
    ({"layers": (6, 5, 1)}, CLASSES + "1"),
    ({"layers": (6, 5, 257)}, CLASSES + "257"),
    ({"lanes": 3}, r"lanes must be one of \(1, 2, 4, 8, 16, 32\), not 3"),
    ({"lanes": 64}, r"lanes must be one of .*, not 64"),
    ({"encoder": "poisson"}, "encoder must be one of phase, bernoulli, events, not 'poisson'"),
    ({"weight_bits": 1}, "weight_bits must be an integer from 2 to 16, not 1"),
    ({"weight_bits": 17}, "weight_bits must be an integer from 2 to 16, not 17"),
    ({"weight_bits": 8.0}, r"weight_bits must be an integer from 2 to 16, not 8\.0"),
    ({"state_bits": 7}, "state_bits must be an integer from 8 to 24, not 7"),
    ({"state_bits": 25}, "state_bits must be an integer from 8 to 24, not 25"),
    ({"learning_shift": -1}, "learning_shift must be an integer from 0 to 20, not -1"),
    ({"rounding": "up"}, "rounding must be one of stochastic, nearest, not 'up'"),
    ({"learning_shift": 21}, "learning_shift must be an integer from 0 to 20, not 21"),
    ({"error_threshold": 0}, "error_threshold must be an integer from 1 to 255, not 0"),
    ({"error_threshold": 256}, "error_threshold must be an integer from 1 to 255, not 256"),
    ({"transmit": 0}, "transmit must be an integer from 1 to 16, not 0"),
    ({"transmit": 17}, "transmit must be an integer from 1 to 16, not 17"),
    ({"transmit": True}, "transmit must be an integer from 1 to 16, not True"),
    ({"rate_shift": -1}, "rate_shift must be an integer from 0 to 8, not -1"),
    ({"rate_shift": 9}, "rate_shift must be an integer from 0 to 8, not 9"),
    ({"seed": -1}, "seed must be an integer from 0 to 4294967295, not -1"),
    ({"seed": 2**32}, "seed must be an integer from 0 to 4294967295, not 4294967296"),
    ({"memory": "sram"}, "memory must be one of block, spram, not 'sram'"),
    ({"memory": None}, "memory must be one of block, spram, not None"),
    ({"learning": 1}, "learning must be true or false, not 1"),
    ({"learning": "no"}, "learning must be true or false, not 'no'"),
    ({"counters": 0}, "counters must be true or false, not 0"),
    ({"counters": np.True_}, f"counters must be true or false, not {np.True_!r}"),
    ({"guard": 1}, "guard must be true or false, not 1"),
    ({"guard": None}, "guard must be true or false, not None"),
    ({"event_buffer": 1}, "event_buffer must be an integer from 2 to 65536, not 1"),
    ({"event_buffer": 131072}, "event_buffer must be an integer from 2 to 65536, not 131072"),
    ({"event_buffer": 1000}, "event_buffer must be a power of 2, not 1000"),
    (
        {"event_buffer": 32, "guard": True, "encoder": "events"},
        "event_buffer must hold the ends of all 60 ticks of a sample, and its events; "
        "it has 32 words",
    ),
    ({"ticks": 0}, "ticks must be an integer from 1 to 65535, not 0"),
    ({"ticks": 65536}, "ticks must be an integer from 1 to 65535, not 65536"),
    ({"ticks": (9,)}, "ticks must be an integer from 1 to 65535, not \\(9,\\)"),
    ({"burn_in": -1}, "burn_in must be an integer from 0 to ticks - 1 = 59, not -1"),
    ({"learning_start": -1}, "learning_start must be an integer from 0 to ticks - 1 = 59, not -1"),
    ({"learning_start": 60}, "learning_start must be an integer from 0 to ticks - 1 = 59, not 60"),
    ({"learning_start": True}, "learning_start must be an integer from 0 to .*, not True"),
    ({"learning_margin": 256}, "learning_margin must be an integer from 0 to 255, not 256"),
    ({"learning_margin": -1}, "learning_margin must be an integer from 0 to 255, not -1"),
    ({"burn_in": 60}, "burn_in must be an integer from 0 to ticks - 1 = 59, not 60"),
    ({"burn_in": 1.5}, r"burn_in must be an integer from 0 to ticks - 1 = 59, not 1\.5"),
    ({"burn_in": True}, "burn_in must be an integer from 0 to ticks - 1 = 59, not True"),
    ({"label_period": 0}, "label_period must be an integer from 1 to 255, not 0"),
    ({"label_period": 256}, "label_period must be an integer from 1 to 255, not 256"),
    ({"threshold": 0}, "threshold must be an integer from 1 to 32767, not 0"),
    ({"threshold": (9, 9, 32768)}, "threshold must be an integer from 1 to 32767, not 32768"),
    ({"threshold": (9, 9)}, r"threshold must be one integer or 3 of them, .*, not \(9, 9\)"),
    ({"threshold": "9"}, "threshold must be one integer or 3 of them, .*, not '9'"),
    ({"refractory": -1}, "refractory must be an integer from 0 to 255, not -1"),
    ({"refractory": 256}, "refractory must be an integer from 0 to 255, not 256"),
    ({"refractory": True}, "refractory must be one integer or 3 of them, .*, not True"),
    ({"membrane_leak": 0}, "membrane_leak must be an integer from 1 to 15, not 0"),
    ({"membrane_leak": 16}, "membrane_leak must be an integer from 1 to 15, not 16"),
    ({"dendrite_leak": 0}, "dendrite_leak must be an integer from 1 to 15, not 0"),
    ({"dendrite_leak": 16}, "dendrite_leak must be an integer from 1 to 15, not 16"),
    ({"gain": -1}, "gain must be an integer from 0 to 12, not -1"),
    ({"gain": (0, 13, 0)}, "gain must be an integer from 0 to 12, not 13"),
    ({"gate_low": -32769}, "gate_low must be an integer from -32768 to 32767, not -32769"),
    ({"gate_high": 32768}, "gate_high must be an integer from -32768 to 32767, not 32768"),
    (
        {"gate_low": (-1, 5, -1), "gate_high": (1, 5, 1)},
        "gate_low must be below gate_high in every layer, not 5 and 5",
    ),
    ({"feedback": -1}, "feedback must be an integer from 0 to 32767, not -1"),
    ({"feedback": 32768}, "feedback must be an integer from 0 to 32767, not 32768"),
    ({"weight_init": -1}, "weight_init must be an integer from 0 to 127, not -1"),
    ({"weight_init": 128}, "weight_init must be an integer from 0 to 127, not 128"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED, ids=[str(c) for c, _ in REFUSED])
def test_refuses_with_a_message(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{message}$"):
        BASE.replace(**changes)


def test_every_field_has_a_refusal() -> None:
    tried = {name for changes, _ in REFUSED for name in changes}
    assert tried == {field.name for field in dataclasses.fields(Config)}


#: The values at both ends of every range.
ACCEPTED = [
    {"name": "A-1"},
    {"layers": (1, 1, 2), "lanes": 32},
    {"layers": (65536, 1, 1, 65536, 256)},
    *({"lanes": lanes} for lanes in LANES),
    *({"encoder": encoder} for encoder in ENCODERS),
    *({"memory": memory} for memory in MEMORIES),
    *({"learning": learning, "counters": not learning} for learning in (True, False)),
    {"guard": True, "event_buffer": 65536},
    {"guard": True, "event_buffer": 2},
    {"guard": True, "event_buffer": 2, "encoder": "events", "ticks": 2, "burn_in": 0},
    {"weight_bits": 2, "weight_init": 1},
    {"weight_bits": 16, "weight_init": 32767},
    {"state_bits": 8, "threshold": 127, "gate_low": -128, "gate_high": 127, "feedback": 127},
    {"state_bits": 24, "threshold": 2**23 - 1, "membrane_leak": 23, "dendrite_leak": 1},
    {"learning_shift": 0},
    {"learning_shift": 20},
    {"error_threshold": 255, "transmit": 1},
    {"rate_shift": 0, "seed": 0},
    {"rate_shift": 8, "seed": 2**32 - 1},
    {"ticks": 1, "burn_in": 0, "label_period": 255},
    {"ticks": 65535, "burn_in": 65534},
    {"ticks": 65535, "burn_in": 1, "learning_start": 65534},
    {"learning_margin": 255},
    {"refractory": 255, "gain": 12, "feedback": 0, "weight_init": 0},
]


@pytest.mark.parametrize("changes", ACCEPTED, ids=str)
def test_accepts_the_ends_of_every_range(changes: dict[str, object]) -> None:
    config = Config(**{"name": "edge", "layers": (6, 5, 3)} | changes)
    for name, value in changes.items():
        expected = (value,) * (len(config.layers) - 1) if name in PER_LAYER else value
        assert getattr(config, name) == expected


@pytest.mark.parametrize("field", PER_LAYER)
def test_one_number_stands_for_all_layers(field: str) -> None:
    value = 5 if field != "gate_low" else -5
    assert getattr(BASE.replace(**{field: value}), field) == (value,) * 3
    assert getattr(BASE.replace(**{field: [value, value + 1, value]}), field) == (
        value,
        value + 1,
        value,
    )


def test_numpy_numbers_are_refused_rather_than_wrapped() -> None:
    with pytest.raises(ConfigError, match=r"^ticks must be an integer"):
        BASE.replace(ticks=np.int32(60))


def test_replace_changes_a_copy_and_checks_it() -> None:
    changed = BASE.replace(ticks=99, threshold=(1, 2, 3))
    assert (changed.ticks, changed.threshold) == (99, (1, 2, 3))
    assert (BASE.ticks, BASE.threshold) == (60, (512, 512, 512))
    assert changed.replace(ticks=60, threshold=512) == BASE


def test_configuration_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        BASE.ticks = 5


@pytest.mark.parametrize("name", PRESETS)
def test_dictionary_round_trip_through_json(name: str) -> None:
    config = PRESETS[name]
    values = json.loads(json.dumps(config.as_dict()))
    assert Config.from_dict(values) == config
    assert set(values) == {field.name for field in dataclasses.fields(Config)}


def test_unknown_dictionary_entry_is_refused() -> None:
    values = BASE.as_dict() | {"leek": 4}
    with pytest.raises(ConfigError, match=r"^unknown configuration value 'leek'; known: \['burn"):
        Config.from_dict(values)


#: Another valid value of each, where it is not one more.
OTHER = {
    "name": "other",
    "layers": (6, 5, 4, 4),
    "lanes": 32,
    "encoder": "events",
    "rounding": "nearest",
    "gate_low": -5,
    "transmit": 15,
    "memory": "spram",
    "learning": False,
    "counters": True,
    "guard": True,
    "event_buffer": 64,
}


def changed(field: str) -> Config:
    value = getattr(BASE, field)
    first = value[0] if isinstance(value, tuple) else value
    return BASE.replace(**{field: OTHER[field] if field in OTHER else first + 1})


def test_fingerprint_ignores_what_changes_the_circuit_only() -> None:
    named = {"name", "lanes", "memory", "learning", "counters", "guard", "event_buffer"}
    assert set(CIRCUIT_ONLY) == named
    for field in CIRCUIT_ONLY:
        assert changed(field) != BASE
        assert changed(field).sha256 == BASE.sha256
    everything = BASE.replace(**{field: OTHER[field] for field in CIRCUIT_ONLY})
    assert everything.sha256 == BASE.sha256


def test_fingerprint_holds_everything_else() -> None:
    fields = {field.name for field in dataclasses.fields(Config)} - set(CIRCUIT_ONLY)
    seen = {changed(field).sha256 for field in fields}
    assert len(seen | {BASE.sha256}) == len(fields) + 1


#: Published results and checkpoints carry these. New values must not change them.
FINGERPRINTS = {
    "tiny": "ea3058c37305b058e7af92369c8a0f7e02eacd54560331a40abd7a828294e759",
    "digits": "ab86f88b510a3891b85368206e034d1bccfdab981072c94fd95c2f59a6176571",
    "mnist-100": "07cb45ad177719e0eb7e2790fada543f8b427e4324fb40075a7ff418c49903cb",
    "mnist-200": "b85ddb01cc2365f951986b29ec58ef8656933930507c4a462c8ff0680ac0a6e2",
    "mnist-500": "1b535cf4f490492ec82427c80ce5f814cd65915f3a73afefda186430599a2343",
    "mnist-200-200": "575a38575ca5887fcf02588a9069c3f2a648c9edf7bbf9072a89953741a45fb4",
    "mnist-500-500": "ee43bc511a61258d7485051ada5477ef583593edd60f2e4028846d82274c49a7",
    "mnist-100-12": "762159d3be3a79e8ddda28bf051d46bdda33dd43542b68bd22ff1c414a820708",
    "mnist-200-12": "906780a576afcf436603f4608ce6c19ff5f0bba06f51b4701231e4cb1f600872",
    "mnist-500-12": "611868aab741a0d3f5fc9753c4ab539d9b9bde821c563e61ec7e05a90b9e4772",
    "mnist-200-200-12": "a9cda754ed25b1ebab1f721b6cb0c8717d2a3c622974d2e040012379bf5a4e37",
    "mnist-500-500-12": "87ff8d7128007b5fdbb146869debbac02cb674345c1fecfe4edbd2f6ef8794a5",
    "mnist-100-margin": "ef7e90185fea113dbb307720a2ca38f6e64b7860b834a23c7542429fe1df4364",
    "mnist-200-margin": "ce40c9421f59bd3c439c0652b321d971dd1c0f0e597412f2804cc428e56029d5",
    "mnist-500-margin": "641bcdf725b9e626727ce16950ee324c7b870340048271e98546e1810d0c3441",
    "mnist-200-200-margin": "d91633618b3204e442842b2762144ed39a5939e48b4f02de5b807c06f92a8019",
    "mnist-500-500-margin": "b0846bb8df083ad3503ac712bd93e87c40ad0edd7175cc1acbd5714fc43b0068",
}


def test_fingerprints_of_presets_are_the_published_ones() -> None:
    assert {name: config.sha256 for name, config in PRESETS.items()} == FINGERPRINTS


@pytest.mark.parametrize("missing", ["memory", "learning", "counters"])
def test_dictionaries_from_before_a_value_existed_are_read(missing: str) -> None:
    values = BASE.as_dict()
    del values[missing]
    assert Config.from_dict(values) == BASE
    assert (BASE.memory, BASE.learning, BASE.counters) == ("block", True, False)


def test_presets_are_found_by_name() -> None:
    expected = {"tiny", "digits", "mnist-100", "mnist-200", "mnist-500"}
    assert expected | {"mnist-200-200", "mnist-500-500"} <= set(PRESETS)
    for name, config in PRESETS.items():
        assert preset(name) is config
        assert config.name == name


def test_unknown_preset_is_refused_with_the_names() -> None:
    with pytest.raises(ConfigError, match=r"^unknown preset 'nope'; choose one of: tiny, digits,"):
        preset("nope")
