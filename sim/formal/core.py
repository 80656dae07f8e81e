"""The whole core as an event machine: memories, queues and progress, for any numbers in memory.

Lanes, memories and random generators put out anything here, and so does the queue of input
events: more than they can do, so that what holds here holds for the core. What is left is the
sequencer, the pipeline of addresses, and the spike queue.

The watchdog is kept silent. It must be: `Sequence` proves that it is never let wait for more than
`IDLE_CYCLES`, so that there is no first time.
"""

from __future__ import annotations

from amaranth.hdl import Cat, Mux, Signal

from erbium.golden.enums import Phase
from erbium.golden.layout import Layout
from erbium.hw.core import Core
from erbium.hw.operation import OperationLayout
from erbium.hw.words import AccessLayout, EventLayout, OutsideEventLayout
from erbium.sim.formal.definitions import chosen
from erbium.sim.formal.properties import (
    Opened,
    Properties,
    anything,
    assume,
    check,
    cover,
    first_cycle,
    implies,
    past,
)
from erbium.sim.formal.queues import stable

#: Instances that put out anything; see above.
FREE = ("memories", "lane_[0-9]+", "event_random", "blank_random", "inputs", "watchdog")

#: Wires of a stream, as `ascending` takes them.
STREAM = ("payload", "ready", "valid")

#: Most cycles without an operation or a transfer, while nobody outside is to blame: the pipeline
#: is empty after five, the queue of spikes takes three.
IDLE_CYCLES = 9


class Host:
    """A core with encoder "events", and a host that does what it may at any time.

    Parameters
    ----------
    m : Module
    specified, built : Config

    Attributes
    ----------
    core : Core
    opened : Opened
        The same, with its inner signals.
    label, rate : Signal
        Of the request that is offered.
    """

    def __init__(self, m, specified, built):
        self.core = core = Core(built)
        m.submodules.core = self.opened = Opened(core)
        layout = Layout(specified)
        assume(m, ~self.opened.signal("control.watchdog.expired"))
        event, access = Signal(OutsideEventLayout(specified)), Signal(AccessLayout(specified))
        self.label = anything(m, core.i_request.payload.label.shape(), "label")
        self.rate = anything(m, core.i_request.payload.rate.shape(), "rate")
        m.d.comb += [
            event.as_value().eq(anything(m, len(event.as_value()), "any_event")),
            access.as_value().eq(anything(m, len(access.as_value()), "any_access")),
            core.i_event.valid.eq(anything(m, 1, "event_valid")),
            core.i_event.payload.eq(event),
            core.i_request.valid.eq(anything(m, 1, "request_valid")),
            core.i_request.payload.label.eq(self.label),
            core.i_request.payload.rate.eq(self.rate),
            core.i_access.valid.eq(anything(m, 1, "access_valid")),
            core.i_access.payload.eq(access),
            core.o_result.ready.eq(anything(m, 1, "result_ready")),
            core.o_access.ready.eq(anything(m, 1, "word_ready")),
        ]
        ascending(m, specified, event, core.i_event.ready, core.i_event.valid)
        marked(m, specified, core.i_event)
        assume(m, self.label < layout.classes)
        assume(m, self.rate <= 256)
        assume(m, access.address < layout.weight_depth)


def ascending(m, config, payload, ready, valid):
    """Assume what the host promises of events: inputs in ascending order, and ends of ticks."""
    event = Signal(EventLayout(config), name="promised")
    lowest = Signal(range(config.layers[0] + 1))
    m.d.comb += event.eq(payload)
    offered = valid & ~event.end
    assume(m, implies(offered, (event.source >= lowest) & (event.source < config.layers[0])))
    with m.If(valid & ready):
        m.d.sync += lowest.eq(Mux(event.end, 0, event.source + 1))


def marked(m, config, events):
    """Assume that the host marks the end of a sample's last tick."""
    tick = Signal(range(config.ticks))
    last = tick == config.ticks - 1
    assume(m, implies(events.valid, events.payload.last == (events.payload.end & last)))
    with m.If(events.valid & events.ready & events.payload.end):
        m.d.sync += tick.eq(Mux(last, 0, tick + 1))


def ports(opened, path):
    """Return whether a memory reads, whether it writes, and whether both at one address."""
    read, write = opened.signal(f"{path}.read"), opened.signal(f"{path}.write")
    same = opened.signal(f"{path}.read_address") == opened.signal(f"{path}.write_address")
    return read, write, read & write & same


#: The same for the streams of the host, whose payloads come from lanes and counters.
FREE_BUT_WORDS = ("memories", "neuron", "synapse", "plasticity", "saturation", *FREE[2:])


class Streams(Properties):
    """What the host gets: offered until it is taken, and the same for as long."""

    def specify(self, m):
        host = Host(m, self.config, self.built)
        core, opened = host.core, host.opened
        first = first_cycle(m)
        inputs = (opened.signal(f"control.i_inputs__{name}") for name in STREAM)
        ascending(m, self.config, *inputs)
        stable(m, "o_result", core.o_result, first)
        stable(m, "o_access", core.o_access, first)
        # One word for each read, one result for each request.
        asked = core.i_access.valid & core.i_access.ready & ~core.i_access.payload.write
        given = core.o_access.valid & core.o_access.ready
        words, results = Signal(), Signal()
        m.d.sync += [
            words.eq(words ^ asked ^ given),
            results.eq(
                results
                ^ (core.i_request.valid & core.i_request.ready)
                ^ (core.o_result.valid & core.o_result.ready)
            ),
        ]
        check(m, "a word for each read", ~(given & ~words) & ~(asked & words))
        check(m, "a result for each request", implies(core.o_result.valid, results))
        check(m, "one thing at a time", ~(words & results))


class Sequence(Properties):
    """What does not depend on any number that a memory holds."""

    def specify(self, m):
        host = Host(m, self.config, self.built)
        core, opened = host.core, host.opened
        # Proved of the queue: what comes out is what the host has put in.
        ascending(m, self.config, *(opened.signal(f"control.i_inputs__{name}") for name in STREAM))
        kinds = Cat(opened.signal(f"control.issue_{name}") for name in OperationLayout().members)
        check(m, "one operation in a cycle", (kinds & (kinds - 1)[: len(kinds)]) == 0)
        self._memories(m, opened)
        self._event(m, opened)
        self._progress(m, core, opened)
        waits = past(m, core.o_result.valid & ~core.o_result.ready) & ~first_cycle(m)
        check(m, "o_result stays valid", implies(waits, core.o_result.valid))
        cover(m, "a result waits", waits)

    def _memories(self, m, opened):
        """No memory is asked for a word while it is written; the spike queue has room."""
        for name, path in (("membranes", "membrane_memory"), ("dendrites", "dendrite_memory")):
            read, write, collides = ports(opened, f"datapath.{path}")
            check(m, f"{name}: no word is read while it is written", ~collides)
            # Sums of small layers are taken from the lanes.
            if path == "dendrite_memory" or max(g.groups for g in Layout(self.config).layers) > 3:
                cover(m, f"{name}: read and write together", read & write)
        if self.config.memory == "spram":
            read, write, _ = ports(opened, "datapath.weight_memory.all")
            check(m, "weights: the port reads or writes", ~(read & write))
            cover(m, "a word waits for the port", opened.signal("control.delivers") & write)
        else:
            read, write, collides = ports(opened, "datapath.weight_memory.lane_0_0")
            check(m, "weights: no word is read while it is written", ~collides)
            cover(m, "weights: read and write together", read & write)
        offered = opened.signal("datapath.spikes__valid")
        check(m, "the spike queue has room", implies(offered, opened.signal("spikes.queue.w_rdy")))

    def _event(self, m, opened):
        """An event has one word for each group of the layer, and ends in time."""
        layers = Layout(self.config).layers
        issues, step = opened.signal("control.issue_synapse"), opened.signal("control.event_step")
        groups = Signal(8)
        m.d.comb += groups.eq(
            chosen([one.groups for one in layers], opened.signal("control.layer"))
        )
        words, cycles, active = Signal(8), Signal(8), Signal()
        last = issues & (words + 1 == groups)
        m.d.sync += [
            words.eq(words + issues),
            cycles.eq(cycles + active),
            active.eq(active & ~last),
        ]
        with m.If(step):
            m.d.sync += [words.eq(0), cycles.eq(0), active.eq(1)]
        check(m, "words belong to events", implies(issues, active))
        check(m, "an event is taken when the last one ends", implies(step, ~active | last))
        # With one port, a word waits for those before it that are written: at most the four that
        # are under way, and the event's own.
        spare = groups + 4 if self.config.memory == "spram" else 0
        check(m, "an event ends in time", implies(active, cycles < groups + spare))
        cover(m, "events follow without a gap", step & last)

    def _progress(self, m, core, opened):
        """Count cycles in which nothing happens although the host keeps nothing back."""
        phase = core.phase
        happens = opened.signal("control.watchdog.progress")
        needs_input = (phase == Phase.SYNAPSE) & (opened.signal("control.layer") == 0)
        blame = needs_input & ~opened.signal("control.i_inputs__valid")
        idle = Signal(range(IDLE_CYCLES + 2))
        m.d.sync += idle.eq(Mux(happens | blame, 0, idle + (idle <= IDLE_CYCLES)))
        check(m, "something happens", idle <= IDLE_CYCLES)
        cover(m, "errors are fed back", phase == Phase.FEEDBACK)
        cover(m, "waits for the pipeline", (idle == 3) & (phase == Phase.CLEAR))
