"""The published results: text and figures follow from the records, and from nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from erbium.golden import presets as golden
from erbium.golden.presets import PRESETS
from erbium.scripts.common import files
from erbium.scripts.results import document as report
from erbium.scripts.results import exports, figures, second_layer
from erbium.scripts.results import sweeps as campaign
from erbium.scripts.results.columns import column
from erbium.scripts.results.figures import change
from erbium.scripts.results.paper import PAPER, WITNESS
from erbium.scripts.results.records import Record, Spread, grouped, spread
from erbium.scripts.sweep import Store, SweepError, read

ROOT = Path(__file__).parents[2]
RATES = [256, 64]

#: Published records of each sweep.
RECORDS = tuple((ROOT / "docs" / "results").glob("*/results.jsonl"))


def record(preset: str = "mnist-100", *, error: float = 0.03, **values: Any) -> Record:
    """Return a finished job with figures that are easy to find again."""
    job = {"preset": preset, "config": {}, "rule": "erbp", "rates": RATES, "epochs": None,
           "run": 0, "faults": {}} | values  # fmt: skip
    job["machine"] = (golden.preset(preset).as_dict()) | job["config"]
    epochs = [
        {"validation_error": goal, "synaptic_operations_per_sample": 1000.0}
        for goal in (0.06, 0.04, 0.02)
    ]
    result = {"test_error": error, "validation_error": error / 2, "training_samples": 50_000,
              "test_samples": 10_000, "cpu_seconds": 1800.0, "epochs": epochs,
              "macs_per_training_sample": 2e6}  # fmt: skip
    # One of them is told of this machine, the other of networks in floating point.
    result |= {"taught_error": error / 4, "train_error": error / 5}
    return Record(job, result)


def watched(preset: str, writes: float = 20.0, **changes: Any) -> Record:
    """Return a finished job with all measurements."""
    found = record(preset, **changes)
    activity = {"synaptic_operations": 1000.0, "changed_weights": writes, "error_spikes": 3.0,
                "spikes": [100.0, 50.0, 5.0]}  # fmt: skip
    found.result.update(
        by_tick=[[tick, 1 / (tick + 1)] for tick in range(1, 101)],
        by_spikes=[[1, 0.3, 10.0], [2, 0.2, 12.0]],
        stuck=[[0.001, 0.04], [0.1, 0.5]],
        flipped=[[0.001, 0.05], [0.1, 0.6]],
        untrained=activity, trained=activity, watched_samples=50,
    )  # fmt: skip
    return found


@pytest.fixture
def found() -> dict[str, list[Record]]:
    """Records for every section."""
    floats = {"rates": None, "epochs": 30}
    return {
        "table": [
            record(error=0.028), record(error=0.032, run=1), record("mnist-200", error=0.0234),
            record(error=0.0271, config={"transmit": 14}),
            record(error=0.0222, rule="rbp", **floats), record(error=0.0187, rule="bp", **floats),
        ],
        "ingredients": [watched("mnist-100-12"), watched("mnist-100")],
        "weight-bits": [record(error=e, config={"weight_bits": b, "rounding": r, "weight_init": 1})
                        for b, r, e in ((2, "stochastic", 0.2), (2, "nearest", 0.9),
                                        (8, "stochastic", 0.03))],
        "state-bits": [record(error=0.05, config={"state_bits": 16})],
        "blank-out": [record(error=0.029, config={"transmit": t}) for t in (8, 16)],
        "faults": [watched("mnist-100"), record(error=0.08, faults={"stuck": 0.1})],
        "early": [watched("mnist-100"), watched("mnist-200-200")],
        "depth": [record(error=0.025), record("mnist-200-200", error=0.026),
                  record("mnist-200-200", error=0.07, config={"feedback": [0, 63, 32]}),
                  record("mnist-200-200-12", error=0.01),
                  record("mnist-200-200-12", error=0.03, run=1)],
        "ablation": [record(), record(error=0.04, config={"ticks": 60}),
                     record(error=0.05, rates=[256, 256])],
    }  # fmt: skip


def test_the_text_says_which_change_is_the_best_of_as_many_bits(
    found: dict[str, list[Record]],
) -> None:
    fine = {"weight_bits": 12}
    found["ingredients"] = [
        watched("mnist-100", error=0.03),
        watched("mnist-100", 7.0, error=0.02, config={"learning_margin": 12}),
        watched("mnist-100", error=0.025, config={"learning_start": 80}),
        # Other bits, or other images: no choice of this preset's.
        watched("mnist-100", error=0.01, config=fine),
        watched("mnist-100", error=0.01, augment={"shift": 1}),
        watched("mnist-100-12", error=0.02),
        watched("mnist-100-12", error=0.03, config={"learning_start": 80}),
    ]
    text = report.text(found, "results")
    for line in (
        "* With 8 bits, learning_margin 12 has the lowest validation error: a test error of 2.00 "
        "where `mnist-100` has 3.00, and 7.0 changed weights for 20.0.",
        "* With 12 bits, nothing that was tried has a lower validation error than `mnist-100-12`.",
    ):
        assert line in text.splitlines()


def test_the_text_compares_shapes_of_networks_that_learned_alike(
    found: dict[str, list[Record]],
) -> None:
    def lines() -> list[str]:
        section = report.text(found, "results").split("## What depth buys")[1].split("\n## ")[0]
        return [line for line in section.splitlines() if line.startswith("* ")]

    flat = {"layers": [784, 400, 10]}
    found["depth"] = [
        record("mnist-200", error=0.03),
        record("mnist-200", error=0.02, config=flat),
        record("mnist-200-200", error=0.025),
        # Other bits, other passes, or a layer that does not learn. Errors of validation are half.
        record("mnist-200-12", error=0.01),
        record("mnist-200", error=0.01, config=flat, rates=[256, 128, 64]),
        record("mnist-200-200", error=0.09, config={"feedback": [0, 63, 32]}),
    ]
    assert lines() == [
        "* 784-200-200-10 instead of 784-400-10, 8 bits: +0.25",
        "* 784-200-200-10 instead of 784-200-10, 8 bits: -0.25",
    ]
    del found["depth"][:2]
    assert lines() == []


def test_means_and_deviations() -> None:
    assert Spread.of([0.02, 0.04]) == Spread(0.03, pytest.approx(0.0141421, rel=1e-4), 2)
    assert Spread.of([0.02, 0.04]).percent() == "3.00 ± 1.41"
    assert Spread.of([0.025]).percent() == "2.50"
    assert spread([record(error=0.1), record(error=0.3)]).mean == pytest.approx(0.2)
    groups = grouped([record(run=1), record("mnist-200"), record(run=2)], lambda r: r.config.name)
    assert {name: len(members) for name, members in groups.items()} == {
        "mnist-100": 2, "mnist-200": 1,
    }  # fmt: skip


def test_the_text_states_every_figure(found: dict[str, list[Record]]) -> None:
    text = report.text(found, "results")
    rows = {
        "| 784-100-10 | 3.00 ± 0.28 (2) / 3.94 | 2.71 (1) / 3.02 | 2.22 (1) / 2.74 "
        "| 1.87 (1) / 2.19 |",
        "| 784-200-10 | 2.34 (1) / 3.53 | - / 2.69 | - / 2.15 | - / 1.81 |",
        # A quarter and a fifth of the test errors, as `record` has them.
        "| 784-100-10 | 0.75 ± 0.07 (2) | 0.68 (1) | 0.44 (1) | 0.37 (1) |",
        # 1000 operations of 50,000 samples in each pass; the goal is met in the third.
        "| 784-100-10 | this machine | 0.1 | 0.1 | 0.1 |",
        "| 784-100-10 | float, exact gradient | 200.0 | 300.0 | 300.0 |",
        "| 2 | 20.00 | 90.00 |",
        "| 8 | 3.00 | - |",
        "| 784-100-10 | 8/16 | 2.90 |",
        "| stuck | 10 % | 8.00 | 50.00 |",
        "| flipped | 0.1 % | - | 5.00 |",
        "| no fault | 0 % | 3.00 | - |",
        "| 784-200-200-10 | 50 | 1.96 |",
        "| 784-100-10 | trained | 1,000 | 20 | 3.0 | 100, 50, 5 |",
        "| 784-200-200-10 | 8 | 1, 2 | 50,000 | 2 | 1 | 2.60 | 1.30 |",
        "| 784-200-200-10 | 8 | 2 | 50,000 | 2 | 1 | 7.00 | 3.50 |",
        "| 784-200-200-10 | 12 | 1, 2 | 50,000 | 2 | 2 | 2.00 ± 1.41 | 1.00 ± 0.71 |",
        "| ticks 60 | 4.00 | +1.00 | 2.00 |",
        "| rate always 256 | 5.00 | +2.00 | 2.50 |",
    }
    lines = set(text.splitlines())
    assert rows <= lines, rows - lines
    assert "transmits an event with a probability of 14/16 in 784-100-10." in text
    said = "Seeds for each setting of this machine: {}. Its passes: 2 over 50,000 images. [Descr"
    assert f"{said.format('1 to 2')}iption](results/table.toml)" in text
    assert f"{said.format('1')}iption](results/ablation.toml)" in text
    assert "this machine 2; this machine, blank-out 2; float, random feedback 30;" in text
    hours = sum(len(members) for members in found.values()) / 2
    assert f"took {hours:.1f} hours" in " ".join(text.split())


def test_the_text_says_what_has_not_been_run(found: dict[str, list[Record]]) -> None:
    finished = sum(map(len, found.values()))
    said = f"Of {finished + 3} trainings that are described beside the results, 3 have not been run"
    assert said in report.text(found, "results", 3)
    assert "not been run" not in report.text(found, "results")


def moved(error: float, **values: Any) -> Record:
    """Return a finished job with moved images."""
    return record(error=error, augment={"shift": 1}, **values)


def test_moved_images_have_a_column_of_their_own(found: dict[str, list[Record]]) -> None:
    plain = report.text(found, "results")
    assert "shifted" not in plain
    more = [moved(0.02), moved(0.022, run=1), moved(0.024, run=2)]
    text = report.text(found | {"table": found["table"] + more}, "results")
    lines = set(text.splitlines())
    assert {
        "| network | this machine | this machine, blank-out | this machine, shifted "
        "| float, random feedback | float, exact gradient |",
        "| 784-100-10 | 3.00 ± 0.28 (2) / 3.94 | 2.71 (1) / 3.02 | 2.20 ± 0.20 (3) "
        "| 2.22 (1) / 2.74 | 1.87 (1) / 2.19 |",
        "| 784-200-10 | 2.34 (1) / 3.53 | - / 2.69 | - | - / 2.15 | - / 1.81 |",
    } <= lines
    assert "this machine, shifted 2. Columns with fewer" in " ".join(text.split())
    assert "each training image was moved by up to a pixel" in text
    # Seeds are counted of either kind alone.
    assert "setting of this machine: 1 to 3. Its passes: 2 over 50,000" in text
    rows = exports.summary({"table": found["table"] + more})["table"]
    assert [row["test_error"] for row in rows if row["column"] == "this machine, shifted"] == [
        pytest.approx(0.022)
    ]


def test_weights_that_change_late_are_no_plain_machine() -> None:
    late, margin = {"learning_start": 80}, {"learning_start": 80, "learning_margin": 12}
    kinds = [column(record(config=values)) for values in ({}, late, margin)]
    assert kinds == ["plain", "plain, late", "plain, margin"]


def test_a_margin_is_explained_where_there_is_one(found: dict[str, list[Record]]) -> None:
    words = "weights change only while the true class leads all others by fewer spikes"
    assert words not in report.text(found, "results")
    table = [*found["table"], record(config={"learning_margin": 12})]
    text = report.text(found | {"table": table}, "results")
    assert words in text
    assert "| this machine, margin |" in text


def test_a_second_layer_is_worth_what_the_seeds_say() -> None:
    one = [record("mnist-200", error=0.02), record("mnist-200", error=0.03, run=1)]
    two = [record("mnist-200-200", error=0.03, run=run) for run in range(2)]
    # A deviation of 0.707 points between two seeds, and none.
    assert second_layer.second_layer([*one, *two]) == (
        "* this machine: +0.50 ± 0.50 with 200 neurons"
    )
    assert second_layer.second_layer([*one, two[0]]) == "* this machine: +0.50 with 200 neurons"
    longer = [record("mnist-200-200", error=0.03, rates=[256])]
    assert second_layer.second_layer([*one, *longer]) == ""


def test_fashion_is_a_table_without_the_paper(found: dict[str, list[Record]]) -> None:
    floats = {"rule": "bp", "rates": None, "epochs": 30}
    records = [record(error=0.13), moved(0.12), record(error=0.1, **floats),
               record("mnist-200-200", error=0.125), record("mnist-200", error=0.135)]  # fmt: skip
    for nothing in ({}, {"fashion": []}):
        text = report.text(found | nothing, "results")
        assert "ashion" not in text
        assert set(exports.summary(found | nothing)) == {"table"}
    text = report.text(found | {"fashion": records}, "results")
    section = text.split("\n## ")[2]
    assert section.startswith("Test error on Fashion-MNIST\n")
    assert "This machine has the constants that were chosen on MNIST." in section
    assert {
        "| network | this machine | this machine, shifted | float, exact gradient |",
        "| 784-100-10 | 13.00 (1) | 12.00 (1) | 10.00 (1) |",
        "| 784-200-200-10 | 12.50 (1) | - | - |",
        "* this machine: -1.00 with 200 neurons",
        "* this machine: -0.25 with 200 neurons",
        "| 784-100-10 | 3.25 (1) | 3.00 (1) | 2.00 (1) |",
    } <= set(section.splitlines())
    assert "[Description](results/fashion.toml)" in section
    assert "Fashion-MNIST is split like MNIST." in text.split("## ")[0]
    rows = exports.summary(found | {"fashion": records})["fashion"]
    assert [row["test_error"] for row in rows] == [0.13, 0.12, 0.1, 0.125, 0.135]


def test_missing_sections_are_left_out(found: dict[str, list[Record]]) -> None:
    text = report.text(found | {"faults": [], "ablation": []}, "results")
    assert "## Bits of a weight" in text
    assert "## Faulty" not in text
    assert "each ingredient" not in text


def test_all_figures_can_be_drawn(found: dict[str, list[Record]], tmp_path: Path) -> None:
    found["fashion"] = found["table"]
    for part in campaign.PARTS:
        for name, draw in part.figures.items():
            path = tmp_path / f"{name}.png"
            figures.save(draw(found[part.name]), path)
            assert path.stat().st_size > 5000


def test_the_papers_networks_are_presets() -> None:
    assert set(PAPER) == {p.layers for p in PRESETS.values() if p.name.startswith("mnist")}


@pytest.mark.parametrize("part", campaign.PARTS, ids=lambda part: part.name)
def test_every_sweep_is_described(part: campaign.Part, mnist_like: Path) -> None:
    sweep = read(ROOT / campaign.FOLDER / f"{part.name}.toml", str(mnist_like))
    assert sweep.name == part.name
    assert len({job.key for job in sweep.jobs}) == len(sweep.jobs)
    small = campaign.reduced(sweep.jobs)
    assert 0 < len(small) < len(sweep.jobs)
    assert {job.run for job in small} == {0}


def test_both_tables_are_of_the_same_networks() -> None:
    """Fashion-MNIST and MNIST, with what a second table must have."""
    tables = {name: campaign.jobs_of(ROOT / campaign.FOLDER / f"{name}.toml")
              for name in ("table", "fashion")}  # fmt: skip
    assert campaign.data_of(ROOT / campaign.FOLDER / "fashion.toml") == "fashion-mnist"
    for name, jobs in tables.items():
        kinds = {(job.rule, bool(job.augment)) for job in jobs}
        assert kinds == {("erbp", False), ("erbp", True), ("rbp", False), ("bp", False)}, name
        for kind in kinds:
            layers = {job.machine.layers for job in jobs if (job.rule, bool(job.augment)) == kind}
            assert layers == set(PAPER), (name, kind)
    schedule = {job.rates for job in tables["fashion"] if job.rule == "erbp" and not job.augment}
    assert schedule == {(256,) * 6 + (128,) * 3 + (64,) * 2 + (32,) * 2 + (16,)}


def test_one_set_of_data_does_not_stand_for_two(
    erbium, small: Path, tiny_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TABLE.format(data="mnist")
    (campaign.FOLDER / "table.toml").write_text(text)
    fashion = text.replace("mnist", "fashion-mnist").replace('"table"', '"fashion"')
    (campaign.FOLDER / "fashion.toml").write_text(fashion)
    parts = (campaign.Part("table", {}), campaign.Part("fashion", {}))
    monkeypatch.setattr(campaign, "PARTS", parts)
    folder = Path.cwd()
    monkeypatch.setattr(campaign, "FOLDER", folder / campaign.FOLDER)
    data = str(tiny_data)
    with pytest.raises(SweepError) as refused:
        campaign.measure(small, data=data)
    assert str(refused.value) == (
        f"'{data}' cannot stand for mnist and fashion-mnist at the same time; say for which: "
        f"--data mnist={data}"
    )
    result = erbium("results", "--data", data, "--data", f"mnist={data}")
    assert result.exit_code == 2
    assert "would stand for all data; with several, say for which: mnist=" in result.stderr
    seen = []
    monkeypatch.setattr(campaign, "run", lambda sweep, *_, **__: seen.append(sweep) or [])
    named = {"mnist": data, "fashion-mnist": data}
    assert campaign.measure(small, data=named) == []
    assert [(sweep.name, sweep.data.name) for sweep in seen] == [
        ("table", data), ("fashion", data),
    ]  # fmt: skip


@pytest.fixture
def mnist_like(tmp_path: Path) -> Path:
    """White images of MNIST's size."""
    import numpy as np

    from erbium.scripts.data.idx import IMAGES_MAGIC, LABELS_MAGIC, name

    def idx(magic: int, array: np.ndarray) -> bytes:
        return np.array([magic, *array.shape], dtype=">u4").tobytes() + array.tobytes()

    for kind, count in (("train", 36_500), ("test", 600)):
        images, labels = (
            np.full((count, 28, 28), 255, np.uint8),
            np.arange(count, dtype=np.uint8) % 10,
        )
        (tmp_path / name(kind, "images")).write_bytes(idx(IMAGES_MAGIC, images))
        (tmp_path / name(kind, "labels")).write_bytes(idx(LABELS_MAGIC, labels))
    return tmp_path


TABLE = """
name = "table"
data = "{data}"
[defaults]
preset = "tiny"
runs = 2
rates = [256, 64]
[[jobs]]
[[jobs]]
config = {{ transmit = 12 }}
"""


@pytest.fixture
def small(tmp_path: Path, tiny_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A campaign of one small sweep, in the working folder; returns the folder of its results."""
    monkeypatch.chdir(tmp_path)
    campaign.FOLDER.mkdir(parents=True)
    (campaign.FOLDER / "table.toml").write_text(TABLE.format(data=tiny_data))
    monkeypatch.setattr(campaign, "PARTS", campaign.PARTS[:1])
    monkeypatch.setattr(report, "SECTIONS", {"table": report.SECTIONS["table"]})
    return campaign.FOLDER


def test_what_is_published_follows_from_the_records(small: Path) -> None:
    assert campaign.measure(small) == []
    records = campaign.found(small)
    table = small / "table" / "results.csv"
    before = table.read_text()
    table.unlink()
    written = campaign.publish(records, small, small.with_suffix(".md"))
    names = {path.name for path in written}
    assert names == {"results.csv", "table.png", "cost.png", "results.json", "results.md"}
    assert table.read_text() == before
    text = small.with_suffix(".md").read_text()
    assert "](results/table.png)" in text
    rows = json.loads((small / "results.json").read_text())["table"]
    for row, transmit in zip(rows, (16, 12), strict=True):
        errors = [r.result["test_error"] for r in records["table"]
                  if r.config.transmit == transmit]  # fmt: skip
        assert len(errors) == row["seeds"] == 2
        assert row["test_error"] == pytest.approx(sum(errors) / 2)
    assert f"{100 * rows[0]['test_error']:.2f} ±" in text


def test_only_what_is_still_described_counts(small: Path) -> None:
    campaign.measure(small)
    assert len(campaign.found(small)["table"]) == 4
    jobs = campaign.described()
    described = sum(map(len, jobs.values()))
    assert campaign.missing(jobs, campaign.found(small, jobs)) == described - 4
    path = campaign.FOLDER / "table.toml"
    path.write_text(path.read_text().replace("rates = [256, 64]", "rates = [256]"))
    with pytest.raises(SweepError, match="nothing is measured in 'docs/results' yet; leave out"):
        campaign.found(small)
    campaign.measure(small)
    assert len(campaign.found(small)["table"]) == 4
    assert all(record.job["rates"] == [256] for record in campaign.found(small)["table"])


def test_the_reduced_campaign_runs(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("QUICK_SAMPLES", 12), ("QUICK_JUDGED", 4)):
        monkeypatch.setattr(campaign, name, value)
    out = tmp_path / "build"
    assert campaign.measure(out, quick=True) == []
    records = campaign.found(out, campaign.described(quick=True))["table"]
    assert [record.run for record in records] == [0, 0]
    assert {record.result["training_samples"] for record in records} == {12}
    assert {record.result["test_samples"] for record in records} == {4}


def test_curves_are_tables(found: dict[str, list[Record]], tmp_path: Path) -> None:
    files.write_csv(tmp_path / "curves.csv", exports.curves(found["faults"]))
    rows = (tmp_path / "curves.csv").read_text().splitlines()
    assert rows[0] == "network,run,seed,curve,unit,place,test_error"
    assert '784-100-10,0,1,stuck,"share of bits, after training",0.1,0.5' in rows
    assert "784-100-10,0,1,by_tick,ticks after onset,1,0.5" in rows
    assert exports.curves(found["table"]) == []


def test_the_committed_text_is_that_of_the_committed_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    out, text = campaign.FOLDER, campaign.FOLDER.with_suffix(".md")
    jobs = campaign.described()
    records = campaign.found(out, jobs)
    assert all(records.values()), "run make results"
    unfinished = campaign.missing(jobs, records)
    assert text.read_text() == report.text(records, "results", unfinished), (
        "run erbium results --draw"
    )
    assert json.loads((out / "results.json").read_text()) == exports.summary(records)
    # What the text says of training errors in floating point, which it does not compute.
    for part in ("table", "fashion"):
        groups = grouped(records[part], lambda record: (record.rule, record.config.layers))
        errors, tests = (
            {key: Spread.of(map(figure_of, group)).mean for key, group in groups.items()}
            for figure_of in (second_layer.fit, second_layer.error)
        )
        for width in (200, 500):
            flat, deep = (784, width, 10), (784, width, width, 10)
            assert errors["bp", deep] < errors["bp", flat]
            assert errors["rbp", deep] > errors["rbp", flat]
            gains = {rule: tests[rule, deep] - tests[rule, flat] for rule in ("bp", "rbp")}
            assert gains["bp"] < 0 < gains["rbp"]
    # ... and what it says of twelve bits, of eight, and of outputs that rest.
    groups = grouped(records["ingredients"], lambda record: (record.job["preset"], change(record)))
    writes, spikes = (
        {k: Spread.of(r.result["trained"][key] for r in g).mean for k, g in groups.items()}
        for key in ("changed_weights", "error_spikes")
    )
    for preset, shift in (("mnist-100", 8), ("mnist-100-12", 4)):
        late = writes[preset, f"learning_start 80, learning_shift {shift}"]
        fewer = late < writes[preset, "the preset"]
        assert fewer is preset.endswith("-12")
        resting = spikes[preset, "refractory 1/2"]
        assert resting < spikes[preset, "the preset"] / 2


def test_the_readme_shows_the_table_of_the_results() -> None:
    section = (ROOT / "docs" / "results.md").read_text().split("## ")[1]
    rows = [line for line in section.splitlines() if line.startswith("| 784")]
    assert len(rows) == len(PAPER)
    assert set(rows) <= set((ROOT / "README.md").read_text().splitlines())


def test_the_recalled_figure_with_a_witness_is_the_same():
    layers, kind, accuracy = WITNESS
    error = f"{PAPER[layers][kind]:.2f}"
    assert f"{100 - accuracy:.2f}" == error
    for name in ("README.md", "docs/results.md"):
        text = " ".join((ROOT / name).read_text().split())
        assert f"{accuracy:.2f} % for" in text
        assert "1804.08150" in text
        assert error in text


@pytest.mark.parametrize("part", sorted(path.parent.name for path in RECORDS), ids=str)
def test_published_tables_have_every_record(part: str, tmp_path: Path) -> None:
    folder = ROOT / "docs" / "results" / part
    shutil.copy(folder / "results.jsonl", tmp_path)
    Store(tmp_path).write_table()
    assert (folder / "results.csv").read_text() == (tmp_path / "results.csv").read_text()
