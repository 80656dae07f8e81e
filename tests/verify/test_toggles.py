"""Toggles: counts are read right, constants are recognised, and what does not move is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.scripts.verify import toggle
from erbium.scripts.verify.toggle.constants import Netlist, is_padding, netlist
from erbium.scripts.verify.toggle.counted import counted, is_unused
from erbium.sim.benches.suite import VARIANTS
from erbium.sim.coverage.toggles import (
    CoverageError,
    ToggleCore,
    Toggles,
    exercise,
    plain,
    read_toggles,
)

TINY = preset("tiny")
POINT = (
    "C '\x01f\x02core.v\x01l\x0210\x01n\x028\x01t\x02toggle\x01page\x02v_toggle/top\x01o\x02{}"
    "\x01h\x02core.top{}' {}\n"
)


@pytest.fixture
def build_dir(request: pytest.FixtureRequest) -> Path:
    return request.config.cache.mkdir("native-cores")


def test_points_are_read() -> None:
    text = "# SystemC::Coverage-3\n"
    text += POINT.format("a___05Fb:0->1", "", 3) + POINT.format("a___05Fb:1->0", "", 0)
    text += POINT.format("words[4][2]:0->1", ".unit.memory", 1)
    text += POINT.format("__024like__0244[7]:1->0", ".unit", 2)
    assert read_toggles(text, "top").seen == {
        ("a__b", None, 0): {"0"},
        ("unit.memory.words", 4, 2): {"0"},
        ("unit.$like$4", None, 7): {"1"},
    }


@pytest.mark.parametrize("line", ["nonsense", "C '\x01t\x02line\x01o\x02x\x01h\x02core.top' 1"])
def test_unknown_lines_are_refused(line: str) -> None:
    with pytest.raises(CoverageError, match=r"coverage file|no toggle"):
        read_toggles(line, "top")


def test_names_are_spelled_as_in_verilog() -> None:
    assert plain("o_result___05Fpayload__02432") == "o_result__payload$32"


def test_a_bit_counts_when_it_went_both_ways() -> None:
    key = ("a", None, 0)
    found, other = Toggles({key: {"0"}}), Toggles({key: {"1"}})
    assert not found.both(key)
    found.add(other)
    assert found.both(key)


@pytest.mark.slow
def test_network_moves_its_circuit(build_dir: Path, tmp_path: Path) -> None:
    core = ToggleCore(TINY, build_dir)
    still = core.toggles()
    exercise(core, 5, seed=1)
    moved, constant = core.toggles(), netlist(TINY, tmp_path)
    before, after = (counted(TINY, t, constant) for t in (still, moved))
    assert after["nets"] == before["nets"] > 1500
    assert after["memory_bits"] == before["memory_bits"] > 1000
    # Only reset and the loading of weights have moved the first.
    assert before["nets_toggled"] < 0.3 * before["nets"]
    assert after["nets_toggled"] > 0.9 * after["nets"]
    assert len(after["rest"]) == (
        after["nets"] - after["nets_toggled"] + after["memory_bits"] - after["memory_bits_toggled"]
    )
    row = {"name": "tiny", "samples": 30} | after
    assert toggle.share([row]) < 1
    assert "| tiny | 30 |" in toggle.text({"circuits": [row]})
    assert "of 1 emitted circuits" in toggle.summary({"circuits": [row]})


def test_net_counts_when_all_of_its_names_have_moved() -> None:
    moved = {"0", "1"}
    found = Toggles({("a", None, 0): moved, ("b", None, 0): {"0"}, ("c", None, 0): moved})
    row = counted(TINY, found, Netlist({"a": [7], "b": [7], "c": [8]}, {}))
    assert (row["nets"], row["nets_toggled"], list(row["rest"])) == (2, 1, ["a[0]"])


def test_constants_are_left_out() -> None:
    found = Toggles({("a", None, bit): set() for bit in range(3)} | {("m", 0, 0): set()})
    row = counted(TINY, found, Netlist({"a": ["0", "x", 5]}, {"m": []}))
    assert row["left_out"] == {"constant": 1, "observation only": 1, "read-only memory": 1}
    assert (row["nets"], row["nets_toggled"]) == (1, 0)
    assert list(row["rest"]) == ["a[2]"]


def test_what_has_not_moved_is_not_excused_by_its_name() -> None:
    # Names that were once explained: a lane without a neuron, hardening, a carry, a counter.
    names = ["datapath.lane_15.neuron.sum", "control.expired", "control.$7", "counters.values"]
    found = Toggles({(name, None, 0): {"0"} for name in names})
    row = counted(
        VARIANTS["tiny-16-lanes"], found, Netlist({n: [k] for k, n in enumerate(names)}, {})
    )
    assert (row["left_out"], row["nets"], row["nets_toggled"]) == ({}, 4, 0)
    assert row["rest"] == sorted(f"{name}[0]" for name in names)
    text = toggle.text({"circuits": [{"name": "a", "samples": 1} | row]})
    for unit in ("control", "datapath.lane.neuron", "counters"):
        assert f"| {unit} | " in text


def test_memory_of_a_neuron_that_there_is_not_counts() -> None:
    # Its membranes move; only its weights are always 0.
    for memory in ("datapath.membrane_memory.words", "datapath.dendrite_memory.words"):
        found = Toggles({(memory, 1, 200): {"0"}})
        row = counted(VARIANTS["tiny-16-lanes"], found, Netlist({}, {memory: [0] * 300}))
        assert (row["left_out"], row["memory_bits"]) == ({}, 1)


def test_rule_is_wrong_if_its_bit_has_moved() -> None:
    memory, config = "datapath.weight_memory.lane_15_0.words", VARIANTS["tiny-16-lanes"]
    assert is_unused(config, memory, 0, 3) == "weights of lanes without a neuron"
    constant = Netlist({}, {memory: [0] * 8})
    assert counted(config, Toggles({(memory, 0, 3): {"0"}}), constant)["memory_bits"] == 0
    with pytest.raises(
        ValueError, match=r"words\[0\]\[3\] has moved, but the rule says: weights of"
    ):
        counted(config, Toggles({(memory, 0, 3): {"0", "1"}}), constant)


@pytest.mark.parametrize("name", ["tiny", "tiny-32-bernoulli"])
def test_input_words_are_unused_where_no_sample_puts_anything_else(name: str) -> None:
    """All samples of 12 inputs: the sources that each place in memory can hold."""
    config = VARIANTS[name]
    lanes, inputs = Layout(config).encoder_lanes, config.layers[0]
    held: dict[int, set[int]] = {}
    for sample in range(1 << inputs):
        sources = [source for source in range(inputs) if sample >> source & 1]
        for place, source in enumerate(sources):
            held.setdefault(place, set()).add(source)
    depth = 2 * (1 << (-(-inputs // lanes) - 1).bit_length())
    for lane in range(lanes):
        memory = f"samples.input_memory_{lane}.words"
        for word in range(depth):
            sources = held.get(word % (depth // 2) * lanes + lane, set())
            for bit in range(8 + 4):
                values = {source >> bit - 8 & 1 for source in sources} if bit >= 8 else sources
                moves = len(values) > 1 if bit >= 8 else bool(values)
                assert (is_unused(config, memory, word, bit) is None) == moves, (word, bit)


@pytest.mark.parametrize("name", sorted(toggle.CHANGES))
def test_every_lane_has_a_neuron(name: str) -> None:
    config = toggle._circuit(name)
    assert max(layer.targets for layer in Layout(config).layers) >= config.lanes


@pytest.mark.parametrize("name", ["tiny", "tiny-spram", "tiny-deep"])
def test_padding_is_where_the_layout_has_no_neuron(name: str) -> None:
    """Packed weights that are nowhere 0 show which lanes have none."""
    config = VARIANTS[name]
    layout = ToggleLayout(config)
    for word in range(layout.words.shape[0]):
        for lane in range(config.lanes):
            memory, bit = layout.place(lane)
            assert is_padding(config, memory, word, bit) == (layout.words[word, lane] == 0)


class ToggleLayout:
    def __init__(self, config) -> None:
        self.config, y = config, Layout(config)
        ones = [np.ones((z.sources, z.targets), dtype=np.int64) for z in y.layers]
        self.words = y.pack(ones)

    def place(self, lane: int) -> tuple[str, int]:
        if self.config.memory == "spram":
            return "datapath.weight_memory.all.words", lane * self.config.weight_bits
        return f"datapath.weight_memory.lane_{lane}_0.words", 0
