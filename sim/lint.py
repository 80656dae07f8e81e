"""Lint of the emitted Verilog: Verilator with all warnings, less a reasoned list of waivers."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from erbium.sim.engines.paths import plain
from erbium.sim.engines.toolchain import environment, find

#: Warnings of style that are not on unless asked for, with the reason why each is harmless. What
#: is on by itself is switched off in the file: see `hw.verilog.header.LINT_OFF`.
WAIVERS = {
    "DECLFILENAME": "one file holds all modules, so their names differ from the file's",
    "PROCASSINIT": "registers have start values, which FPGAs load with the bitstream",
    "UNUSEDSIGNAL": "names of fields and observation wires are kept for waveforms; nothing reads "
    "them, and synthesis drops them",
    "VARHIDDEN": "inputs of functions are called as the signals that they stand for",
}


class LintError(RuntimeError):
    """The emitted Verilog has warnings that no waiver covers."""


def check(verilog: Path, top: str) -> int:
    """Check a Verilog file; return the number of lines checked.

    Raises
    ------
    LintError
        If there is any warning outside of `WAIVERS`; the message names kinds and the first one.
    ToolError
        If Verilator is missing.
    """
    tool = find("verilator")
    waived = [f"-Wno-{code}" for code in WAIVERS]
    file = plain(verilog.resolve().parent) / verilog.name
    result = subprocess.run(
        [tool.path, "--lint-only", "-Wall", *waived, "--top-module", top, file],
        env=environment("verilator"),
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^%(?:Warning|Error).*$", result.stderr, re.MULTILINE)
    if result.returncode or found:
        first = (found or [f"Verilator ended with status {result.returncode}"])[0]
        raise LintError(f"{verilog}: {len(found)} complaints, the first: {first}")
    return verilog.read_text().count("\n")
