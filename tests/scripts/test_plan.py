"""The command that plans: all figures on the terminal and in the file."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np

from erbium.golden.presets import preset
from erbium.scripts.fpga import DEVICES
from erbium.scripts.train import checkpoint

TINY = preset("tiny")


def test_command_says_all_of_it(erbium) -> None:
    result = erbium("plan", "mnist-100", "--set", "layers=784,16,10", "--set", "ticks=4",
                    "--set", "burn_in=1", "--samples", 1, "--json", "plan.json")  # fmt: skip
    assert result.exit_code == 0, result.stderr
    values = json.loads(Path("plan.json").read_text())
    assert set(values["devices"]) == set(DEVICES)
    assert values["data"] == "1 of digits, 64 inputs made 784"
    found = values["devices"]["ecp5-25"]
    cycles = values["work"]["training_cycles"]
    assert math.isclose(found["training_sample_us"], cycles / found["clock"]["mhz"])
    assert f"{cycles:,.0f}" in result.stdout
    assert values["devices"]["hx8k"]["remedies"]
    assert f"to make it fit hx8k: {values['devices']['hx8k']['remedies'][0]}" in result.stdout


def test_command_takes_a_trained_machine(erbium) -> None:
    common = ("plan", "tiny", "--device", "up5k", "--mhz", 25, "--json", "plan.json")
    assert erbium(*common).exit_code == 0
    before = json.loads(Path("plan.json").read_text())
    state = checkpoint.Checkpoint.start(TINY, checkpoint.Plan("digits", "", (256,), 0))
    state.weights = [np.zeros_like(matrix) for matrix in state.weights]
    state.save(Path("trained.npz"))
    assert erbium(*common, "--checkpoint", "trained.npz").exit_code == 0
    after = json.loads(Path("plan.json").read_text())
    assert list(after["devices"]) == ["up5k"]
    assert after["devices"]["up5k"]["clock"]["mhz"] == 25
    assert after["work"] != before["work"]
