"""Encoder: a stored sample becomes a stream of input events, tick after tick.

Pipeline, one word of kept inputs a cycle: address -> `r_` (memory output) -> `x_` (add, compare,
write the phase back) -> `o` (register). All of it stands still while `o` is stalled.
"""

from amaranth import *
from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

from golden.cycle.record import code_fields, encoder_fields, input_address_bits
from golden.layout import Layout
from hw.fixed import increment, wrap
from hw.layouts import EventsLayout, InputsLayout, address_shape
from hw.ram import Ram
from hw.trace import observe


class EncoderState(enum.Enum, shape=2):
    """IDLE between samples; SCAN the kept inputs; DRAIN the pipeline, then mark the tick's end."""

    IDLE = 0
    SCAN = 1
    DRAIN = 2


class Encoder(wiring.Component):
    """Rate encoder, "phase" or "bernoulli"; see `golden.encoder`.

    A tick takes ``ceil(count / lanes) + 3`` cycles (1 if `count` is 0) plus stalls, where lanes are
    `Layout.encoder_lanes`. The encoder runs ahead of the network as far as its output is accepted.

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
    data : In(InputsLayout(config))
    random : In(data.ArrayLayout(32, lanes))
        Random numbers, one for each input of a word.
    random_steps : Out
        How many of them are used up.
    o : Out(stream.Signature(EventsLayout(config)))
        Events in ascending order, and an `end` after each tick.
    """

    def __init__(self, config):
        self._config = config
        self._lanes = Layout(config).encoder_lanes
        super().__init__(
            {
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

    def _kept(self, position):
        """Say which inputs of a word the sample has: all but in the last word."""
        if self._lanes == 1:
            return Const(1, 1)
        return Cat(position * self._lanes + lane < self.count for lane in range(self._lanes))

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
                    with m.If((position + 1) * self._lanes >= self.count):
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
                "x_values": Out(data.ArrayLayout(8, lanes)),
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
