"""docs/specification.md, section 12: its waves, as the golden model and the circuit draw them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

import pytest
from amaranth.hdl import ClockDomain, Module, Value
from amaranth.sim import Simulator

from erbium.golden.cycle.ports import Access, Request
from erbium.golden.cycle.sample import LAST, pixels
from erbium.golden.presets import preset
from erbium.hw.core import Core
from erbium.hw.words import PixelLayout

TINY = preset("tiny")
WIDTH = 8

#: Names of wires at the left.
MARGIN = 18

Shown = int | str | None


def high(signal: list[int]) -> str:
    """Draw a wire of one bit: high is ``~``, low is ``_``."""
    drawn, before = "", signal[0]
    for value in signal:
        level = "~" if value else "_"
        edge = level if value == before else "/" if value else "\\"
        drawn, before = drawn + edge + level * (WIDTH - 1), value
    return drawn


def word(values: list[Shown]) -> str:
    """Draw a word: its value where it changes; None is one without meaning."""
    drawn = ""
    for value, same in groupby(values):
        room = WIDTH * len(list(same))
        text = f"|{'-' if value is None else value}"
        assert len(text) <= room, f"{text} needs wider cycles"
        drawn += text.ljust(room)
    return drawn


def draw(first: int, wires: dict[str, tuple[Callable, list[Shown]]]) -> str:
    """Draw wires from cycle `first` on."""
    count = len(next(iter(wires.values()))[1])
    numbers = "".join(str(first + n).ljust(WIDTH) for n in range(count))
    rows = [("cycle", numbers), *((name, how(values)) for name, (how, values) in wires.items())]
    return "".join(f"{name.ljust(MARGIN)}{row}".rstrip() + "\n" for name, row in rows)


def pixel_text(pixel: int | None) -> str | None:
    if pixel is None:
        return None
    return f"{pixel % LAST}" + (", last" if pixel >= LAST else "")


def access_text(access: Access | None) -> str | None:
    return access and f"{'r' if access.data is None else 'w'} {access.address}"


#: How each wire is drawn, and its value in a cycle.
WIRES: dict[str, tuple[Callable, Callable]] = {
    "rst": (high, lambda c: int(c.reset)),
    "phase": (word, lambda c: c.phase),
    "i_pixel_valid": (high, lambda c: int(c.host.pixel is not None)),
    "i_pixel_ready": (high, lambda c: c.record["samples"]["ready"]),
    "i_pixel_payload": (word, lambda c: pixel_text(c.host.pixel)),
    "i_request_valid": (high, lambda c: int(c.host.request is not None)),
    "i_request_ready": (high, lambda c: c.record["control"]["request_ready"]),
    "i_access_valid": (high, lambda c: int(c.host.access is not None)),
    "i_access_ready": (high, lambda c: c.record["control"]["access_ready"]),
    "i_access_payload": (word, lambda c: access_text(c.host.access)),
    "o_access_valid": (high, lambda c: c.record["control"]["read_valid"]),
    "o_access_ready": (high, lambda c: int(c.host.access_ready)),
    "o_access_payload": (
        word,
        lambda c: f"{c.read_word:04x}" if c.record["control"]["read_valid"] else None,
    ),
    "o_result_valid": (high, lambda c: c.record["control"]["result_valid"]),
    "o_result_ready": (high, lambda c: int(c.host.result_ready)),
    "o_result_payload": (
        word,
        lambda c: (
            f"{c.record['control']['result']:04x}" if c.record["control"]["result_valid"] else None
        ),
    ),
    "o_spikes_valid": (high, lambda c: int(c.spikes is not None and c.spikes.mask != 0)),
    "o_random.event": (word, lambda c: f"0x{c.record['core']['event_random']:08x}"),
    "write": (high, lambda c: c.record["datapath"]["weight_write"]),
    "READ": (high, lambda c: int(c.operation == "READ")),
}


def drawn(run, first: int, count: int, names: list[str]) -> str:
    """Draw some wires of some cycles of a run."""
    cycles = run.cycles[first : first + count]
    wires = {name: (WIRES[name][0], [WIRES[name][1](c) for c in cycles]) for name in names}
    return draw(first, wires)


def request_run(play, training):
    """Play a request that comes before its sample is complete."""
    run = play(TINY)
    run.offer("pixel", pixels(training[0][0]))
    run.offer("request", [Request(2, 256)], first=8)
    for _ in range(15):
        run.step()
    names = ["i_pixel_valid", "i_pixel_ready", "i_pixel_payload"]
    return run, 7, 8, [*names, "i_request_valid", "i_request_ready", "phase"]


def result_run(play, training):
    """Play a result that is taken in the third cycle in which it is offered."""
    run = play(TINY, patience=2)
    run.learn(training[:2])
    run.until(lambda c: c.finishes)
    first = run.now - 4
    for _ in range(4):
        run.step()
    names = ["o_result_valid", "o_result_ready", "o_result_payload"]
    return run, first, 8, [*names, "i_request_valid", "i_request_ready", "i_pixel_ready", "phase"]


def read_run(play, training):
    """Play a write and a read of the same word, in single-port memory."""
    run = play(TINY.replace(memory="spram"), patience=1)
    run.offer("access", [Access(3, (5, 6)), Access(3), Access(4)])
    for _ in range(11):
        run.step()
    names = ["i_access_valid", "i_access_ready", "i_access_payload", "write", "READ"]
    return run, 0, 11, [*names, "o_access_valid", "o_access_ready", "o_access_payload", "phase"]


def reset_run(play, training):
    """Play a reset of two cycles in a sample of a machine with eight lanes."""
    run = play(TINY.replace(lanes=8))
    run.learn(training)
    for now in range(26):
        run.step(reset=now in (24, 25))
    run.learn(training, first=run.now)
    for _ in range(5):
        run.step()
    names = ["rst", "phase", "i_pixel_valid", "i_pixel_ready", "i_request_valid"]
    names += ["i_request_ready", "i_access_ready", "o_result_valid", "o_random.event"]
    return run, 22, 7, names


WAVES = {
    "a request that waits for its sample": request_run,
    "a result that waits for the host": result_run,
    "a read after a write with spram": read_run,
    "a reset in the middle of a sample": reset_run,
}


def test_every_wave_is_known(specification):
    assert set(specification.waves()) == set(WAVES)


@pytest.mark.parametrize("name", WAVES)
def test_wave_is_what_the_golden_model_does(play, training, specification, name):
    expected = drawn(*WAVES[name](play, training))
    assert specification.waves()[name] == expected, f"wave {name!r} must read:\n{expected}"


def outputs(cycle) -> dict[str, int]:
    """Return what every output shows in a cycle; a payload without `valid` is left out."""
    control, core = cycle.record["control"], cycle.record["core"]
    shown = {
        "phase": control["phase"],
        "i_pixel.ready": cycle.record["samples"]["ready"],
        "i_request.ready": control["request_ready"],
        "i_access.ready": control["access_ready"],
        "o_result.valid": control["result_valid"],
        "o_access.valid": control["read_valid"],
        "o_spikes.valid": int(cycle.spikes is not None and cycle.spikes.mask != 0),
        "o_random": core["event_random"]
        | core["blank_random"] << 32
        | core["encoder_random"] << 64,
    }
    if control["result_valid"]:
        shown["o_result.payload"] = control["result"]
    if control["read_valid"]:
        shown["o_access.payload"] = cycle.read_word
    return shown


def drive(ctx, core: Core, cycle) -> None:
    """Drive the circuit as the host does in a cycle."""
    host, lanes = cycle.host, core.config.lanes
    access = host.access or Access(0)
    word = {"data": list(access.data or (0,) * lanes), "address": access.address}
    request = host.request or Request(0, 0)
    offers = {
        core.i_pixel: (host.pixel, PixelLayout().from_bits(host.pixel or 0)),
        core.i_request: (host.request, vars(request)),
        core.i_access: (host.access, word | {"write": int(access.data is not None)}),
    }
    for stream, (item, payload) in offers.items():
        ctx.set(stream.valid, int(item is not None))
        ctx.set(stream.payload, payload)
    ctx.set(core.o_result.ready, int(host.result_ready))
    ctx.set(core.o_access.ready, int(host.access_ready))


@pytest.mark.parametrize("name", WAVES)
def test_wave_is_what_the_circuit_does(play, training, name):
    run, *_ = WAVES[name](play, training)
    weights = play(run.config).core.datapath.weights.words.tolist()
    top, core, clock = Module(), Core(run.config), ClockDomain("sync")
    top.submodules.core, top.domains.sync = core, clock

    async def testbench(ctx):
        ctx.set(core.i_access.valid, 1)
        for address, data in enumerate(weights):
            ctx.set(core.i_access.payload, {"data": data, "address": address, "write": 1})
            await ctx.tick()
        ctx.set(core.i_access.valid, 0)
        await ctx.tick().repeat(3)
        for number, cycle in enumerate(run.cycles):
            ctx.set(clock.rst, int(cycle.reset))
            drive(ctx, core, cycle)
            for path, expected in outputs(cycle).items():
                port = getattr(core, path.split(".")[0])
                wire = getattr(port, path.split(".")[1]) if "." in path else port
                assert ctx.get(Value.cast(wire)) == expected, (number, path)
            await ctx.tick()

    simulator = Simulator(top)
    simulator.add_clock(1e-6)
    simulator.add_testbench(testbench)
    simulator.run()
