"""Language versions in which Icarus reads Verilog."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path

from erbium.sim.engines.toolchain import environment, find

#: What every version of Icarus that works knows.
LANGUAGES = ("2001", "2001-noconfig", "2005", "2005-sv", "2009", "2012")

#: What newer ones may know.
NEWER = ("2017", "2023")


@cache
def icarus_languages() -> tuple[str, ...]:
    """Return the language versions that the installed Icarus knows, for its option ``-g``.

    Raises
    ------
    ToolError
        If Icarus is missing.
    """
    return LANGUAGES + tuple(language for language in NEWER if _knows(language))


def _knows(language: str) -> bool:
    tool = find("icarus")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "empty.v").write_text("module empty;\nendmodule\n")
        done = subprocess.run(
            [str(tool.path), f"-g{language}", "-o", "empty", "empty.v"],
            cwd=folder, env=environment("icarus"), capture_output=True, check=False,
        )  # fmt: skip
    return done.returncode == 0
