"""Weights at power-up on the command line: which are taken, and what is said where none can be."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.feedback import initial_weights
from erbium.golden.presets import preset
from erbium.hw.verilog.emission import emit_core
from erbium.scripts.fpga import flow
from erbium.scripts.fpga.cells import DoesNotFit
from erbium.scripts.train.checkpoint import Checkpoint, Plan

TINY = preset("tiny")
FILE = "trained.npz"


@pytest.fixture
def weights(tmp_path: Path) -> list[np.ndarray]:
    """Leave a checkpoint in the working folder; return its weights."""
    state = Checkpoint.start(TINY, Plan("any", "", (256,), 0))
    state.weights = [3 - matrix for matrix in state.weights]
    state.save(tmp_path / "work" / FILE)
    return state.weights


def emitted(erbium, *options: object, said: str = "") -> tuple[str, dict]:
    """Return the Verilog that a call writes, and its figures."""
    result = erbium("verilog", *options, "--out", "core.v", "--json", "f.json")
    assert result.exit_code == 0, result.stderr
    assert said in result.stderr
    assert bool(said) == bool(result.stderr)
    return Path("core.v").read_text(), json.loads(Path("f.json").read_text())


def test_weights_of_a_training_are_in_its_verilog(erbium, weights) -> None:
    for options in (("--checkpoint", FILE), ("--checkpoint", FILE, "--weights", "trained")):
        text, figures = emitted(erbium, *options)
        assert text == emit_core(TINY, weights=weights)
        assert figures["weights"] == "trained"


def test_initial_weights_are_there_on_demand(erbium, weights) -> None:
    text, figures = emitted(erbium, "tiny", "--weights", "initial")
    assert text == emit_core(TINY, weights=initial_weights(TINY))
    assert figures["weights"] == "initial"
    text, _ = emitted(erbium, "--checkpoint", FILE, "--weights", "initial")
    assert text == emit_core(TINY, weights=initial_weights(TINY))


def test_there_are_none_otherwise(erbium, weights) -> None:
    for options in (("tiny",), ("tiny", "--weights", "none"),
                    ("--checkpoint", FILE, "--weights", "none")):  # fmt: skip
        text, figures = emitted(erbium, *options)
        assert text == emit_core(TINY)
        assert "initial" not in text
        assert figures["weights"] == "none"


def test_memory_that_can_hold_none_is_told_with_the_remedy(erbium, weights) -> None:
    spram = ("--set", "memory=spram")
    config = TINY.replace(memory="spram")
    told = "the weights of --checkpoint are left out: tiny has memory='spram', and single-port RAM"
    text, figures = emitted(erbium, "--checkpoint", FILE, *spram, said=told)
    assert text == emit_core(config)
    assert figures["weights"] == "none"
    for options in (
        ("--checkpoint", FILE, "--weights", "trained"),
        ("tiny", "--weights", "initial"),
    ):
        result = erbium("verilog", *options, *spram, "--out", "other.v")
        assert result.exit_code == 2
        assert "take memory='block', or let the host write the weights" in result.stderr
        assert not Path("other.v").exists()


def test_weights_of_no_training_are_refused(refused) -> None:
    line = refused("verilog", "tiny", "--weights", "trained")
    assert "--weights trained takes those of a training: add --checkpoint FILE" in line


def test_synthesis_is_given_the_weights(erbium, weights, monkeypatch: pytest.MonkeyPatch) -> None:
    given = []

    def synthesize(config: object, family: object, folder: object, found: object, *, link: bool):
        given.append((found, link))
        raise DoesNotFit("that is enough")

    monkeypatch.setattr(flow, "synthesize_core", synthesize)
    for options in (
        ("--checkpoint", FILE),
        ("tiny", "--weights", "initial"),
        ("tiny", "--link", "uart"),
    ):
        assert erbium("synth", *options).exit_code == 2
    (trained, initial, none), linked = zip(*given, strict=True)
    assert linked == (False, False, True)
    assert all((a == b).all() for a, b in zip(trained, weights, strict=True))
    assert all((a == b).all() for a, b in zip(initial, initial_weights(TINY), strict=True))
    assert none is None


def test_text_without_its_initial_words_is_the_usual_text() -> None:
    text = emit_core(TINY, weights=initial_weights(TINY))
    assert text.count("  initial begin\n") == TINY.lanes
    blocks = re.compile(r"^  initial begin\n(    words\[\d+\] = 8'h..;\n)+  end\n", re.MULTILINE)
    note = re.compile(
        r"^//\n// The weight memory holds weights at .*\n// .* reset .*\n", re.MULTILINE
    )
    assert note.sub("", blocks.sub("", text)) == emit_core(TINY)
