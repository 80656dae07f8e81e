"""docs/specification.md, section 13: its tables of states are what long runs show, row by row.

Each row of a table has its condition here. In every cycle of the runs the conditions say what comes
next; so no change of state is missing in the text, and none is there that never happens.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

import pytest

from erbium.golden.config import Config
from erbium.golden.cycle.core import CycleCore, Host
from erbium.golden.cycle.ports import Access
from erbium.golden.enums import Operation, Phase
from erbium.golden.feedback import initial_weights
from erbium.sim.host.traffic import HostQueue, random_sample


def machine(layers: tuple[int, ...] = (12, 6, 3), **values: object) -> Config:
    """Return a machine in which much happens in few ticks."""
    values = {
        "ticks": 8,
        "burn_in": 2,
        "threshold": 30,
        "weight_init": 48,
        "rate_shift": 0,
    } | values
    return Config(name="any", layers=layers, **values)


MACHINES = {
    "one lane": machine((12, 6, 9), lanes=1),
    "spram": machine(lanes=4, memory="spram", learning_shift=4),
    "deep": machine((12, 10, 9, 3), lanes=8, encoder="bernoulli"),
    "two inputs": machine(lanes=32),
    "events": machine(encoder="events", lanes=2),
    "inference": machine(learning=False),
}
SAMPLES = 6


class Seen:
    """A machine in one cycle: the records of this cycle and of the next, and what is inside."""

    def __init__(self, core: CycleCore, host: Host) -> None:
        config, layout = core.config, core.layout
        self.config, self.layout = config, layout
        self.pipeline_empty = core.datapath.drained
        serialiser, queue = core.spikes._current, core.spikes._queue
        self.mask = None if serialiser is None else serialiser.mask
        self.mask_ends = serialiser is not None and serialiser.end
        self.next_mask = queue.output if queue.output_valid else None
        encoder = core.encoder
        self.encoder = ("IDLE", "SCAN", "DRAIN")[encoder._state]
        self.encoder_tick, self.position = encoder._tick, encoder._position
        self.encoder_empty = encoder._r is None and encoder._x is None
        self.advances = encoder.advances(core.inputs.ready)
        self.kept = core.samples.count
        self.spike = core.spikes.output
        self.input = core.inputs.event
        self.host = host
        self.record = core.step(host)
        self.control = self.record["control"]
        self.phase = Phase(self.control["phase"]).name
        self.operation = Operation(self.control["operation"]).name
        self.after_mask = core.spikes._current
        #: Set by `watch`: the layer; operations that the phase has issued before; the request.
        self.layer, self.done, self.request = 0, 0, None

    @property
    def final(self) -> int:
        return -(-self.kept // self.layout.encoder_lanes) - 1

    @property
    def end_taken(self) -> bool:
        if self.control["inputs_ready"] and self.input is not None:
            return self.input.end
        return bool(self.control["spikes_ready"]) and self.spike is not None and self.spike.end

    @property
    def issued(self) -> bool:
        """Whether all groups of the phase have been issued in the cycles before."""
        groups = self.layout.layers[self.layer].groups
        every = self.layout.state_depth
        return self.done == (every if self.phase in ("CLEAR", "FEEDBACK") else groups)

    @property
    def last_tick(self) -> bool:
        return self.control["tick"] == self.config.ticks - 1

    @property
    def labelled(self) -> bool:
        """Whether the label fires in this tick, and errors flow."""
        since = self.control["tick"] - self.config.burn_in
        learns = self.config.learning and self.request.rate > 0
        return learns and since >= 0 and since % self.config.label_period == 0


def watch(config: Config, seed: int) -> Iterator[Seen]:
    """Run samples, reads and writes with a host that stalls; yield every cycle."""
    rng = random.Random(seed)
    core, host = CycleCore(config), HostQueue(rng, stall=0.3)
    core.load(initial_weights(config))
    for number in range(SAMPLES):
        sample = random_sample(config, rng)
        if number == 1:
            sample = [[] for _ in sample] if config.encoder == "events" else 0 * sample
        host.send(config, sample, rng.randrange(config.layers[-1]), rng.choice((256, 256, 100, 0)))
    phase, request, layer, done, results = None, None, 0, 0, 0
    while results < SAMPLES:
        if rng.random() < 0.02 and not host.accesses:
            data = (0,) * config.lanes
            host.accesses.extend([Access(1), Access(2, data), Access(2)])
        drives = host.drive()
        seen = Seen(core, drives)
        if seen.phase != phase and seen.phase == "SYNAPSE":
            layer = layer + 1 if phase == "NEURON" else 0
        done = done if seen.phase == phase else 0
        request = drives.request if seen.control["start"] else request
        seen.layer, seen.done, seen.request = layer, done, request
        yield seen
        phase, done = seen.phase, done + (seen.operation != "NONE")
        host.taken(drives, seen.record)
        results += seen.control["finish"]


def accessed(seen: Seen, *, read: bool) -> bool:
    access = seen.host.access
    taken = access is not None and seen.control["access_ready"]
    return bool(taken) and (access.data is None) == read


def moves_on(seen: Seen) -> bool:
    """Whether `NEURON` is over."""
    return seen.issued and seen.spike is not None


def ends_tick(seen: Seen) -> bool:
    """Whether the encoder puts out the end of a tick."""
    return seen.advances and seen.encoder_empty


def encoder_last(seen: Seen) -> bool:
    return seen.encoder_tick == seen.config.ticks - 1


#: From, to, and the row's condition, in the order of the text.
PHASE_ROWS: list[tuple[str, str, Callable[[Seen], bool]]] = [
    ("IDLE", "CLEAR", lambda s: s.control["start"]),
    ("IDLE", "READ", lambda s: accessed(s, read=True)),
    ("CLEAR", "SYNAPSE", lambda s: s.issued and s.pipeline_empty),
    ("SYNAPSE", "NEURON", lambda s: s.end_taken),
    ("NEURON", "SYNAPSE", lambda s: moves_on(s) and s.layer < len(s.layout.layers) - 1),
    ("NEURON", "READOUT", lambda s: moves_on(s) and s.layer == len(s.layout.layers) - 1),
    ("READOUT", "FEEDBACK", lambda s: s.control["error"]),
    ("FEEDBACK", "READOUT", lambda s: s.issued),
    ("READOUT", "SYNAPSE", lambda s: s.end_taken and not s.last_tick),
    ("READOUT", "RESULT", lambda s: s.end_taken and s.last_tick),
    ("RESULT", "IDLE", lambda s: s.host.result_ready),
    ("READ", "IDLE", lambda s: s.control["read_valid"] and s.host.access_ready),
]
ENCODER_ROWS: list[tuple[str, str, Callable[[Seen], bool]]] = [
    ("IDLE", "SCAN", lambda s: s.control["start"] and s.kept > 0),
    ("IDLE", "DRAIN", lambda s: s.control["start"] and s.kept == 0),
    ("SCAN", "DRAIN", lambda s: s.advances and s.position == s.final),
    ("DRAIN", "SCAN", lambda s: ends_tick(s) and not encoder_last(s) and s.kept > 0),
    ("DRAIN", "DRAIN", lambda s: ends_tick(s) and not encoder_last(s) and s.kept == 0),
    ("DRAIN", "IDLE", lambda s: ends_tick(s) and encoder_last(s)),
]


def check_rows(rows: list, state: str, after: str, seen: Seen) -> int | None:
    """Check what comes after `state`; return the number of the row that says so."""
    holds = [n for n, (source, _, when) in enumerate(rows) if source == state and when(seen)]
    assert len(holds) <= 1, f"two rows hold: {[rows[n][:2] for n in holds]}"
    expected = rows[holds[0]][1] if holds else state
    assert after == expected, f"{state} is followed by {after}, not {expected}"
    return holds[0] if holds else None


@pytest.fixture(scope="module")
def runs() -> dict[str, list[Seen]]:
    return {name: list(watch(config, 7)) for name, config in MACHINES.items()}


def test_phases(runs, specification):
    stated = [(row[0], row[1]) for row in specification.table("phases")[1:]]
    assert stated == [(source, target) for source, target, _ in PHASE_ROWS]
    used = set()
    for cycles in runs.values():
        for seen, after in itertools.pairwise(cycles):
            used.add(check_rows(PHASE_ROWS, seen.phase, after.phase, seen))
    assert used - {None} == set(range(len(PHASE_ROWS)))


def test_states_of_the_encoder(runs, specification):
    stated = [(row[0], row[1]) for row in specification.table("states of the encoder")[1:]]
    assert stated == [(source, target) for source, target, _ in ENCODER_ROWS]
    used = set()
    for name, cycles in runs.items():
        if name == "events":
            continue
        for seen, after in itertools.pairwise(cycles):
            row = check_rows(ENCODER_ROWS, seen.encoder, after.encoder, seen)
            used.add(row)
            check_encoder_data(seen, after, row)
    assert used - {None} == set(range(len(ENCODER_ROWS)))


def check_encoder_data(seen: Seen, after: Seen, row: int | None) -> None:
    """Check tick and position of the encoder after a cycle in which a row holds, or none."""
    tick, position = seen.encoder_tick, seen.position
    if row in (0, 1):
        tick = position = 0
    elif row == 2:
        position = 0
    elif row in (3, 4):
        tick += 1
    elif row == 5:
        tick = 0
    elif seen.encoder == "SCAN" and seen.advances:
        position += 1
    assert (after.encoder_tick, after.position) == (tick, position)


def test_states_of_the_serialiser(runs, specification):
    rows = specification.table("states of the serialiser")[1:]
    used = set()
    for cycles in runs.values():
        for seen in cycles:
            bits = -1 if seen.mask is None else seen.mask.bit_count()
            row = 0 if bits < 0 else 1 if bits > 1 else 4 if bits == 0 else 2 + seen.mask_ends
            used.add(row)
            taken = bool(seen.control["spikes_ready"]) and seen.spike is not None
            does = rows[row][2 if taken else 3]
            if does == "stays":
                expected = (seen.mask, seen.mask_ends)
            elif does == "clears this bit":
                expected = (seen.mask & (seen.mask - 1), seen.mask_ends)
            else:
                assert does == "takes the next mask"
                following = seen.next_mask
                expected = (following.mask, following.end) if following else (None, False)
            after = seen.after_mask
            assert ((after.mask, after.end) if after else (None, False)) == expected
    assert used == set(range(len(rows)))


def test_steps_of_readout(runs, specification):
    rows = specification.table("steps of READOUT")[1:]
    used = set()
    for cycles in runs.values():
        judges = judged_label = False
        for seen, after in itertools.pairwise(cycles):
            if seen.phase != "READOUT":
                judged_label = judged_label and seen.phase == "FEEDBACK"
                assert not judges
                continue
            row, judges, judged_label = readout_row(seen, judges, judged_label)
            used.add(row)
            _, _, _, taken, following = rows[row]
            if taken == "yes" or row:
                assert bool(seen.control["spikes_ready"]) == (taken == "yes")
            assert after.phase in following.replace("next tick", "SYNAPSE")
            assert judges == ("judges" in following and "does not" not in following)
    assert used == set(range(len(rows)))


def readout_row(seen: Seen, judges: bool, judged_label: bool) -> tuple[int, bool, bool]:
    """Return the row that holds, whether the next cycle judges, and whether the label has been
    judged in this tick.
    """
    if judges:
        return (4 if seen.control["error"] else 5), False, judged_label
    if seen.spike is None:
        return 0, False, judged_label
    if not seen.spike.end:
        return 1, True, judged_label or seen.spike.source == seen.request.label
    if seen.labelled and not judged_label:
        return 2, True, True
    return 3, False, judged_label
