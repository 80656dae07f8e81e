"""Published files: curves beside the figures, and what a survey's description may leave out."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from erbium.golden import presets as golden
from erbium.scripts.fpga.device import DeviceError
from erbium.scripts.fpga.survey.entries import read
from erbium.scripts.results import figures, sweeps
from erbium.scripts.results.records import Record
from erbium.scripts.results.sweeps import PARTS, publish


def record(**measured: object) -> Record:
    """Return a finished job with these measurements."""
    job = {"preset": "tiny", "config": {}, "rule": "erbp", "rates": [256], "epochs": 1, "run": 4,
           "faults": {}, "machine": golden.preset("tiny").as_dict()}  # fmt: skip
    return Record(job, {"test_error": 0.25, "validation_error": 0.125} | measured)


def test_curves_are_written_where_there_are_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [
        sweeps.Part("early", {"early": len}),
        sweeps.Part("depth", {}),
        sweeps.Part("faults", {"faults": len}),
    ]
    drawn = []
    monkeypatch.setattr(sweeps, "PARTS", parts)
    monkeypatch.setattr(figures, "save", lambda figure, path: drawn.append((figure, path)))
    monkeypatch.setattr(sweeps.exports, "summary", lambda records: {"table": []})
    monkeypatch.setattr(sweeps.report, "text", lambda _, folder, left: f"{left} with {folder}\n")
    curve = record(by_tick=[[1, 0.75], [2, 0.5]], by_spikes=[[1, 0.375, 2.0]])
    out, text = tmp_path / "docs" / "results", tmp_path / "docs" / "results.md"
    out.mkdir(parents=True)
    found = {"early": [curve, record()], "depth": [record()], "faults": []}
    written = publish(found, out, text, 3)
    assert written == [out / "early.png", out / "early-curves.csv", out / "results.json", text]
    assert drawn == [(2, out / "early.png")]
    rows = list(csv.DictReader((out / "early-curves.csv").read_text().splitlines()))
    assert [(row["curve"], row["place"], row["test_error"]) for row in rows] == [
        ("by_tick", "1", "0.75"), ("by_tick", "2", "0.5"), ("by_spikes", "1", "0.375"),
    ]  # fmt: skip
    assert text.read_text() == "3 with results\n"
    assert {part.name for part in PARTS} > {"early", "depth", "faults"}


SURVEY = """
data = "digits"
samples = 1
seeds = 3

[[cores]]
preset = "tiny"
devices = ["up5k"]
lanes = [2]

[[features]]
name = "a lane"
preset = "tiny"
devices = ["up5k"]
with = { lanes = 4 }
without = { lanes = 2 }

[remarks]
up5k = "It stays."
"""


def test_a_feature_is_there_once_unless_told_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "fpga.toml"
    path.write_text(SURVEY)
    survey = read(path)
    assert [(one.name, one.device, one.count) for one in survey.features] == [("a lane", "up5k", 1)]
    assert survey.remarks == {"up5k": "It stays."}
    path.write_text(SURVEY.replace("[remarks]", "count = 3\n[remarks]"))
    assert read(path).features[0].count == 3


def test_a_remark_about_no_device_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fpga.toml"
    path.write_text(SURVEY.replace('up5k = "It', 'up6k = "It'))
    with pytest.raises(DeviceError, match="unknown device 'up6k'"):
        read(path)
