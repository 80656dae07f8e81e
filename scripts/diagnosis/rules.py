"""What is wrong with a training, by name and with a remedy.

All rules stand in `RULES`: when one applies, what is said, and what helps. Shares at which they
apply are above what trained presets show, and far below what a machine shows that cannot learn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from erbium.scripts.diagnosis.case import Case

#: Half of a layer: trained presets have a few neurons of a hundred that none of the samples needs.
MANY = 0.5

#: Weights at their limits. The outputs of preset digits, which is well, have an eighth there after
#: 10 passes, and a quarter after 40.
LIMITED = 0.4

#: Nearly all: what is left can be chance.
NEARLY = 0.95

#: Membranes that are excited beyond their range lose what is cut off; trained presets have none.
CLIPPED = 0.01

#: Weights of a layer that a sample changes: below, a pass over 1,000 samples changes fewer than 10.
HARDLY = 0.01

#: Share of the mistakes of somebody who always names the commonest class.
GUESSING = 0.9

#: Rise of the validation error above its best, in whole and in standard deviations of an error
#: that is counted on so few samples.
RISE, DEVIATIONS = 0.03, 3


@dataclass(frozen=True)
class Rule:
    """What can be wrong.

    Attributes
    ----------
    name : str
        What it is called in files.
    applies : callable
        Says whether it is so.
    words, remedy : str
        What is wrong and what helps, with values of `Case.values` in braces.
    layered : bool
        Whether it is asked of each layer that spikes come to, or once of the machine.
    last : bool
        Whether it is said only if no rule before it applies, which would explain it.
    """

    name: str
    applies: Callable[[Case], bool]
    words: str
    remedy: str
    layered: bool = True
    last: bool = False


@dataclass(frozen=True)
class Finding:
    """A rule that applies: which, where ("" for the machine), what is wrong, what helps."""

    rule: str
    where: str
    words: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.words}: {self.remedy}"


RULES = (
    Rule(
        "dark-inputs",
        lambda c: c.activity.input_spikes == 0,
        "no input ever fires",
        "see that intensities go up to 255 (--full-scale), or lower rate_shift ({rate_shift})",
        layered=False,
    ),
    Rule(
        "silent",
        lambda c: not c.output and c.layer.silent >= MANY * c.layer.neurons,
        "{silent} of {neurons} neurons never spike",
        "lower threshold ({threshold}) or raise weight_init ({weight_init})",
    ),
    Rule(
        "silent-output",
        lambda c: c.output and c.dead,
        "no neuron ever spikes, so every sample is taken for class {first}",
        "lower threshold ({threshold}) or raise weight_init ({weight_init}) or gain ({gain})",
    ),
    Rule(
        "mute-classes",
        lambda c: c.output and not c.dead and bool(c.activity.mute_classes),
        "no spike for class {mute}",
        "train longer (--epochs), give more samples of it, or lower threshold ({threshold})",
    ),
    Rule(
        "saturated",
        lambda c: c.layer.saturated >= MANY * c.layer.neurons,
        "{saturated} of {neurons} neurons spike in nearly every tick they can, whatever is shown",
        "raise threshold ({threshold}), or lower gain ({gain}) or weight_init ({weight_init})",
    ),
    Rule(
        "clipped",
        lambda c: c.layer.clipped >= CLIPPED,
        "{clipped:.0%} of the membranes are excited beyond the range of state_bits",
        "raise state_bits ({state_bits}), or lower gain ({gain}) or weight_init ({weight_init})",
    ),
    Rule(
        "weights-at-limits",
        lambda c: c.layer.weights_at_limits > LIMITED,
        "{limited} % of the weights are at their limits",
        "raise weight_bits ({weight_bits}), take smaller steps (learning_shift above "
        "{learning_shift}, or lower --rates), or lower threshold ({threshold}) and the gates with "
        "it, so that smaller weights will do",
    ),
    Rule(
        "gates-closed",
        lambda c: c.learns and c.layer.gates_closed >= MANY * c.layer.neurons,
        "the gates of {gates_closed} of {neurons} neurons never open, so their weights never learn",
        "widen gate_low ({gate_low}) and gate_high ({gate_high}) around the membranes, which are "
        "between 0 and threshold ({threshold}) most of the time",
    ),
    Rule(
        "gates-open",
        lambda c: c.learns and not c.output and c.layer.silent < MANY * c.layer.neurons
        and c.layer.gates_open >= NEARLY * c.layer.neurons,
        "the gates of {gates_open} of {neurons} neurons never close, so that a neuron learns "
        "whether it matters to a sample or not",
        "narrow gate_low ({gate_low}) and gate_high ({gate_high})",
    ),
    Rule(
        "no-errors",
        lambda c: c.learns and not c.activity.error_spikes and c.activity.mistakes > 0,
        "mistakes cause no error spike, so nothing is learned",
        "lower error_threshold ({error_threshold}), which {label_spikes} label spikes of a sample "
        "have to reach, or lower label_period ({label_period})",
        layered=False,
    ),
    Rule(
        "no-updates",
        lambda c: c.learns and c.activity.error_spikes > 0 and c.layer.updates < HARDLY
        and c.layer.gates_closed < MANY * c.layer.neurons,
        "error spikes change no weight",
        "lower learning_shift ({learning_shift}) or raise feedback ({feedback}); rounding "
        "({rounding}) must be stochastic where steps are smaller than one",
    ),
    Rule(
        "all-errors",
        lambda c: c.learns and c.activity.output_spikes > 0 and c.activity.unanswered >= NEARLY,
        "error spikes saturate: {error_spikes:.1f} for {label_spikes} label and "
        "{output_spikes:.1f} output spikes of a sample, so that none of the answers is right",
        "see that labels belong to their samples; train longer (--epochs), or take larger steps "
        "(learning_shift below {learning_shift})",
        layered=False,
        last=True,
    ),
    Rule(
        "guessing",
        lambda c: c.activity.mistakes >= GUESSING * c.guessing,
        "{mistakes:.0%} of the training samples are not recognised, which is hardly better than to "
        "name always the same class ({guessing:.0%})",
        "train longer (--epochs), take larger steps (learning_shift below {learning_shift}), and "
        "see that labels belong to their samples",
        layered=False,
        last=True,
    ),
    Rule(
        "rising",
        lambda c: c.validation_samples > 0
        and c.last > c.best + max(RISE, DEVIATIONS * _deviation(c)),
        "the validation error rose from {best:.1%} after pass {best_pass} to {last:.1%}",
        "let the rates fall at the end (--epochs does, or --rates 256x3,128x2,64), or take smaller "
        "steps (learning_shift above {learning_shift})",
        layered=False,
    ),
)  # fmt: skip


def _deviation(case: Case) -> float:
    """Return the standard deviation of the best validation error, as counted on few samples."""
    p = max(case.best, 1 / case.validation_samples)
    return float(np.sqrt(p * (1 - p) / case.validation_samples))


def findings(case: Case) -> list[Finding]:
    """Return what is wrong, in the order of `RULES`, layer after layer."""
    found: list[Finding] = []
    for rule in RULES:
        if rule.last and found:
            continue
        places = case.layers() if rule.layered else (case,)
        found += [_finding(rule, each) for each in places if rule.applies(each)]
    return found


def _finding(rule: Rule, case: Case) -> Finding:
    values, where = case.values(), case.layer.name if rule.layered else ""
    return Finding(rule.name, where, rule.words.format(**values), rule.remedy.format(**values))
