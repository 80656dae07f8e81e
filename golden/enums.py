"""Everything that has a number: phases, operations, states of the encoder, stages of a pipeline.

This is their only list. The circuit takes these very classes as shapes of its wires, and
`sim.engines.library` writes the C++ driver's enumeration from them.
"""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """What the sequencer is doing; see docs/specification.md, "Schedule"."""

    IDLE = 0
    CLEAR = 1
    SYNAPSE = 2
    NEURON = 3
    READOUT = 4
    FEEDBACK = 5
    RESULT = 6
    READ = 7


class Operation(IntEnum):
    """What the datapath does with one group of neurons in one cycle."""

    NONE = 0
    CLEAR = 1
    SYNAPSE = 2
    NEURON = 3
    FEEDBACK = 4
    READ = 5


class EncoderState(IntEnum):
    """IDLE between samples; SCAN the kept inputs; DRAIN the pipeline, then mark the tick's end."""

    IDLE = 0
    SCAN = 1
    DRAIN = 2


class Stage(IntEnum):
    """Stages of the datapath's pipeline, a cycle each. An operation enters at ISSUE; in the names
    of the circuit's signals, the stages are `i_`, `f_`, `r_`, `x_` and `w_`.

    ISSUE puts addresses to the memories of weights, dendrites and feedback. At FETCH their outputs
    are there, and the membrane memory, which is read as late as possible, gets its address. At
    READY all of it stands in registers but the membranes, which come then. At EXECUTE the lanes
    compute, and at WRITE the memories are written.
    """

    ISSUE = 0
    FETCH = 1
    READY = 2
    EXECUTE = 3
    WRITE = 4


class GuardError(IntEnum):
    """What the guard raises; see docs/specification.md, "The guard".

    A bit of the flags belongs to each, in this order from the lowest one on.
    """

    SHORT = 1
    LONG = 2
    LABEL = 3
    RATE = 4
    ADDRESS = 5
    PADDING = 6
    ORDER = 7
    SOURCE = 8
    TICKS = 9
    RANDOM = 10
    OVERFLOW = 11

    @property
    def flag(self) -> int:
        """Its bit among the flags."""
        return 1 << self - 1
