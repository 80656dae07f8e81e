"""docs/specification.md, section 13.10: examples of what happens in single cycles.

Events from outside, two inputs a cycle, and a spike queue that holds several masks; as the cycle
view of the golden model has them.
"""

from __future__ import annotations

from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.ports import Request
from erbium.golden.layout import Layout
from erbium.golden.presets import preset

TINY = preset("tiny")

ENCODER_STATES = ("IDLE", "SCAN", "DRAIN")


def event_text(event: Event | None) -> str:
    """Write an event as the tables do."""
    return "-" if event is None else "end" if event.end else str(event.source)


def offered(valid: int, bits: int, source_bits: int) -> str:
    """Write an event that a unit offers."""
    return event_text(
        Event(bits % (1 << source_bits), bool(bits >> source_bits)) if valid else None
    )


def outside_events(play, outside) -> list[list[str]]:
    """Return the first cycles of a sample whose events come from outside."""
    config = TINY.replace(encoder="events")
    run, bits = play(config), Layout(config).source_bits
    run.offer("event", outside(config.ticks))
    run.offer("request", [Request(2, 256)], first=3)
    run.until(lambda c: c.record["control"]["tick"] == 1 and c.phase == "NEURON")
    header = ["cycle", "phase", "tick", "offered", "i_event_ready", "input", "operation"]
    rows = [[*header, "layer", "state", "weight"]]
    for cycle, now in enumerate(run.cycles[:-1]):
        control, core = now.record["control"], now.record["core"]
        kind = now.operation
        on_layer = kind in ("SYNAPSE", "NEURON")
        cells = (cycle, now.phase, control["tick"], event_text(now.host.event))
        rows.append(
            [
                *map(str, cells),
                str(core["inputs_ready"]),
                offered(core["inputs_valid"], core["input"], bits),
                kind,
                str(control["layer"]) if on_layer else "-",
                str(control["state"]) if kind != "NONE" else "-",
                str(control["weight"]) if kind == "SYNAPSE" else "-",
            ]
        )
    return rows


def test_events_from_outside(play, outside, stated):
    stated("cycles with i_event", outside_events(play, outside))


def test_the_flag_is_cleared_with_the_last_event(play, outside):
    config = TINY.replace(encoder="events")
    run = play(config)
    run.offer("event", [*outside(config.ticks, 0), *outside(config.ticks, 1)])
    run.offer("request", [Request(2, 256), Request(0, 256)], first=3)
    open_ = False
    for _ in range(2):
        while not (now := run.step()).finishes:
            ready, event = now.record["core"]["inputs_ready"], now.host.event
            assert open_ or not ready
            if event is not None and ready and event.last:
                open_ = False
            if now.starts:
                open_ = True


def two_at_once(play, training) -> list[list[str]]:
    """Return the first cycles of a sample at 32 lanes, with two inputs a cycle."""
    config = TINY.replace(encoder="bernoulli", lanes=32)
    run, layout = play(config), Layout(config)
    run.learn(training[:1])
    run.until(lambda c: c.starts)
    start = run.now - 1
    run.until(lambda c: c.record["encoder"]["tick"] == 2)
    bits, rows = layout.source_bits, []
    for cycle, now in enumerate(run.cycles[start:-1], start):
        encoder, core = now.record["encoder"], now.record["core"]
        word = encoder["event"]
        sources = [word % (1 << bits), word >> bits & (1 << bits) - 1]
        more, end = word >> 2 * bits & 1, word >> 2 * bits + 1
        out = "end" if end else ", ".join(map(str, sources[: 1 + more]))
        cells = (cycle, now.phase, ENCODER_STATES[encoder["state"]], encoder["tick"])
        cells += (encoder["read_address"], f"0x{core['encoder_random']:08x}")
        cells += (encoder["random_steps"], out if encoder["valid"] else "-")
        given = offered(core["inputs_valid"], core["input"], bits)
        rows.append([*map(str, cells), given, now.operation])
    header = ["cycle", "phase", "encoder", "tick", "p", "generator", "steps", "puts out"]
    return [[*header, "input", "operation"], *rows]


def test_two_inputs_at_once(play, training, stated):
    stated("cycles with bernoulli at 32 lanes", two_at_once(play, training))


#: A first layer that fires much, and a second of several groups that takes its time.
BUSY = TINY.replace(lanes=4, layers=(12, 24, 6), threshold=(1, 64), refractory=0)


def busy_queue(play, training) -> list[list[str]]:
    """Return the cycles from the first spikes of the hidden layer to the end of the next layer."""
    run, bits = play(BUSY), Layout(BUSY).source_bits
    run.learn(training[:1])
    run.until(lambda c: c.phase == "NEURON")
    start = run.now - 1
    run.until(lambda c: c.phase == "SYNAPSE")
    run.until(lambda c: c.phase == "NEURON")
    header = ["cycle", "phase", "operation", "state", "o_spikes_valid", "mask", "group", "end"]
    rows = [[*header, "in the queue", "serialiser", "taken"]]
    for cycle, now in enumerate(run.cycles[start:-1], start):
        control, spikes, shown = now.record["control"], now.record["spikes"], now.spikes
        visible = shown is not None and shown.mask != 0
        kind = now.operation
        cells = [str(cycle), now.phase, kind, str(control["state"]) if kind != "NONE" else "-"]
        cells.append(str(int(visible)))
        mask = f"{shown.mask:0{BUSY.lanes}b}" if shown else "-"
        cells += [mask, *map(str, (shown.group, int(shown.end)) if shown else "--")]
        cells += [str(now.queued), offered(spikes["valid"], spikes["event"], bits)]
        rows.append([*cells, str(control["spikes_ready"])])
    return rows


def test_busy_spike_queue(play, training, stated):
    rows = busy_queue(play, training)
    assert max(int(row[8]) for row in rows[1:]) >= 4
    stated("cycles with a busy spike queue", rows)
