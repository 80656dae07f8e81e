"""Datapath: memories, and the lanes that read, accumulate, learn, fire and write in one pass.

One operation on one group of neurons enters in every cycle. Stages, one cycle each:

    i_  addresses at the state, weight and feedback memories
    r_  memory outputs; forwarding of states that are still on their way
    x_  lanes compute; the state is written at the end
    w_  new weights are written

An operation may follow another on the same group at once: its state is forwarded from `x_`
(distance 1) or `w_` (distance 2), and the read that would collide with the write is left out.
"""

from amaranth import *
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from golden.cycle.record import datapath_fields
from golden.feedback import feedback_weights
from golden.layout import Layout
from hw.fixed import fit
from hw.layouts import (
    AccessLayout,
    FeedbackLayout,
    IssueLayout,
    Operation,
    SpikeLayout,
    StateLayout,
    WeightLayout,
)
from hw.neuron import Neuron
from hw.plasticity import Plasticity
from hw.synapse import Synapse
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
            }
        )

    def elaborate(self, platform):
        m = Module()
        r_issue, x_issue = Signal(IssueLayout(self._config)), Signal(IssueLayout(self._config))
        m.d.sync += [r_issue.eq(self.issue), x_issue.eq(r_issue)]

        x_weights = Signal(WeightLayout(self._config))
        weights_next = Signal(WeightLayout(self._config))
        weight_ports = self._weight_memory(m, r_issue, x_issue, x_weights, weights_next)
        x_feedback = self._feedback_memory(m)
        x_state = Signal(StateLayout(self._config))
        state_next = Signal(StateLayout(self._config))
        state_ports = self._state_memory(m, r_issue, x_issue, x_state, state_next)

        fires = Signal(self._config.lanes)
        for index in range(self._config.lanes):
            m.submodules[f"lane_{index}"] = lane = Lane(self._config)
            m.d.comb += [
                lane.issue.eq(x_issue),
                lane.transmits.eq(x_issue.transmit[index]),
                lane.state.eq(x_state[index]),
                lane.weight.eq(x_weights[index]),
                lane.feedback.eq(x_feedback[index]),
                state_next[index].eq(lane.state_next),
                weights_next[index].eq(lane.weight_next),
                fires[index].eq(lane.fires),
            ]
        self._spikes(m, x_issue, fires)
        m.d.comb += [
            self.weights.eq(x_weights),
            self.read_done.eq(x_issue.operation == Operation.READ),
        ]
        self._observe(m, x_issue, state_ports, x_state, weight_ports, x_weights, x_feedback)
        return m

    def _weight_memory(self, m, r_issue, x_issue, x_weights, weights_next):
        depth = Layout(self._config).weight_depth
        m.submodules.weight_memory = weights = memory.Memory(
            shape=WeightLayout(self._config), depth=depth, init=[], attrs={"no_rw_check": 1}
        )
        read, write = weights.read_port(), weights.write_port()
        fetch = Signal()
        reading = (self.issue.operation == Operation.SYNAPSE) | (
            self.issue.operation == Operation.READ
        )
        m.d.comb += [read.addr.eq(self.issue.weight), read.en.eq(reading)]
        m.d.comb += fetch.eq(
            (r_issue.operation == Operation.SYNAPSE) | (r_issue.operation == Operation.READ)
        )
        with m.If(fetch):
            m.d.sync += x_weights.eq(read.data)

        w_en = Signal()
        w_address = Signal.like(write.addr)
        w_weights = Signal(WeightLayout(self._config))
        m.d.sync += [
            w_en.eq((x_issue.operation == Operation.SYNAPSE) & x_issue.learn),
            w_address.eq(x_issue.weight),
            w_weights.eq(weights_next),
        ]
        with m.If(self.load.valid):
            m.d.sync += [
                w_en.eq(1),
                w_address.eq(self.load.payload.address),
                w_weights.eq(self.load.payload.data),
            ]
        m.d.comb += [write.addr.eq(w_address), write.data.eq(w_weights), write.en.eq(w_en)]
        return read, write

    def _feedback_memory(self, m):
        words = Layout(self._config).pack_feedback(feedback_weights(self._config)).tolist()
        shape = FeedbackLayout(self._config)
        m.submodules.feedback_memory = feedback = memory.Memory(
            shape=shape, depth=len(words), init=words
        )
        read = feedback.read_port()
        x_feedback = Signal(shape)
        m.d.comb += [
            read.addr.eq(self.issue.feedback),
            read.en.eq(self.issue.operation == Operation.FEEDBACK),
        ]
        m.d.sync += x_feedback.eq(read.data)
        return x_feedback

    def _state_memory(self, m, r_issue, x_issue, x_state, state_next):
        m.submodules.state_memory = states = memory.Memory(
            shape=StateLayout(self._config),
            depth=Layout(self._config).state_depth,
            init=[],
            attrs={"no_rw_check": 1},
        )
        read, write = states.read_port(), states.write_port()

        def writes(issue):
            return (issue.operation != Operation.NONE) & (issue.operation != Operation.READ)

        r_from_x, r_from_w = Signal(), Signal()
        collides = Signal()
        w_state = Signal(StateLayout(self._config))
        m.d.comb += [
            collides.eq(writes(x_issue) & (x_issue.state == self.issue.state)),
            read.addr.eq(self.issue.state),
            read.en.eq(writes(self.issue) & ~collides),
            write.addr.eq(x_issue.state),
            write.data.eq(state_next),
            write.en.eq(writes(x_issue)),
        ]
        m.d.sync += [
            r_from_x.eq(writes(r_issue) & (r_issue.state == self.issue.state)),
            r_from_w.eq(collides),
            w_state.eq(state_next),
            x_state.eq(self._forward(r_from_x, state_next, r_from_w, w_state, read.data)),
        ]
        return read, write

    @staticmethod
    def _forward(r_from_x, x_state, r_from_w, w_state, r_state):
        """Choose the latest state of a group: still in `x_`, just written, or in memory."""
        return Mux(r_from_x, x_state, Mux(r_from_w, w_state, r_state))

    def _spikes(self, m, x_issue, fires):
        neuron = x_issue.operation == Operation.NEURON
        m.d.sync += [
            self.spikes.valid.eq(neuron & (x_issue.last | fires.any())),
            self.spikes.payload.mask.eq(fires),
            self.spikes.payload.group.eq(x_issue.group),
            self.spikes.payload.end.eq(x_issue.last),
        ]

    def _observe(self, m, x_issue, state_ports, x_state, weight_ports, x_weights, x_feedback):
        state_read, state_write = state_ports
        weight_read, weight_write = weight_ports
        x_reads = x_issue.operation == Operation.READ
        x_weighs = x_reads | (x_issue.operation == Operation.SYNAPSE)
        observe(
            m,
            datapath_fields(self._config),
            state_read=state_read.en,
            state_read_address=(state_read.en, state_read.addr),
            operation=x_issue.operation,
            state=(state_write.en, x_state),
            state_write=state_write.en,
            state_write_address=(state_write.en, state_write.addr),
            state_write_data=(state_write.en, state_write.data),
            weight_read=weight_read.en,
            weight_read_address=(weight_read.en, weight_read.addr),
            weights=(x_weighs, x_weights),
            weight_write=weight_write.en,
            weight_write_address=(weight_write.en, weight_write.addr),
            weight_write_data=(weight_write.en, weight_write.data),
            feedback=(x_issue.operation == Operation.FEEDBACK, x_feedback),
            read_done=self.read_done,
            spikes_valid=self.spikes.valid,
            spikes=(self.spikes.valid, self.spikes.payload),
        )


class Lane(wiring.Component):
    """One lane: everything that happens to one neuron and one synapse in `x_`; combinational.

    Parameters
    ----------
    config : Config

    Members
    -------
    issue : In(IssueLayout(config))
        Operation in `x_`.
    transmits : In(1)
        This lane's bit of the blank-out draws.
    state, weight, feedback : In
        What the memories held.
    state_next, weight_next : Out
        What is written back.
    fires : Out(1)
        In a NEURON operation: the neuron fires.
    """

    def __init__(self, config):
        self._config = config
        super().__init__(
            {
                "issue": In(IssueLayout(config)),
                "transmits": In(1),
                "state": In(StateLayout(config).elem_shape),
                "weight": In(WeightLayout(config).elem_shape),
                "feedback": In(FeedbackLayout(config).elem_shape),
                "state_next": Out(StateLayout(config).elem_shape),
                "weight_next": Out(WeightLayout(config).elem_shape),
                "fires": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.synapse = synapse = Synapse(self._config)
        m.submodules.plasticity = plasticity = Plasticity(self._config)
        m.submodules.neuron = neuron = Neuron(self._config)
        issue, state = self.issue, self.state
        m.d.comb += [
            synapse.layer.eq(issue.layer),
            synapse.membrane.eq(state.membrane),
            synapse.weight.eq(self.weight),
            synapse.transmits.eq(self.transmits),
            plasticity.weight.eq(self.weight),
            plasticity.dendrite.eq(state.dendrite),
            plasticity.open.eq(state.gate & self.transmits & issue.learn),
            plasticity.fraction.eq(issue.fraction),
            self.weight_next.eq(plasticity.weight_next),
            neuron.layer.eq(issue.layer),
            neuron.state.eq(state),
            self.fires.eq(neuron.fires),
        ]
        signed_feedback = Mux(issue.negative, -self.feedback, self.feedback)
        # The dendrite is wide enough for one error per class.
        dendrite_next = fit(state.dendrite + signed_feedback, state.dendrite.shape())
        with m.Switch(issue.operation):
            with m.Case(Operation.SYNAPSE):
                m.d.comb += [
                    self.state_next.eq(state),
                    self.state_next.membrane.eq(synapse.membrane_next),
                ]
            with m.Case(Operation.NEURON):
                m.d.comb += self.state_next.eq(neuron.state_next)
            with m.Case(Operation.FEEDBACK):
                m.d.comb += [
                    self.state_next.eq(state),
                    self.state_next.dendrite.eq(dendrite_next),
                ]
        return m
