"""The register map and its model."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.cycle.counters import COUNTERS
from erbium.golden.enums import GuardError
from erbium.golden.layout import Layout
from erbium.golden.link.bus import BusError
from erbium.golden.link.codec import LinkError
from erbium.golden.link.description import Register
from erbium.golden.link.device import RegisterModel
from erbium.golden.link.identity import IDENTITY_BYTES, LAYERS, NAME_BYTES
from erbium.golden.link.registers import (
    CLEAR,
    DROP,
    GUARD_MEANINGS,
    LEARN,
    LINK_MEANINGS,
    LOCK,
    RESET,
    linked,
    register_map,
)
from erbium.golden.link.sample_code import EventDecoder, PixelDecoder
from erbium.golden.presets import PRESETS, preset

RATES = {"clock_hz": 24_000_000, "baud": 3_000_000}
TINY = preset("tiny")


@pytest.fixture
def model():
    """A model of `tiny`, in NumPy."""
    return RegisterModel(TINY, **RATES, engine=Core)


def write(model, name, data):
    """Write a burst; every byte must be taken."""
    address = model.map[name].address
    for number, byte in enumerate(data):
        assert model.write(address, byte, number == len(data) - 1) is BusError.NONE
        address += not model.stays(address)


def read(model, name):
    """Return the elements of a register."""
    r = model.map[name]
    found = [model.read(a, a == r.end - 1) for a in range(r.address, r.end)]
    assert all(error is BusError.NONE for _, error in found)
    values = r.decode(bytes(byte for byte, _ in found))
    return values if r.count > 1 else values[0]


def results(model, *names):
    """Return these fields of RESULTS."""
    word, fields = read(model, "RESULTS"), {f.name: f for f in model.map["RESULTS"].fields}
    return tuple(word >> fields[n].low & (1 << fields[n].bits) - 1 for n in names)


def show(model, sample, label=0, rate=256):
    """Send a sample of intensities."""
    code = b"".join(bytes((x,)) if x else b"\0\1" for x in sample)
    write(model, "LABEL", bytes((label,)) + rate.to_bytes(2, "little") + code)


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("encoder", ["phase", "events"])
def test_registers_ascend_without_overlap(config: Config, encoder: str) -> None:
    registers = register_map(config.replace(encoder=encoder, counters=True), **RATES)
    for before, after in itertools.pairwise(registers):
        assert before.end <= after.address
    for register in registers:
        assert registers.at(register.address) is registers.at(register.end - 1) is register
        bits = sorted((f.low, f.low + f.bits) for f in register.fields)
        assert all(end <= low for (_, end), (low, _) in itertools.pairwise(bits))
        assert not bits or bits[-1][1] <= 8 * register.bytes
    assert all(r.constant == (r.end <= IDENTITY_BYTES) for r in registers)
    assert registers["COUNTERS"].count == len(COUNTERS)


def test_every_value_of_a_configuration_is_told() -> None:
    config = preset("mnist-200-200").replace(encoder="bernoulli", learning=False, seed=2**32 - 1)
    found = {r.name: r.reset if r.count > 1 else r.reset[0] for r in register_map(config, **RATES)}
    told = linked(config).as_dict()
    assert bytes(found["NAME"]) == config.name.encode().ljust(NAME_BYTES, b"\0")
    assert found["LAYERS"] == config.layers + (0,) * (LAYERS - len(config.layers))
    assert found["OPTIONS"] == 4
    assert (found["ENCODER"], found["ROUNDING"], found["MEMORY"]) == (1, 0, 0)
    rest = set(told) - {"name", "layers", "encoder", "rounding", "memory"}
    for name in rest - {"learning", "counters", "guard"}:
        value, expected = found[name.upper()], told[name]
        assert value == ((*expected, 0) if isinstance(expected, list) else expected), name


def test_long_names_are_cut_and_told_apart_by_the_fingerprint() -> None:
    maps = [register_map(TINY.replace(name="a" * 40 + end), **RATES) for end in "bc"]
    assert maps[0]["NAME"].reset == maps[1]["NAME"].reset == (ord("a"),) * NAME_BYTES
    assert maps[0]["FINGERPRINT"].reset != maps[1]["FINGERPRINT"].reset


def test_a_guard_in_the_configuration_changes_nothing() -> None:
    assert register_map(TINY, **RATES) == register_map(linked(TINY), **RATES)


def test_all_errors_have_a_meaning() -> None:
    assert (set(GUARD_MEANINGS), set(LINK_MEANINGS)) == (set(GuardError), set(LinkError))


def test_a_register_that_is_asked_for_by_a_wrong_name_is_refused() -> None:
    with pytest.raises(KeyError, match="no register 'LABLE'; there are MAGIC, "):
        register_map(TINY, **RATES)["LABLE"]
    with pytest.raises(ValueError, match="X has 2 elements, not 3"):
        Register("X", 0, 1, "ro", "", 2, (1, 2, 3))


def test_pixels_are_decoded() -> None:
    decoder = PixelDecoder()
    code = [(0, False), (0, False), (7, False), (0, False), (2, False), (0, True)]
    parts = [decoder.feed(byte, ends) for byte, ends in code]
    assert parts == [b"", bytes(256), b"\7", b"", b"\0\0", b"\0"]
    decoder.feed(0, False)
    decoder.clear()
    assert decoder.feed(5, False) == b"\5"


@pytest.mark.parametrize(("inputs", "wrong"), [(512, True), (500, False)])
def test_events_are_decoded_and_never_wrap(inputs: int, wrong: bool) -> None:
    decoder = EventDecoder(TINY.replace(encoder="events", layers=(inputs, 6, 3)))
    sources = [[e.source for e in decoder.feed(byte, False)] for byte in (1, 255, 254, 3)]
    assert sources == [[0], [], [508], [511]]
    assert not decoder.wrong
    assert [e.source for e in decoder.feed(1, False)] == [511]
    assert decoder.wrong == wrong
    assert [(e.end, e.last) for e in decoder.feed(0, True)] == [(True, True)]


def test_it_learns_as_the_core_does(model) -> None:
    core, draw, before = Core(TINY), np.random.default_rng(3), 0
    for label in (0, 2, 1):
        sample = draw.integers(0, 256, 12) * draw.integers(0, 2, 12)
        show(model, sample, label)
        result = core.run(sample, label)
        assert results(model, "winner", "before") == (result.winner, before)
        before = result.winner
        assert read(model, "COUNTS") == tuple(result.counts.tolist())
    assert results(model, "answered") == (3,)
    assert all((a == b).all() for a, b in zip(model.core.weights, core.weights, strict=True))
    states = [read(model, f"RANDOM_{name}") for name in ("EVENT", "BLANK", "ENCODER")]
    assert states == list(vars(core.random).values())


def test_learning_can_be_switched_off(model) -> None:
    before = [matrix.copy() for matrix in model.core.weights]
    write(model, "CONTROL", b"\0")
    show(model, [200] * 12, 1)
    assert all((a == b).all() for a, b in zip(model.core.weights, before, strict=True))
    write(model, "CONTROL", bytes((LEARN,)))
    show(model, [200] * 12, 1)
    assert any((a != b).any() for a, b in zip(model.core.weights, before, strict=True))


@pytest.mark.parametrize("engine", ["numpy", "compiled"])
def test_weights_go_in_and_come_out_as_words(engine: str) -> None:
    # With padding, and with bits to spare in the last byte.
    config = TINY.replace(lanes=4, weight_bits=5, weight_init=15)
    more = {"engine": Core} if engine == "numpy" else {}
    if engine == "compiled":
        pytest.importorskip("numba")
    model, layout = RegisterModel(config, **RATES, **more), Layout(config)
    draw = np.random.default_rng(1)
    weights = [draw.integers(-16, 16, (g.sources, g.targets)) for g in layout.layers]
    words = layout.pack(weights) & 31
    data = b"".join(
        sum(int(w) << 5 * lane for lane, w in enumerate(word)).to_bytes(3, "little")
        for word in words
    )
    write(model, "WEIGHT_ADDRESS", bytes(4) + data)
    assert all((a == b).all() for a, b in zip(model.core.weights, weights, strict=True))
    write(model, "WEIGHT_ADDRESS", bytes(4))
    port = model.map["WEIGHT_DATA"].address
    assert bytes(model.read(port, False)[0] for _ in data) == data
    assert read(model, "WEIGHT_ADDRESS") == layout.weight_depth
    assert read(model, "GUARD_ERRORS") == 0


def test_bad_samples_change_nothing_and_are_counted(model) -> None:
    before, random = [matrix.copy() for matrix in model.core.weights], model.core.random
    for sample, label, rate in (
        ([9] * 11, 0, 256), ([9] * 13, 0, 256), ([9] * 12, 3, 256), ([9] * 12, 200, 256),
        ([9] * 12, 0, 257), ([9] * 12, 0, 0xFFFF),
    ):  # fmt: skip
        show(model, sample, label, rate)
    flags = GuardError.SHORT.flag | GuardError.LONG.flag
    flags |= GuardError.LABEL.flag | GuardError.RATE.flag
    assert read(model, "GUARD_ERRORS") == flags
    assert (read(model, "GUARD_COUNT"), read(model, "GUARD_CODE")) == (6, GuardError.SHORT)
    assert results(model, "dropped", "answered") == (6, 0)
    assert all((a == b).all() for a, b in zip(model.core.weights, before, strict=True))
    assert model.core.random == random
    write(model, "COMMAND", bytes((CLEAR,)))
    assert (read(model, "GUARD_ERRORS"), *results(model, "dropped")) == (0, 6)


@pytest.mark.parametrize("classes", [2, 4, 16])
def test_no_label_is_taken_for_another(classes: int) -> None:
    model = RegisterModel(TINY.replace(layers=(12, 6, classes)), **RATES, engine=Core)
    for label in (classes, 255):
        show(model, [9] * 12, label)
    assert results(model, "dropped", "answered") == (2, 0)
    assert read(model, "GUARD_ERRORS") == GuardError.LABEL.flag
    show(model, [9] * 12, classes - 1)
    assert results(model, "answered") == (1,)


def test_a_sample_can_be_dropped_or_aborted(model) -> None:
    for command in (DROP, RESET):
        write(model, "SAMPLE_PART", bytes((1, 2, 0)))
        write(model, "COMMAND", bytes((command,)))
        show(model, [5] * 12)
        assert results(model, "answered", "dropped") == (1, 0)
        write(model, "COMMAND", bytes((RESET,)))
        assert results(model, "answered") == (0,)


def test_behind_the_lock_only_what_is_no_weight_can_be_read(model) -> None:
    write(model, "CONTROL", bytes((LEARN | LOCK,)))
    for r in model.map:
        assert model.write(r.address, 0, True) is BusError.LOCKED
        expected = BusError.NONE if r.reads else BusError.READ_ONLY
        expected = BusError.LOCKED if r.name == "WEIGHT_DATA" else expected
        assert model.read(r.address, True)[1] is expected
    assert model.write(0xFFFF, 0, True) is BusError.LOCKED
    assert model.read(0xFFFF, True) == (0, BusError.ADDRESS)
    model.reset()
    assert model.write(model.map["LABEL"].address, 1, True) is BusError.NONE


def test_errors_of_the_line_are_kept(model) -> None:
    for error in (LinkError.OVERRUN, LinkError.BROKEN):
        model.report(error)
    flags = 1 << LinkError.OVERRUN - 1 | 1 << LinkError.BROKEN - 1
    assert read(model, "LINK_ERRORS") == flags
    assert (read(model, "LINK_COUNT"), read(model, "LINK_CODE")) == (2, LinkError.OVERRUN)
    for _ in range(70_000):
        model.report(LinkError.FRAMING)
    assert read(model, "LINK_COUNT") == 0xFFFF
    write(model, "COMMAND", bytes((CLEAR,)))
    assert (read(model, "LINK_ERRORS"), read(model, "LINK_COUNT"), read(model, "LINK_CODE")) == (
        0, 0, 0,
    )  # fmt: skip


def test_random_states_are_loaded_whole(model) -> None:
    write(model, "RANDOM_ENCODER", (0x12345678).to_bytes(4, "little"))
    assert model.core.random.encoder == read(model, "RANDOM_ENCODER") == 0x12345678
    write(model, "RANDOM_EVENT", bytes(4))
    assert read(model, "GUARD_ERRORS") == GuardError.RANDOM.flag
    assert read(model, "RANDOM_EVENT") == Core(TINY).random.event
