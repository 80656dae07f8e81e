"""All proofs, in the order of the report."""

from __future__ import annotations

from golden.presets import preset
from sim.formal import arithmetic, lane, queues, units
from sim.formal.proof import FormalError, Proof

_MNIST = preset("mnist-100")

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
    Proof(
        name="ticks",
        statement="window, label spikes and last tick are those of the tick's number",
        config=_MNIST,
        build=units.Schedule,
        method="induction",
        depth=2,
        reach=25,
        faults=("label fires too seldom", "errors a tick too early"),
    ),
    *queues.PROOFS,
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
