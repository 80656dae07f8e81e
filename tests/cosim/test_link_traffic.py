"""Traffic on the link of tiny, bytes in and out at its two wires: every kind of bad input.

Whatever comes, the replies are the model's, and weights and random states are those of the golden
cycle model, which has lived through the same cycles at the ports of the core, resets included.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from erbium.golden.cycle.core import CycleCore
from erbium.golden.link.device import RegisterModel
from erbium.golden.link.frames import SEQUENCES, Command, FrameModel, Status
from erbium.golden.presets import preset
from erbium.sim.engines.runner import run_bench
from erbium.sim.link.episode import run_episode
from erbium.sim.link.judge import Disagreement
from erbium.sim.link.traffic import BAD, GOOD

TINY = preset("tiny")

#: Bad inputs of an episode.
BAD_INPUTS = 50


def traffic(build: Path, seeds: range) -> Counter[str]:
    """Play an episode with each seed; return how many steps of each kind there were."""
    kinds: Counter[str] = Counter()
    for seed in seeds:
        judge = run_episode(TINY, build, seed=seed, bad=BAD_INPUTS)
        kinds += judge.kinds
        kinds["lost"] += judge.lost
        kinds["resets in a sample"] += judge.resets
    return kinds


def check(kinds: Counter[str], bad: int) -> None:
    assert sum(kinds[kind] for kind in BAD) >= bad
    for kind in (*GOOD, *BAD, "locked", "lost", "resets in a sample"):
        assert kinds[kind], f"there was no {kind}"


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the circuit is compiled, once."""
    return tmp_path_factory.mktemp("port")


def test_500_bad_inputs_on_verilator(build: Path) -> None:
    check(traffic(build, range(10)), 500)


def _never_again(self: FrameModel, command: Command) -> Status:
    """Do a write that is repeated as if it were new."""
    self._registers.sequence = (command.sequence - 1) % SEQUENCES
    return DONE_ONCE(self, command)


def _keeps_random(self: CycleCore) -> None:
    """Reset everything but the random generators."""
    random = getattr(self, "random", None)
    RESET(self)
    self.random = random or self.random


DONE_ONCE, RESET = FrameModel._write, CycleCore.reset


@pytest.mark.parametrize(
    ("owner", "name", "wrong"),
    [
        (FrameModel, "_write", _never_again),
        (CycleCore, "reset", _keeps_random),
        (FrameModel, "lose", lambda self, error: None),
        (RegisterModel, "_feed", lambda self, byte, ends: None),
    ],
    ids=["writes twice", "no reset", "no overrun", "no sample"],
)
def test_a_difference_is_seen(
    build: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, wrong: object
) -> None:
    """A model that is wrong stands for a circuit that is: they differ in the same way."""
    monkeypatch.setattr(owner, name, wrong)
    with pytest.raises(Disagreement):
        traffic(build, range(4))


@pytest.mark.slow
def test_5000_bad_inputs_on_verilator(build: Path) -> None:
    check(traffic(build, range(1000, 1100)), 5000)


@pytest.mark.parametrize("episodes", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_bad_inputs_on_icarus(tmp_path: Path, episodes: int) -> None:
    extra = {"episodes": episodes, "bad": BAD_INPUTS}
    result = run_bench("link", TINY, "icarus", build_dir=tmp_path, seed=episodes, extra=extra)
    assert result.mismatches == 0
    assert result.values > 1000 * episodes
