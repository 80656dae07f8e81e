"""Sections of the report: every figure of a campaign can be read back from the text.

Figures are distinct numbers, so that one in the place of another is noticed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from erbium.scripts.train.plots import COLOURS
from erbium.scripts.verify import (
    agree,
    epoch,
    formal,
    functional,
    mutation,
    mutation_python,
    python_coverage,
    replay,
    soak,
    toggle,
    upsets,
)


def rows(text: str) -> list[list[str]]:
    """Return the cells of all rows of all tables."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def row(text: str, first: str) -> list[str]:
    """Return the cells of the only row that begins so."""
    (found,) = [cells for cells in rows(text) if cells[0] == first]
    return found[1:]


def test_epoch() -> None:
    figures = {
        "samples": 1200, "data": "noise", "preset": "tiny", "lanes": 7, "cycles": 50_000,
        "predictions_equal": 1100, "right": 900, "operations": 34_567, "weights_compared": 2345,
        "weights_changed": 678, "seconds": 150.0, "cycles_per_cpu_second": 4_321_000.0,
        "equal": True, "mismatch": None,
        "phase_cycles": {"IDLE": 0, "SYNAPSE": 30_000, "NEURON": 20_000},
    }  # fmt: skip
    text = epoch.text(figures)
    assert row(text, "samples") == ["1,200"]
    assert row(text, "predictions and counts equal") == ["1,100"]
    assert row(text, "of them right, while learning") == ["75.00%"]
    assert row(text, "synaptic operations, equal") == ["34,567"]
    assert row(text, "weights compared, after all batches together") == ["2,345"]
    assert row(text, "weights that differ from their start at the end") == ["678"]
    assert row(text, "clock cycles") == ["50,000"]
    assert row(text, "clock cycles of a sample") == ["42"]
    assert row(text, "minutes in the circuit") == ["2.5"]
    assert row(text, "cycles per second of processor time") == ["4,321,000"]
    assert row(text, "SYNAPSE") == ["30,000", "60.00%"]
    assert row(text, "NEURON") == ["20,000", "40.00%"]
    assert not [cells for cells in rows(text) if cells[0] == "IDLE"]
    assert "`tiny` with 7 lanes learns 1,200 samples of noise" in text
    assert epoch.summary(figures) == (
        "1,200 samples of noise learned by `tiny` in 50,000 clock cycles of the emitted Verilog: "
        "every prediction, count, random state and weight equals the golden model's, at 4.3 "
        "million cycles per second of one core"
    )
    wrong = figures | {"equal": False, "mismatch": "sample 3: winner 1"}
    for words in (epoch.summary(wrong), epoch.text(wrong)):
        assert "**not equal** to the golden model (sample 3: winner 1)" in words
        assert "equals the golden" not in words


def test_soak() -> None:
    figures = {
        "configurations": 12, "samples": 3456, "spikes": 7891, "weights": 23_456,
        "cycles": {"verilator": 1_000_001, "icarus": 2002}, "stalled_cycles": 300_003,
        "seconds": 9000.0, "runs": 4, "memory_growth": 5 * 1024, "failures": [],
        "memory": [[10 * 1024, 20 * 1024], [30 * 1024, 41 * 1024]],
    }  # fmt: skip
    text = soak.text(figures)
    for name, cell in (
        ("machines", "12"), ("samples", "3,456"), ("spikes", "7,891"),
        ("clock cycles, Verilator", "1,000,001"), ("of them with a host that stalls", "300,003"),
        ("clock cycles, Icarus, every unit compared in each", "2,002"),
        ("weights compared", "23,456"), ("mismatches", "0"),
        ("hours, in so many runs", "2.50, 4"),
        ("memory of the command, begin to end of each run", "10 to 20 MiB; 30 to 41 MiB"),
        ("largest growth within a machine's run", "5.0 MiB"),
    ):  # fmt: skip
        assert row(text, name) == [cell]
    assert soak.summary(figures) == (
        "1,000,001 clock cycles of random traffic on 12 random machines in Verilator and 2,002 in "
        "Icarus: no mismatch"
    )
    wrong = figures | {"failures": ["one", "two"]}
    assert soak.summary(wrong).endswith("**2 mismatches**")
    assert row(soak.text(wrong), "mismatches") == ["2"]
    assert "* `one`\n* `two`" in soak.text(wrong)


def test_agree() -> None:
    engines = list(agree.ENGINES)
    figures = {
        "scenarios": {name: 100 + n for n, name in enumerate(engines)},
        "cycles": {name: 1000 + n for n, name in enumerate(engines[3:])},
        "samples": 777, "configurations": 95, "failures": [],
    }  # fmt: skip
    text = agree.text(figures)
    for number, (name, (what, compared)) in enumerate(agree.ENGINES.items()):
        cycles = "" if number < 3 else f"{997 + number:,}"
        assert row(text, what) == [f"{100 + number}", cycles, compared], name
    assert "95 configurations, 777 samples, all agree." in text
    assert agree.summary(figures) == (
        "95 random configurations with random hosts on the golden model's three engines "
        "(103 on amaranth, 104 on icarus, 105 on verilator): all agree"
    )
    wrong = figures | {"failures": ["one"]}
    assert agree.summary(wrong).endswith("**1 disagree**")
    assert "* `one`" in agree.text(wrong)


def proof(name: str, method: str, **values: object) -> dict[str, object]:
    return {
        "name": name, "statement": f"{name} holds", "method": method, "bound": f"{name} bound",
        "checks": ["a", "b", "c"], "covers": {"d": 1, "e": 2}, "seconds": 12.6,
        "twins": [{"fault": f"{name} fault", "check": "b", "cycle": 17}],
    } | values  # fmt: skip


def test_formal() -> None:
    figures = {
        "command": "erbium formal --full", "versions": {"yosys": "1.2", "yices": "3.4"},
        "proofs": [
            proof("one", "induction"), proof("two", "complete", checks=["a"]),
            proof("three", "bounded", covers={"f": 3}, seconds=100.4),
            proof("four", "reachability", twins=[]),
        ],
    }  # fmt: skip
    text = formal.text(figures)
    assert ["one", "one holds", "induction", "one bound", "3", "13"] in rows(text)
    assert ["two", "two holds", "complete", "two bound", "1", "13"] in rows(text)
    assert ["three", "three holds", "bounded", "three bound", "3", "100"] in rows(text)
    assert ["one", "one fault", "b", "17"] in rows(text)
    assert "7 situations in which something can go wrong" in " ".join(text.split())
    assert text.startswith("`erbium formal --full` with yosys 1.2, yices 3.4.")
    assert formal.summary(figures) == (
        "4 statements proved, 3 of them for all inputs and for ever, 1 for a bounded time from "
        "reset; each fails on a planted fault (3)"
    )
    later = formal.text(figures | {"later": [{"command": "erbium formal --only one"}]})
    assert " Proved again later: `erbium formal --only one`." in later


def test_functional() -> None:
    crosses = [
        {"cross": "neuron", "axes": ["layer", "fires"], "bins": 20, "hit": 18,
         "impossible": {"why not": 3, "nor this": 4}, "missing": [["a", "b"], ["c", "d"]]},
        {"cross": "reset", "axes": ["phase"], "bins": 30, "hit": 30, "impossible": {},
         "missing": []},
    ]  # fmt: skip
    figures = {"crosses": crosses, "cycles": 54_321, "circuits": ["tiny", "deep", "wide"],
               "simulator": "verilator"}  # fmt: skip
    text = functional.text(figures)
    assert row(text, "neuron") == ["layer x fires", "20", "18", "3: why not; 4: nor this"]
    assert row(text, "reset") == ["phase", "30", "30", "-"]
    assert "* neuron: a, b\n* neuron: c, d" in text
    assert "compared, in verilator: 54,321 cycles of tiny, deep, wide." in text
    assert functional.summary(figures) == (
        "48 of 50 possible situations (96.0%) occurred in 3 circuits that were compared in every "
        "cycle"
    )
    alone = figures | {"simulator": "none"}
    assert functional.summary(alone).endswith("3 golden models alone")
    assert "no circuit was compared in this run" in functional.text(alone)
    assert "not seen" not in functional.text(figures | {"crosses": crosses[1:]})


def test_replay() -> None:
    figures = {
        "preset": "tiny", "bits": 1_234_567, "cycles": 7654, "mismatch": None,
        "cycles_per_second": 98_765.0, "build_seconds": 31.2, "seconds": 2.34,
        "recording_seconds": 145.4,
    }  # fmt: skip
    assert replay.summary(figures) == (
        "1,234,567 bits of all ports and units of `tiny` in 7,654 clock cycles of the core bench: "
        "every one as recorded; 99 thousand cycles per second of one core"
    )
    text = replay.text(figures)
    assert "took 31 s, the replay 2.3 s, the recording 145 s." in text
    assert replay.summary(figures) in text
    assert "bench: cycle 3, a;" in replay.summary(figures | {"mismatch": "cycle 3, a"})


def test_python_coverage() -> None:
    def counts(lines: int, of: int, branches: int, all_: int) -> dict[str, int]:
        return {"covered_lines": lines, "num_statements": of, "covered_branches": branches,
                "num_branches": all_}  # fmt: skip

    figures = {
        "packages": {"golden": counts(90, 100, 45, 50), "hw": counts(30, 40, 7, 10)},
        "total": counts(120, 140, 52, 60), "tests": ["tests", "the proofs"],
        "below": {"hw/a.py": {"percent": 12.3}},
    }  # fmt: skip
    text = python_coverage.text(figures)
    assert row(text, "golden/") == ["90 of 100", "45 of 50", "90.0 %"]
    assert row(text, "hw/") == ["30 of 40", "7 of 10", "74.0 %"]
    assert row(text, "all/") == ["120 of 140", "52 of 60", "86.0 %"]
    assert row(text, "hw/a.py") == ["12.3 %"]
    assert python_coverage.summary(figures).startswith("86.0 % of the lines and branches")
    assert python_coverage.summary(figures).endswith("by tests and the proofs")
    assert "below 95" not in python_coverage.text(figures | {"below": {}})


def test_toggle() -> None:
    def circuit(name: str, *values: int, **rest: dict) -> dict[str, object]:
        keys = ("samples", "nets_toggled", "nets", "memory_bits_toggled", "memory_bits")
        return {"name": name} | dict(zip(keys, values, strict=True)) | rest

    figures = {"circuits": [
        circuit("tiny", 11, 180, 200, 90, 100, left_out={"constant": 5, "read-only memory": 1},
                rest=["control.a[0]", "control.b[1]", "lane_3.c[0]"]),
        circuit("deep", 12, 300, 300, 400, 400, left_out={"constant": 2}, rest=["lane_4.d[0]"]),
    ]}  # fmt: skip
    text = toggle.text(figures)
    assert row(text, "tiny") == ["11", "180 of 200", "90 of 100", "90.00%"]
    assert row(text, "deep") == ["12", "300 of 300", "400 of 400", "100.00%"]
    assert row(text, "constant") == ["7"]
    assert row(text, "read-only memory") == ["1"]
    assert row(text, "control") == ["2"]
    assert row(text, "lane") == ["2"]
    assert toggle.share(figures["circuits"]) == pytest.approx(0.97)
    assert toggle.summary(figures).startswith("97.00% of 1,000 bits of 2 emitted circuits")
    assert "no neuron" not in toggle.summary(figures) + text
    figures["circuits"][0]["left_out"]["lanes without a neuron"] = 3
    assert "ones and lanes that have no neuron, go" in toggle.summary(figures)
    assert "leave out lanes that have no neuron" in toggle.text(figures)


def test_mutation() -> None:
    figures = {
        "possible": 12_345, "configurations": ["a", "b", "c"], "mutants": 1000, "killed": 980,
        "equivalent": 15, "score": 0.98765, "killed_by_tape": {"x": 700, "y": 200, "z": 80},
        "components": {"neuron": {"mutants": 50, "killed": 41, "equivalent": 7, "survived": 2}},
        "survivors": [{"config": "tiny", "component": "neuron", "source": "assign a = b;",
                       "fault": "-mode inv -module m -cell c -port A -portbit 3"}],
    }  # fmt: skip
    text = mutation.text(figures)
    assert row(text, "neuron") == ["50", "41", "7", "2"]
    assert "* tiny, neuron: `-port A -portbit 3 inv` in `assign a = b;`: not understood yet" in text
    flat = " ".join(text.split())
    assert "Of 12,345 possible faults" in flat
    assert "netlists of 3 configurations" in flat
    assert "1,000 were drawn" in flat
    assert "and by random traffic: 700, 200, 80." in flat
    assert "**98.77%**" in flat
    assert mutation.summary(figures) == (
        "980 of 1,000 single faults in the circuit are found, 15 are proven to change nothing: "
        "score 98.8%"
    )
    proven = figures["survivors"][0] | {"bound": "queue"}
    assert "more groups wait in the spike queue" in mutation.text(figures | {"survivors": [proven]})
    assert mutation.text(figures | {"survivors": []}).rstrip().endswith("none")


def test_mutation_of_python() -> None:
    figures = {
        "of": "the tools around the core", "possible": 5432, "not_counted": 321, "mutants": 300,
        "killed": 280, "equivalent": 6, "score": 0.95238,
        "modules": {"a.py": {"mutants": 10, "killed": 8, "equivalent": 1}},
        "survivors": [
            {"module": "a.py", "line": 7, "change": "x -> y", "equivalent": False, "reason": None},
            {"module": "a.py", "line": 9, "change": "v -> w", "equivalent": True, "reason": "so"},
        ],
    }  # fmt: skip
    text = mutation_python.text(figures)
    assert row(text, "a.py") == ["10", "8", "1"]
    assert "* a.py:7: `x -> y`\n* a.py:9: `v -> w`: changes nothing, as so" in text
    flat = " ".join(text.split())
    assert "Of 5,432 changes" in flat
    assert "300 were drawn" in flat
    assert "321 further changes do not count" in flat
    assert "**95.24%**" in flat
    assert mutation_python.summary(figures) == (
        "280 of 300 small mistakes in the tools around the core are found by their tests, 6 change "
        "nothing: score 95.2%"
    )
    del figures["of"]
    assert "in the golden model are found by its tests" in mutation_python.summary(figures)


def struck() -> dict[str, object]:
    """Return the figures of two circuits under upsets."""
    kinds = {"control.a": {"bits": 3, "flips": 30, "masked": 20, "hung": 10},
             "datapath.b": {"bits": 4, "flips": 40, "masked": 39, "illegal": 1}}  # fmt: skip
    zero = {"event": {"legal_again": True, "stays_zero": False},
            "blank": {"legal_again": False, "stays_zero": False},
            "encoder": {"legal_again": True, "stays_zero": True}}  # fmt: skip
    first = {
        "name": "tiny", "register_bits": 101, "memory_bits": 202, "flips": 1000, "kinds": kinds,
        "outcomes": {"masked": 600, "healed": 300, "hung": 50, "protocol": 30, "illegal": 20},
        "remedies": {"none": 900, "reset": 70, "load": 25, "lost": 5}, "zero_generators": zero,
    }  # fmt: skip
    more = {"control.a": {"bits": 1, "flips": 5, "healed": 3, "protocol": 2}}
    second = first | {
        "name": "deep", "flips": 500, "zero_generators": {}, "kinds": more,
        "outcomes": {"masked": 480, "healed": 15, "hung": 2, "protocol": 2, "illegal": 1},
        "remedies": {"none": 495, "reset": 4, "load": 1, "lost": 0},
    }  # fmt: skip
    return {"flips_per_bit": 8, "bits_per_memory": 9, "circuits": [first, second]}


def test_upsets() -> None:
    figures = struck()
    text = upsets.text(figures)
    assert row(text, "tiny") == ["101", "202", "1000", "600", "300", "50", "30", "20", "70", "25",
                                 "5"]  # fmt: skip
    assert row(text, "deep")[2:] == ["500", "480", "15", "2", "2", "1", "4", "1", "0"]
    # By kind, over all circuits; those first in which most went wrong.
    assert row(text, "control.a") == ["35", "20", "3", "10", "2", "0"]
    assert row(text, "datapath.b") == ["40", "39", "0", "0", "0", "1"]
    names = [cells[0] for cells in rows(text)]
    assert names.index("control.a") < names.index("datapath.b")
    assert "8 times for each bit of each register, and as often for 9 bits of each memory" in text
    assert "It was forced to happen (event generator of tiny): each went back" in text
    assert upsets.summary(figures) == (
        "1,500 bit flips in every register and memory of 2 learning circuits: 93.00% back in a "
        "legal state within one sample by themselves, 74 flips after a reset that keeps the "
        "weights, 26 after the weights were written again, 5 never"
    )


RATES = [0.0, 1e-4, 1e-2]


def learning() -> dict[str, object]:
    """Return trainings whose accuracy tells curve, rate and seed."""
    return {
        "preset": "tiny", "data": "noise", "plan": {"rates": RATES, "seeds": [1, 2]},
        "trainings": [
            {"curve": curve, "rate": rate, "seed": seed, "samples": 500,
             "accuracy": (90 - 10 * c - 3 * r + 2 * seed) / 100, "resets": c * r}
            for c, curve in enumerate(upsets.CURVES)
            for r, rate in enumerate(RATES)
            for seed in (1, 2)
        ],
    }  # fmt: skip


def test_learning_under_upsets() -> None:
    text = upsets.text(struck() | {"learning": learning()})
    for c, curve in enumerate(upsets.CURVES):
        cells = []
        for r in range(3):
            resets = f" ({1000 * 2 * c * r / 1000:.1f})" if c * r else ""
            cells.append(f"{93 - 10 * c - 3 * r:.1f}{resets}")
        assert row(text, curve) == cells
    assert ["flips per bit and sample", "0", "0.0001", "0.01"] in rows(text)
    assert "mean of 2 seeds" in text


def test_accuracy_under_upsets_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Figure] = []
    monkeypatch.setattr(upsets.Figure, "savefig", lambda figure, *_, **__: drawn.append(figure))
    monkeypatch.setattr(upsets, "replacing", _to)
    upsets.draw(learning(), tmp_path / "upsets.png")
    (axis,) = drawn[0].axes
    lines = {line.get_label(): line for line in axis.lines}
    for c, curve in enumerate(upsets.CURVES):
        assert list(lines[curve].get_xdata()) == RATES[1:]
        assert list(lines[curve].get_ydata()) == pytest.approx([90 - 10 * c, 87 - 10 * c])
        band = axis.collections[c]
        assert to_hex(band.get_facecolor()[0]) == to_hex(lines[curve].get_color()) == COLOURS[c + 1]
        points = band.get_paths()[0].vertices
        at = sorted({round(y, 6) for x, y in points if x == RATES[1]})
        assert (at[0], at[-1]) == (89 - 10 * c, 91 - 10 * c)
    # Without flips, the mean of all of them.
    assert list(lines["no flips"].get_ydata()) == pytest.approx([78, 78])
    assert axis.get_xscale() == "log"
    assert axis.get_ylim() == (0, 100)
    assert axis.get_title() == "tiny: learning noise under upsets"
    assert np.isclose(len(axis.get_legend().get_texts()), len(upsets.CURVES) + 1)


class _to:
    """Stands for what replaces a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        pass
