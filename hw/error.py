"""Error neurons: E+ and E- of every class, stepped by label and prediction spikes."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from hw.layouts import address_shape


class ErrorNeurons(wiring.Component):
    """Compare label with prediction, one class a cycle. See `golden.error.ErrorNeurons`.

    The error spike appears in the cycle of the event; the accumulators follow at its end.

    Parameters
    ----------
    config : Config

    Members
    -------
    clear : In(1)
        Set all accumulators to 0; start of a sample.
    en : In(1)
        Class `k` has an event.
    k : In
        Class.
    label, prediction : In(1)
        Spikes of the class's label neuron and output neuron in this tick.
    fires, negative : Out(1)
        An error spike, and its sign: 0 is E+, 1 is E-.
    """

    def __init__(self, config):
        self._config = config
        super().__init__(
            {
                "clear": In(1),
                "en": In(1),
                "k": In(address_shape(config.layers[-1])),
                "label": In(1),
                "prediction": In(1),
                "fires": Out(1),
                "negative": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        # With a threshold of 1 the accumulators have no bits: every event that counts fires.
        shape = range(self._config.error_threshold)
        classes = self._config.layers[-1]
        plus = Array(Signal(shape, name=f"plus_{k}") for k in range(classes))
        minus = Array(Signal(shape, name=f"minus_{k}") for k in range(classes))

        plus_fires, plus_next = self._count(m, plus, self.label & ~self.prediction, "plus")
        minus_fires, minus_next = self._count(m, minus, self.prediction & ~self.label, "minus")
        m.d.comb += [
            self.fires.eq(self.en & (plus_fires | minus_fires)),
            self.negative.eq(minus_fires),
        ]
        with m.If(self.clear):
            m.d.sync += [accumulator.eq(0) for accumulator in (*plus, *minus)]
        with m.Elif(self.en & (self.label ^ self.prediction)):
            m.d.sync += [plus[self.k].eq(plus_next), minus[self.k].eq(minus_next)]
        return m

    def _count(self, m, accumulators, up, name):
        """Count class `k` up, or down to 0; return whether that fires, and the value after."""
        last = self._config.error_threshold - 1
        value = Signal.like(accumulators[0], name=f"{name}_value")
        after = Signal.like(value, name=f"{name}_after")
        fires = Signal(name=f"{name}_fires")
        m.d.comb += [value.eq(accumulators[self.k]), fires.eq(up & (value == last))]
        with m.If(up):
            m.d.comb += after.eq(Mux(fires, 0, value + 1))
        with m.Elif(value != 0):
            m.d.comb += after.eq(value - 1)
        return fires, after
