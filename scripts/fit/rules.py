"""What the rules of `scripts.fit.proposal` say, in words, and why: for the page of a fit."""

from __future__ import annotations

from dataclasses import dataclass

from erbium.scripts.fit.proposal import (
    DARK,
    DARK_RANGE,
    FEW_INPUTS,
    FEWEST_PASSES,
    HIDDEN,
    MORE_TICKS,
    MOST_HIDDEN,
    MOST_PASSES,
    NEURONS,
    OUTPUT,
    RANGE,
    SHOWN,
    TICKS,
    WEIGHT_BITS,
    WEIGHTS,
)


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
        f"rate_shift 1; 0 up to {FEW_INPUTS} inputs; 2 where inputs are more than half bright and "
        "there are over 100 of them",
        "many bright inputs need fewer spikes each to drive a neuron; few have to say more each",
    ),
    Rule(
        "ticks",
        f"{TICKS}; up to {FEW_INPUTS} inputs, {MORE_TICKS}",
        "the number of spikes is all that an input can say",
    ),
    Rule(
        "weights",
        f"{WEIGHT_BITS[0]} bits, or {WEIGHT_BITS[1]} or {WEIGHT_BITS[2]} where a device has no "
        f"room; up to {RANGE} units of preset digits, or {DARK_RANGE} where {DARK:.0%} of the "
        "inputs or more are 0",
        "features that all inputs share leave small differences, which take large weights to tell; "
        "where few inputs are active, large weights learn single samples by heart",
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
        "learning_shift 7, and one more for each sixteenfold power of the inputs, each doubling of "
        "ticks, and each halving of a weight's unit",
        "a change of all weights moves a membrane by that much more",
    ),
    Rule(
        "inputs",
        "as they are, with a bias, and with complements (pairs) and a bias are each tried",
        "an input of 0 never spikes, so nothing is learned from its being dark; pairs double the "
        "inputs, so sparse data are tried without them first",
    ),
)
