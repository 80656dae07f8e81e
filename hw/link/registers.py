"""Registers: the register map of `golden.link.registers`, between a byte bus and a guarded core.

A request stays until it is done, so nothing of it is stored; then its response is offered. One
register, `hold`, serves all numbers of several bytes: reading the first byte fills it with all of
them, and the others move down to its lowest byte one by one; bytes that are written move in from
above, and with the last one the number is there.

The core's clock must not suffer: all that goes to it comes from flip-flops, and whether it is ready
is seen by flip-flops only.
"""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.link.bus import BusError
from erbium.golden.link.identity import word_bytes
from erbium.golden.link.registers import CLEAR, DROP, LEARN, LOCK, RESET, SEEN, register_map
from erbium.golden.rng import used_generators
from erbium.hw.link.bus import BusSignature
from erbium.hw.link.line_errors import code_shape
from erbium.hw.link.numbers import read_number
from erbium.hw.link.request_port import UNDER_WAY_BITS
from erbium.hw.link.signature import link_signature
from erbium.hw.link.steps import Steps
from erbium.hw.link.units import Units


class Registers(wiring.Component):
    """What a host reaches over the link.

    Parameters
    ----------
    config : Config
        With `guard` or without: the core must have one.
    clock_hz, baud : int
        Told to the host.

    Members
    -------
    bus : In(BusSignature())
    sequence : In(8)
        For the host to read.
    errors : In(stream.Signature(code_shape(), always_ready=True))
        Errors of the line.
    core : Out(link_signature(config))
        A guarded core is connected to this, ...
    core_reset : Out(1)
        ... and reset by this.
    asked : Out(1)
        A sample is complete, and its request waits for the core.
    """

    def __init__(self, config, *, clock_hz, baud):
        self._map = register_map(config, clock_hz=clock_hz, baud=baud)
        super().__init__(
            {
                "bus": In(BusSignature()),
                "sequence": In(8),
                "errors": In(stream.Signature(code_shape(), always_ready=True)),
                "core": Out(link_signature(self._map.config)),
                "core_reset": Out(1),
                "asked": Out(1),
            }
        )

    @property
    def map(self):
        """The map: a RegisterMap."""
        return self._map

    def elaborate(self, platform):
        m = Module()
        # The bits of CONTROL and STATUS that stand here.
        learns = Signal(init=1)
        lock = Signal()
        restarted = Signal(init=1)
        hold = Signal(max(32, 8 * word_bytes(self._map.config)))
        units = Units(self, m)
        # A request is waited for; its code is fetched, and decoded; a byte to be written is taken;
        # what it asks for is done; the response is offered.
        at = Steps("wait", "fetch", "look", "take", "act", "answer")
        allowed = Signal()
        done = self._bus(m, at, units, hold, lock, allowed)
        self._commands(m, units, hold, done, learns, lock, restarted)
        self._samples(m, units, hold, learns)
        with m.If(at.take & allowed & self.bus.request.payload.write):
            m.d.sync += hold.eq(Cat(hold[8:], self.bus.request.payload.data))
        self._read(m, units, done, hold, Cat(learns, lock), restarted)
        self._load(m, units, done, hold)
        return m

    def _bus(self, m, at, units, hold, lock, allowed):
        """Take requests and offer responses; return whether a request is done, and allowed."""
        request, response = self.bus.request, self.bus.response
        decoder, weights, samples = units.decoder, units.weights, units.samples
        write = request.payload.write
        good = Signal()
        bad = Signal()
        ended = Signal()
        from_hold = Signal()
        from_store = Signal()
        # A request that waits for the core does not change, nor what it is made of.
        fixed = units.hit("CONTROL", "LABEL", "RATE") | units.ends
        must_wait = Signal()
        waits = Signal()
        m.d.comb += must_wait.eq(write & fixed & units.requests.asked)
        m.d.sync += waits.eq(must_wait)
        right = response.payload.error == BusError.NONE
        m.d.comb += [
            allowed.eq(decoder.here & right),
            good.eq(at.act & allowed & ~waits),
            bad.eq(at.act & ~right),
            decoder.address.eq(request.payload.address),
            decoder.code.eq(units.store.data),
            decoder.write.eq(write),
            decoder.locked.eq(lock),
            decoder.beyond.eq(weights.beyond),
            units.store.address.eq(request.payload.address),
            units.store.read.eq(at.wait),
            weights.i_valid.eq(good & units.hit("WEIGHT_DATA")),
            samples.i.valid.eq(good & units.hit("SAMPLE", "SAMPLE_PART")),
            weights.end.eq(bad),
            ended.eq(
                at.act & ~(allowed & waits) & weights.done & (samples.i.ready | ~samples.i.valid)
            ),
            request.ready.eq(ended),
            response.valid.eq(at.answer),
            response.payload.data.eq(
                (hold[:8] & from_hold.replicate(8)) | (units.store.data & from_store.replicate(8))
            ),
        ]
        with m.If(at.look):
            m.d.sync += [
                response.payload.error.eq(decoder.error),
                response.payload.stay.eq(decoder.stay),
            ]
        with m.If(ended):
            m.d.sync += [
                from_hold.eq(allowed & ~write),
                from_store.eq(right & ~write & decoder.stored),
            ]
        at.move(
            m,
            ("wait", "fetch", request.valid),
            ("fetch", "look", 1),
            ("look", "take", 1),
            ("take", "act", 1),
            ("act", "answer", ended),
            ("answer", "wait", response.ready),
        )
        return good & ended

    def _commands(self, m, units, hold, done, learns, lock, restarted):
        """Execute what is written to CONTROL and COMMAND."""
        written, writes = hold[-8:], done & self.bus.request.payload.write
        command = Signal(8)
        with m.If(writes & units.hit("COMMAND")):
            m.d.comb += command.eq(written)
        with m.If(writes & units.hit("CONTROL")):
            m.d.sync += [learns.eq((written & LEARN).any()), lock.eq((written & LOCK).any())]
        with m.If((command & SEEN).any()):
            m.d.sync += restarted.eq(0)
        reset = Signal()
        drop = Signal()
        clear = Signal()
        m.d.sync += [
            reset.eq((command & RESET).any()),
            drop.eq((command & DROP).any()),
            clear.eq((command & CLEAR).any()),
        ]
        m.d.comb += [
            self.core_reset.eq(reset),
            self.core.i_drop.eq(drop),
            self.core.i_clear.eq(clear),
            units.line.clear.eq(clear),
            units.samples.clear.eq(reset | drop),
            units.requests.clear.eq(reset),
            units.results.clear.eq(reset),
        ]

    def _samples(self, m, units, hold, learns):
        """Ask for a sample when it is complete; count what has been answered and dropped."""
        requests, samples = units.requests, units.samples
        m.d.comb += [
            samples.i.payload.byte.eq(hold[-8:]),
            samples.i.payload.ends.eq(units.ends),
            requests.ask.eq(samples.i.valid & samples.i.ready & units.ends),
            requests.wrong.eq(samples.wrong),
            requests.learn.eq(learns),
            requests.answered.eq(units.results.number[:UNDER_WAY_BITS]),
            requests.dropped.eq(self.core.o_errors.dropped[:UNDER_WAY_BITS]),
            self.asked.eq(requests.asked),
        ]

    def _read(self, m, units, done, hold, control, restarted):
        """Keep a number when its first byte is read, and move the others down after that."""
        decoder, write = units.decoder, self.bus.request.payload.write
        first = Mux(units.hit("WEIGHT_DATA"), units.weights.first, decoder.first)
        fills = Signal()
        m.d.sync += fills.eq(first)
        number = read_number(m, self, units, control, restarted, first)
        with m.If(done & ~write):
            m.d.sync += hold.eq(number | (hold[8:] & (~fills).replicate(len(hold) - 8)))
        with m.If(done & write & units.hit("CONTROL")):
            # Lock in no weight that has been read by half.
            m.d.sync += hold.eq(0)

    def _load(self, m, units, done, hold):
        """Load numbers that have been written, with their last byte, and words of weights."""
        payload, number = self.bus.request.payload, hold[-32:]
        loads = done & payload.write & units.decoder.final
        m.d.comb += [
            units.weights.i_write.eq(payload.write),
            units.weights.i_last.eq(payload.last),
            units.weights.word.eq(hold[-len(units.weights.word) :]),
            units.weights.value.eq(number),
            units.weights.load.eq(loads & units.hit("WEIGHT_ADDRESS")),
            units.requests.value.eq(number[16:]),
            units.requests.load_label.eq(loads & units.hit("LABEL")),
            units.requests.load_rate.eq(loads & units.hit("RATE")),
        ]
        self._random(m, units, number, loads)

    def _random(self, m, units, number, loads):
        """Load a random state; the others are loaded with what they have."""
        states, used = self.core.i_random.payload, used_generators(self._map.config)
        hits = {name: units.hit(f"RANDOM_{name.upper()}") for name, _ in states.shape()}
        # The number stays until the next byte that is written.
        m.d.sync += self.core.i_random.valid.eq(loads & Cat(hits.values()).any())
        for name, hit in hits.items():
            # Of a state that is not used, the guard asks only whether it is 0.
            kept, given = (self.core.o_random[name], number) if name in used else (1, number.any())
            m.d.comb += states[name].eq(Mux(hit, given, kept))
