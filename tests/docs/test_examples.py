"""docs/specification.md, section 13.10: examples of what happens in single cycles.

A reset in the middle of a sample, events from outside, two inputs a cycle, and a spike queue that
holds several masks; as the cycle view of the golden model has them.
"""

from __future__ import annotations

import hashlib
import re

import pytest

from golden.cycle.control import OPERATIONS, Access, Request
from golden.cycle.core import CycleCore
from golden.cycle.encoder import Event
from golden.layout import Layout
from golden.presets import preset

TINY = preset("tiny")
WIDE = TINY.replace(lanes=8)

#: Cycles with `rst` = 1 whose outcome the text states.
ABORTS = (12, 19, 20, 24, 49, 105, 129, 160, 188, 236, 294, 316, 341, 342)
SHOWN_ABORT = 24

ENCODER_STATES = ("IDLE", "SCAN", "DRAIN")


def finished(cycle) -> bool:
    return bool(cycle.record["control"]["finish"])


def checksum(core: CycleCore) -> str:
    """Return the start of the checksum of all weights; see section 11.2."""
    words = b"".join(matrix.astype("<i2").tobytes() for matrix in core.weights())
    return hashlib.sha256(words).hexdigest()[:16]


def operation(cycle) -> str:
    return OPERATIONS[cycle.record["control"]["operation"]]


def event_text(event: Event | None) -> str:
    """Write an event as the tables do."""
    return "-" if event is None else "end" if event.end else str(event.source)


def offered(valid: int, bits: int, source_bits: int) -> str:
    """Write an event that a unit offers."""
    return event_text(
        Event(bits % (1 << source_bits), bool(bits >> source_bits)) if valid else None
    )


def aborted(play, training, cycle: int):
    """Run the training until a reset in `cycle`; then the host starts over."""
    run = play(WIDE)
    run.learn(training)
    for now in range(cycle + 1):
        run.step(reset=now == cycle)
    run.learn(training, first=run.now)
    return run


def aborts(play, training) -> list[list[str]]:
    """Return what comes of a reset in each of some cycles."""
    header = ["rst in cycle", "phase", "weights after reset", "start", "result", "winner"]
    rows = [[*header, "counts", "weights"]]
    for cycle in ABORTS:
        run = aborted(play, training, cycle)
        phase, after = run.cycles[-1].phase, checksum(run.core)
        run.until(lambda c: c.record["control"]["start"])
        start = run.now - 1
        run.until(finished)
        readout = run.core.control.readout
        counts = ", ".join(map(str, readout.counts.tolist()))
        cells = (cycle, phase, after, start, run.now - 1, readout.winner, counts)
        rows.append([*map(str, cells), checksum(run.core)])
    return rows


def membranes(word: int, count: int) -> str:
    """Return the first membranes of a memory word."""
    bits = Layout(WIDE).membrane_bits
    sign = 1 << (bits - 1)
    values = (((word >> bits * lane & (1 << bits) - 1) ^ sign) - sign for lane in range(count))
    return ", ".join(map(str, values))


def around_reset(play, training) -> list[list[str]]:
    """Return the operations SYNAPSE around a reset, where their membranes come from, and what they
    compute.
    """
    run = aborted(play, training, SHOWN_ABORT)
    run.until(lambda c: c.phase == "NEURON")
    for _ in range(5):
        run.step()
    header = ["cycle", "operation", "state", "weight", "uses the membranes of"]
    rows = [[*header, "computes, lanes 0 to 5"]]
    before = None
    for cycle, now in enumerate(run.cycles[:-5]):
        kind, control = operation(now), now.record["control"]
        if now.reset:
            rows.append([str(cycle), "rst = 1", "-", "-", "-", "-"])
            before = None
        if kind not in ("SYNAPSE", "NEURON"):
            continue
        lost = cycle <= SHOWN_ABORT < cycle + 4
        read = run.cycles[cycle + 1].record["datapath"]["membrane_read"]
        write = run.cycles[cycle + 4].record["datapath"]["membrane_write_data"]
        weight = str(control["weight"]) if kind == "SYNAPSE" else "-"
        uses = "memory" if read else f"cycle {before}"
        if cycle == SHOWN_ABORT:
            uses = "lost"
        cells = [str(cycle), kind, str(control["state"]), weight, uses]
        rows.append([*cells, "lost" if lost else membranes(write, 6)])
        before = cycle
    return rows


def test_operations_around_a_reset(play, training, stated):
    stated("operations around a reset", around_reset(play, training))


def test_aborts(play, training, stated):
    stated("resets in sample 0", aborts(play, training))


def test_the_examples_tell_a_machine_that_remembers(play, training, specification, monkeypatch):
    reset = CycleCore.reset

    def remembering(core):
        before = core.datapath._accumulators
        reset(core)
        core.datapath._accumulators = before

    right = specification.table("resets in sample 0")
    monkeypatch.setattr(CycleCore, "reset", remembering)
    assert around_reset(play, training) != specification.table("operations around a reset")
    rows = zip(right, aborts(play, training), strict=True)
    told = ", ".join(row[0] for row, other in rows if row != other)
    assert told
    assert f"resets in cycles {told}" in " ".join(specification.section("13.10").split())


def stated_reach(section: str, memory: str, kind: str) -> int:
    """Return how many cycles before a reset a weight must be on its way to be written."""
    (line,) = (row for row in section.splitlines() if row.startswith(f"| {kind} |"))
    cell = line.split("|")[2 if memory == "block" else 3]
    return int(re.search(r"in cycle c-(\d+) or before", cell)[1])


@pytest.mark.parametrize("memory", ["block", "spram"])
def test_a_reset_loses_the_learned_words_that_the_text_says(play, training, specification, memory):
    reach = stated_reach(specification.section("12.8"), memory, "a SYNAPSE operation that learns")
    run = play(WIDE.replace(memory=memory))
    run.learn(training)
    words = run.core.datapath.weights.words
    changes = []
    for cycle in range(300):
        before = words.copy()
        # What is written in a cycle is written whether `rst` is 1 in it or not.
        run.step(reset=cycle == 299)
        changes += [cycle] if (words != before).any() else []
    learns = [cycle for cycle, now in enumerate(run.cycles) if now.record["control"]["learn"]]
    assert changes
    assert {cycle - reach for cycle in changes} <= set(learns)


@pytest.mark.parametrize("memory", ["block", "spram"])
def test_a_reset_loses_the_host_writes_that_the_text_says(play, specification, memory):
    reach = stated_reach(specification.section("12.8"), memory, "a write of the host")
    for wait in range(5):
        run = play(WIDE.replace(memory=memory))
        run.offer("access", [Access(3, (5,) * WIDE.lanes)])
        for now in range(wait + 1):
            run.step(reset=now == wait)
        for _ in range(4):
            run.step()
        assert (run.core.datapath.weights.words[3] == 5).all() == (wait >= reach)


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
        kind = operation(now)
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
        while not finished(now := run.step()):
            ready, event = now.record["core"]["inputs_ready"], now.host.event
            assert open_ or not ready
            if event is not None and ready and event.last:
                open_ = False
            if now.record["control"]["start"]:
                open_ = True


def two_at_once(play, training) -> list[list[str]]:
    """Return the first cycles of a sample at 32 lanes, with two inputs a cycle."""
    config = TINY.replace(encoder="bernoulli", lanes=32)
    run, layout = play(config), Layout(config)
    run.learn(training[:1])
    run.until(lambda c: c.record["control"]["start"])
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
        rows.append([*map(str, cells), given, operation(now)])
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
        kind = operation(now)
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
