"""Lane: everything that happens to one neuron and to one synapse in a clock cycle.

It has the stages `f_` to `w_` of `golden.enums.Stage`. At `x_` registers stand in front of two
adders: membrane (`Synapse`) and dendrite (`Plasticity`).
"""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.cycle.lane import Lanes
from erbium.golden.layout import Layout
from erbium.hw import accumulators
from erbium.hw.accumulators import register
from erbium.hw.neuron import Neuron
from erbium.hw.operation import StageLayout
from erbium.hw.plasticity import Plasticity, Saturation
from erbium.hw.synapse import Synapse
from erbium.hw.words import DendriteLayout


class Lane(wiring.Component):
    """One lane of the datapath.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    latency : int
        Cycles from what the memories put out to what is written.

    Members
    -------
    r, x : In(StageLayout(config))
        Operations in these stages.
    f_dendrite, f_weight, f_feedback, r_membrane : In
        What the memories put out for the operations in these stages.
    r_transmits, x_transmits : In(1)
        This lane's bit of the blank-out draws.
    load : In(signed(weight_bits))
        Weight from the host in `w_`; otherwise 0.
    w_membrane, w_dendrite, w_weight : Out
        Written at the end of `w_`.
    x_weight, x_feedback : Out
        The weight that was read; the feedback that is added.
    changes : Out(1)
        The weight in `w_` is not what it was.
    fires : Out(1)
        The neuron in `x_` fires.
    answer_zeros : In(1)
        Let `x_weight` be 0; between samples only, and only with a guard.
    """

    latency = Lanes.latency

    def __init__(self, config):
        self._config = config
        layout = Layout(config)
        membrane, weight = signed(layout.membrane_bits), signed(config.weight_bits)
        feedback, dendrite = signed(layout.feedback_bits), DendriteLayout(config)
        super().__init__(
            {
                "r": In(StageLayout(config)),
                "x": In(StageLayout(config)),
                "f_dendrite": In(dendrite),
                "f_weight": In(weight),
                "f_feedback": In(feedback),
                "r_membrane": In(membrane),
                "r_transmits": In(1),
                "x_transmits": In(1),
                "load": In(weight),
                "w_membrane": Out(membrane),
                "w_dendrite": Out(dendrite),
                "w_weight": Out(weight),
                "x_weight": Out(weight),
                "x_feedback": Out(feedback),
                "changes": Out(1),
                "fires": Out(1),
            }
            | ({"answer_zeros": In(1)} if config.guard else {})
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.neuron = neuron = Neuron(self._config)
        r_dendrite, x_dendrite, w_dendrite = map(register, [self.f_dendrite] * 3)
        r_weight, x_weight = map(register, [self.f_weight] * 2)
        m.d.sync += [
            r_dendrite.eq(self.f_dendrite),
            x_dendrite.eq(r_dendrite),
            w_dendrite.eq(x_dendrite),
            r_weight.eq(self.f_weight),
        ]
        hides_weight = self.r.operation.feedback
        if self._config.guard:
            hides_weight |= self.answer_zeros
        with m.If(self.r.operation.synapse | self.r.operation.read):
            m.d.sync += x_weight.eq(r_weight)
        with m.Elif(hides_weight):
            m.d.sync += x_weight.eq(0)
        m.d.comb += [self.x_weight.eq(x_weight), self.w_dendrite.eq(w_dendrite)]

        self._integrate(m, neuron, x_dendrite.refractory)
        with m.If(self.x.operation.neuron):
            m.d.sync += w_dendrite.refractory.eq(neuron.refractory_next)
        if self._config.learning:
            self._learn(m, neuron, r_dendrite, x_dendrite, w_dendrite)
        else:
            m.d.comb += self.w_weight.eq(self.load)
        with m.If(self.x.operation.clear):
            m.d.sync += w_dendrite.eq(0)
        return m

    def _integrate(self, m, neuron, refractory):
        """Add the weight to the membrane, or let the membrane leak and the neuron fire."""
        m.submodules.synapse = synapse = Synapse(self._config)
        x_membrane, w_membrane = map(register, [self.r_membrane] * 2)
        membrane = accumulators.latest(m, self._config, self.x, x_membrane, synapse.total)
        m.d.sync += [x_membrane.eq(self.r_membrane), w_membrane.eq(neuron.membrane_next)]
        m.d.comb += [
            synapse.layer.eq(self.x.layer),
            synapse.membrane.eq(membrane),
            synapse.weight.eq(self.x_weight),
            synapse.transmits.eq(self.x_transmits),
            synapse.leaks.eq(self.x.operation.neuron),
            neuron.layer.eq(self.x.layer),
            neuron.steps.eq(self.x.operation.neuron),
            neuron.clear.eq(self.x.operation.clear),
            neuron.membrane.eq(membrane),
            neuron.total.eq(synapse.total),
            neuron.refractory.eq(refractory),
            self.w_membrane.eq(w_membrane),
            self.fires.eq(neuron.fires),
        ]

    def _learn(self, m, neuron, r_dendrite, x_dendrite, w_dendrite):
        """Learn, feed back, or leak: one adder; a closed gate hides the dendrite from it."""
        m.submodules.plasticity = plasticity = Plasticity(self._config)
        r_feedback, x_feedback = map(register, [self.f_feedback] * 2)
        open_ = r_dendrite.gate & self.r_transmits & self.r.learn
        with m.If(self.r.operation.synapse & ~open_):
            m.d.sync += x_dendrite.dendrite.eq(0)
        m.d.sync += [
            r_feedback.eq(self.f_feedback),
            x_feedback.eq(Mux(self.r.operation.feedback, r_feedback, 0)),
        ]
        m.d.comb += [
            plasticity.layer.eq(self.x.layer),
            plasticity.dendrite.eq(x_dendrite.dendrite),
            plasticity.weight.eq(self.x_weight),
            plasticity.feedback.eq(x_feedback),
            plasticity.negative.eq(self.x.negative),
            plasticity.fraction.eq(self.x.fraction),
            plasticity.leaks.eq(self.x.operation.neuron),
            self.x_feedback.eq(x_feedback),
        ]
        m.submodules.saturation = saturation = Saturation(self._config)
        w_moved, w_old = register(plasticity.moved), register(self.x_weight)
        w_learns = Signal()
        m.d.comb += [
            saturation.learns.eq(w_learns),
            saturation.moved.eq(w_moved),
            saturation.load.eq(self.load),
            self.w_weight.eq(saturation.weight),
            self.changes.eq(saturation.weight != w_old),
        ]
        m.d.sync += [
            w_learns.eq(self.x.operation.synapse),
            w_moved.eq(plasticity.moved),
            w_old.eq(self.x_weight),
            w_dendrite.dendrite.eq(plasticity.dendrite_next),
        ]
        with m.If(self.x.operation.neuron):
            m.d.sync += w_dendrite.gate.eq(neuron.gate_next)
