"""Toggles: counts are read right, constants are recognised, and what does not move is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.scripts.verify import toggle
from erbium.scripts.verify.toggle.constants import Netlist, is_padding, netlist
from erbium.scripts.verify.toggle.counted import counted
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


def test_lanes_that_never_have_a_neuron_are_left_out() -> None:
    # 12 inputs, 6 hidden neurons, 4 classes: of 16 lanes, 6 have a neuron.
    config = VARIANTS["tiny-16-lanes"]
    seen = {
        "datapath.lane_5.sum": (1, {"0"}), "datapath.lane_6.sum": (2, {"0"}),
        "datapath.lane_15.neuron.fires": (3, {"0", "1"}), "datapath.data": (4, {"0"}),
        # One net of every lane.
        "datapath.lane_0.valid": (5, {"0"}), "datapath.lane_6.valid": (5, {"0"}),
    }  # fmt: skip
    found = Toggles({(name, None, 0): moved for name, (_, moved) in seen.items()})
    constant = Netlist({name: [net] for name, (net, _) in seen.items()}, {})
    row = counted(config, found, constant)
    assert row["left_out"] == {"lanes without a neuron": 2}
    assert (row["nets"], row["nets_toggled"]) == (3, 0)
    assert list(row["rest"]) == ["datapath.data[0]", "datapath.lane_0.valid[0]",
                                 "datapath.lane_5.sum[0]"]  # fmt: skip


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
        from erbium.golden.layout import Layout

        self.config, y = config, Layout(config)
        ones = [np.ones((z.sources, z.targets), dtype=np.int64) for z in y.layers]
        self.words = y.pack(ones)

    def place(self, lane: int) -> tuple[str, int]:
        if self.config.memory == "spram":
            return "datapath.weight_memory.all.words", lane * self.config.weight_bits
        return f"datapath.weight_memory.lane_{lane}_0.words", 0
