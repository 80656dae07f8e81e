"""Rules that propose a network and its constants; each says why.

A proposal is a machine for what `scripts.fit.looks` sees, and factors by which a search may change
it; with all factors 1 it is what the rules say. They keep what preset digits was tuned to: how far
a membrane gets with random weights, relative to its threshold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from erbium.golden.config import Config
from erbium.golden.presets import preset
from erbium.scripts.data.fitted import BASE, named_after
from erbium.scripts.fit.looks import Looks

#: Values of a trial, by the names of `scripts.fit.space`.
Values = Mapping[str, float | int | str]

#: Hidden neurons for up to so many inputs; more inputs get the last.
HIDDEN = ((32, 64),)
MOST_HIDDEN = 100

#: Samples that are shown in all passes together, and how many passes are sensible.
SHOWN, FEWEST_PASSES, MOST_PASSES = 30_000, 10, 30

#: Output threshold of preset digits, for as many neurons in the layer before.
OUTPUT, NEURONS = 358, 64

#: Largest random weight that hidden thresholds are reckoned with; initial ones may be smaller.
WEIGHTS = 32

#: Power of an input spike train, relative to its rate, at which a step of preset digits is right.
STEP_POWER = 3.0


@dataclass(frozen=True)
class Rule:
    """A rule: what it decides, how, and why."""

    about: str
    says: str
    why: str


RULES = (
    Rule(
        "hidden layer",
        f"{HIDDEN[0][1]} neurons up to {HIDDEN[0][0]} columns, else {MOST_HIDDEN}",
        "random feedback needs more neurons than exact gradients do; --hidden says otherwise",
    ),
    Rule(
        "passes",
        f"{SHOWN} samples in all, {FEWEST_PASSES} to {MOST_PASSES} passes, at rates that fall",
        "a small set has to be seen often",
    ),
    Rule(
        "encoder",
        "phase",
        "evenly spaced spikes say an intensity with less noise than random ones",
    ),
    Rule(
        "rate of inputs",
        "rate_shift 1; 2 where inputs are more than half bright and there are over 100 of them",
        "many bright inputs need fewer spikes each to drive a neuron",
    ),
    Rule(
        "hidden threshold",
        f"the standard deviation of a membrane that random weights up to {WEIGHTS} drive, from the "
        "mean squares of all inputs and the leak",
        "about a sixth of the neurons then fire often for a sample, others for other samples",
    ),
    Rule(
        "output threshold",
        f"{OUTPUT} for {NEURONS} hidden neurons, and with the root of their number",
        "sums of random weights grow so",
    ),
    Rule(
        "gates",
        "twice the threshold in hidden layers, six times in the output layer",
        "a neuron learns where it can still be moved; outputs must be corrected however wrong",
    ),
    Rule(
        "step",
        "learning_shift 7, and one more for each sixteenfold power of the inputs",
        "a change of all weights moves a membrane by that much more",
    ),
    Rule(
        "inputs",
        "as they are, with a bias, and with complements (pairs) and a bias are each tried",
        "an input of 0 never spikes, so nothing is learned from its being dark; pairs double the "
        "inputs, so sparse data are tried without them first",
    ),
)


def hidden_for(inputs: int) -> tuple[int, ...]:
    """Return the sizes of hidden layers for so many columns."""
    return (next((size for most, size in HIDDEN if inputs <= most), MOST_HIDDEN),)


def passes_for(samples: int) -> int:
    """Return how many passes so many samples are to have."""
    return min(MOST_PASSES, max(FEWEST_PASSES, SHOWN // samples))


def rate_shift_for(looks: Looks) -> int:
    """Return how fast inputs fire."""
    return 2 if looks.density > 0.5 and looks.inputs > 100 else 1


def configuration(
    name: str, looks: Looks, hidden: tuple[int, ...], values: Values, seed: int = 1
) -> Config:
    """Return the machine that the rules propose, with the factors of a trial.

    Parameters
    ----------
    name : str
        What the data are called.
    looks : Looks
        Of the samples as the machine gets them, with complements and bias.
    hidden : tuple of int
        Sizes of the hidden layers.
    values : mapping
        A value for each name of `scripts.fit.space.SPACE`.
    seed : int
        Of the machine.
    """
    base = preset(BASE)
    rate_shift = rate_shift_for(looks) + int(values["rate_shift"])
    weights = int(values["weight_init"])
    # Spikes of an input in a tick are its intensity, 0 to 1, times this.
    rate = 0.5**rate_shift
    power = looks.power * rate**2
    sources = (looks.inputs, *hidden)
    first = 2 ** base.membrane_leak[0] * WEIGHTS / math.sqrt(3) * math.sqrt(power)
    later = [OUTPUT * math.sqrt(size / NEURONS) for size in sources[1:]]
    scale = [float(values["hidden_threshold"])] * len(hidden) + [float(values["output_threshold"])]
    gates = [float(values["hidden_gate"])] * len(hidden) + [float(values["output_gate"])]
    limit = 2 ** (base.state_bits - 1) - 1
    threshold = [_within(factor * size, limit // 2)
                 for factor, size in zip(scale, (first, *later), strict=True)]  # fmt: skip
    gate = [_within(width * size, limit) for width, size in zip(gates, threshold, strict=True)]
    step = 7 + round(math.log2(max(power, 1e-3) / STEP_POWER) / 4) + int(values["step"])
    layers = (looks.inputs, *hidden, looks.classes)
    return Config(
        name=named_after(name, hidden), layers=layers, lanes=base.lanes,
        ticks=int(values["ticks"]), burn_in=int(values["ticks"]) // 5, threshold=tuple(threshold),
        gate_low=tuple(-width for width in gate), gate_high=tuple(gate),
        weight_init=(weights,) * len(hidden) + base.weight_init[-1:],
        error_threshold=int(values["error_threshold"]), rate_shift=max(0, rate_shift),
        learning_shift=min(20, max(0, step)), seed=seed,
    )  # fmt: skip


def _within(value: float, most: int) -> int:
    return max(1, min(most, round(value)))
