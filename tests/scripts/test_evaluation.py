"""Recognition: the plain loop over samples, on any number of processor cores."""

from __future__ import annotations

import numpy as np
import pytest

from erbium.golden.core import Core
from erbium.golden.fast import FastCore
from erbium.golden.presets import preset
from erbium.scripts.common.interrupt import CtrlC
from erbium.scripts.train import evaluation
from erbium.scripts.train.evaluation import Engine, classify

NOISY = preset("tiny").replace(encoder="bernoulli", transmit=11)
SAMPLES = np.random.default_rng(2).integers(0, 256, (23, 12)).astype(np.uint8)
LABELS = np.arange(23) % 3


@pytest.mark.parametrize("engine", [Core, FastCore])
@pytest.mark.parametrize("cores", [1, 3])
def test_blocks_are_plain_loops(
    engine: type[Engine], cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "BLOCK", 7)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    core = engine(NOISY)
    core.run(SAMPLES[0], 1)
    random, weights = core.random, core.weights
    seen = classify(core, SAMPLES, LABELS)
    operations = 0
    for number, sample in enumerate(SAMPLES):
        if number % 7 == 0:
            plain = Core(NOISY, weights)
            plain.random = random
        result = plain.run(sample, rate=0)
        assert seen.winners[number] == result.winner
        np.testing.assert_array_equal(seen.counts[number], result.counts)
        operations += result.synaptic_operations
    assert seen.synaptic_operations == operations > 0


def test_the_core_is_not_changed() -> None:
    core = FastCore(NOISY)
    random, weights = core.random, core.weights
    first = classify(core, SAMPLES, LABELS)
    assert core.random == random
    for a, b in zip(core.weights, weights, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(classify(core, SAMPLES, LABELS).counts, first.counts)


def test_progress_counts_right_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "BLOCK", 10)
    seen: list[tuple[str, int, int, int | None]] = []
    winners = classify(
        FastCore(NOISY), SAMPLES, LABELS, "judging", lambda *values: seen.append(values)
    ).winners
    right = np.cumsum(winners == LABELS)
    assert seen == [("judging", n, 23, int(right[n - 1])) for n in (10, 20, 23)]


def test_ctrl_c_is_heard() -> None:
    ctrl_c = CtrlC()
    ctrl_c._pressed = True
    with pytest.raises(KeyboardInterrupt):
        classify(FastCore(NOISY), SAMPLES, LABELS, ctrl_c=ctrl_c)
