"""Registers: the register map of `golden.link.registers`, between a byte bus and a guarded core.

A request stays until it is done, so nothing of it is stored; then its response is offered. One
register, `hold`, serves all numbers of several bytes: reading the first byte fills it with all of
them, and the others move down to its lowest byte one by one; bytes that are written move in from
above, and with the last one the number is there.
"""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.link.bus import BusError
from erbium.golden.link.identity import word_bytes
from erbium.golden.link.registers import CLEAR, DROP, LEARN, LOCK, RESET, SEEN, register_map
from erbium.hw.link.bus import BusSignature
from erbium.hw.link.line_errors import code_shape
from erbium.hw.link.numbers import read_number
from erbium.hw.link.request_port import UNDER_WAY_BITS
from erbium.hw.link.signature import link_signature
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
        done = self._bus(m, units, hold, lock)
        self._commands(m, units, done, learns, lock, restarted)
        self._samples(m, units, learns)
        self._numbers(m, units, done, hold, Cat(learns, lock), restarted)
        return m

    def _bus(self, m, units, hold, lock):
        """Take requests and offer responses; return whether a request is done, and allowed."""
        request, response = self.bus.request, self.bus.response
        decoder, weights, samples = units.decoder, units.weights, units.samples
        write = request.payload.write
        # A request's address has been decoded; it is done, and its response offered.
        decoded = Signal()
        answers = Signal()
        good = Signal()
        bad = Signal()
        ended = Signal()
        from_hold = Signal()
        from_store = Signal()
        # A request that waits for the core does not change, nor what it is made of.
        fixed = units.hit("CONTROL", "LABEL", "RATE") | units.ends
        waits = write & fixed & units.requests.asked
        wrong = decoder.error != BusError.NONE
        m.d.comb += [
            good.eq(decoded & ~wrong & ~waits),
            bad.eq(decoded & wrong),
            decoder.address.eq(request.payload.address),
            decoder.code.eq(units.store.data),
            decoder.write.eq(write),
            decoder.locked.eq(lock),
            decoder.beyond.eq(weights.beyond),
            units.store.address.eq(request.payload.address),
            units.store.read.eq(~decoded & ~answers),
            weights.i_valid.eq(good & units.hit("WEIGHT_DATA")),
            samples.i.valid.eq(good & units.hit("SAMPLE", "SAMPLE_PART")),
            weights.end.eq(bad),
            ended.eq(bad | (good & weights.done & (samples.i.ready | ~samples.i.valid))),
            request.ready.eq(ended),
            response.valid.eq(answers),
            response.payload.data.eq(
                (hold[:8] & from_hold.replicate(8)) | (units.store.data & from_store.replicate(8))
            ),
        ]
        m.d.sync += decoded.eq(request.valid & ~answers & ~ended)
        with m.If(ended):
            m.d.sync += [
                answers.eq(1),
                from_hold.eq(good & ~write & ~decoder.stored),
                from_store.eq(good & ~write & decoder.stored),
                response.payload.error.eq(decoder.error),
                response.payload.stay.eq(decoder.stay),
            ]
        with m.If(answers & response.ready):
            m.d.sync += answers.eq(0)
        return good & ended

    def _commands(self, m, units, done, learns, lock, restarted):
        """Execute what is written to CONTROL and COMMAND."""
        request = self.bus.request.payload
        command = Signal(8)
        with m.If(done & request.write & units.hit("COMMAND")):
            m.d.comb += command.eq(request.data)
        with m.If(done & request.write & units.hit("CONTROL")):
            m.d.sync += [
                learns.eq((request.data & LEARN).any()),
                lock.eq((request.data & LOCK).any()),
            ]
        with m.If((command & SEEN).any()):
            m.d.sync += restarted.eq(0)
        # A register: it reaches all of the core, and a command comes late.
        reset = Signal()
        m.d.sync += reset.eq((command & RESET).any())
        m.d.comb += [
            self.core_reset.eq(reset),
            self.core.i_drop.eq((command & DROP).any()),
            self.core.i_clear.eq((command & CLEAR).any()),
            units.line.clear.eq(self.core.i_clear),
            units.samples.clear.eq(reset | self.core.i_drop),
            units.requests.clear.eq(reset),
            units.results.clear.eq(reset),
        ]

    def _samples(self, m, units, learns):
        """Ask for a sample when it is complete; count what has been answered and dropped."""
        requests, samples, payload = units.requests, units.samples, self.bus.request.payload
        m.d.comb += [
            samples.i.payload.byte.eq(payload.data),
            samples.i.payload.ends.eq(units.ends),
            requests.ask.eq(samples.i.valid & samples.i.ready & units.ends),
            requests.wrong.eq(samples.wrong),
            requests.learn.eq(learns),
            requests.answered.eq(units.results.number[:UNDER_WAY_BITS]),
            requests.dropped.eq(self.core.o_errors.dropped[:UNDER_WAY_BITS]),
            self.asked.eq(requests.asked),
        ]

    def _numbers(self, m, units, done, hold, control, restarted):
        """Move the bytes of numbers through `hold`, and load numbers that are complete."""
        decoder, payload = units.decoder, self.bus.request.payload
        # What has been written, with this byte, in the upper bytes.
        written = Cat(hold[8:], Mux(payload.write, payload.data, 0))
        number, loads = written[-32:], done & payload.write & decoder.final
        fills = Mux(units.hit("WEIGHT_DATA"), units.weights.fetched, decoder.first)
        with m.If(done & ~decoder.stored):
            m.d.sync += hold.eq(written)
            with m.If(~payload.write & fills):
                m.d.sync += hold.eq(read_number(m, self, units, control, restarted))
        with m.If(done & payload.write & units.hit("CONTROL")):
            # Lock in no weight that has been read by half.
            m.d.sync += hold.eq(0)
        m.d.comb += [
            units.weights.i_write.eq(payload.write),
            units.weights.i_last.eq(payload.last),
            units.weights.word.eq(written[-len(units.weights.word) :]),
            units.weights.value.eq(number),
            units.weights.load.eq(loads & units.hit("WEIGHT_ADDRESS")),
            units.requests.value.eq(number[16:]),
            units.requests.load_label.eq(loads & units.hit("LABEL")),
            units.requests.load_rate.eq(loads & units.hit("RATE")),
        ]
        chosen = {
            name: units.hit(f"RANDOM_{name.upper()}")
            for name, _ in self.core.i_random.payload.shape()
        }
        m.d.comb += self.core.i_random.valid.eq(loads & Cat(chosen.values()).any())
        for name, hit in chosen.items():
            m.d.comb += self.core.i_random.payload[name].eq(
                Mux(hit, number, self.core.o_random[name])
            )
