"""What a machine at a port has learned is judged as what the golden model learns is."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import figures

#: Changes with which something is wrong, and its name.
WRONG = {"silent": "threshold=20000,64", "no-errors": "error_threshold=60"}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("command", ["train", "monitor"])
def test_the_same_is_told_as_of_a_training_in_software(
    name: str, command: str, erbium, tiny_data: Path
) -> None:
    erbium("new", "mine", "--like", "tiny", "--set", WRONG[name])
    asked = ("--data", tiny_data, "--epochs", 2, "--samples", 20, "--test", 5)
    here = erbium("train", "mine.toml", *asked, "--out", "a", "--json", "a.json")
    there = erbium("device", command, "--port", "model:mine.toml", *asked, "--out", "b",
                   "--json", "b.json")  # fmt: skip
    assert (here.exit_code, there.exit_code) == (0, 0), there.output

    def told(text: str) -> list[str]:
        return [line for line in text.splitlines() if line.startswith("erbium: warning: ")]

    assert told(there.stderr) == told(here.stderr)
    assert any("after the first pass, " in line for line in told(there.stderr))
    one, other = figures("a"), figures("b")
    assert name in {finding["rule"] for finding in other["warnings"]}
    assert other["warnings"] == one["warnings"]
    assert other["activity"] == one["activity"]


def test_a_part_of_the_data_is_known_again(erbium, tiny_data: Path) -> None:
    erbium("device", "train", "--port", "model:tiny", "--data", tiny_data, "--epochs", 1,
           "--samples", 20, "--test", 5, "--out", "run")  # fmt: skip
    result = erbium("diagnose", "run", "--json", "d.json")
    assert (result.exit_code, "not the data" in result.stderr) == (0, False), result.output
    assert figures("d")["activity"]["samples"] == 20
