"""A sample's outcome, made up; and a circuit that goes wrong in one thing, made of models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from erbium.golden.core import Core
from erbium.golden.enums import Phase
from erbium.golden.fast import FastCore
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.sim.engines.native import NativeResult

TINY = preset("tiny")
CLASSES = TINY.layers[-1]

#: Layer, tick and neuron of some spikes, in the order in which they happen.
SPIKES = ((0, 1, 0), (0, 1, 3), (1, 1, 2), (0, 2, 3), (1, 4, 0))


def result(**changes: object) -> NativeResult:
    """Return what a circuit did in a sample."""
    phases = {phase.name: 10 + phase.value for phase in Phase}
    values = {
        "winner": 1, "counts": np.arange(CLASSES), "spikes": np.array(SPIKES),
        "cycles": sum(phases.values()), "phase_cycles": phases, "words": 40,
        "random": RandomState(3, 4, 5),
    }  # fmt: skip
    return NativeResult(**values | changes)


def without(number: int) -> np.ndarray:
    return np.array([spike for place, spike in enumerate(SPIKES) if place != number])


class Faulty:
    """The compiled model in the place of a circuit; after `after` samples it does one thing wrong.

    Attributes
    ----------
    wrong : str
        What; "" for nothing.
    """

    wrong, after = "", 0

    def __init__(self, config: object, *_: object, **__: object) -> None:
        self.config = config
        self._core, self._shadow = FastCore(config), Core(config)
        self._shown = 0

    def _both(self, act: Callable[[object], None]) -> None:
        act(self._core)
        act(self._shadow)

    def load(self, weights: list[np.ndarray]) -> None:
        """Write all weights."""
        self._both(lambda core: core.load(weights))

    def reset(self) -> None:
        """Reset."""
        if self.wrong != "reset":
            self._both(lambda core: core.reset())

    @property
    def random(self) -> RandomState:
        """States of the generators."""
        state = self._core.random
        return (
            RandomState(state.event ^ 1, state.blank, state.encoder)
            if self._bad("at end")
            else (state)
        )

    @random.setter
    def random(self, state: RandomState) -> None:
        self._both(lambda core: setattr(core, "random", state))

    @property
    def weights(self) -> list[np.ndarray]:
        """All weights."""
        found = self._core.weights
        for layer in range(len(found)):
            found[layer][-1, -1] ^= self._bad(f"weight of layer {layer}")
        return found

    def _bad(self, what: str) -> bool:
        return self.wrong == what and self._shown > self.after

    def run_many(self, samples: object, labels: object, rates: object) -> list[NativeResult]:
        """Show samples."""
        rates = np.broadcast_to(rates, len(samples))
        return [self._one(*one) for one in zip(samples, labels, rates, strict=True)]

    def _one(self, sample: object, label: int, rate: int) -> NativeResult:
        spikes, words = [], 0
        layers = self._shadow.layout.layers
        for tick in self._shadow.ticks(sample, int(label), int(rate)):
            words += sum(len(e) * y.groups for e, y in zip(tick.events, layers, strict=False))
            for layer, neurons in enumerate(tick.events[1:]):
                spikes += [(layer, tick.number, int(neuron)) for neuron in neurons]
        if self.wrong == "spike too few" and self._shown >= self.after:
            output = [n for n, (layer, *_) in enumerate(spikes) if layer == 1]
            if output:
                spikes.pop(output[-1])
        last = self.config.ticks - 1
        for layer in (0, 1):
            if self.wrong == f"spike too many in layer {layer}" and self._shown >= self.after:
                spikes.append((layer, last, 0))
        found = self._core.run(sample, int(label), int(rate))
        self._shown += 1
        counts = found.counts.copy()
        counts[-1] += self._bad("counts")
        state = self._core.random
        if self._bad("state"):
            state = RandomState(state.event, state.blank ^ 1, state.encoder)
        return result(
            winner=(found.winner + self._bad("winner")) % CLASSES, counts=counts,
            spikes=np.array(spikes, dtype=int).reshape(-1, 3), random=state,
            words=words + self._bad("words"),
        )  # fmt: skip


def faulty(what: str, after: int) -> type[Faulty]:
    """Return a circuit that does `what` wrong after so many samples."""
    return type("Wrong", (Faulty,), {"wrong": what, "after": after})
