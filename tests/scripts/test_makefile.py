"""The index of verbs: no variable is ignored, and every value arrives as it was typed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from erbium.scripts.cli import main

MAKEFILE = Path(__file__).parents[2] / "Makefile"
TEXT = MAKEFILE.read_text(encoding="utf-8")

#: Every verb, with the line of its help and what it does.
VERBS = {
    verb: (needs, help_text, recipe)
    for verb, needs, help_text, recipe in re.findall(
        r"^([a-z-]+):(.*) ## (.*)\n((?:\t.*\n)*)", TEXT, re.MULTILINE
    )
}

#: Every variable that some verb knows, and some that none does.
VARIABLES = {word for _, text, _ in VERBS.values() for word in re.findall(r"\b[A-Z]{3,}\b", text)}
VARIABLES &= {*re.findall(r"^([A-Z]+) +:=", TEXT, re.MULTILINE), "PYTHON"}
UNKNOWN = ("LAYERS", "PRESETS", "preset", "BIN")

#: What recipes use by another name.
MEANING = {"NAME": {"PRESET"}, "EPOCH": {"PRESET"}, "OPTIONS": {"JSON", "ARGS"}}
MEANING |= {"ERBIUM": set(), "BIN": set()}

#: Stands in for every program, and says how it was called.
PROGRAM = '#!/bin/sh\nprintf "%s\\0" "$0" "$@" >> "$CALLS"\n'


def listed(verb: str) -> set[str]:
    """Return the variables that the help lists."""
    found = re.search(r" \[([A-Z ]+)\]$", VERBS[verb][1])
    return set(found[1].split()) if found else set()


@pytest.fixture
def make(tmp_path: Path):
    """Call make in a copy of the project without its tools; return what it did and said."""
    project = tmp_path / "my projects" / "it's a core"
    (project / "scripts").mkdir(parents=True)
    shutil.copy(MAKEFILE, project)
    for name in (
        ".venv/bin/erbium",
        ".venv/bin/pytest",
        ".venv/bin/ruff",
        "scripts/setup_tools.sh",
    ):
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PROGRAM)
        path.chmod(0o755)
    (project / "pyproject.toml").touch()
    (project / ".venv" / "stamp").touch()
    calls = tmp_path / "calls"

    def call(*words: str, **environment: str) -> tuple[list[str], str]:
        calls.unlink(missing_ok=True)
        clean = {"PATH": os.environ["PATH"], "CALLS": str(calls)}
        done = subprocess.run(
            ["make", *words],
            cwd=project, env=clean | environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == (2 if done.stderr else 0), done.stderr
        did = calls.read_text().split("\0")[:-1] if calls.exists() else []
        return [word.removeprefix(".venv/bin/") for word in did], done.stderr

    return call


def test_all_verbs_are_found() -> None:
    assert set(VERBS) == set(re.search(r"^VERBS := (.*)$", TEXT, re.MULTILINE)[1].split())
    assert {"PRESET", "DATA", "JSON", "ARGS", "PYTHON"} <= VARIABLES


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_lists_what_a_verb_uses(verb: str) -> None:
    recipe = re.sub(r"\$\((?:call|value) ", "$(", VERBS[verb][2])
    used = set(re.findall(r"[,(]([A-Z]+)\b", recipe))
    for name, meaning in MEANING.items():
        used = used - {name} | meaning if name in used else used
    assert used == listed(verb) - {"PYTHON"}


@pytest.mark.parametrize("verb", VERBS)
def test_other_variables_are_refused(make, verb: str) -> None:
    known = listed(verb) | ({"PYTHON"} if ".venv/stamp" in VERBS[verb][0] else set())
    for name in (*sorted(VARIABLES - known), *UNKNOWN):
        did, said = make(verb, f"{name}=1")
        assert not did
        assert f"make {verb} does not know the variable {name};" in said
        assert all(variable in said for variable in listed(verb))
        changes = verb in main.commands and any(
            "--set" in option.opts for option in main.commands[verb].params
        )
        assert ("ARGS='--set layers=140,100,10'" in said) == changes


@pytest.mark.parametrize("verb", VERBS)
def test_known_variables_are_taken(make, verb: str) -> None:
    for name in sorted(listed(verb) - {"PYTHON"}):
        did, said = make(verb, f"{name}=mine")
        assert not said
        assert "mine" in did, name


def test_every_verb_named_must_know_a_variable(make) -> None:
    did, said = make("verilog", "sim", "LANES=4")
    assert not did
    assert "make sim does not know the variable LANES" in said
    assert "make help does not know the variable LAYERS; it has none" in make("LAYERS=4")[1]
    # As one make calls another.
    assert "does not know the variable LAYERS" in make("verilog", MAKEFLAGS=" -- LAYERS=4")[1]
    assert make("verilog", "presets", "ARGS=--help")[0].count("--help") == 2


def test_the_environment_is_not_asked(make) -> None:
    stray = dict.fromkeys(VARIABLES - {"PYTHON"} | set(UNKNOWN), "stray")
    for verb in ("verilog", "train", "synth-all", "soak", "sim"):
        did, said = make(verb, **stray)
        assert not said
        assert did == make(verb)[0]
        assert "stray" not in did


@pytest.mark.parametrize("value", ["my data/it's", '"a" & b; c', "a$b `c` %", "#é*"])
def test_values_arrive_as_they_were_typed(make, value: str) -> None:
    did, said = make("train", f"DATA={value}", f"JSON={value}", f"PRESET={value}")
    assert not said
    assert did == ["erbium", "train", value, "--data", value, "--json", value]


def test_arguments_are_words_of_the_shell(make) -> None:
    assert make("test", "ARGS=-k 'a or b'")[0][-2:] == ["-k", "a or b"]


@pytest.mark.parametrize("verb", ["setup", "verilog", "test"])
def test_another_python_sets_up_again(make, verb: str) -> None:
    assert "scripts/setup_tools.sh" not in make(verb)[0]
    assert make(verb, "PYTHON=/my python/bin/python3")[0][0] == "scripts/setup_tools.sh"
    # In the environment it is asked only when there is something to set up.
    assert "scripts/setup_tools.sh" not in make(verb, PYTHON="python3")[0]
