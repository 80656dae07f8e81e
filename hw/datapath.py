"""Datapath: memories, and the lanes that read, accumulate, learn, fire and write in one pass.

One operation on one group of neurons enters in every cycle, and goes through the stages of
`golden.enums.Stage`.
"""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.cycle.datapath import Datapath as GoldenDatapath
from erbium.golden.cycle.record import datapath_fields
from erbium.golden.feedback import feedback_weights
from erbium.golden.layout import Layout
from erbium.hw import accumulators
from erbium.hw.fixed import by_layer
from erbium.hw.lane import Lane
from erbium.hw.memories import Memories
from erbium.hw.operation import IssueLayout, StageLayout, operation_code
from erbium.hw.ram import Ram, Rom, WeightRam
from erbium.hw.trace import observe
from erbium.hw.words import (
    AccessLayout,
    DendritesLayout,
    FeedbackLayout,
    MembranesLayout,
    SpikeLayout,
    WeightLayout,
)


class Datapath(wiring.Component):
    """Memories and lanes.

    Parameters
    ----------
    config : Config
    weights : list of int array [sources, targets], optional
        What the weight memory holds at power-up; see `WeightRam`.

    Attributes
    ----------
    latency : int
        Cycles from an operation to what it writes, which is in memory a cycle later.

    Members
    -------
    issue : In(IssueLayout(config))
        Operation of this cycle.
    load : In(stream.Signature(AccessLayout(config), always_ready=True))
        Write a weight word; only while no synapse operation is under way.
    spikes : Out(stream.Signature(SpikeLayout(config), always_ready=True))
        Groups with spikes, and the last group of a layer in any case.
    weights : Out(WeightLayout(config))
        The word of the last READ operation, when `read_done` is or has been 1.
    read_done : Out(1)
    writes : Out(1)
        A weight word is written in this cycle.
    drained : Out(1)
        No operation is under way that has not reached its memory.
    hold : Out(1)
        The only port of the weight memory writes: no word can be read in this cycle.
    answer_zeros : In(1)
        Let `weights` be 0 from the next cycle on; between samples only, and only with a guard.
    """

    latency = GoldenDatapath.latency

    def __init__(self, config, *, weights=None):
        self._config = config
        super().__init__(
            {
                "issue": In(IssueLayout(config)),
                "load": In(stream.Signature(AccessLayout(config), always_ready=True)),
                "spikes": Out(stream.Signature(SpikeLayout(config), always_ready=True)),
                "weights": Out(WeightLayout(config)),
                "read_done": Out(1),
                "writes": Out(1),
                "drained": Out(1),
                "hold": Out(1),
            }
            | ({"answer_zeros": In(1)} if config.guard else {})
        )
        layout = Layout(config)
        self._weights = WeightRam(config, weights)
        self._membranes = Ram(MembranesLayout(config), layout.state_depth)
        self._dendrites = Ram(DendritesLayout(config), layout.state_depth)
        words = layout.pack_feedback(feedback_weights(config)).tolist()
        self._feedback = Rom(FeedbackLayout(config), words) if config.learning else None
        self._lanes = [Lane(config) for _ in range(config.lanes)]
        self._i, self._f, self._r, self._x = (
            Signal(StageLayout(config), name=name) for name in "ifrx"
        )
        self._w_state = Signal.like(self.issue.state, name="w_state")

    def elaborate(self, platform):
        m = Module()
        m.submodules.weight_memory = self._weights
        m.submodules.membrane_memory = self._membranes
        m.submodules.dendrite_memory = self._dendrites
        for index, lane in enumerate(self._lanes):
            m.submodules[f"lane_{index}"] = lane
            m.d.comb += [lane.r.eq(self._r), lane.x.eq(self._x)]
            if self._config.guard:
                m.d.comb += lane.answer_zeros.eq(self.answer_zeros)
        self._stages(m)
        memories = Memories(self, self._lanes, i=self._i, f=self._f, x=self._x)
        memories.weights(m, self._config, self._weights)
        memories.states(m, self._membranes, self._dendrites, self._w_state)
        if self._config.learning:
            m.submodules.feedback_memory = self._feedback
            memories.feedback(m, self._feedback)
        self._spikes(m)
        self._observe(m)
        return m

    def _stages(self, m):
        """Carry the operation along, decoded as far as all lanes alike need it."""
        issue, stage = self.issue, self._i
        for name in ("operation", "layer", "group", "last", "state", "weight", "learn", "transmit"):
            m.d.comb += stage[name].eq(issue[name])
        feedback = issue.operation.feedback
        negative = feedback & issue.negative
        m.d.comb += [
            stage.negative.eq(negative),
            stage.fraction.eq(
                Mux(feedback, negative.replicate(len(issue.fraction)), issue.fraction)
            ),
        ]
        accumulators.find(m, self._config, issue, stage.forward)
        m.d.sync += [
            self._f.eq(stage),
            self._r.eq(self._f),
            self._x.eq(self._r),
            self._w_state.eq(self._x.state),
        ]
        under_way = Cat(stage.operation for stage in (self._f, self._r, self._x))
        w_under_way = Signal()
        m.d.sync += w_under_way.eq(self._x.operation.as_value().any())
        m.d.comb += self.drained.eq(~under_way.any() & ~w_under_way)
        for index, lane in enumerate(self._lanes):
            m.d.comb += [
                lane.r_transmits.eq(self._r.transmit[index]),
                lane.x_transmits.eq(self._x.transmit[index]),
            ]

    def _spikes(self, m):
        x, spikes = self._x, self.spikes.payload
        w_neuron = Signal()
        m.d.sync += [
            w_neuron.eq(x.operation.neuron),
            spikes.mask.eq(Cat(lane.fires for lane in self._lanes) & self._neurons()),
            spikes.group.eq(x.group),
            spikes.end.eq(x.last),
        ]
        m.d.comb += self.spikes.valid.eq(w_neuron & (spikes.end | spikes.mask.any()))

    def _neurons(self):
        """Say which lanes have a neuron. Others never fire, as their weights are 0; but an upset
        can change one, and nothing would make it 0 again.
        """
        lanes = self._config.lanes
        ends = [one.targets - lanes * (one.groups - 1) for one in Layout(self._config).layers]

        def first(count):
            return Const((1 << count) - 1, lanes)

        return Mux(self._x.last, by_layer(ends, self._x.layer, first), first(lanes))

    def _observe(self, m):
        membranes, dendrites, weights, x = (
            self._membranes,
            self._dendrites,
            self._weights,
            self._x,
        )
        observe(
            m,
            datapath_fields(self._config),
            operation=operation_code(x.operation),
            membrane_read=membranes.read,
            membrane_read_address=(membranes.read, membranes.read_address),
            membrane_write=membranes.write,
            membrane_write_address=(membranes.write, membranes.write_address),
            membrane_write_data=(membranes.write, membranes.write_data),
            dendrite_read=dendrites.read,
            dendrite_read_address=(dendrites.read, dendrites.read_address),
            dendrite_write=dendrites.write,
            dendrite_write_address=(dendrites.write, dendrites.write_address),
            dendrite_write_data=(dendrites.write, dendrites.write_data),
            weight_read=weights.read,
            weight_read_address=(weights.read, weights.read_address),
            weights=(x.operation.read | x.operation.synapse, self.weights),
            weight_write=weights.write,
            weight_write_address=(weights.write, weights.write_address),
            weight_write_data=(weights.write, weights.write_data),
            feedback=(x.operation.feedback, Cat(lane.x_feedback for lane in self._lanes)),
            read_done=self.read_done,
            spikes_valid=self.spikes.valid,
            spikes=(self.spikes.valid, self.spikes.payload),
        )
