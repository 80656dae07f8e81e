"""Situations of the machine, as crosses of conditions, and rules that say which cannot be.

`sim.coverage.functional` samples them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from erbium.golden.enums import Phase

Bin = tuple[str, ...]

RUNNING = ("SYNAPSE", "NEURON", "READOUT", "FEEDBACK")
NO, YES = "no", "yes"
SATURATION = ("none", "low", "high")
QUEUE = ("empty", "some", "full")


def _never(_bin: Bin) -> str | None:
    return None


@dataclass(frozen=True)
class Cross:
    """Conditions whose combinations are to be seen.

    Attributes
    ----------
    axes : dict
        Names of conditions, and the values of each.
    impossible : callable
        Why a bin cannot be; None if it can.
    """

    axes: dict[str, tuple[str, ...]]
    impossible: Callable[[Bin], str | None] = _never

    @property
    def bins(self) -> list[Bin]:
        """Every combination."""
        return list(itertools.product(*self.axes.values()))


def _synapse_rule(b: Bin) -> str | None:
    _, _, _, _, gate, carry, saturation = b
    if gate != "open" and (carry == YES or saturation != "none"):
        return "a synapse that does not learn adds nothing"
    return None


def _neuron_rule(b: Bin) -> str | None:
    _, _, membrane, outcome = b
    if membrane == "low" and outcome != "below":
        return "the lowest membrane is below every threshold"
    if membrane == "high" and outcome == "below":
        return "the highest membrane is at or above every threshold"
    return None


def _phase_rule(b: Bin) -> str | None:
    phase, _, inputs, spikes = b
    if inputs != "empty" and phase in ("IDLE", "RESULT", "READ"):
        return "the queue holds events of the sample that runs only"
    if spikes == YES and phase not in RUNNING:
        return "every spike is taken before its tick ends"
    return None


#: Phases in which the core takes from a stream at once, and those in which it offers.
_TAKES = {"i_access": ("IDLE",)}
_OFFERS = {"o_result": ("RESULT",), "o_access": ("READ",)}


def _wait_rule(b: Bin) -> str | None:
    stream, phase = b
    if phase in _TAKES.get(stream, ()):
        return "taken at once in this phase"
    if stream in _OFFERS and phase not in _OFFERS[stream]:
        return "offered in one phase only"
    return None


CROSSES = {
    "synapse": Cross(
        {
            "event": ("input", "hidden"),
            "host stalls": (NO, YES),
            "input queue": QUEUE,
            "tail of lanes": (NO, YES),
            "gate": ("event does not learn", "closed", "open"),
            "rounding carry": (NO, YES),
            "weight saturates": SATURATION,
        },
        _synapse_rule,
    ),
    "neuron": Cross(
        {
            "layer": ("hidden", "output"),
            "tail of lanes": (NO, YES),
            "membrane saturates": SATURATION,
            "outcome": ("fires", "refractory", "below"),
        },
        _neuron_rule,
    ),
    "dendrite": Cross({"layer": ("hidden", "output"), "saturates": SATURATION}),
    "gate": Cross(
        {
            "layer": ("hidden", "output"),
            "membrane": ("below", "at the low bound", "between", "at the high bound", "above"),
        }
    ),
    "phase": Cross(
        {
            "phase": tuple(Phase.__members__),
            "host stalls": (NO, YES),
            "input queue": QUEUE,
            "spikes wait": (NO, YES),
        },
        _phase_rule,
    ),
    "stream waits": Cross(
        {
            "stream": ("i_pixel", "i_event", "i_request", "i_access", "o_result", "o_access"),
            "phase": tuple(Phase.__members__),
        },
        _wait_rule,
    ),
    "reset": Cross({"phase": tuple(Phase.__members__)}),
    "forwarding": Cross({"operations ago": ("0", "1", "2", "3"), "by": ("SYNAPSE", "NEURON")}),
    "errors": Cross(
        {
            "event": (
                "spike without error",
                "spike with error",
                "label without answer",
                "plus is fed back",
                "minus is fed back",
            )
        }
    ),
    "encoder": Cross(
        {"events of a word": ("none", "one", "two", "end"), "output waits": (NO, YES)},
        lambda b: "nothing to wait with" if b == ("none", YES) else None,
    ),
    "result": Cross({"winner": ("alone", "tie", "no spikes")}),
}
