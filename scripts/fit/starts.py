"""What a search tries first: what the rules say, and what has been right for other data.

The sampler begins to judge after these: where there is time for few trials only, they are most of
what is tried, the likeliest first.
"""

from __future__ import annotations

import math

from erbium.golden.presets import preset
from erbium.scripts.data.fitted import BASE
from erbium.scripts.fit import proposal
from erbium.scripts.fit.problem import Problem
from erbium.scripts.fit.space import SPACE, Choice, Factor, proposed

#: A trial's values, by name.
Values = dict[str, float | int | str]

#: Changes of what the rules say. Each has been the best of all for some kind of data.
CHANGES: tuple[Values, ...] = (
    {"output_threshold": 2.0, "step": 1},
    {"hidden_threshold": 0.5},
    {"error_threshold": 2, "dendrite_leak": 5},
    {"rate_shift": -1, "ticks": 3},
)


def starts(problem: Problem) -> list[Values]:
    """Return the first trials: the rules, a change, other inputs, the preset, other changes."""
    first = proposed(problem.inputs[0])
    other = 2 if proposal.range_for(problem.looks[problem.inputs[0]]) == proposal.DARK_RANGE else -2
    return [
        first,
        first | CHANGES[0],
        *(proposed(inputs) for inputs in problem.inputs[1:]),
        first | {"range": other},
        *(first | change for change in CHANGES[1:]),
        as_preset(problem),
    ]


def as_preset(problem: Problem) -> Values:
    """Return a trial with the constants that `erbium train --hidden` has, as near as can be."""
    inputs = min(problem.inputs, key=len)
    base, looks = preset(BASE), problem.looks[inputs]
    values = proposed(inputs) | {
        "range": round(math.log2(2 ** (base.weight_bits - 1) / proposal.range_for(looks))),
        "rate_shift": base.rate_shift - proposal.rate_shift_for(looks),
    }
    values["ticks"] = 2
    rules = problem.config(values)
    # Thresholds and steps count in units that follow from bits and range of the weights.
    finer = rules.weight_bits - base.weight_bits
    values["step"] = base.learning_shift - finer - rules.learning_shift
    for name, layer in (("hidden_threshold", 0), ("output_threshold", -1)):
        values[name] = base.threshold[layer] * 2.0**finer / rules.threshold[layer]
    for name, layer in (("hidden_gate", 0), ("output_gate", -1)):
        values[name] = base.gate_high[layer] / base.threshold[layer]
    return values | {each.name: _within(each, values[each.name]) for each in SPACE}


def _within(each: Factor | Choice, value: float | int | str) -> float | int | str:
    """Return the nearest value that a search may choose."""
    if isinstance(each, Factor):
        return min(each.high, max(each.low, float(value)))
    return min(each.options, key=lambda option: abs(option - int(value)))
