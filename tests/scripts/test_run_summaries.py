"""Several runs: each has its folder and its figures, and the summary is of all of them."""

from __future__ import annotations

import csv
import json
import statistics
from pathlib import Path

import pytest
from rich.console import Console

from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.common.interrupt import Stopped
from erbium.scripts.common.progress import Bars
from erbium.scripts.data import source as data
from erbium.scripts.data.source import Dataset
from erbium.scripts.diagnosis import examination
from erbium.scripts.results.paper import PAPER, WITNESS
from erbium.scripts.train import runs
from erbium.scripts.train.checkpoint import Checkpoint, load
from erbium.scripts.train.training import CHECKPOINT, METRICS, metrics, seeded

TINY = preset("tiny")
ROOT = Path(__file__).parents[2]


#: What figures say of these data.
SIZES = {"samples": {"training": 30, "validation": 6, "test": 9}}


@pytest.fixture
def dataset(tiny_data: Path) -> Dataset:
    """30 samples to learn, 6 to validate, 9 to test."""
    return data.load(str(tiny_data), TINY)


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Bars:
    """No pictures, and no bars."""
    monkeypatch.setattr(runs.plots, "draw_all", lambda *_: None)
    return Bars(Console(quiet=True))


def test_the_summary_is_of_all_runs(dataset: Dataset, quiet: Bars, tmp_path: Path) -> None:
    figures = runs.run(TINY, dataset, [256, 64], runs=range(2, 5), out=tmp_path, bars=quiet)
    assert json.loads((tmp_path / METRICS).read_text()) == figures
    states = [load(tmp_path / f"run-{number}" / CHECKPOINT) for number in (2, 3, 4)]
    assert figures["run"] == [2, 3, 4]
    assert figures["seed"] == [seeded(TINY, number).seed for number in (2, 3, 4)]
    assert figures["config_sha256"] == [state.config.sha256 for state in states]
    examined = [examination.examine(state, dataset).as_dict() for state in states]
    assert figures["runs"] == [
        metrics(state) | SIZES | found for state, found in zip(states, examined, strict=True)
    ]
    assert (figures["preset"], figures["data"]) == ("tiny", dataset.name)
    for key in ("test_error", "validation_error", "taught_error", "cpu_ms_per_training_sample",
                "synaptic_operations_per_sample"):  # fmt: skip
        found = [run[key] for run in figures["runs"]]
        assert figures[key] == pytest.approx(sum(found) / 3)
        assert figures[f"{key}_deviation"] == pytest.approx(statistics.stdev(found))
    for number, state, more in zip((2, 3, 4), states, examined, strict=True):
        folder = tmp_path / f"run-{number}"
        expected = metrics(state) | SIZES | more | runs.origin()
        assert json.loads((folder / METRICS).read_text()) == expected
        rows = list(csv.DictReader((folder / "epochs.csv").read_text().splitlines()))
        assert [(row["run"], row["seed"], row["epoch"], row["rate"]) for row in rows] == [
            (str(number), str(state.config.seed), str(1 + n), str(rate))
            for n, rate in enumerate((256, 64))
        ]


def test_of_one_run_the_figures_are_its_own(dataset: Dataset, quiet: Bars, tmp_path: Path) -> None:
    figures = runs.run(TINY, dataset, [256], runs=range(1), out=tmp_path, bars=quiet)
    state = load(tmp_path / "run-0" / CHECKPOINT)
    examined = examination.examine(state, dataset).as_dict()
    assert figures == metrics(state) | SIZES | examined | runs.origin()


def test_no_run_is_begun_anew_unless_it_is_asked_for(
    dataset: Dataset, quiet: Bars, tmp_path: Path
) -> None:
    def go(numbers: range, resume: bool) -> dict[str, object]:
        return runs.run(TINY, dataset, [256], runs=numbers, out=tmp_path, bars=quiet, resume=resume)

    with pytest.raises(DataError, match="start without --resume"):
        go(range(1), resume=True)
    first = go(range(1), resume=False)
    # The second exists already: the first must not begin, either.
    with pytest.raises(DataError, match="exists; add --resume to go on"):
        go(range(2), resume=False)
    assert not (tmp_path / "run-1").exists()
    # Of several, those that are there go on, and the others begin.
    both = go(range(2), resume=True)
    assert both["runs"][0] == {key: first[key] for key in both["runs"][0]}
    assert (tmp_path / "run-1" / CHECKPOINT).exists()


def test_a_failure_goes_before_ctrl_c(
    dataset: Dataset, quiet: Bars, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train(config: object, *_: object, run: int, **__: object) -> Checkpoint:
        raise (Stopped("stopped"), DataError("disk full"), Stopped("stopped"))[run]

    monkeypatch.setattr(runs, "train", train)
    with pytest.raises(DataError, match="disk full"):
        runs.run(TINY, dataset, [256], runs=range(3), out=tmp_path, bars=quiet)


def test_what_the_paper_reports_is_what_the_results_show() -> None:
    table = (ROOT / "docs" / "results.md").read_text()
    for layers, reported in PAPER.items():
        name = "-".join(map(str, layers))
        row = next(line for line in table.splitlines() if line.startswith(f"| {name} |"))
        cells = [cell.partition(" / ")[2] for cell in row.strip("| ").split(" | ") if "/" in cell]
        expected = [reported.get(rule) for rule in ("plain", "blank", "rbp", "bp")]
        assert cells == ["-" if one is None else f"{one:.2f}" for one in expected]
    layers, rule, right = WITNESS
    assert PAPER[layers][rule] == pytest.approx(100 - right)


def test_the_clone_is_where_this_file_lies() -> None:
    found = runs.ROOT / "scripts" / "train" / "runs.py"
    assert found.resolve() == (ROOT / "scripts" / "train" / "runs.py").resolve()
