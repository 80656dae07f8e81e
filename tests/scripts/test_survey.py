"""The survey of FPGAs: what is described is measured once, and the document follows from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from erbium.golden.config import Config
from erbium.golden.presets import preset
from erbium.scripts.common.places import DocumentError, insert
from erbium.scripts.fpga import CriticalPath, DoesNotFit, FlowError, FpgaResult, find_device
from erbium.scripts.fpga.plan import plan
from erbium.scripts.fpga.survey import measurement as measure
from erbium.scripts.fpga.survey.document import plain_luts
from erbium.scripts.fpga.survey.entries import SurveyError, read

ROOT = Path(__file__).parents[2]

DESCRIPTION = """
data = "digits"
samples = 1
seeds = 3

[[cores]]
preset = "tiny"
devices = ["ecp5-25", "up5k"]
lanes = [1, 2]

[[cores]]
preset = "mnist-100"
devices = ["hx8k"]
lanes = [8]

[[features]]
name = "a lane"
preset = "tiny"
devices = ["up5k"]
with = { lanes = 4 }
without = { lanes = 2 }
count = 2

[remarks]
up5k = "It stays."
"""

PATH = CriticalPath("control.a", "datapath.b", 3.25, 4.75, 9, ("control.a",), True)


def synthesized(config: Config, device: str, *, seeds: range, place: bool, **_: object):
    """Return figures that follow from lanes, device and seeds."""
    cell, ram = ("LUT4", "DP16KD") if device.startswith("ecp5") else ("SB_LUT4", "SB_RAM40_4K")
    luts = 1000 + 100 * config.lanes
    return FpgaResult(
        preset=config.name, lanes=config.lanes, device=device, luts=luts, ffs=50 * config.lanes,
        brams={ram: 7}, weight_brams=1, weight_memory_in_block_ram=True, memories={},
        distributed_ram=0, dsps=0, cells={cell: luts - 50, "CCU2C": 25, "PFUMX": 9},
        seeds=tuple(seeds) if place else (), fmax_mhz=40.0 * config.lanes if place else None,
        fmax_range=(39.0 * config.lanes, 41.0 * config.lanes) if place else None,
        critical_path=PATH if place else None, tools={}, bitstream=None,
    )  # fmt: skip


def written(config: Config) -> str:
    """Return what stands for the Verilog of a core."""
    return f"// {config.name}\nmodule core; {config}; endmodule\n"


@pytest.fixture
def calls(erbium, monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """Return the calls of the synthesis; a description and a document are in docs."""
    made: list[tuple] = []

    def record(config: Config, device: str, **options: object):
        made.append((config.name, config.lanes, device, len(options["seeds"])))
        return synthesized(config, device, **options)

    monkeypatch.setattr(measure, "synthesize", record)
    monkeypatch.setattr(measure, "version", lambda tool: f"{tool} 1")
    monkeypatch.setattr(measure, "emit_core", written)
    Path("docs").mkdir()
    Path("docs/fpga.toml").write_text(DESCRIPTION)
    Path("docs/fpga.md").write_text((ROOT / "docs" / "fpga.md").read_text())
    return made


def test_survey_writes_the_document(erbium: Callable, calls: list[tuple]) -> None:
    result = erbium("synth-all", "--json", "figures.json")
    assert result.exit_code == 0, result.output
    devices = ("ecp5-25", "up5k")
    assert calls == [
        *(("tiny", lanes, device, 3) for device in devices for lanes in (1, 2)),
        *(("tiny", lanes, "up5k", 0) for lanes in (4, 2)),
    ]
    text = Path("docs/fpga.md").read_text()
    figures = json.loads(Path("docs/fpga/results.json").read_text())
    assert figures == json.loads(Path("figures.json").read_text())
    row = figures["cores"][1]
    assert row["sop_per_second_peak"] == 160e6
    rate, per_sample = row["sop_per_second"], row["training_samples_per_second"]
    assert rate == pytest.approx(per_sample * row["synaptic_operations"])
    cells = ["ecp5-25", "tiny", "2", "1,150", "1,200", "100", "7 DP16KD", "0",
             "80.0 (78.0 to 82.0)", "160", f"{rate / 1e6:,.1f}", f"{per_sample:,.0f}"]  # fmt: skip
    assert f"| {' | '.join(cells)} |" in text
    need = plan(preset("mnist-100"), find_device("hx8k")).needs[0]
    assert f"| hx8k | mnist-100 | 8 | needs {need.needed} RAM blocks, has 32 |" in text
    assert "| a lane | up5k | 12-6-3 | 100 | 100 | 50 |" in text
    assert "**up5k** (tiny, 2 lanes, 80.0 MHz): from `control.a` to `datapath.b`, 9 cells" in text
    assert "3.2 ns in logic and 4.8 ns on wires. It stays." in text
    # What people wrote is still there.
    for line in (ROOT / "docs" / "fpga.md").read_text().split("<!-- cores -->")[0].splitlines():
        assert line in text


def test_finished_cores_are_kept(erbium: Callable, calls: list[tuple]) -> None:
    erbium("synth-all")
    first, text = list(calls), Path("docs/fpga.md").read_text()
    assert erbium("synth-all").exit_code == 0
    assert calls == first
    assert Path("docs/fpga.md").read_text() == text
    # Another number of runs is another measurement; what is only synthesised stays.
    Path("docs/fpga.toml").write_text(DESCRIPTION.replace("seeds = 3", "seeds = 2"))
    assert erbium("synth-all").exit_code == 0
    assert [call[-1] for call in calls[len(first) :]] == [2] * 4


@pytest.mark.parametrize(
    ("change", "again"),
    [(lambda text: f"// by hand\n{text}", 0), (lambda text: f"{text}wire more;\n", 1)],
)
def test_only_another_circuit_is_measured_again(
    erbium: Callable, calls: list[tuple], monkeypatch: pytest.MonkeyPatch, change, again: int
) -> None:
    erbium("synth-all")
    first = list(calls)
    monkeypatch.setattr(measure, "emit_core", lambda config: change(written(config)))
    assert erbium("synth-all").exit_code == 0
    assert calls == first * (1 + again)


def test_failures_are_named_and_tried_again(erbium, calls, monkeypatch) -> None:
    def fail(config: Config, device: str, **options: object):
        if device == "up5k" and options["place"]:
            raise FlowError("the placer failed")
        if config.lanes == 1:
            raise DoesNotFit("tiny with 1 lane needs 9 LUTs, but ecp5-25 has 8")
        return synthesized(config, device, **options)

    monkeypatch.setattr(measure, "synthesize", fail)
    result = erbium("synth-all")
    assert result.exit_code == 1
    assert "failed: tiny, 2 lanes, up5k: the placer failed" in result.stderr
    assert "2 cores failed, see above; run the same command to try again" in result.stderr
    assert (
        "| ecp5-25 | tiny | 1 | tiny with 1 lane needs 9 LUTs" in Path("docs/fpga.md").read_text()
    )
    monkeypatch.setattr(measure, "synthesize", synthesized)
    assert erbium("synth-all").exit_code == 0
    assert "| up5k | tiny | 2 | 1,150 |" in Path("docs/fpga.md").read_text()


def test_only_what_is_measured_can_be_written(erbium: Callable, calls: list[tuple]) -> None:
    assert erbium("synth-all", "--draw").exit_code == 0
    assert not calls
    assert json.loads(Path("docs/fpga/results.json").read_text())["cores"] == []


def test_description_of_the_project_can_be_read() -> None:
    survey = read(ROOT / "docs" / "fpga.toml")
    assert len(survey.cores) >= 10
    assert all(job.seeds == 5 for job in survey.cores)
    assert {feature.name for feature in survey.features} >= {"a lane", "counters"}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("seeds = 3", "", "lacks 'seeds'"),
        ("seeds = 3", "seeds = 3\nspeed = 4", "unknown entries: speed; leave them out"),
        ('"tiny"', '"teeny"', "unknown preset 'teeny'"),
        ("lanes = [1, 2]", "lanes = [3]", "lanes must be one of"),
        ("with = { lanes = 4 }", "with = { lanes = 2 }", "feature 'a lane' changes nothing"),
        ("[remarks]", "[remarks", "fpga.toml'"),
        ('devices = ["hx8k"]', 'devices = ["hx9k"]', "unknown device 'hx9k'"),
    ],
)
def test_mistakes_are_named(erbium, calls, before: str, after: str, message: str) -> None:
    Path("docs/fpga.toml").write_text(DESCRIPTION.replace(before, after, 1))
    result = erbium("synth-all")
    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not calls


def test_mistakes_are_errors_of_the_survey(tmp_path: Path) -> None:
    path = tmp_path / "fpga.toml"
    path.write_text("seeds = 'many'")
    with pytest.raises(SurveyError, match=r"fpga\.toml' lacks 'data'; see docs/fpga\.toml"):
        read(path)


def test_document_needs_a_place_for_each_table() -> None:
    text = "before\n<!-- a -->\nold\n<!-- end of a -->\nafter\n"
    written = insert(text, {"a": "new"})
    assert written == "before\n<!-- a -->\n\nnew\n\n<!-- end of a -->\nafter\n"
    assert insert(written, {"a": "new"}) == written
    with pytest.raises(DocumentError, match="needs one place for 'b'"):
        insert(text, {"b": "new"})


def test_luts_of_carries_and_memories_are_not_plain() -> None:
    cells = {"LUT4": 5, "SB_LUT4": 7, "LUT1": 2, "CCU2C": 9, "TRELLIS_DPR16X4": 3, "MUX2_LUT5": 4}
    assert plain_luts({"cells": cells}) == 14
