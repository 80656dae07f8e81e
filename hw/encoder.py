"""Encoder: a stored sample becomes a stream of input events, tick after tick.

Pipeline, one word of kept inputs a cycle: address -> `r_` (memory output) -> `x_` (add, compare,
write the phase back) -> `o` (register). All of it stands still while `o` is stalled.
"""

from amaranth import *
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from erbium.golden.cycle.encoder import Encoder as GoldenEncoder
from erbium.golden.cycle.record import encoder_fields
from erbium.golden.enums import EncoderState
from erbium.golden.layout import Layout
from erbium.golden.words import input_address_bits
from erbium.hw.codes import CODES
from erbium.hw.fixed import increment
from erbium.hw.trace import observe
from erbium.hw.words import EventsLayout, InputsLayout, address_shape


class Encoder(wiring.Component):
    """Rate encoder, "phase" or "bernoulli"; see `golden.encoder`.

    A tick takes ``ceil(count / lanes) + latency`` cycles (1 if `count` is 0) plus stalls, where
    lanes are `Layout.encoder_lanes`. The encoder runs ahead of the network as far as its output is
    accepted.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    latency : int
        Cycles from the address of a word to its events.

    Members
    -------
    flush : In(1)
        Forget what is under way; nothing is, unless a bit has flipped.
    start : In(1)
        Encode the sample that the sample memory offers.
    count : In(range(n0 + 1))
        Inputs that the sample memory keeps; constant while the encoder runs.
    address, en : Out
        Read port of the sample memory.
    data : In(InputsLayout(config))
    random : In(data.ArrayLayout(32, lanes))
        Random numbers, one for each input of a word.
    random_steps : Out
        How many of them are used up.
    o : Out(stream.Signature(EventsLayout(config)))
        Events in ascending order, and an `end` after each tick.
    """

    latency = GoldenEncoder.latency

    def __init__(self, config):
        self._config = config
        self._lanes = Layout(config).encoder_lanes
        super().__init__(
            {
                "flush": In(1),
                "start": In(1),
                "count": In(range(config.layers[0] + 1)),
                "address": Out(input_address_bits(config)),
                "en": Out(1),
                "data": In(InputsLayout(config)),
                "random": In(data.ArrayLayout(32, self._lanes)),
                "random_steps": Out(range(self._lanes + 1)),
                "o": Out(stream.Signature(EventsLayout(config))),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config = self._config
        state = Signal(EncoderState)
        tick = Signal(address_shape(config.ticks))
        position = Signal.like(self.address)
        r_valid = Signal(self._lanes)
        r_position = Signal.like(position)
        x_valid = Signal(self._lanes)
        x_position = Signal.like(position)
        x_inputs = Signal(InputsLayout(config))
        advance = Signal()
        scans = state == EncoderState.SCAN

        m.d.comb += [
            advance.eq(~self.o.valid | self.o.ready),
            self.address.eq(position),
            self.en.eq(advance & scans),
        ]
        with m.If(advance):
            m.d.sync += [
                r_valid.eq(Mux(scans, self._kept(position), 0)),
                r_position.eq(position),
                x_valid.eq(r_valid),
                x_position.eq(r_position),
                x_inputs.eq(self.data),
            ]

        m.submodules.code = code = CODES[config.encoder](config)
        m.d.comb += [
            code.i.first.eq(tick == 0),
            code.i.scan.eq(self.en),
            code.i.position.eq(position),
            code.i.advance.eq(advance),
            code.i.x_valid.eq(x_valid),
            code.i.x_position.eq(x_position),
            code.i.x_values.eq(Cat(one.value for one in x_inputs)),
            code.i.random.eq(self.random),
            self.random_steps.eq(code.i.random_steps),
        ]
        with m.If(advance):
            self._put_out(m, x_valid & code.i.fires, [one.source for one in x_inputs])

        drained = advance & ~r_valid.any() & ~x_valid.any()
        self._schedule(m, state, tick, position, advance, drained)
        with m.If(self.flush):
            registers = (tick, position, r_valid, x_valid, self.o.valid)
            m.d.sync += [state.eq(EncoderState.IDLE), *(one.eq(0) for one in registers)]
        observe(
            m,
            encoder_fields(config),
            state=state,
            tick=tick,
            read_address=position,
            random_steps=self.random_steps,
            valid=self.o.valid,
            event=(self.o.valid, self.o.payload),
        )
        return m

    def _place(self, position, lane=0):
        """Return the number of a kept input, from its word and its place there."""
        return Cat(Const(lane, exact_log2(self._lanes)), position)

    def _kept(self, position):
        """Say which inputs of a word the sample has: all but in the last word."""
        if self._lanes == 1:
            return Const(1, 1)
        return Cat(self._place(position, lane) < self.count for lane in range(self._lanes))

    def _put_out(self, m, fires, sources):
        """Set the output register to the events of a word, the lower one first."""
        payload = self.o.payload
        m.d.sync += [self.o.valid.eq(fires.any()), payload.end.eq(0)]
        if self._lanes == 1:
            m.d.sync += payload.sources[0].eq(sources[0])
            return
        m.d.sync += [
            payload.sources[0].eq(Mux(fires[0], sources[0], sources[1])),
            payload.sources[1].eq(Mux(fires.all(), sources[1], 0)),
            payload.more.eq(fires.all()),
        ]

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
                    with m.If(self._place(position + 1) >= self.count):
                        m.d.sync += [position.eq(0), state.eq(EncoderState.DRAIN)]
            with m.Case(EncoderState.DRAIN):
                with m.If(drained):
                    m.d.sync += [
                        self.o.valid.eq(1),
                        self.o.payload.eq(EventsLayout(self._config).const({"end": 1})),
                        tick.eq(increment(tick)),
                        state.eq(Mux(nothing_kept, EncoderState.DRAIN, EncoderState.SCAN)),
                    ]
                    with m.If(tick == self._config.ticks - 1):
                        m.d.sync += [tick.eq(0), state.eq(EncoderState.IDLE)]


def attach(m, encoder, samples, random, steps):
    """Join an encoder with its sample memory and its random generator.

    Parameters
    ----------
    m : Module
        Parent of both.
    encoder : Encoder
    samples : hw.sample.SampleMemory
    random : View
        Random numbers of the encoder's generator.
    steps : Signal
        Steps it.
    """
    m.d.comb += [
        samples.address.eq(encoder.address),
        samples.en.eq(encoder.en),
        encoder.data.eq(samples.data),
        encoder.count.eq(samples.count),
        encoder.random.eq(random),
        steps.eq(encoder.random_steps),
    ]
