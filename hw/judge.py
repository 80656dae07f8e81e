"""Judge: output spikes are counted and compared with the label, one in two cycles."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.hw.error import ErrorNeurons
from erbium.hw.fixed import wrap
from erbium.hw.readout import Readout
from erbium.hw.words import EventLayout, ResultLayout, address_shape

#: Its wires to the sequencer.
OUTPUTS = ("judges", "unanswered", "counts", "error", "negative", "sure")


class Judge(wiring.Component):
    """Take an event of the output layer, and judge it in the next cycle, from registers: counts
    and errors are the sequencer's longest paths. See `golden.cycle.control`.

    Parameters
    ----------
    config : Config

    Members
    -------
    clear : In(1)
        Start of a sample.
    begin : In(1)
        Start of a tick's read-out.
    window, learning, labelled : In(1)
        Outputs count in this tick; errors are fed back; the label neuron fires.
    label : In
        The true class.
    take : In(1)
        Judge this event next; not while `judges`. An end stands for a label spike without answer.
    event : In(EventLayout(config))
    judges : Out(1)
        An event is judged in this cycle.
    unanswered : Out(1)
        The label has fired, and so far no output spike of its class has answered.
    k : Out
        Class that is judged.
    counts : Out(1)
        Its spike is counted.
    error, negative : Out(1)
        It causes an error spike, and its sign.
    sure : Out(1)
        The true class leads by the margin from which on nothing is learned.
    result : Out(ResultLayout(config))
    """

    def __init__(self, config):
        self._config = config
        k = address_shape(config.layers[-1])
        bits = ("clear", "begin", "window", "learning", "labelled", "take")
        super().__init__(
            dict.fromkeys(bits, In(1))
            | dict.fromkeys(OUTPUTS, Out(1))
            | {
                "label": In(k),
                "event": In(EventLayout(config)),
                "k": Out(k),
                "result": Out(ResultLayout(config)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.readout = readout = Readout(self._config)
        answered, spike = Signal(), Signal()
        # The source of an event of the output layer is a class.
        k = Mux(self.event.end, self.label, wrap(self.event.source, len(self.label)))
        m.d.sync += [self.judges.eq(self.take), self.k.eq(k), spike.eq(~self.event.end)]
        m.d.comb += [
            self.unanswered.eq(self.labelled & ~answered),
            self.counts.eq(self.judges & spike & self.window),
            readout.clear.eq(self.clear),
            readout.k.eq(self.k),
            readout.en.eq(self.counts),
            readout.label.eq(self.label),
            self.sure.eq(readout.sure),
            self.result.eq(readout.result),
        ]
        if self._config.learning:
            m.submodules.errors = errors = ErrorNeurons(self._config)
            is_label = self.k == self.label
            m.d.comb += [
                errors.clear.eq(self.clear),
                errors.k.eq(self.k),
                errors.label.eq(self.labelled & is_label),
                errors.prediction.eq(spike),
                errors.en.eq(self.judges & self.learning),
                self.error.eq(errors.fires),
                self.negative.eq(errors.negative),
            ]
            with m.If(self.begin):
                m.d.sync += answered.eq(0)
            with m.Elif(self.judges & is_label):
                m.d.sync += answered.eq(1)
        return m
