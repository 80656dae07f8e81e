"""Error neurons: E+ and E- of every class, stepped by label and prediction spikes."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.hw.fixed import fit
from erbium.hw.words import address_shape


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
        up, down = Signal(), Signal()
        m.d.comb += [
            up.eq(self.en & self.label & ~self.prediction),
            down.eq(self.en & self.prediction & ~self.label),
        ]
        plus_fires = self._accumulate(m, "plus", up, down)
        minus_fires = self._accumulate(m, "minus", down, up)
        m.d.comb += [
            self.fires.eq(plus_fires | minus_fires),
            self.negative.eq(minus_fires),
        ]
        return m

    def _accumulate(self, m, name, up, down):
        """Add one accumulator per class; return whether counting class `k` up makes it fire."""
        last = self._config.error_threshold - 1
        if last == 0:
            # Every event that counts up fires at once: nothing is ever stored.
            return up
        classes = self._config.layers[-1]
        values = Array(Signal(range(last + 1), name=f"{name}_{k}") for k in range(classes))
        value = Signal(range(last + 1), name=f"{name}_value")
        fires = Signal(name=f"{name}_fires")
        m.d.comb += [value.eq(values[self.k]), fires.eq(up & (value == last))]
        with m.If(self.clear):
            m.d.sync += [one.eq(0) for one in values]
        with m.Elif(fires):
            m.d.sync += values[self.k].eq(0)
        with m.Elif(up):
            # It did not fire, so it was below the last value.
            m.d.sync += values[self.k].eq(fit(value + 1, value.shape()))
        with m.Elif(down & (value != 0)):
            m.d.sync += values[self.k].eq(fit(value - 1, value.shape()))
        return fires
