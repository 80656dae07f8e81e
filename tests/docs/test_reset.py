"""docs/specification.md, section 12.8: what reset sets, in the circuit and in the golden model.

Every register of the circuits is in a row of the table, or among those of which the text says that
their values after reset have no effect. A register that is new in the circuit fails here.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Generator, Iterator

import numpy as np
import pytest
from amaranth.hdl import ClockDomain, Fragment, Module, Signal, Value
from amaranth.sim import Simulator

from erbium.golden.cycle.core import CycleCore
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.hw.core import Core

TINY = preset("tiny").replace(error_threshold=2)
CIRCUITS = {
    "block": TINY,
    "eight lanes": TINY.replace(lanes=8, transmit=10),
    "spram": TINY.replace(memory="spram", counters=True),
    "two inputs": TINY.replace(lanes=32, encoder="bernoulli", transmit=10),
    "events": TINY.replace(encoder="events", lanes=4),
    "inference": TINY.replace(learning=False),
}

#: Registers of the circuit, by the row that they belong to. A queue's places are known by pointers
#: and a level. Names that start with "$" are of registers without one.
ROWS = {
    "phase": r"control\.phase",
    "active event of phase SYNAPSE": r"control\.delivers",
    "next operation of CLEAR, NEURON, FEEDBACK or READ": r"control\.(active|state)",
    "read word that is offered on o_access": r"control\.answers",
    "pending judgement: the event to be judged in the next cycle": (
        r"control\.judge\.(judges|k|spike)"
    ),
    "whether class label has been judged in this tick": r"control\.judge\.\$signal",
    "error accumulators plus(k) and minus(k), all classes": (
        r"control\.judge\.errors\.(plus|minus)_\d+"
    ),
    "class counters, winner": r"control\.judge\.readout\.(result|most|counted|k)",
    "states of the generators": r"(event|blank|encoder)_random\.state",
    "draws": r"blank_out\.state",
    "part": r"blank_out\.part",
    "state of the encoder": r"encoder\.state",
    "tick and position p of the encoder": r"encoder\.(tick|position)",
    "stages fetch and execute of the encoder": r"encoder\.[rx]_valid",
    "output register of the encoder": r"encoder\.o__valid",
    "input queue: places and output register": (
        r"inputs\.queue\.(produce|consume|inner_level|r_rdy)"
    ),
    "events already taken from the word at the output of the input queue": r"inputs\.second",
    "bank being filled, bank being read": r"samples\.turn\.held",
    "banks that are complete": r"samples\.turn\.held",
    "number of the next input, pairs in the bank being filled": (
        r"samples\.(source|kept_count|started)"
    ),
    "number N of pairs of each bank": r"samples\.count_[01]",
    "flag open of accepted events": r"control\.owed\.held",
    "stages fetch, ready, execute and write of the datapath": (
        r"datapath\.([frx]|w_under_way|learns|w_writes_dendrite|\$signal)"
    ),
    "operations that came before, for forwarding": r"datapath\.(word|is_sum)_\d",
    "host write that was transferred in the cycle before": r"datapath\.(load|\$signal)",
    "waiting write of spram: the word in the register before the port": (
        r"datapath\.write(_address|_data)?"
    ),
    "mask register": r"datapath\.(w_neuron|spikes__payload)",
    "spike queue: places and output register": (
        r"spikes\.queue\.(produce|consume|inner_level|r_rdy)"
    ),
    "serialiser": r"spikes\.(o__valid|current)",
    "performance counters": r"counters\.values",
}

#: Data that are written before they are used, and hardening against bits that flip.
OTHERS = re.compile(
    r"control\.(layer|weight|label|rate|learn|fraction|feedback|negative)"
    r"|control\.ticks\.(tick|window|since_label)|datapath\.(w_state|w_address)"
    r"|datapath\.lane_\d+\.(w_learns|\$like)|encoder\.([rx]_position|x_inputs|o__payload)"
    r"|encoder\.code\.x_phases"
    r"|control\.watchdog\.\w+|(control\.owed|samples\.turn)\.(held|check)"
)

#: What the table says of a register that is 0 in the circuit.
ZERO = {"IDLE", "none", "empty", "nothing", "0"}
SEEDS = "seeds of streams 0, 1, 2"


def registers(config) -> Iterator[tuple[str, Signal]]:
    """Yield the registers of a circuit, with their paths."""

    def walk(fragment: Fragment, path: str) -> Iterator[tuple[str, Signal]]:
        if "sync" in fragment.statements:
            for signal in fragment.statements["sync"]._lhs_signals():
                yield f"{path}.{signal.name}".lstrip("."), signal
        for inner, name, _ in fragment.subfragments:
            yield from walk(inner, f"{path}.{name}".lstrip("."))

    yield from walk(Fragment.get(Core(config), None), "")


def test_every_register_has_the_stated_value(specification):
    stated = {row[0]: row[1] for row in specification.table("registers after reset")[1:]}
    assert list(stated) == list(ROWS)
    met = set()
    for config in CIRCUITS.values():
        seeds = vars(RandomState.seeded(config.seed))
        for path, signal in registers(config):
            rows = [name for name, pattern in ROWS.items() if re.fullmatch(pattern, path)]
            assert rows or OTHERS.fullmatch(path), f"{path} is in no row"
            met.update(rows)
            for name in rows:
                assert not signal.reset_less, f"{path} keeps its value"
                if stated[name] == SEEDS:
                    assert signal.init == seeds[path.split("_")[0]], path
                else:
                    assert stated[name] in ZERO, name
                    assert signal.init == 0, path
    assert met == set(ROWS)


#: Parts of the golden model that reset leaves alone: memories with their outputs, and what the next
#: request sets to 0 before it is used.
KEPT = {"words", "_output", "before", "_banks", "_phases", "errors", "readout"}


def state(thing: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield everything that a part of the golden model remembers, but for what is `KEPT`."""
    module = type(thing).__module__
    if isinstance(thing, np.ndarray):
        yield path, thing.tolist()
    elif isinstance(thing, (list, tuple, deque)):
        for number, value in enumerate(thing):
            yield from state(value, f"{path}[{number}]")
    elif isinstance(thing, dict):
        for name, value in thing.items():
            yield from state(value, f"{path}.{name}")
    elif module.startswith("erbium.golden.cycle") or isinstance(thing, RandomState):
        for name, value in vars(thing).items():
            if name not in KEPT:
                yield from state(value, f"{path}.{name}")
    elif not isinstance(thing, Generator):
        yield path, repr(thing)


@pytest.mark.parametrize("name", ["block", "eight lanes", "spram", "two inputs"])
def test_golden_model_forgets_all_but_its_memories(play, training, name):
    config = CIRCUITS[name]
    fresh = dict(state(CycleCore(config)))
    # Not the layouts, which are made anew with every part.
    fresh = {path: value for path, value in fresh.items() if " object at " not in str(value)}
    assert ".datapath._accumulators._words[0]" in fresh
    for cycle in range(12, 400, 23):
        run = play(config)
        run.learn(training)
        for now in range(cycle + 1):
            run.step(reset=now == cycle)
        after = dict(state(run.core))
        assert {path: after.get(path) for path in fresh} == fresh
        assert len(after) == len(dict(state(CycleCore(config))))


def stated_outputs(specification, core: Core) -> dict[str, int]:
    """Return what the outputs must show after reset, with `i_access_valid` = 0."""
    rows = dict(specification.table("outputs after reset")[1:])
    seeds, outside = RandomState.seeded(core.config.seed), core.config.encoder == "events"
    words = {"0 (IDLE)": 0, SEEDS: seeds.event | seeds.blank << 32 | seeds.encoder << 64}
    words["with i_pixel 0; with i_event 1 while i_access_valid is 0"] = int(outside)
    left_out = {"i_pixel_ready" if outside else "i_event_ready"}
    left_out |= set() if core.config.counters else {"o_counters"}
    return {
        name: words[text] if text in words else int(text)
        for name, text in rows.items()
        if name not in left_out
    }


def shown(ctx, core: Core, name: str) -> int:
    """Return what an output shows."""
    if name in ("phase", "o_random", "o_counters"):
        return ctx.get(Value.cast(getattr(core, name)))
    port, wire = name.rsplit("_", 1)
    return ctx.get(Value.cast(getattr(getattr(core, port), wire)))


@pytest.mark.parametrize("name", ["spram", "events"])
def test_outputs_of_the_circuit_after_reset(specification, outside, name):
    """Whatever the machine was doing; and what is offered in the meantime is not taken."""
    config = CIRCUITS[name]
    top, core, clock = Module(), Core(config), ClockDomain("sync")
    top.submodules.core, top.domains.sync = core, clock
    stated = stated_outputs(specification, core)
    inputs = core.i_event if config.encoder == "events" else core.i_pixel
    phases = set()

    async def run(ctx, cycles: int) -> None:
        """Offer samples and requests; take nothing."""
        items = outside(config.ticks) if config.encoder == "events" else [None] * 24
        ctx.set(core.i_request.valid, 1)
        ctx.set(core.i_request.payload, {"label": 1, "rate": 256})
        taken = 0
        for _ in range(cycles):
            ctx.set(inputs.valid, int(taken < len(items)))
            if taken < len(items):
                item = items[taken]
                last = {"intensity": 255, "last": int(taken % 12 == 11)}
                ctx.set(inputs.payload, last if item is None else vars(item))
                taken += ctx.get(inputs.ready)
            await ctx.tick()

    async def testbench(ctx):
        for cycles in (3, 14, 31, 60, 90, 560):
            await run(ctx, cycles)
            phases.add(ctx.get(core.phase))
            ctx.set(clock.rst, 1)
            # What is offered now must have no effect.
            ctx.set(core.i_access.valid, 1)
            ctx.set(core.i_access.payload, {"data": [7] * config.lanes, "address": 1, "write": 1})
            await ctx.tick()
            await ctx.tick()
            ctx.set(core.i_access.valid, 0)
            ctx.set(core.i_request.valid, 0)
            ctx.set(inputs.valid, 0)
            for rst in (1, 0):
                ctx.set(clock.rst, rst)
                found = {name: shown(ctx, core, name) for name in stated}
                assert found == stated, cycles
                await ctx.tick()

    simulator = Simulator(top)
    simulator.add_clock(1e-6)
    simulator.add_testbench(testbench)
    simulator.run()
    assert len(phases) >= 4
