"""The shape of the project: who may import whom, twin files, and sizes of files and functions."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("golden", "hw", "sim", "scripts")

#: What each layer may import beside the standard library; None is anything but higher layers.
MAY_IMPORT = {
    "golden": {"numpy", "golden"},
    "hw": {"amaranth", "golden", "hw"},
    "sim": None,
    "scripts": None,
}
#: A file that may import more than its layer.
MAY_IMPORT_HERE = {
    "golden/fast/kernel.py": {"numpy", "golden", "numba"},
    "hw/board/boards.py": {"amaranth", "amaranth_boards", "golden", "hw"},
}
HIGHER = {"sim": {"scripts", "tests"}, "scripts": {"tests"}}

#: Files of hw/ that describe no behaviour and so have no twin in the model.
NO_TWIN = {
    "hw/board/boards.py": "facts about boards",
    "hw/board/clock.py": "clock and reset",
    "hw/link/signature.py": "a signature",
    "hw/link/command.py": "golden/link/codec.py: decode_command",
    "hw/link/crc.py": "zlib.crc32",
    "hw/link/escape.py": "golden/link/codec.py: frame",
    "hw/link/steps.py": "a way to write state machines",
    "hw/link/stage.py": "changes nothing that goes through",
    "hw/link/uart_link.py": "joins what has twins",
    "hw/board/pll.py": "cells of chips",
    "hw/board/ratio.py": "numbers of clocks",
    "hw/board/status.py": "LEDs",
    "hw/board/system.py": "joins core, exerciser and LEDs, which have twins or need none",
    "hw/board/top.py": "pins",
    "hw/memories.py": "golden/cycle/datapath.py: how it reads and writes them",
    "hw/codes.py": "golden/cycle/encoder.py",
    "hw/judge.py": "golden/cycle/schedule.py: its read-out",
    "hw/ticks.py": "golden/error.py: label_fires; golden/core.py: the loop over ticks",
    "hw/link/decoder.py": "golden/link/registers.py: addresses and access",
    "hw/link/line_errors.py": "golden/link/device.py: report",
    "hw/link/numbers.py": "golden/link/device.py: what is read",
    "hw/link/request_port.py": "golden/link/device.py: label and rate",
    "hw/link/results.py": "golden/link/device.py: winners and counts",
    "hw/link/sample_port.py": "golden/link/sample_code.py",
    "hw/link/store.py": "golden/link/identity.py: the constants",
    "hw/link/units.py": "joins what has twins",
    "hw/link/weight_port.py": "golden/link/window.py",
    "hw/trace.py": "names come from golden/cycle/record.py",
    "hw/verilog/functions.py": "emission",
    "hw/verilog/header.py": "emission",
    "hw/verilog/keywords.py": "words of languages",
    "hw/verilog/initial.py": "emission",
    "hw/verilog/names.py": "names in Verilog",
    "hw/verilog/interface.py": "names and bits of ports",
    "hw/verilog/emission.py": "emission",
    "hw/verilog/linked.py": "emission",
    "hw/hardening.py": "acts only when a bit flips",
}

MOST_LINES = 300
LONGER_FILES = {
    "golden/fast/kernel.py": (380, "the compiler's cache notices changes of one file only"),
    "scripts/verify/mutation_python/tests_of_tools.py": (330, "a table"),
}
MOST_LINES_OF_ELABORATE = 60


def sources(*packages: str) -> list[Path]:
    found = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    assert found
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Yield the top-level package, or the part of `erbium`, of every import of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (part(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "erbium":
            yield from (alias.name if alias.name in PACKAGES else "erbium" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name(path)}: write `from erbium...`"
            yield part(node.module)


def part(module: str) -> str:
    first, *others = module.split(".")
    return others[0] if first == "erbium" and others else first


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_go_one_way(package: str) -> None:
    for path in sources(package):
        allowed = MAY_IMPORT_HERE.get(name(path), MAY_IMPORT[package])
        for module in set(imports(path)) - set(sys.stdlib_module_names):
            if allowed is None:
                assert module not in HIGHER[package], f"{name(path)} imports {module}"
            else:
                assert module in allowed, f"{name(path)} imports {module}"


def test_imports_are_seen(tmp_path: Path) -> None:
    text = "import a.b, c\nfrom d.e import f\ndef g():\n    from h import i\n"
    text += "from erbium import sim, Core\nfrom erbium.hw.core import Core\n"
    text += "import erbium.golden.rng\n"
    path = tmp_path / "some.py"
    path.write_text(text)
    assert sorted(imports(path)) == ["a", "c", "d", "erbium", "golden", "h", "hw", "sim"]
    # The walk finds what is really there.
    assert {"amaranth", "golden", "hw"} <= set(imports(ROOT / "hw" / "core.py"))


def test_every_unit_of_the_circuit_has_a_twin_in_the_model() -> None:
    units = [path for path in sources("hw") if path.name != "__init__.py"]
    for path in units:
        twins = [ROOT / "golden" / part / path.name for part in (".", "cycle", "link")]
        has_twin = any(twin.exists() for twin in twins)
        assert has_twin != (name(path) in NO_TWIN), name(path)
    assert set(NO_TWIN) <= {name(path) for path in units}


def test_every_unit_of_the_circuit_has_a_test() -> None:
    # Codes are tested through the encoder, accumulators through lanes and core, the sequencer and
    # the datapath through the core, tops through their boards.
    through_others = {"accumulators.py", "codes.py", "control.py", "datapath.py", "judge.py"}
    through_others |= {"signature.py", "memories.py", "schedule.py", "top.py"}
    # What the registers of a link are made of.
    in_registers = {"bus.py", "decoder.py", "line_errors.py", "numbers.py", "request_port.py"}
    in_registers |= {"store.py", "units.py", "weight_port.py"}
    for path in sources("hw"):
        if path.name == "__init__.py" or path.name in through_others:
            continue
        if path.parent.name == "link" and path.name in in_registers:
            continue
        assert (ROOT / "tests" / "hw" / f"test_{path.name}").exists(), name(path)


def test_files_are_short_enough_to_read() -> None:
    for path in sources(*PACKAGES, "tests/golden", "tests/hw"):
        lines = len(path.read_text().splitlines())
        most, _ = LONGER_FILES.get(name(path), (MOST_LINES, ""))
        assert lines <= most, f"{name(path)} has {lines} lines"


def test_circuits_are_built_in_short_functions() -> None:
    seen = 0
    for path in sources("hw"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name == "elaborate":
                lines = node.end_lineno - node.lineno + 1
                seen += 1
                assert lines < MOST_LINES_OF_ELABORATE, f"{name(path)}: elaborate has {lines} lines"
    assert seen > 10


def test_links_know_nothing_of_boards() -> None:
    for path in sources("hw/link"):
        assert "erbium.hw.board" not in path.read_text(), name(path)


READING = [path for path in sources(*PACKAGES) if "Reading order" in (path.read_text())[:2000]]


@pytest.mark.parametrize("path", READING, ids=name)
def test_what_a_room_tells_to_read_is_there(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    told = re.findall(r"`(\w+)`\s+\(", text.partition("Reading order")[2])
    assert told
    there = {one.stem for one in path.parent.iterdir()}
    assert set(told) <= there
