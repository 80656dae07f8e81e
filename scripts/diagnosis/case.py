"""What the rules of a diagnosis look at: a machine, what it does, and one of its layers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from erbium.golden.config import PER_LAYER, Config
from erbium.scripts.diagnosis.activity import Activity, LayerActivity


@dataclass(frozen=True)
class Case:
    """What the rules look at: a machine, what it does, how it got there, and one of its layers."""

    config: Config
    activity: Activity
    history: list[dict[str, float]]
    validation_samples: int
    guessing: float
    classes: Sequence[str]
    index: int = 0

    @property
    def layer(self) -> LayerActivity:
        """The layer that is looked at."""
        return self.activity.layers[self.index]

    @property
    def reached(self) -> bool:
        """Whether any spike comes to the layer: if not, what is wrong lies before it."""
        if self.index == 0:
            return self.activity.input_spikes > 0
        before = self.activity.layers[self.index - 1]
        return before.silent < before.neurons

    @property
    def dead(self) -> bool:
        """Whether no neuron of the layer ever fires."""
        return self.layer.silent == self.layer.neurons

    @property
    def output(self) -> bool:
        """Whether it is the output layer."""
        return self.index == len(self.activity.layers) - 1

    @property
    def learns(self) -> bool:
        """Whether the machine was meant to learn."""
        return self.config.learning

    @property
    def best(self) -> float:
        """The least validation error of any pass."""
        return min(validated(self.history), default=1.0)

    @property
    def last(self) -> float:
        """The validation error of the last pass."""
        return [1.0, *validated(self.history)][-1]

    def values(self) -> dict[str, Any]:
        """Return what words and remedies can name."""
        found = self.config.as_dict()
        found |= {name: getattr(self.config, name)[self.index] for name in PER_LAYER}
        found |= self.activity.as_dict() | dataclasses.asdict(self.layer)
        mute = ", ".join(self.classes[k] for k in self.activity.mute_classes)
        passes = validated(self.history)
        return found | {
            "mute": mute, "first": self.classes[0], "guessing": self.guessing,
            "best": self.best, "last": self.last,
            "limited": round(found["weights_at_limits"] * 100),
            "best_pass": passes.index(self.best) + 1 if passes else 0,
        }  # fmt: skip

    def layers(self) -> Iterator[Case]:
        """Yield the case of each layer that spikes come to."""
        for index in range(len(self.activity.layers)):
            each = dataclasses.replace(self, index=index)
            if each.reached:
                yield each


def validated(history: list[dict[str, float]]) -> list[float]:
    """Return the validation errors of the passes; none, if nothing was set aside to tell them."""
    return [entry["validation_error"] for entry in history if "validation_error" in entry]
