"""Encoder: a stored sample becomes a stream of input events, tick after tick.

Pipeline, one kept input a cycle: address -> `r_` (memory output) -> `x_` (add, compare, write
the phase back) -> `o` (register). The whole pipeline stands still while `o` is stalled.
"""

from amaranth import *
from amaranth.lib import enum, stream, wiring
from amaranth.lib.wiring import In, Out

from golden.cycle.record import code_fields, encoder_fields
from golden.layout import Layout
from hw.fixed import increment, wrap
from hw.layouts import EventLayout, InputLayout, address_shape
from hw.ram import Ram
from hw.trace import observe


class EncoderState(enum.Enum, shape=2):
    """IDLE between samples; SCAN the kept inputs; DRAIN the pipeline, then mark the tick's end."""

    IDLE = 0
    SCAN = 1
    DRAIN = 2


class Encoder(wiring.Component):
    """Rate encoder, "phase" or "bernoulli"; see `golden.encoder`.

    A tick takes ``count + 3`` cycles (1 if `count` is 0) plus stalls. The encoder runs ahead of
    the network as far as its output is accepted.

    Parameters
    ----------
    config : Config

    Members
    -------
    start : In(1)
        Encode the sample that the sample memory offers.
    count : In(range(n0 + 1))
        Inputs that the sample memory keeps; constant while the encoder runs.
    address, en : Out
        Read port of the sample memory.
    data : In(InputLayout(config))
    random : In(32)
        Random number; used if `random_step` is 1.
    random_step : Out(1)
    o : Out(stream.Signature(EventLayout(config)))
        Events in ascending order, and an `end` after each tick.
    """

    def __init__(self, config):
        self._config = config
        inputs = config.layers[0]
        super().__init__(
            {
                "start": In(1),
                "count": In(range(inputs + 1)),
                "address": Out(address_shape(inputs)),
                "en": Out(1),
                "data": In(InputLayout(config)),
                "random": In(32),
                "random_step": Out(1),
                "o": Out(stream.Signature(EventLayout(config))),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config = self._config
        state = Signal(EncoderState)
        tick = Signal(address_shape(config.ticks))
        position = Signal(address_shape(config.layers[0]))
        r_valid = Signal()
        r_position = Signal.like(position)
        x_valid = Signal()
        x_position = Signal.like(position)
        x_input = Signal(InputLayout(config))
        advance = Signal()

        m.d.comb += [
            advance.eq(~self.o.valid | self.o.ready),
            self.address.eq(position),
            self.en.eq(advance & (state == EncoderState.SCAN)),
        ]
        with m.If(advance):
            m.d.sync += [
                r_valid.eq(state == EncoderState.SCAN),
                r_position.eq(position),
                x_valid.eq(r_valid),
                x_position.eq(r_position),
                x_input.eq(self.data),
            ]

        m.submodules.code = code = CODES[config.encoder](config)
        m.d.comb += [
            code.i.first.eq(tick == 0),
            code.i.scan.eq(self.en),
            code.i.position.eq(position),
            code.i.advance.eq(advance),
            code.i.x_valid.eq(x_valid),
            code.i.x_position.eq(x_position),
            code.i.x_value.eq(x_input.value),
            code.i.random.eq(self.random),
            self.random_step.eq(code.i.random_step),
        ]
        with m.If(advance):
            m.d.sync += [
                self.o.valid.eq(x_valid & code.i.fires),
                self.o.payload.source.eq(x_input.source),
                self.o.payload.end.eq(0),
            ]

        drained = advance & ~r_valid & ~x_valid
        self._schedule(m, state, tick, position, advance, drained)
        observe(
            m,
            encoder_fields(config),
            state=state,
            tick=tick,
            read_address=position,
            random_step=self.random_step,
            valid=self.o.valid,
            event=(self.o.valid, self.o.payload),
        )
        return m

    def _schedule(self, m, state, tick, position, advance, drained):
        """Scan the kept inputs in each tick; when it is `drained`, mark the tick's end."""
        nothing_kept = self.count == 0
        with m.Switch(state):
            with m.Case(EncoderState.IDLE):
                with m.If(self.start):
                    m.d.sync += [
                        tick.eq(0),
                        position.eq(0),
                        state.eq(Mux(nothing_kept, EncoderState.DRAIN, EncoderState.SCAN)),
                    ]
            with m.Case(EncoderState.SCAN):
                with m.If(advance):
                    m.d.sync += position.eq(increment(position))
                    with m.If(position + 1 == self.count):
                        m.d.sync += [position.eq(0), state.eq(EncoderState.DRAIN)]
            with m.Case(EncoderState.DRAIN):
                with m.If(drained):
                    m.d.sync += [
                        self.o.valid.eq(1),
                        self.o.payload.end.eq(1),
                        self.o.payload.source.eq(0),
                        tick.eq(increment(tick)),
                        state.eq(Mux(nothing_kept, EncoderState.DRAIN, EncoderState.SCAN)),
                    ]
                    with m.If(tick == self._config.ticks - 1):
                        m.d.sync += [tick.eq(0), state.eq(EncoderState.IDLE)]


def attach(m, encoder, samples, random, step):
    """Join an encoder with its sample memory and its random generator.

    Parameters
    ----------
    m : Module
        Parent of both.
    encoder : Encoder
    samples : hw.sample.SampleMemory
    random : Value
        Random number of the encoder's generator.
    step : Signal
        Steps it.
    """
    m.d.comb += [
        samples.address.eq(encoder.address),
        samples.en.eq(encoder.en),
        encoder.data.eq(samples.data),
        encoder.count.eq(samples.count),
        encoder.random.eq(random),
        step.eq(encoder.random_step),
    ]


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
        The input at `position` enters the pipeline.
    advance : Out(1)
        The pipeline moves.
    x_valid, x_position, x_value : Out
        The input in `x_`.
    random : Out(32)
    random_step : In(1)
        The random number is used up.
    fires : In(1)
        The input in `x_` fires.
    """

    def __init__(self, config):
        position = address_shape(config.layers[0])
        super().__init__(
            {
                "first": Out(1),
                "scan": Out(1),
                "position": Out(position),
                "advance": Out(1),
                "x_valid": Out(1),
                "x_position": Out(position),
                "x_value": Out(8),
                "random": Out(32),
                "random_step": In(1),
                "fires": In(1),
            }
        )


class BernoulliCode(wiring.Component):
    """An input fires if a fresh random number is below its intensity."""

    def __init__(self, config):
        self._bits = Layout(config).phase_bits
        super().__init__({"i": In(CodeSignature(config))})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += [
            self.i.fires.eq(wrap(self.i.random, self._bits) < self.i.x_value),
            self.i.random_step.eq(self.i.advance & self.i.x_valid),
        ]
        return m


class PhaseCode(wiring.Component):
    """An input adds its intensity to its phase and fires when the phase wraps."""

    def __init__(self, config):
        self._config = config
        super().__init__({"i": In(CodeSignature(config))})

    def elaborate(self, platform):
        m = Module()
        i, bits = self.i, Layout(self._config).phase_bits
        # Reads are ahead of writes within a tick, and a tick starts with an empty pipeline, so
        # the two ports never touch one address in one cycle.
        m.submodules.phase_memory = phases = Ram(bits, max(2, self._config.layers[0]))
        x_phase = Signal(bits)
        total = Signal(bits + 1)
        m.d.comb += [
            phases.read_address.eq(i.position),
            phases.read.eq(i.scan),
            total.eq(Mux(i.first, wrap(i.random, bits), x_phase) + i.x_value),
            phases.write_address.eq(i.x_position),
            phases.write_data.eq(wrap(total, bits)),
            phases.write.eq(i.advance & i.x_valid),
            i.fires.eq(total[bits]),
            i.random_step.eq(i.advance & i.x_valid & i.first),
        ]
        with m.If(i.advance):
            m.d.sync += x_phase.eq(phases.read_data)
        observe(
            m,
            code_fields(self._config),
            write=phases.write,
            write_address=(phases.write, phases.write_address),
            write_data=(phases.write, phases.write_data),
        )
        return m


#: Component of each rate code; all have the same port.
CODES = {"phase": PhaseCode, "bernoulli": BernoulliCode}
