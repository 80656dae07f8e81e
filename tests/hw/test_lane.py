"""A lane, operation after operation, against what golden says of one neuron and one synapse."""

import random
from dataclasses import dataclass, field

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.feedback import largest_dendrite, largest_feedback
from erbium.golden.layout import Layout
from erbium.golden.neuron import NeuronParameters, NeuronState, step
from erbium.golden.plasticity import update
from erbium.golden.synapse import accumulate
from erbium.hw.lane import Lane

#: Layers of one group, of two and of three: sums from every distance.
CONFIG = Config(
    name="any",
    layers=(9, 2, 4, 6, 2),
    lanes=2,
    threshold=(20, 90, 30, 200),
    refractory=(0, 2, 5, 1),
    membrane_leak=(1, 3, 2, 4),
    dendrite_leak=(2, 3, 1, 4),
    gain=(0, 2, 1, 0),
    gate_low=(-90, -20, -50, -300),
    gate_high=(90, 300, 7, 80),
    feedback=(40, 20, 9, 100),
    learning_shift=4,
)
CONFIGS = {
    "learning": CONFIG,
    "no-fraction": CONFIG.replace(learning_shift=0),
    "narrow": CONFIG.replace(weight_bits=2, weight_init=1, learning_shift=6),
    "inference": CONFIG.replace(learning=False),
    "no-forwarding": CONFIG.replace(lanes=1, layers=(9, 4, 5, 7, 4)),
}

KINDS = ("", "synapse", "synapse", "neuron", "feedback", "clear", "read")


@dataclass
class Step:
    """An operation, what memories hold for it, and what has to come of it."""

    kind: str = ""
    stage: dict[str, int] = field(default_factory=dict)
    membrane: int = 0
    dendrite: dict[str, int] = field(default_factory=dict)
    weight: int = 0
    feedback: int = 0
    transmits: int = 0
    forward: int = 0
    after: dict[str, object] = field(default_factory=dict)


def drawn(config, rng):
    """Return an operation with anything that memories can hold."""
    layout, kind = Layout(config), rng.choice(KINDS)
    layer, negative = rng.randrange(len(layout.layers)), rng.randrange(2)
    ones = (1 << config.learning_shift) - 1
    fraction = rng.randrange(ones + 1) if kind != "feedback" else ones * negative
    stage = {
        "layer": layer,
        "learn": rng.randrange(2),
        "fraction": fraction,
        "negative": negative if kind == "feedback" else 0,
        "operation": {kind: 1} if kind else {},
    }
    room = largest_dendrite(config) - largest_feedback(config)
    fields = {
        "dendrite": rng.choice((rng.randint(-room, room), rng.randint(-70, 70))),
        "gate": rng.randrange(2),
        "refractory": rng.choice((0, rng.randrange(6))),
    }
    half, most = 1 << (config.weight_bits - 1), largest_feedback(config)
    return Step(
        kind,
        stage,
        # Near the limit there must be room for a weight.
        rng.choice((rng.randint(-400, 400), rng.choice((-1, 1)) * rng.randint(32_700, 33_000))),
        {name: fields[name] for name in layout.dendrite_fields},
        rng.choice((-half, half - 1, rng.randrange(-half, half))),
        rng.randint(-most, most),
        rng.randrange(2),
    )


def state_of(one, membrane):
    values = {"dendrite": 0, "gate": 0, "refractory": 0} | one.dendrite
    arrays = {name: np.array([value]) for name, value in values.items()}
    return NeuronState(membrane=np.array([membrane]), **arrays)


def executed(config, one, membrane):
    """Return what golden makes of an operation."""
    state, fields = state_of(one, membrane), list(Layout(config).dendrite_fields)
    if one.kind == "synapse":
        transmits, weight = np.array([one.transmits == 1]), np.array([one.weight])
        gain = config.gain[one.stage["layer"]]
        after = {"membrane": accumulate(state.membrane, weight, transmits, gain)}
        if config.learning:
            open_ = transmits & (state.gate == 1) & (one.stage["learn"] == 1)
            shift, bits = config.learning_shift, config.weight_bits
            fraction = one.stage["fraction"]
            after["weight"] = update(weight, state.dendrite, open_, fraction, shift, bits)
        return {name: int(value[0]) for name, value in after.items()}
    if one.kind == "neuron":
        state, fires = step(state, NeuronParameters.of(config, one.stage["layer"]))
        found = {name: int(getattr(state, name)[0]) for name in fields}
        return {"membrane": int(state.membrane[0]), "fields": found, "fires": int(fires[0])}
    if one.kind == "feedback" and config.learning:
        sign = -1 if one.stage["negative"] else 1
        return {
            "fields": one.dendrite | {"dendrite": one.dendrite["dendrite"] + sign * one.feedback}
        }
    if one.kind == "clear":
        return {"membrane": 0, "fields": dict.fromkeys(fields, 0)}
    return {}


def program(config, count, rng):
    """Return operations, some of which take an earlier one's sum in place of the membrane."""
    steps, sums = [], []
    for _ in range(count):
        one = drawn(config, rng)
        membrane = one.membrane
        if one.kind in ("synapse", "neuron"):
            # What a neuron leaves is no sum, and the next sum needs room, too.
            room = range(-33_000, 33_001)
            distances = Layout(config).forwards
            usable = [d for d in distances if d <= len(sums) and sums[-d] in room]
            if usable and rng.random() < 0.6:
                one.forward = rng.choice(usable)
                membrane = sums[-one.forward]
        one.after = executed(config, one, membrane)
        if one.kind in ("synapse", "neuron"):
            sums.append(one.after["membrane"] if one.kind == "synapse" else None)
        steps.append(one)
    return steps


@pytest.mark.parametrize("name", CONFIGS)
def test_every_operation_equals_golden(name, simulate):
    config = CONFIGS[name]
    dut, rng = Lane(config), random.Random(1)
    steps = program(config, 3000, rng)
    seen, changes = set(), set()

    def stage(one):
        forward = 1 << (one.forward - 1) if one.forward else 0
        return one.stage | {"forward": forward}

    async def testbench(ctx):
        idle = Step()
        f = r = x = w = idle
        for one in (*steps, *[idle] * dut.latency):
            f, r, x, w = one, f, r, x
            ctx.set(dut.f_dendrite, f.dendrite)
            ctx.set(dut.f_weight, f.weight)
            ctx.set(dut.f_feedback, f.feedback)
            ctx.set(dut.r, stage(r))
            ctx.set(dut.r_membrane, r.membrane)
            ctx.set(dut.r_transmits, r.transmits)
            ctx.set(dut.x, stage(x))
            ctx.set(dut.x_transmits, x.transmits)
            # The host writes when nothing is learned.
            load = rng.choice((0, w.weight)) if w.kind != "synapse" else 0
            ctx.set(dut.load, load)

            assert ctx.get(dut.fires) == x.after.get("fires", 0)
            if x.kind in ("synapse", "read"):
                assert ctx.get(dut.x_weight) == x.weight
            if config.learning:
                assert ctx.get(dut.x_feedback) == (x.feedback if x.kind == "feedback" else 0)
            if "membrane" in w.after:
                assert ctx.get(dut.w_membrane) == w.after["membrane"], (w.kind, w.forward)
            if "fields" in w.after:
                found = ctx.get(dut.w_dendrite)
                assert {name: found[name] for name in w.after["fields"]} == w.after["fields"]
            if "weight" in w.after:
                assert ctx.get(dut.w_weight) == w.after["weight"]
                assert ctx.get(dut.changes) == (w.after["weight"] != w.weight)
                changes.add(w.after["weight"] != w.weight)
            elif w.kind != "synapse":
                assert ctx.get(dut.w_weight) == load
            seen.add((w.kind, w.forward, w.after.get("fires")))
            await ctx.tick()

    simulate(dut, testbench, budget=len(steps) + 10)
    distances = {0, *Layout(config).forwards}
    assert {(kind, d) for kind, d, _ in seen if kind == "synapse"} == {
        ("synapse", d) for d in distances
    }
    assert {(d, fires) for kind, d, fires in seen if kind == "neuron"} == {
        (d, fires) for d in distances for fires in (0, 1)
    }
    assert {kind for kind, _, _ in seen} == set(KINDS)
    assert changes == ({True, False} if config.learning else set())
