"""All proofs, in the order of the report."""

from __future__ import annotations

from erbium.golden.config import Config
from erbium.golden.presets import preset
from erbium.sim.formal import (
    arithmetic,
    core,
    event_samples,
    guard,
    lane,
    queues,
    ranges,
    registers,
    samples,
    tick,
    tick_numbers,
    units,
)
from erbium.sim.formal.proof import FormalError, Proof

_MNIST = preset("mnist-100")

#: The smallest machine that has everything; its numbers are small, so that they reach their ends.
_VALUES = {
    "name": "small", "layers": (2, 2, 2), "lanes": 1, "encoder": "events", "ticks": 2, "burn_in": 0,
    "weight_bits": 3, "weight_init": 3, "state_bits": 8, "threshold": 4, "gate_low": -4,
    "gate_high": 4, "feedback": 4, "learning_shift": 2, "label_period": 2,
}  # fmt: skip


#: Machines whose sequence is proved.
_MACHINES = {
    "1-lane": {},
    "2-lanes": {"lanes": 2},
    "spram": {"memory": "spram"},
    "spram-2-lanes": {"lanes": 2, "memory": "spram"},
    "three-groups": {"layers": (3, 3, 2)},
    "four-groups": {"layers": (2, 4, 3)},
    "two-hidden": {"layers": (2, 2, 4, 2), "lanes": 2},
}

_FAULTS = {
    "1-lane": ("no forwarding of sums", "an event is a word short", "the pipeline is never empty"),
    "2-lanes": ("no forwarding of sums", "errors without a cycle between them"),
    "spram": ("hold of single-port memory ignored", "no forwarding of sums"),
    "spram-2-lanes": ("hold of single-port memory ignored",),
}

#: Those that are proved for every change.
_QUICK = ("1-lane", "2-lanes", "spram")

STREAMS = tuple(
    Proof(
        name=f"streams-{name}",
        statement="results and words stay until they are taken; each request and each read has one "
        f"({name})",
        config=Config(**_VALUES | _MACHINES[name] | {"ticks": 1}),
        build=core.Streams,
        method="reachability",
        engine="sat",
        reach=50,
        free=core.FREE_BUT_WORDS,
        faults=("a word is offered for one cycle", "a late spike is counted"),
        full=name != "2-lanes",
    )
    for name in ("2-lanes", "spram")
)

SEQUENCES = tuple(
    Proof(
        name=f"sequence-{name}",
        statement="no memory word is read while it is written; every event ends in time; "
        f"no stall stops the machine ({name})",
        config=Config(**_VALUES | changes),
        build=core.Sequence,
        method="reachability",
        engine="sat",
        reach=80,
        free=core.FREE,
        faults=_FAULTS.get(name, ("no forwarding of sums",)),
        full=name not in _QUICK,
    )
    for name, changes in _MACHINES.items()
)

TICKS = (
    Proof(
        name="tick-2-lanes",
        statement="at the end of each tick all memories hold what the specification says of it; "
        "the second tick learns (2 lanes, any weights, events and random numbers)",
        config=Config(**_VALUES | _MACHINES["2-lanes"]),
        build=tick.WholeTick,
        method="bounded",
        engine="sat",
        depth=60,
        reach=60,
        free=tick.FREE,
        faults=("gate closes one too late", "threshold one too high"),
        # Five minutes of processor time; all short proofs together take ten.
        full=True,
    ),
)

PROOFS = (
    Proof(
        name="vocabulary",
        statement="saturation, leak, addition and comparison equal their definitions",
        config=_MNIST,
        build=arithmetic.Vocabulary,
        engine="sat",
        faults=("leak rounds down", "saturation of the wrong sign", "comparison forgets a bit"),
    ),
    Proof(
        name="synapse",
        statement="a membrane gets the scaled weight if it is transmitted, or leaks",
        config=_MNIST,
        build=arithmetic.Accumulation,
        faults=("leak of a membrane too slow", "blanked-out synapses transmit"),
    ),
    Proof(
        name="neuron",
        statement="a neuron saturates, fires, rests, leaks and opens its gate as defined",
        config=_MNIST,
        build=arithmetic.Step,
        faults=("threshold one too high", "gate closes one too late", "refractory a tick too long"),
    ),
    Proof(
        name="plasticity",
        statement="a weight learns, and a dendrite gets errors and leaks, as defined",
        config=_MNIST,
        build=arithmetic.Learning,
        faults=("weights wrap", "leak rounds down", "errors are not subtracted"),
    ),
    Proof(
        name="loading",
        statement="a written weight is the host's, or the learned one, clipped",
        config=_MNIST,
        build=arithmetic.Loading,
        faults=("weights wrap",),
    ),
    Proof(
        name="lane",
        statement="through its pipeline a lane learns as defined; a closed gate changes no weight",
        config=_MNIST,
        build=lane.Pipeline,
        method="induction",
        depth=5,
        reach=8,
        faults=("weights wrap", "the gate is ignored", "errors are not subtracted"),
    ),
    Proof(
        name="generator",
        statement="random numbers follow each other by three shifts, one or two in a cycle",
        config=_MNIST.replace(lanes=32),
        build=units.Steps,
        method="induction",
        depth=2,
        reach=3,
        faults=("generator of another kind",),
    ),
    *(
        Proof(
            name=f"blank-out-{lanes}",
            statement=f"blank-out draws four bits for each target, with {lanes} lanes",
            config=_MNIST.replace(lanes=lanes, transmit=10),
            build=units.Draws,
            method="induction",
            depth=2,
            reach=6,
            faults=("draws of another kind",),
        )
        for lanes in (2, 8, 16)
    ),
    Proof(
        name="read-out",
        statement="counts are those of the spikes; the first to reach the most wins",
        config=_MNIST,
        build=units.Counting,
        method="induction",
        depth=2,
        reach=8,
        faults=("a tie is won by the last",),
    ),
    Proof(
        name="read-out-margin",
        statement="the true class is sure of itself while it leads all others by the margin",
        config=_MNIST.replace(layers=(784, 100, 5), ticks=15, burn_in=0, learning_margin=3),
        build=units.Counting,
        method="induction",
        depth=2,
        reach=8,
        faults=("weights rest a spike too late", "a rival's first spikes are not seen"),
    ),
    *(
        Proof(
            name=f"errors-{threshold}",
            statement=f"error neurons count and fire as defined, with threshold {threshold}",
            config=_MNIST.replace(error_threshold=threshold),
            build=units.Errors,
            method="induction",
            depth=1,
            reach=7,
            faults=("errors never count down",) if threshold > 1 else ("errors of either sign",),
        )
        for threshold in (1, 2, 5)
    ),
    *tick_numbers.PROOFS,
    Proof(
        name="membranes",
        statement="a stored membrane has room for all weights of a tick, after any ticks",
        config=_MNIST,
        build=ranges.Membranes,
        method="induction",
        depth=2,
        reach=14,
        faults=("a membrane is too narrow",),
    ),
    Proof(
        name="dendrites",
        statement="a stored dendrite has room for all errors of a tick, after any ticks",
        config=_MNIST,
        build=ranges.Dendrites,
        method="induction",
        depth=2,
        reach=14,
        faults=("a dendrite is too narrow",),
    ),
    *(
        Proof(
            name=f"samples-{lanes}",
            statement=f"the sample memory keeps every input that is not 0, with {lanes} lanes",
            config=Config(**_VALUES | {"layers": (5, 2, 2), "lanes": lanes, "encoder": "phase"}),
            build=samples.Samples,
            method="induction",
            depth=2,
            reach=14,
            faults=("an input of 0 is kept", "the banks are mixed up"),
        )
        for lanes in (1, 32)
    ),
    *(
        Proof(
            name=f"guard-{lanes}",
            statement="no bad request, access or random state passes the guard; each raises its "
            f"error, and what is good passes ({lanes} lanes)",
            config=Config(**_VALUES | {"layers": (3, 5, 3), "lanes": lanes, "guard": True}),
            build=guard.Gate,
            method="induction",
            depth=2,
            reach=6,
            faults=(
                "a label too high passes",
                "a rate too high passes",
                "a bad sample runs",
                "padding is written",
                "a word that is not there is written",
                "a bad access is silent",
                "random states inside a sample pass",
            ),
        )
        for lanes in (2, 4)
    ),
    Proof(
        name="sample-lengths",
        statement="a sample that is not bad has exactly n0 inputs; each other raises its error",
        config=Config(**_VALUES | {"layers": (5, 2, 2), "encoder": "phase", "guard": True}),
        build=guard.Lengths,
        method="induction",
        depth=2,
        reach=16,
        faults=("a short sample is good", "a long sample begins anew", "a drop is forgotten"),
    ),
    *event_samples.PROOFS,
    *queues.PROOFS,
    *registers.PROOFS,
    *STREAMS,
    *SEQUENCES,
    *TICKS,
)


def find(name: str) -> Proof:
    """Return the proof called `name`.

    Raises
    ------
    FormalError
        If there is none; the message lists the names.
    """
    for proof in PROOFS:
        if proof.name == name:
            return proof
    names = ", ".join(proof.name for proof in PROOFS)
    raise FormalError(f"unknown proof {name!r}; choose one of: {names}")
