"""Twins of the proofs: the same statement about a circuit with a fault, which must fail.

A fault is one of `sim.faults.circuit`, a wrong constant, or a mutation: one piece of source text of
the circuit, replaced. A mutation whose text is not there any more is an error, not a fault that
nobody sees.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

from amaranth.lib.fifo import SyncFIFOBuffered

import erbium.hw.fixed
import erbium.sim.faults.circuit
from erbium.golden.config import Config
from erbium.hw.blank import BlankOut
from erbium.hw.datapath import Datapath
from erbium.hw.error import ErrorNeurons
from erbium.hw.event_buffer import EventBuffer
from erbium.hw.guard import Guard
from erbium.hw.inputs import InputQueue
from erbium.hw.judge import Judge
from erbium.hw.lane import Lane
from erbium.hw.link.decoder import Decoder
from erbium.hw.link.registers import Registers
from erbium.hw.operation import Issued
from erbium.hw.plasticity import Plasticity
from erbium.hw.readout import Readout
from erbium.hw.sample import SampleMemory
from erbium.hw.schedule import Schedule
from erbium.hw.spikes import SpikeQueue
from erbium.hw.synapse import Synapse


@dataclass(frozen=True)
class Mutation:
    """One text in a function's source, and what takes its place.

    Attributes
    ----------
    owner : object
        Class or module.
    function : str
    old, new : str
    """

    owner: object
    function: str
    old: str
    new: str

    def function_with_fault(self) -> Callable[..., object]:
        """Return the function, mutated.

        Raises
        ------
        LookupError
            If the text is not in its source exactly once.
        """
        original = getattr(self.owner, self.function)
        source = textwrap.dedent(inspect.getsource(original))
        if source.count(self.old) != 1:
            raise LookupError(
                f"{original.__qualname__} holds {self.old!r} {source.count(self.old)} times, not "
                "once: adapt the mutation to the circuit"
            )
        scope: dict[str, object] = {}
        code = compile(source.replace(self.old, self.new), inspect.getfile(original), "exec")
        exec(code, vars(inspect.getmodule(original)), scope)
        return scope[self.function]


#: Wrong constants, as in `sim.faults.circuit`.
CONSTANTS: dict[str, tuple[str, int]] = {"leak of a membrane too slow": ("membrane_leak", 1)}

MUTATIONS: dict[str, Mutation] = {
    "saturation of the wrong sign": Mutation(
        erbium.hw.fixed, "saturate", "Cat((~value[-1])", "Cat((value[-1])"
    ),
    "comparison forgets a bit": Mutation(
        erbium.hw.fixed, "at_least", "range(bits)", "range(1, bits)"
    ),
    "blanked-out synapses transmit": Mutation(
        Synapse, "elaborate", "Mux(self.transmits, scaled, 0)", "scaled"
    ),
    "errors are not subtracted": Mutation(
        Plasticity,
        "elaborate",
        "Mux(self.leaks, carried, self.negative)",
        "self.leaks & carried",
    ),
    "the gate is ignored": Mutation(
        Lane, "_learn", "r_dendrite.gate & self.r_transmits", "self.r_transmits"
    ),
    "draws of another kind": Mutation(BlankOut, "elaborate", "rng.xorshift_lanes", "rng.xorshift"),
    "a tie is won by the last": Mutation(
        Readout, "elaborate", "count == most", "count + 1 >= most"
    ),
    "a rival's first spikes are not seen": Mutation(
        Readout, "_lead", "count == other", "(count == other) & (count != 0)"
    ),
    "errors never count down": Mutation(ErrorNeurons, "_accumulate", "value != 0", "value == 0"),
    "errors of either sign": Mutation(
        ErrorNeurons, "elaborate", "eq(minus_fires)", "eq(plus_fires)"
    ),
    "an input of 0 is kept": Mutation(
        SampleMemory,
        "elaborate",
        "self.i.payload.intensity != 0",
        "self.i.payload == self.i.payload",
    ),
    "the banks are mixed up": Mutation(
        SampleMemory, "_memories", "Cat(self.address, read_bank)", "Cat(self.address, fill_bank)"
    ),
    "a label too high passes": Mutation(Guard, "_requests", "bad.eq(label | rate", "bad.eq(rate"),
    "a rate too high passes": Mutation(
        Guard, "_requests", "asked.rate > FULL_RATE", "asked.rate > 257"
    ),
    "a bad sample runs": Mutation(Guard, "_requests", "| self.sample_bad", ""),
    "padding is written": Mutation(Guard, "_accesses", "& ~padding", ""),
    "a word that is not there is written": Mutation(
        Guard, "_accesses", "access.write & ~outside & ~padding", "access.write & ~padding"
    ),
    "a bad access is silent": Mutation(
        Guard, "_accesses", "padding=served & padding", "padding=served & padding & outside"
    ),
    "random states inside a sample pass": Mutation(
        Guard, "_random", "for phase in BETWEEN_SAMPLES", "for phase in (*BETWEEN_SAMPLES, 2)"
    ),
    "a bad sample keeps its words": Mutation(
        EventBuffer, "_fill", "Mux(spoils, commit, write)", "write"
    ),
    "what follows a bad word is good": Mutation(
        EventBuffer, "_judge", "spoiled.eq(spoils)", "spoiled.eq(found.any())"
    ),
    "a dropped sample is kept": Mutation(
        EventBuffer, "_fill", "self.drop | (taken & spoils", "(taken & spoils"
    ),
    "a short sample is good": Mutation(
        SampleMemory, "_judge", "eq(short | too_long)", "eq(too_long)"
    ),
    "a long sample begins anew": Mutation(
        SampleMemory, "_judge", "with m.Elif(taken & long)", "with m.Elif(taken & long & last)"
    ),
    "a drop is forgotten": Mutation(SampleMemory, "_fill", "begins | self.drop", "begins"),
    "a membrane is too narrow": Mutation(
        Synapse,
        "elaborate",
        "fit(add(self.membrane, operand, carry), self.total.shape())",
        "fit(add(self.membrane, operand, carry), signed(len(self.total) - 8))",
    ),
    "a dendrite is too narrow": Mutation(
        Plasticity,
        "elaborate",
        "fit(total, self.dendrite_next.shape())",
        "fit(total, signed(len(self.dendrite_next) - 6))",
    ),
    "a word is offered for one cycle": Mutation(
        Schedule, "_read", "ports.o_read.valid & ports.o_read.ready", "ports.o_read.valid"
    ),
    "a late spike is counted": Mutation(
        Judge,
        "elaborate",
        "self.counts.eq(self.judges & spike & self.window)",
        "self.counts.eq((self.judges | ~spike) & self.window)",
    ),
    "the pipeline is never empty": Mutation(
        Datapath, "_stages", "~under_way.any() & ~w_under_way", "0"
    ),
    "an event is a word short": Mutation(Issued, "_constants", "one.groups - 1", "one.groups - 2"),
    "an entry overwrites another": Mutation(
        SyncFIFOBuffered, "elaborate", "inner_level != inner_depth", "1"
    ),
    "an entry comes out twice": Mutation(
        SyncFIFOBuffered,
        "elaborate",
        "consume.eq(_incr(consume, inner_depth))",
        "consume.eq(Mux(produce == 0, consume, _incr(consume, inner_depth)))",
    ),
    "second event of a word lost": Mutation(
        InputQueue, "elaborate", "self.o.ready & last", "self.o.ready"
    ),
    "the lowest spike stays": Mutation(
        SpikeQueue, "elaborate", "with m.Elif(self.o.ready):", "with m.Elif(current.mask[0]):"
    ),
    "an end is forgotten": Mutation(
        SpikeQueue, "elaborate", "(rest == 0) & ~current.end", "rest == 0"
    ),
    "weights are read behind the lock": Mutation(
        Decoder, "elaborate", "self.write | weights", "self.write"
    ),
    "registers are written behind the lock": Mutation(
        Decoder, "elaborate", "self.write | weights", "weights"
    ),
    "a word is kept when the lock closes": Mutation(Registers, "_read", "hold.eq(0)", "[]"),
    "a port does not ask for leave": Mutation(
        Registers,
        "_bus",
        'samples.i.valid.eq(good & units.hit("SAMPLE", "SAMPLE_PART"))',
        'samples.i.valid.eq(at.act & units.hit("SAMPLE", "SAMPLE_PART"))',
    ),
}

FAULTS = (*erbium.sim.faults.circuit.FAULTS, *CONSTANTS, *MUTATIONS)


@contextmanager
def planted(name: str | None, config: Config) -> Iterator[Config]:
    """Plant fault `name` (None plants nothing); yields the configuration to build from."""
    if name in CONSTANTS:
        yield erbium.sim.faults.circuit.with_another(config, *CONSTANTS[name])
    elif name in MUTATIONS:
        mutation = MUTATIONS[name]
        with mock.patch.object(mutation.owner, mutation.function, mutation.function_with_fault()):
            yield config
    else:
        with erbium.sim.faults.circuit.planted(name, config) as built:
            yield built
