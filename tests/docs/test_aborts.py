"""docs/specification.md, sections 12.8 and 13.10: what a reset in the middle of a sample does.

Which sums are used after it, which weights are written before it, and what the next sample gives.
"""

from __future__ import annotations

import hashlib
import re

import pytest

from erbium.golden.cycle.core import CycleCore
from erbium.golden.cycle.ports import Access
from erbium.golden.layout import Layout
from erbium.golden.presets import preset

TINY = preset("tiny")
WIDE = TINY.replace(lanes=8)

#: Cycles with `rst` = 1 whose outcome the text states.
ABORTS = (12, 19, 20, 24, 49, 105, 129, 160, 188, 236, 294, 316, 341, 342)
SHOWN_ABORT = 24


def checksum(core: CycleCore) -> str:
    """Return the start of the checksum of all weights; see section 11.2."""
    words = b"".join(matrix.astype("<i2").tobytes() for matrix in core.weights())
    return hashlib.sha256(words).hexdigest()[:16]


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
        run.until(lambda c: c.starts)
        start = run.now - 1
        run.until(lambda c: c.finishes)
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
        kind, control = now.operation, now.record["control"]
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
