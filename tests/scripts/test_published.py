"""Published figures and tables: every number is read back from what is drawn or written."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from erbium.golden import presets as golden
from erbium.scripts.results import (
    document as report,
)
from erbium.scripts.results import (
    exports,
    figures,
)
from erbium.scripts.results import (
    networks as comparison,
)
from erbium.scripts.results import (
    sweeps as campaign,
)
from erbium.scripts.results.columns import MORE_COLOURS, heading
from erbium.scripts.results.paper import PAPER
from erbium.scripts.results.records import Record

RATES = [256, 64]


def record(preset: str = "mnist-100", *, error: float = 0.03, epochs: Any = None, **values: Any):
    """Return a finished job; `error` is that of the test, half of it that of the validation."""
    job = {"preset": preset, "config": {}, "rule": "erbp", "rates": RATES, "epochs": 30,
           "run": 0, "faults": {}} | values  # fmt: skip
    job["machine"] = golden.preset(preset).as_dict() | job["config"]
    result = {
        "test_error": error, "validation_error": error / 2, "training_samples": 100,
        "test_samples": 10, "cpu_seconds": 1.0, "macs_per_training_sample": 7,
        "taught_error": error / 4, "train_error": error / 5,
        "epochs": epochs or [{"validation_error": 0.06, "synaptic_operations_per_sample": 5.0}],
    }  # fmt: skip
    return Record(job, result)


def dots(axis: Axes) -> dict[str, list[tuple[float, float, float]]]:
    """Return place, height and half of the error bar of each dot, by colour.

    A hollow one is of a single seed, and has no bar.
    """
    found: dict[str, list] = {}
    for container in axis.containers:
        line, _, (spread,) = container.lines
        places = zip(*line.get_data(), spread.get_segments(), strict=True)
        found.setdefault(to_hex(line.get_color()), []).extend(
            (round(x, 6), round(y, 6), round((high[1] - low[1]) / 2, 6))
            for x, y, (low, high) in places
        )
    for line in axis.lines:
        if line.get_markerfacecolor() == "none" and line.get_marker() == "o":
            found[to_hex(line.get_color())] += [
                (round(x, 6), round(y, 6), 0.0) for x, y in zip(*line.get_data(), strict=True)
            ]
    return found


def curve(axis: Axes, label: str) -> list[tuple[float, float, float]]:
    """Return place, mean and deviation of each point of a line with error bars."""
    (found,) = [c for c in axis.containers if c.get_label() == label]
    line, _, (bars,) = found.lines
    halves = [(part[1][1] - part[0][1]) / 2 for part in bars.get_segments()]
    return [tuple(np.round(point, 6)) for point in zip(*line.get_data(), halves, strict=True)]


#: Deviation between two seeds whose errors differ by 2 points.
SQRT2 = round(2**0.5, 6)


def test_dots_are_the_errors_of_each_network_and_rule() -> None:
    floats = {"rates": None, "epochs": 30}
    records = [
        record(error=0.03), record(error=0.05, run=1),
        record(error=0.06, config={"transmit": 14}),
        record(error=0.07, rule="rbp", **floats), record(error=0.08, rule="bp", **floats),
        record("mnist-200", error=0.09), record("mnist-200", error=0.1, rule="bp", **floats),
    ]  # fmt: skip
    (axis,) = figures.table(records).axes
    assert dots(axis) == {
        figures.COLOURS["plain"]: [(-0.3, 4.0, SQRT2), (0.7, 9.0, 0.0)],
        figures.COLOURS["blank"]: [(-0.1, 6.0, 0.0)],
        figures.COLOURS["rbp"]: [(0.1, 7.0, 0.0)],
        figures.COLOURS["bp"]: [(0.3, 8.0, 0.0), (1.3, 10.0, 0.0)],
    }
    texts = [text.get_text() for text in axis.figure.legends[0].get_texts()]
    assert sorted(texts) == sorted([*figures.NAMES.values(), "paper (recalled)"])
    assert [label.get_text() for label in axis.get_xticklabels()] == ["784-100-10", "784-200-10"]
    assert axis.get_ylabel() == "test error (%)"
    places = {kind: 0.2 * (n - 1.5) for n, kind in enumerate(figures.NAMES)}
    expected = {
        (round(number + places[kind], 6), error)
        for number, layers in enumerate([(784, 100, 10), (784, 200, 10)])
        for kind, error in PAPER[layers].items()
    }
    dashes = [
        line for line in axis.lines if line.get_marker() == "_" and line.get_color() == "black"
    ]
    (marks,) = [line for line in dashes if line.get_markersize() == 12]
    drawn = {(round(float(x), 6), float(y)) for x, y in zip(*marks.get_data(), strict=True)}
    assert drawn == expected


#: Twelve bits, as far as the columns of a table are concerned.
TWELVE = {"weight_bits": 12, "state_bits": 20}


def test_a_column_is_of_one_kind_of_machine() -> None:
    """No mean is over images that moved and those that did not, or over several sizes of words."""
    columns = {
        "plain": record(), "shifted": record(augment={"shift": 1}),
        "by 2": record(augment={"shift": 2}), "12": record(config=TWELVE),
        "both": record(config=TWELVE, augment={"shift": 1}),
        "blank": record(config={"transmit": 14}),
        "blank, shifted": record(config={"transmit": 14}, augment={"shift": 1}),
        "bp": record(rule="bp", rates=None), "sure": record(config={"learning_margin": 9}),
        "all": record(config=TWELVE | {"learning_margin": 9}, augment={"shift": 1}),
    }  # fmt: skip
    names = {key: heading(figures.column(one)) for key, one in columns.items()}
    assert names == {
        "plain": "this machine", "shifted": "this machine, shifted",
        "by 2": "this machine, shifted by 2", "12": "this machine, 12 bits",
        "both": "this machine, 12 bits, shifted", "blank": "this machine, blank-out",
        "blank, shifted": "this machine, blank-out, shifted", "bp": "float, exact gradient",
        "sure": "this machine, margin", "all": "this machine, 12 bits, margin, shifted",
    }  # fmt: skip
    found = figures.columns(list(columns.values()))
    assert list(found) == [
        "plain", "blank", "blank, shifted", "plain, margin", "plain, shifted",
        "plain, shifted by 2", "plain, 12 bits", "plain, 12 bits, margin, shifted",
        "plain, 12 bits, shifted", "rbp", "bp",
    ]  # fmt: skip
    # The standing columns keep their colours; those of neighbours differ.
    assert figures.COLOURS.items() <= found.items()
    assert len({found[kind] for kind in list(found)[2:6]}) == 4
    assert list(figures.columns([columns["plain"]])) == list(figures.NAMES)
    assert list(figures.columns([columns["plain"], columns["bp"]], ())) == ["plain", "bp"]


def test_dots_of_moved_images_stand_beside_the_others() -> None:
    records = [
        record(error=0.03), record("mnist-200", error=0.02),
        record("mnist-200", error=0.01, augment={"shift": 1}),
    ]  # fmt: skip
    (axis,) = figures.table(records).axes
    assert dots(axis) == {
        figures.COLOURS["plain"]: [(-0.32, 3.0, 0.0), (0.68, 2.0, 0.0)],
        MORE_COLOURS[0]: [(1.0, 1.0, 0.0)],
    }
    texts = [text.get_text() for text in axis.figure.legends[0].get_texts()]
    # Also where the first network has no such dot.
    assert sorted(texts) == ["paper (recalled)", "this machine", "this machine, shifted"]
    (axis,) = figures.fashion(records).axes
    assert dots(axis) == {
        figures.COLOURS["plain"]: [(-0.2, 3.0, 0.0), (0.8, 2.0, 0.0)],
        MORE_COLOURS[0]: [(1.2, 1.0, 0.0)],
    }
    assert "paper (recalled)" not in [t.get_text() for t in axis.figure.legends[0].get_texts()]


@pytest.mark.parametrize(
    ("draw", "bits", "places"),
    [(figures.weight_bits, "weight_bits", (4, 8)), (figures.state_bits, "state_bits", (12, 16))],
)
def test_errors_over_bits(draw: figures.Draw, bits: str, places: tuple[int, int]) -> None:
    records = [
        record(error=error, run=seed, config={bits: b, "rounding": rounding, "weight_init": 1,
                                               "threshold": 60, "feedback": 30, "gate_low": -9,
                                               "gate_high": 9})
        for b, rounding, seed, error in (
            (places[1], "stochastic", 0, 0.03), (places[1], "stochastic", 1, 0.05),
            (places[0], "stochastic", 0, 0.2), (places[0], "nearest", 0, 0.9),
        )
    ]  # fmt: skip
    (axis,) = draw(records).axes
    low, high = places
    assert curve(axis, "stochastic rounding") == [(low, 20.0, 0.0), (high, 4.0, SQRT2)]
    assert curve(axis, "nearest rounding") == [(low, 90.0, 0.0)]
    assert axis.get_yscale() == "log"
    assert set(places) <= set(axis.get_xticks())


def test_errors_over_the_probability_to_transmit() -> None:
    records = [
        record(error=0.04, config={"transmit": 8}), record(error=0.03, config={"transmit": 16}),
        record(error=0.05, config={"transmit": 16}, run=1),
        record("mnist-200", error=0.02, config={"transmit": 12}),
    ]  # fmt: skip
    (axis,) = figures.blank_out(records).axes
    assert curve(axis, "784-100-10") == [(0.5, 4.0, 0.0), (1.0, 4.0, SQRT2)]
    assert curve(axis, "784-200-10") == [(0.75, 2.0, 0.0)]


def test_errors_over_the_share_of_faulty_bits() -> None:
    whole, other = record(error=0.03), record(error=0.05, run=1)
    whole.result.update({"stuck": [[0.001, 0.04], [0.1, 0.5]], "flipped": [[0.001, 0.07]]})
    other.result.update({"stuck": [[0.001, 0.06], [0.1, 0.5]], "flipped": [[0.001, 0.07]]})
    records = [whole, other, record(error=0.08, faults={"stuck": 0.1}),
               record(error=0.09, faults={"flipped": 0.01}),
               record(error=0.11, faults={"flipped": 0.001})]  # fmt: skip
    left, right = figures.faults(records).axes
    assert curve(left, "faults in training") == [(0.1, 8.0, 0.0)]
    assert curve(left, "faults after training") == [(0.001, 5.0, SQRT2), (0.1, 50.0, 0.0)]
    assert curve(right, "faults in training") == [(0.001, 11.0, 0.0), (0.01, 9.0, 0.0)]
    assert curve(right, "faults after training") == [(0.001, 7.0, 0.0)]
    for axis, word in ((left, "stuck"), (right, "flipped once")):
        (line,) = [line for line in axis.lines if line.get_label() == "no fault"]
        assert list(line.get_ydata()) == pytest.approx([4.0, 4.0])
        assert axis.get_xlabel() == f"share of weight bits that are {word}"
        assert axis.get_xscale() == axis.get_yscale() == "log"


def early_records() -> list[Record]:
    found = [record(), record(run=1), record("mnist-200")]
    for number, one in enumerate(found):
        one.result.update(
            by_tick=[[tick, (10 - tick + 2 * number) / 100] for tick in (1, 2, 3)],
            by_spikes=[[n, (20 - n + 4 * number) / 100, 5.0] for n in range(1, 5 - number)],
        )
    return found


def test_errors_of_an_early_read_out() -> None:
    left, right = figures.early(early_records()).axes
    lines = {(axis, line.get_label()): line for axis in (left, right) for line in axis.lines}
    for key, xs, ys in (
        ((left, "784-100-10"), [1, 2, 3], [10, 9, 8]),
        # As far as all seeds go.
        ((right, "784-100-10"), [1, 2, 3], [21, 20, 19]),
        ((left, "784-200-10"), [1, 2, 3], [13, 12, 11]),
        ((right, "784-200-10"), [1, 2], [27, 26]),
    ):
        assert list(lines[key].get_xdata()) == xs
        assert list(lines[key].get_ydata()) == pytest.approx(ys)
    vertices = left.collections[0].get_paths()[0].vertices
    at_1 = sorted({round(y, 6) for x, y in vertices if x == 1})
    assert at_1 == pytest.approx([10 - 2**0.5, 10 + 2**0.5], abs=1e-5)
    assert left.get_xlabel() == "ticks after onset of the sample"
    assert right.get_xlabel() == "output spikes seen"


def cost_records() -> list[Record]:
    epochs = [{"validation_error": e, "synaptic_operations_per_sample": o}
              for e, o in ((0.06, 10.0), (0.04, 30.0))]  # fmt: skip
    other = [{"validation_error": e, "synaptic_operations_per_sample": o}
             for e, o in ((0.08, 20.0), (0.02, 20.0), (0.01, 1.0))]  # fmt: skip
    return [
        record(epochs=epochs), record(epochs=other, run=1),
        record(epochs=[{"validation_error": 0.05}, {"validation_error": 0.03}], rule="bp",
               rates=None),
    ]  # fmt: skip


def test_what_learning_costs() -> None:
    records = cost_records()
    operations, errors = figures.learning_cost(records[:2])
    # 100 samples in each pass; means of two seeds, as far as both go.
    assert operations.tolist() == [100 * 15, 100 * 40]
    assert errors == pytest.approx([0.07, 0.03])
    figure = figures.cost(records)
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    mine = lines["784-100-10, this machine"]
    assert list(mine.get_xdata()) == [1500, 4000]
    assert list(mine.get_ydata()) == pytest.approx([7, 3])
    exact = lines["784-100-10, float, exact gradient"]
    # 7 multiplications for each of 100 samples.
    assert list(exact.get_xdata()) == [700, 1400]
    assert list(exact.get_ydata()) == pytest.approx([5, 3])
    assert (mine.get_linestyle(), exact.get_linestyle()) == ("-", ":")
    assert figure.axes[0].get_ylabel() == "validation error (%)"
    assert len(lines) == 2


def test_goals_are_those_that_were_reached() -> None:
    text = comparison.table(cost_records(), "results")
    assert "| 784-100-10 | this machine | 0.0 | 0.0 | - |" in text
    large = cost_records()
    for one in large:
        one.result["training_samples"] = 10**8
    text = comparison.table(large, "results")
    # 1.5 and then 4 billions; 5 % only after the second pass.
    assert "| 784-100-10 | this machine | 4.0 | 4.0 | - |" in text
    assert "| 784-100-10 | float, exact gradient | 0.7 | 1.4 | - |" in text
    assert "| network | rule | to 5 % | to 3 % | to 2.5 % |" in text


def test_what_each_change_costs_is_drawn_in_order() -> None:
    records = [
        record(error=0.03), record(error=0.05, run=1), record(error=0.09, config={"ticks": 60}),
        record(error=0.07, rates=[256, 256]),
    ]  # fmt: skip
    (axis,) = figures.ablation(records).axes
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert names == ["ticks 60", "rate always 256", "the preset"]
    points = []
    for container in axis.containers:
        line, _, (spread,) = container.lines
        (segment,) = spread.get_segments()
        x, y = (float(values[0]) for values in line.get_data())
        points.append((round(x, 6), y, round((segment[1][0] - segment[0][0]) / 2, 6)))
    assert points == [(9.0, 0.0, 0.0), (7.0, 1.0, 0.0), (4.0, 2.0, SQRT2)]
    colours = [to_hex(container.lines[0].get_color()) for container in axis.containers]
    assert colours == [figures.COLOURS[kind] for kind in ("bp", "bp", "plain")]
    assert axis.get_xscale() == "log"


def test_changes_are_named() -> None:
    job = record(config={"ticks": 60, "feedback": [0, 63]}, rates=[128, 128])
    assert figures.change(job) == "ticks 60, feedback 0/63, rate always 128"
    assert figures.change(record()) == "the preset"
    assert figures.change(record(augment={"shift": 2})) == "images moved, shift 2"


def test_a_second_layer_is_compared_with_one_of_its_size() -> None:
    records = [
        record("mnist-200", error=0.03), record("mnist-200-200", error=0.025),
        record("mnist-500", error=0.04), record("mnist-500-500", error=0.06),
        record("mnist-100", error=0.5),
    ]  # fmt: skip
    text = comparison.table(records, "results")
    assert "* this machine: -0.50 with 200 neurons, +2.00 with 500 neurons" in text


def test_results_for_programs_are_means() -> None:
    rows = exports.summary({"table": [
        record(error=0.03), record(error=0.05, run=1), record(error=0.2, rule="bp", rates=None),
    ]})["table"]  # fmt: skip
    assert rows[0] == {
        "layers": [784, 100, 10], "column": "this machine", "seeds": 2,
        "test_error": pytest.approx(0.04), "test_error_deviation": pytest.approx(2**0.5 / 100),
        "validation_error": pytest.approx(0.02),
    }  # fmt: skip
    assert (rows[1]["column"], rows[1]["test_error"]) == ("float, exact gradient", 0.2)


def test_activity_is_a_mean_over_seeds() -> None:
    found = early_records()
    for number, one in enumerate(found):
        for state, offset in (("untrained", 0), ("trained", 1000)):
            one.result[state] = {
                "synaptic_operations": offset + 100.0 + 20 * number,
                "changed_weights": offset + 10.0 + 2 * number, "error_spikes": 3.0 + number,
                "spikes": [50.0 + 2 * number, offset + 7.0, 4.0],
            }  # fmt: skip
        one.result["watched_samples"] = 37
        one.result["by_tick"] = [[t, (t + number) / 1000] for t in range(1, 101)]
    text = report._early(found, "results")
    for row in (
        "| 784-100-10 | untrained | 110 | 11 | 3.5 | 51, 7, 4 |",
        "| 784-100-10 | trained | 1,110 | 1,011 | 3.5 | 51, 1,007, 4 |",
        "| 784-200-10 | untrained | 140 | 14 | 5.0 | 54, 7, 4 |",
        "| 784-100-10 | 10 | 1.05 ± 0.07 |",
        "| 784-200-10 | 100 | 10.20 |",
    ):
        assert row in text
    assert "Means over 37 training samples" in text


def test_the_same_records_in_another_order_say_the_same() -> None:
    records = [record(error=e, seed=s, config={"transmit": t})
               for s, t, e in ((0, 8, 0.04), (1, 8, 0.05), (0, 16, 0.03))]  # fmt: skip
    swapped = [copy.deepcopy(records[n]) for n in (1, 0, 2)]
    assert report._blank_out(records, "r") == report._blank_out(swapped, "r")
    assert "| 784-100-10 | 8/16 | 4.50 ± 0.71 |" in report._blank_out(records, "r")


def test_differences_are_those_of_the_same_seeds() -> None:
    base = {0: 0.03, 1: 0.05}
    members = [record(error=0.05), record(error=0.06, run=1), record(error=0.9, run=7)]
    assert report._paired(members, base) == "+1.50 ± 0.71"
    assert report._paired([record(error=0.02)], base) == "-1.00"
    assert report._paired([record(error=0.03)], base) == ""


def test_each_figure_is_drawn_from_its_own_sweep() -> None:
    drawn = {part.name: {name: draw.__name__ for name, draw in part.figures.items()}
             for part in campaign.PARTS}  # fmt: skip
    assert drawn == {
        "table": {"table": "table", "cost": "cost"}, "fashion": {"fashion": "fashion"},
        "ingredients": {},
        "weight-bits": {"weight-bits": "weight_bits"},
        "state-bits": {"state-bits": "state_bits"}, "blank-out": {"blank-out": "blank_out"},
        "faults": {"faults": "faults"}, "early": {"early": "early"}, "depth": {},
        "ablation": {"ablation": "ablation"},
    }  # fmt: skip
    assert list(report.SECTIONS) == [
        "table", "fashion", "ingredients", "blank-out", "weight-bits", "state-bits", "faults",
        "early", "depth",
        "ablation",
    ]  # fmt: skip
