"""What a search may change, and how far."""

from __future__ import annotations

from dataclasses import dataclass

import optuna

#: Inputs that are tried, simplest first: as `scripts.data.preparation.INPUTS`, joined by commas.
INPUTS = ("", "bias", "pairs,bias")


#: Doublings of the largest weight; the first is what the rule says.
RANGES = (0, -2, -1, 1, 2)


@dataclass(frozen=True)
class Factor:
    """A number that the search chooses, between `low` and `high`; `proposed` by the rules."""

    name: str
    low: float
    high: float
    proposed: float
    about: str


@dataclass(frozen=True)
class Choice:
    """One of a few values that the search chooses; the first is proposed."""

    name: str
    options: tuple[int, ...]
    about: str


SPACE: tuple[Factor | Choice, ...] = (
    Factor("hidden_threshold", 0.3, 3.0, 1.0, "of hidden layers, times what the rule says"),
    Factor("output_threshold", 0.4, 4.0, 1.0, "of the output layer, times what the rule says"),
    Factor("hidden_gate", 0.8, 6.0, 2.0, "width of the gate, in thresholds of its layer"),
    Factor("output_gate", 1.5, 12.0, 6.0, "width of the gate, in thresholds of its layer"),
    Choice("step", (0, -2, -1, 1, 2), "added to learning_shift"),
    Choice("rate_shift", (0, -1, 1), "added to rate_shift"),
    Choice("weight_init", (32, 16, 48), "largest initial weight of hidden layers"),
    Choice("range", RANGES, "doublings of the largest weight that the rule says"),
    Choice("ticks", (2, 3, 5), "ticks of a sample, in halves of what the rule says"),
    Choice("dendrite_leak", (4, 5), "how slowly an error is forgotten"),
    Choice("error_threshold", (1, 2), "unanswered spikes that make an error spike"),
)


def proposed(inputs: str) -> dict[str, float | int | str]:
    """Return the values of a trial that does what the rules say."""
    found: dict[str, float | int | str] = {"inputs": inputs}
    for each in SPACE:
        found[each.name] = each.proposed if isinstance(each, Factor) else each.options[0]
    return found


def suggested(trial: optuna.Trial, inputs: tuple[str, ...]) -> dict[str, float | int | str]:
    """Return the values that a trial is to have."""
    found = {"inputs": trial.suggest_categorical("inputs", inputs)}
    for each in SPACE:
        if isinstance(each, Factor):
            found[each.name] = trial.suggest_float(each.name, each.low, each.high, log=True)
        else:
            found[each.name] = trial.suggest_categorical(each.name, each.options)
    return found
