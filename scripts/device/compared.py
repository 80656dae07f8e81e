"""A machine beside the golden model: both are shown the same, and whatever differs is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from erbium.golden.config import FULL_RATE
from erbium.golden.core import Outcomes
from erbium.golden.fast import FastCore
from erbium.golden.rng import RandomState
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.device.device import Device
from erbium.scripts.device.outcomes import Traffic
from erbium.scripts.train.checkpoint import Checkpoint
from erbium.scripts.train.evaluation import Single


@dataclass(frozen=True)
class Block:
    """Samples that were shown: with their labels, if they have any, and at a rate; and the
    machine's winners.
    """

    samples: np.ndarray
    labels: np.ndarray | None
    rate: int
    winners: np.ndarray


class Compared(Single):
    """The machine as an engine of trainings.

    Parameters
    ----------
    device : Device
        The machine; gets the weights and random states of `state`.
    state : Checkpoint
        Where the training is.
    report : Report
        Told what is loaded.

    Attributes
    ----------
    golden : FastCore
        The golden model, which is shown the same.
    watchers : list of callable
        Told of each block of samples that was shown.
    unequal : str or None
        The first thing in which the two were not equal.
    learned, sent, received : int
        Samples that were learned, and the bytes on the line for them.
    """

    def __init__(self, device: Device, state: Checkpoint, report: Report = silent) -> None:
        self.device, self.config = device, state.config
        self.golden = FastCore(state.config, state.weights)
        self.layout = self.golden.layout
        self.unequal: str | None = None
        self.learned = self.shown = self.sent = self.received = 0
        self.watchers: list[Callable[[Compared, Block], None]] = []
        self._weights: list[np.ndarray] | None = None
        device.load_weights(state.weights, report)
        self.random = state.random

    @property
    def random(self) -> RandomState:
        """States of the machine's random generators; assign to replace them, the model's too."""
        return self.device.random

    @random.setter
    def random(self, random: RandomState) -> None:
        self.device.random = random
        self.golden.random = random

    @property
    def weights(self) -> list[np.ndarray]:
        """The machine's weights, read if they can have changed."""
        if self._weights is None:
            self._weights = self.device.save_weights()
        return self._weights

    def run_many(
        self, samples: np.ndarray, labels: np.ndarray | None = None, rate: int = FULL_RATE
    ) -> Outcomes:
        """Show samples to both; the winners are the machine's, all else is the model's."""
        before = self.device.traffic
        if rate:
            self._weights = None
            winners = self.device.train(samples, labels, rate)
            self._measure(len(samples), before, self.device.traffic)
        else:
            winners = self.device.classify(samples)
        expected = self.golden.run_many(samples, labels, rate)
        self._compare_winners(winners, expected.winners)
        self.shown += len(samples)
        for watcher in self.watchers:
            watcher(self, Block(samples, labels, rate, winners))
        return Outcomes(winners, expected.counts, expected.synaptic_operations)

    def _measure(self, count: int, before: Traffic, after: Traffic) -> None:
        self.learned += count
        self.sent += after.sent - before.sent
        self.received += after.received - before.received

    def _compare_winners(self, winners: np.ndarray, expected: np.ndarray) -> None:
        wrong = np.flatnonzero(winners != expected)
        if wrong.size:
            first = int(wrong[0])
            self._differ(
                f"sample {self.shown + first + 1} shown: winner {winners[first]}, not "
                f"{expected[first]}"
            )

    def _differ(self, what: str) -> None:
        self.unequal = self.unequal or what

    def compare(self) -> dict[str, bool]:
        """Return whether winners, weights and random states are the golden model's."""
        winners = self.unequal is None
        weights = all(
            np.array_equal(mine, other)
            for mine, other in zip(self.device.save_weights(), self.golden.weights, strict=True)
        )
        mine, other = self.device.random, self.golden.random
        if not weights:
            self._differ("the weights at the end")
        if mine != other:
            self._differ(f"the random states at the end: {mine}, not {other}")
        return {
            "weights_equal": weights, "random_equal": mine == other, "winners_equal": winners,
        }  # fmt: skip
