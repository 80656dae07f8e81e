"""Encoder: a stored sample becomes a stream of input events, tick after tick.

Pipeline, one kept input a cycle: address -> `r_` (memory output) -> `x_` (add, compare, write
the phase back) -> `o` (register). The whole pipeline stands still while `o` is stalled.
"""

from amaranth import *
from amaranth.lib import enum, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from golden.layout import Layout
from hw.fixed import wrap
from hw.layouts import EventLayout, InputLayout, address_shape


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
        tick = Signal(range(config.ticks))
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
            self.en.eq(advance),
        ]
        with m.If(advance):
            m.d.sync += [
                r_valid.eq(state == EncoderState.SCAN),
                r_position.eq(position),
                x_valid.eq(r_valid),
                x_position.eq(r_position),
                x_input.eq(self.data),
            ]

        fires = self._fire(m, tick, position, advance, x_valid, x_position, x_input.value)
        with m.If(advance):
            m.d.sync += [
                self.o.valid.eq(x_valid & fires),
                self.o.payload.source.eq(x_input.source),
                self.o.payload.end.eq(0),
            ]

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
                    m.d.sync += position.eq(position + 1)
                    with m.If(position + 1 == self.count):
                        m.d.sync += [position.eq(0), state.eq(EncoderState.DRAIN)]
            with m.Case(EncoderState.DRAIN):
                with m.If(advance & ~r_valid & ~x_valid):
                    m.d.sync += [
                        self.o.valid.eq(1),
                        self.o.payload.end.eq(1),
                        self.o.payload.source.eq(0),
                        tick.eq(tick + 1),
                        state.eq(Mux(nothing_kept, EncoderState.DRAIN, EncoderState.SCAN)),
                    ]
                    with m.If(tick == config.ticks - 1):
                        m.d.sync += [tick.eq(0), state.eq(EncoderState.IDLE)]
        return m

    def _fire(self, m, tick, position, advance, x_valid, x_position, value):
        """Add the code-specific part of the pipeline; return whether the input in `x_` fires."""
        bits = Layout(self._config).phase_bits
        fires = Signal()
        if self._config.encoder == "bernoulli":
            m.d.comb += [
                fires.eq(wrap(self.random, bits) < value),
                self.random_step.eq(advance & x_valid),
            ]
            return fires

        # Reads are ahead of writes within a tick, and a tick starts with an empty pipeline, so
        # the two ports never touch one address in one cycle.
        m.submodules.phases = phases = memory.Memory(
            shape=bits, depth=self._config.layers[0], init=[], attrs={"no_rw_check": 1}
        )
        read, write = phases.read_port(), phases.write_port()
        x_phase = Signal(bits)
        total = Signal(bits + 1)
        first = tick == 0
        m.d.comb += [
            read.addr.eq(position),
            read.en.eq(advance),
            total.eq(Mux(first, wrap(self.random, bits), x_phase) + value),
            write.addr.eq(x_position),
            write.data.eq(wrap(total, bits)),
            write.en.eq(advance & x_valid),
            fires.eq(total[bits]),
            self.random_step.eq(advance & x_valid & first),
        ]
        with m.If(advance):
            m.d.sync += x_phase.eq(read.data)
        return fires
