"""Datapath: memories, and the lanes that read, accumulate, learn, fire and write in one pass.

One operation on one group of neurons enters in every cycle. Stages, one cycle each:

    i_  addresses at the memories of weights, dendrites and feedback
    f_  their outputs; address at the membrane memory, which is read as late as possible
    r_  their outputs, registered; output of the membrane memory
    x_  lanes compute
    w_  weights, membranes and dendrites are written

No memory is read and written at one address in one cycle, so no logic decides what such a read
would give: `golden.cycle.ram` insists on it.
"""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from golden.cycle.record import datapath_fields
from golden.feedback import feedback_weights
from golden.layout import Layout
from hw.fixed import by_layer
from hw.lane import Lane
from hw.layouts import (
    KINDS,
    AccessLayout,
    DendritesLayout,
    FeedbackLayout,
    IssueLayout,
    MembranesLayout,
    SpikeLayout,
    StageLayout,
    WeightLayout,
    operation,
)
from hw.ram import Ram, Rom, WeightRam
from hw.trace import observe


class Datapath(wiring.Component):
    """Memories and lanes.

    Parameters
    ----------
    config : Config

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
    """

    def __init__(self, config):
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
        )
        layout = Layout(config)
        self._weights = WeightRam(config)
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
        self._stages(m)
        self._access_weights(m)
        self._access_states(m)
        if self._config.learning:
            self._access_feedback(m)
        self._spikes(m)
        self._observe(m)
        return m

    def _stages(self, m):
        """Carry the operation along, decoded as far as all lanes alike need it."""
        issue, stage = self.issue, self._i
        for name in (*KINDS, "layer", "group", "last", "state", "weight", "learn", "transmit"):
            m.d.comb += stage[name].eq(issue[name])
        negative = issue.feeds & issue.negative
        m.d.comb += [
            stage.negative.eq(negative),
            stage.fraction.eq(
                Mux(issue.feeds, negative.replicate(len(issue.fraction)), issue.fraction)
            ),
        ]
        self._forwarding(m)
        m.d.sync += [
            self._f.eq(stage),
            self._r.eq(self._f),
            self._x.eq(self._r),
            self._w_state.eq(self._x.state),
        ]
        under_way = Cat(stage[kind] for stage in (self._f, self._r, self._x) for kind in KINDS)
        w_under_way = Signal()
        m.d.sync += w_under_way.eq(Cat(self._x[kind] for kind in KINDS).any())
        m.d.comb += self.drained.eq(~under_way.any() & ~w_under_way)
        for index, lane in enumerate(self._lanes):
            m.d.comb += [
                lane.r_transmits.eq(self._r.transmit[index]),
                lane.x_transmits.eq(self._x.transmit[index]),
            ]

    def _forwarding(self, m):
        """Find operations whose sum is still in the lanes; see `golden.cycle.accumulators`."""
        issue, stage = self.issue, self._i
        uses = issue.synapse | issue.neuron
        word, is_sum, found = issue.state, issue.synapse, Const(0)
        for distance in range(1, max(Layout(self._config).forwards, default=0) + 1):
            before = Signal.like(issue.state, name=f"word_{distance}")
            was_sum = Signal(name=f"is_sum_{distance}")
            with m.If(uses):
                m.d.sync += [before.eq(word), was_sum.eq(is_sum)]
            word, is_sum = before, was_sum
            if distance in Layout(self._config).forwards:
                here = uses & is_sum & (issue.state == word)
                m.d.comb += stage.forward[distance - 1].eq(here & ~found)
                found = found | here

    def _access_weights(self, m):
        memory, x = self._weights, self._x
        loads, learns = Signal(), Signal()
        load = Signal(AccessLayout(self._config))
        w_address = Signal.like(memory.write_address)
        # Lanes add it to what they learn, which is 0 then.
        loaded = Mux(self.load.valid, self.load.payload.data.as_value(), 0)
        m.d.sync += [
            loads.eq(self.load.valid),
            load.data.as_value().eq(loaded),
            learns.eq(x.synapse & x.learn),
            w_address.eq(Mux(self.load.valid, self.load.payload.address, x.weight)),
        ]
        data = Signal(WeightLayout(self._config))
        if self._config.memory == "spram":
            # Whether a word has changed is known late; a register stands before the only port.
            changes = Cat(lane.changes for lane in self._lanes).any()
            m.d.sync += [
                memory.write.eq(loads | (learns & changes)),
                memory.write_address.eq(w_address),
                memory.write_data.eq(data),
            ]
            m.d.comb += self.hold.eq(memory.write)
        else:
            m.d.comb += [
                memory.write.eq(loads | learns),
                memory.write_address.eq(w_address),
                memory.write_data.eq(data),
            ]
        m.d.comb += [
            memory.read.eq(self._i.synapse | self._i.read),
            memory.read_address.eq(self._i.weight),
            self.writes.eq(memory.write),
            self.read_done.eq(x.read),
        ]
        for index, lane in enumerate(self._lanes):
            m.d.comb += [
                lane.f_weight.eq(memory.read_data[index]),
                lane.load.eq(load.data[index]),
                data[index].eq(lane.w_weight),
                self.weights[index].eq(lane.x_weight),
            ]

    def _access_states(self, m):
        membranes, dendrites, i, x = self._membranes, self._dendrites, self._i, self._x
        f_reads, w_writes, w_writes_dendrite = Signal(), Signal(), Signal()
        m.d.sync += [
            f_reads.eq((i.synapse | i.neuron) & ~i.forward.any()),
            w_writes.eq(x.synapse | x.neuron | x.clears),
            w_writes_dendrite.eq(x.neuron | x.feeds | x.clears),
        ]
        m.d.comb += [
            membranes.read.eq(f_reads),
            membranes.read_address.eq(self._f.state),
            membranes.write.eq(w_writes),
            membranes.write_address.eq(self._w_state),
            dendrites.read.eq(i.synapse | i.neuron | i.feeds),
            dendrites.read_address.eq(i.state),
            dendrites.write.eq(w_writes_dendrite),
            dendrites.write_address.eq(self._w_state),
        ]
        for index, lane in enumerate(self._lanes):
            m.d.comb += [
                lane.r_membrane.eq(membranes.read_data[index]),
                membranes.write_data[index].eq(lane.w_membrane),
                lane.f_dendrite.eq(dendrites.read_data[index]),
                dendrites.write_data[index].eq(lane.w_dendrite),
            ]

    def _access_feedback(self, m):
        m.submodules.feedback_memory = memory = self._feedback
        m.d.comb += [
            memory.read.eq(self._i.feeds),
            memory.read_address.eq(self.issue.feedback),
        ]
        for index, lane in enumerate(self._lanes):
            m.d.comb += lane.f_feedback.eq(memory.read_data[index])

    def _spikes(self, m):
        x, spikes = self._x, self.spikes.payload
        w_neuron = Signal()
        m.d.sync += [
            w_neuron.eq(x.neuron),
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
            operation=operation(x),
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
            weights=(x.read | x.synapse, self.weights),
            weight_write=weights.write,
            weight_write_address=(weights.write, weights.write_address),
            weight_write_data=(weights.write, weights.write_data),
            feedback=(x.feeds, Cat(lane.x_feedback for lane in self._lanes)),
            read_done=self.read_done,
            spikes_valid=self.spikes.valid,
            spikes=(self.spikes.valid, self.spikes.payload),
        )
