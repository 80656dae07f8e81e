"""Performance counters: what the machine has done since reset, in clock cycles and words."""

from __future__ import annotations

from erbium.golden.enums import Operation, Phase
from erbium.golden.fixed import wrap

#: Bits of a counter; it goes back to 0 after its highest value.
COUNTER_BITS = 32

#: Names of all counters, the first lowest: cycles of each phase; events delivered to a layer;
#: words of `lanes` synaptic operations; cycles of phase SYNAPSE without one; weight words written.
COUNTERS = (
    *(f"cycles_{phase.name.lower()}" for phase in Phase),
    *("events", "words", "stalls", "weight_writes"),
)


class Counters:
    """Counts what the records of the cycle view say."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start at 0."""
        self.values = dict.fromkeys(COUNTERS, 0)

    @property
    def word(self) -> int:
        """All counters as one integer, the first lowest."""
        word = 0
        for name in reversed(COUNTERS):
            word = word << COUNTER_BITS | self.values[name]
        return word

    def clock(self, control: dict[str, int], datapath: dict[str, int]) -> None:
        """End a cycle with these records of control and datapath."""
        phase = Phase(control["phase"])
        delivers = control["operation"] == Operation.SYNAPSE
        steps = {
            f"cycles_{phase.name.lower()}": 1,
            "events": control["event_step"],
            "words": delivers,
            "stalls": phase == Phase.SYNAPSE and not delivers,
            "weight_writes": datapath["weight_write"],
        }
        for name, step in steps.items():
            self.values[name] = wrap(self.values[name] + int(step), COUNTER_BITS)
