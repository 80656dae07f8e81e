"""Which samples a page shows, and what happens in each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from erbium.golden.config import Config
from erbium.golden.fixed import saturate
from erbium.scripts.diagnosis import frozen
from erbium.scripts.diagnosis.explanation import Explanation

#: Samples whose spikes are drawn, and samples that are shown because they are misread.
MOST_SHOWN, MOST_MISREAD = 3, 24

#: Neurons of a layer whose membranes and dendrites are drawn.
MOST_TRACED = 3


@dataclass(frozen=True)
class Shown:
    """A validation sample, tick by tick.

    Attributes
    ----------
    number, label : int
        Its place in the validation part, and its class.
    moments : list of Moment
        What happened in each tick, arrays [1, neurons].
    counts : int array [classes]
        Output spikes from `burn_in` on.
    """

    number: int
    label: int
    moments: list[frozen.Moment]
    counts: np.ndarray

    def dots(self, part: int) -> tuple[np.ndarray, np.ndarray]:
        """Return tick and neuron of each spike of the inputs (0) or of a layer (1 and on)."""
        return np.nonzero(np.array([moment.spikes[part][0] for moment in self.moments]))

    def errors(self, sign: int) -> tuple[np.ndarray, np.ndarray]:
        """Return tick and class of each error spike of a sign."""
        return np.nonzero(np.array([moment.errors[0] == sign for moment in self.moments]))

    def membranes(self, config: Config, layer: int) -> np.ndarray:
        """Return the membranes [ticks, neurons] that are compared with the threshold."""
        sums = np.array([moment.sums[layer][0] for moment in self.moments])
        return saturate(sums, config.state_bits)

    def dendrites(self, layer: int) -> np.ndarray:
        """Return the dendrites [ticks, neurons] that a tick's events learn from."""
        return np.array([moment.before[layer].dendrite[0] for moment in self.moments])

    def traced(self, layer: int) -> list[int]:
        """Return a few neurons of a layer that say most: of the outputs also that of the class."""
        spikes = np.array([moment.spikes[layer + 1][0] for moment in self.moments]).sum(axis=0)
        last = layer + 2 == len(self.moments[0].spikes)
        first = [self.label] if last else []
        others = [n for n in np.argsort(-spikes, kind="stable").tolist() if n not in first]
        return [*first, *others][:MOST_TRACED]


def misread(found: Explanation) -> list[int]:
    """Return the first validation samples that are not recognised."""
    wrong = np.flatnonzero(found.validation.winners != found.dataset.validation.labels)
    return wrong[:MOST_MISREAD].tolist()


def shown(found: Explanation) -> list[Shown]:
    """Return a few validation samples, tick by tick: the first, and a misread one if there is."""
    part, wrong = found.dataset.validation, misread(found)
    right = [n for n in range(len(part)) if n not in wrong]
    numbers = [*right[: MOST_SHOWN - bool(wrong)], *wrong[:MOST_SHOWN]][:MOST_SHOWN]
    return [_shown(found, number) for number in numbers]


def _shown(found: Explanation, number: int) -> Shown:
    state, part = found.state, found.dataset.validation
    moments = list(
        frozen.ticks(
            state.config, state.weights, state.random,
            part.samples[number : number + 1], part.labels[number : number + 1],
        )
    )  # fmt: skip
    counted = moments[state.config.burn_in :]
    counts = np.array([moment.spikes[-1][0] for moment in counted]).sum(axis=0)
    return Shown(number, int(part.labels[number]), moments, counts)


def spikes_of_neurons(found: Explanation) -> list[np.ndarray]:
    """Return the spikes of each neuron in a training sample, layer by layer."""
    state, part = found.state, found.dataset.train
    count = found.examination.activity.samples
    chosen = state.plan.order(state.epoch, len(part))[:count]
    samples = state.plan.shown(part, state.epoch, chosen)
    totals = [np.zeros(size) for size in state.config.layers[1:]]
    for moment in frozen.ticks(
        state.config, state.weights, state.random, samples, part.labels[chosen]
    ):
        for total, spikes in zip(totals, moment.spikes[1:], strict=True):
            total += spikes.sum(axis=0)
    return [total / len(chosen) for total in totals]
