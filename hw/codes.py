"""Rate codes: whether the inputs of a word fire in a tick. The encoder's pipeline runs them."""

from amaranth import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.cycle.record import code_fields
from erbium.golden.layout import Layout
from erbium.golden.words import INTENSITY_BITS, input_address_bits
from erbium.hw.fixed import wrap
from erbium.hw.ram import Ram
from erbium.hw.trace import observe


class CodeSignature(wiring.Signature):
    """What a rate code needs of the encoder's pipeline, seen from the encoder.

    Parameters
    ----------
    config : Config

    Members
    -------
    first : Out(1)
        First tick of a sample.
    scan, position : Out
        The word at `position` enters the pipeline.
    advance : Out(1)
        The pipeline moves.
    x_valid, x_position, x_values : Out
        The word in `x_`: which of its inputs there are, and their intensities.
    random : Out
    random_steps : In
        How many random numbers are used up.
    fires : In
        Which inputs in `x_` fire; of no meaning for one that is not there.
    """

    def __init__(self, config):
        lanes = Layout(config).encoder_lanes
        position = input_address_bits(config)
        super().__init__(
            {
                "first": Out(1),
                "scan": Out(1),
                "position": Out(position),
                "advance": Out(1),
                "x_valid": Out(lanes),
                "x_position": Out(position),
                "x_values": Out(data.ArrayLayout(INTENSITY_BITS, lanes)),
                "random": Out(data.ArrayLayout(32, lanes)),
                "random_steps": In(range(lanes + 1)),
                "fires": In(lanes),
            }
        )


def _count(bits):
    """Return how many bits are 1."""
    return sum(bits[1:], start=bits[0])


class BernoulliCode(wiring.Component):
    """An input fires if a fresh random number is below its intensity."""

    def __init__(self, config):
        self._layout = Layout(config)
        super().__init__({"i": In(CodeSignature(config))})

    def elaborate(self, platform):
        m = Module()
        i, bits = self.i, self._layout.phase_bits
        for lane in range(self._layout.encoder_lanes):
            m.d.comb += i.fires[lane].eq(wrap(i.random[lane], bits) < i.x_values[lane])
        m.d.comb += i.random_steps.eq(Mux(i.advance, _count(i.x_valid), 0))
        return m


class PhaseCode(wiring.Component):
    """An input adds its intensity to its phase and fires when the phase wraps."""

    def __init__(self, config):
        self._config = config
        super().__init__({"i": In(CodeSignature(config))})

    def elaborate(self, platform):
        m = Module()
        i, layout = self.i, Layout(self._config)
        bits, lanes = layout.phase_bits, layout.encoder_lanes
        # Reads are ahead of writes within a tick, and a tick starts with an empty pipeline, so
        # the two ports never touch one address in one cycle.
        m.submodules.phase_memory = phases = Ram(
            data.ArrayLayout(bits, lanes), max(2, -(-self._config.layers[0] // lanes))
        )
        x_phases = Signal(data.ArrayLayout(bits, lanes))
        m.d.comb += [
            phases.read_address.eq(i.position),
            phases.read.eq(i.scan),
            phases.write_address.eq(i.x_position),
            phases.write.eq(i.advance & i.x_valid.any()),
            i.random_steps.eq(Mux(i.advance & i.first, _count(i.x_valid), 0)),
        ]
        for lane in range(lanes):
            total = Signal(bits + 1, name=f"total_{lane}")
            start = Mux(i.first, wrap(i.random[lane], bits), x_phases[lane])
            m.d.comb += [
                total.eq(start + i.x_values[lane]),
                phases.write_data[lane].eq(wrap(total, bits)),
                i.fires[lane].eq(total[bits]),
            ]
        with m.If(i.advance):
            m.d.sync += x_phases.eq(phases.read_data)
        observe(
            m,
            code_fields(self._config),
            write=phases.write,
            write_address=(phases.write, phases.write_address),
            # What is written for an input that is not there is never used.
            write_data=(
                phases.write,
                Cat(Mux(i.x_valid[n], phases.write_data[n], 0) for n in range(lanes)),
            ),
        )
        return m


#: Component of each rate code; all have the same port.
CODES = {"phase": PhaseCode, "bernoulli": BernoulliCode}
