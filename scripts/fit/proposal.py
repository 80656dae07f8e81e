"""A network and its constants, proposed by rules; `scripts.fit.rules` says why.

A proposal is a machine for what `scripts.fit.looks` sees, and factors by which a search may change
it; with all factors 1 it is what the rules say. They keep what preset digits was tuned to: how far
a membrane gets with random weights, relative to its threshold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from erbium.golden.config import Config
from erbium.golden.presets import preset
from erbium.scripts.data.fitted import BASE, named_after
from erbium.scripts.fit.looks import Looks
from erbium.scripts.fit.scale import Scale

#: Values of a trial, by the names of `scripts.fit.space`.
Values = Mapping[str, float | int | str]

#: Hidden neurons for up to so many columns, and for more; the former are learned fast.
HIDDEN = ((32, 128),)
MOST_HIDDEN = 100

#: Samples that are shown in all passes together, and how many passes are sensible.
SHOWN, FEWEST_PASSES, MOST_PASSES = 30_000, 10, 30

#: Output threshold of preset digits, for as many neurons in the layer before.
OUTPUT, NEURONS = 358, 64

#: Largest random weight that hidden thresholds are reckoned with; initial ones may be smaller.
WEIGHTS = 32

#: Bits of a weight: as many as fit. Fine weights learn better, and have room for a wide range.
WEIGHT_BITS = (12, 10, 8)

#: Largest weight, where one is a unit of preset digits, for inputs of which a smaller share than
#: `DARK` are 0, and for others: there, small limits keep samples from being learned by heart.
RANGE, DARK_RANGE, DARK = 512, 128, 0.3

#: Ticks of a sample; up to so many inputs get the latter, and spikes at full rate.
TICKS, FEW_INPUTS, MORE_TICKS = 40, 12, 80

#: Power of an input spike train, relative to its rate, at which a step of preset digits is right.
STEP_POWER = 3.0


def hidden_for(inputs: int) -> tuple[int, ...]:
    """Return the sizes of hidden layers for so many columns."""
    return (next((size for most, size in HIDDEN if inputs <= most), MOST_HIDDEN),)


def passes_for(samples: int) -> int:
    """Return how many passes so many samples are to have."""
    return min(MOST_PASSES, max(FEWEST_PASSES, SHOWN // samples))


def rate_shift_for(looks: Looks) -> int:
    """Return how fast inputs fire."""
    if looks.inputs <= FEW_INPUTS:
        return 0
    return 2 if looks.density > 0.5 and looks.inputs > 100 else 1


def ticks_for(looks: Looks) -> int:
    """Return for how many ticks a sample is shown."""
    return MORE_TICKS if looks.inputs <= FEW_INPUTS else TICKS


def range_for(looks: Looks) -> int:
    """Return the largest weight, in units of preset digits."""
    return DARK_RANGE if looks.dark >= DARK else RANGE


def configuration(
    name: str, looks: Looks, hidden: tuple[int, ...], values: Values, seed: int = 1,
    weight_bits: int = WEIGHT_BITS[0],
) -> Config:  # fmt: skip
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
    weight_bits : int
        Bits of a weight.
    """
    base = preset(BASE)
    rate_shift = max(0, rate_shift_for(looks) + int(values["rate_shift"]))
    ticks = ticks_for(looks) * int(values["ticks"]) // 2
    scale = Scale.of(weight_bits, range_for(looks) * 2.0 ** int(values["range"]))
    weights = int(values["weight_init"])
    # Spikes of an input in a tick are its intensity, 0 to 1, times this.
    rate = 0.5**rate_shift
    power = looks.power * rate**2
    sources = (looks.inputs, *hidden)
    first = 2 ** base.membrane_leak[0] * WEIGHTS / math.sqrt(3) * math.sqrt(power)
    later = [OUTPUT * math.sqrt(size / NEURONS) for size in sources[1:]]
    factors = [float(values["hidden_threshold"])] * len(hidden)
    factors.append(float(values["output_threshold"]))
    gates = [float(values["hidden_gate"])] * len(hidden) + [float(values["output_gate"])]
    limit = 2 ** (scale.state_bits - 1) - 1
    threshold = [_within(factor * size * scale.membrane, limit // 2)
                 for factor, size in zip(factors, (first, *later), strict=True)]  # fmt: skip
    gate = [_within(width * size, limit) for width, size in zip(gates, threshold, strict=True)]
    drive = math.log2(max(power, 1e-3) / STEP_POWER) / 4 + math.log2(ticks / TICKS)
    step = base.learning_shift + round(drive) + int(values["step"]) - scale.finer
    layers = (looks.inputs, *hidden, looks.classes)
    return Config(
        name=named_after(name, hidden), layers=layers, lanes=base.lanes,
        weight_bits=weight_bits, state_bits=scale.state_bits, gain=scale.gain,
        ticks=ticks, burn_in=ticks // 5, threshold=tuple(threshold),
        gate_low=tuple(-width for width in gate), gate_high=tuple(gate),
        weight_init=tuple(scale.weight(size) for size in
                          (*(weights,) * len(hidden), base.weight_init[-1])),
        dendrite_leak=int(values["dendrite_leak"]),
        error_threshold=int(values["error_threshold"]), rate_shift=rate_shift,
        learning_shift=min(20, max(0, step)), seed=seed,
    )  # fmt: skip


def _within(value: float, most: int) -> int:
    return max(1, min(most, round(value)))
