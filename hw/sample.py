"""Sample memory: keeps the inputs of a sample that are not 0, for two samples in turn."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from erbium.golden.cycle.record import sample_fields
from erbium.golden.enums import GuardError
from erbium.golden.layout import Layout
from erbium.golden.words import input_address_bits
from erbium.hw.fixed import increment, wrap
from erbium.hw.guard import raised
from erbium.hw.hardening import Corrected
from erbium.hw.ram import Ram
from erbium.hw.trace import observe
from erbium.hw.words import InputLayout, InputsLayout, PixelLayout, TurnLayout, address_shape


class SampleMemory(wiring.Component):
    """Two banks: the host fills one while the encoder reads the other.

    An input of 0 takes no place. A bank is complete after the input that is marked as the last;
    when both are complete, `i` stalls until the first is released. Whose turn it is must never be
    lost, or answers would belong to other samples for ever: these bits are kept in a code.

    With a guard, a sample of the wrong length takes its bank, too, so that its request finds it.

    Parameters
    ----------
    config : Config

    Members
    -------
    i : In(stream.Signature(PixelLayout()))
        Inputs 0 to n0 - 1, sample after sample.
    complete : Out(1)
        The bank to be read holds a sample.
    count : Out(range(n0 + 1))
        Inputs that it keeps.
    release : In(1)
        The bank has been read; go to the other one.
    address, en : In
        Read a word of kept inputs; `data` holds it from the next cycle on.
    data : Out(InputsLayout(config))
    drop : In(1)
        Forget the unfinished sample. Only with a guard, as what follows.
    bad : Out(1)
        The sample in the bank to be read has the wrong length.
    raised : Out(len(GuardError))
        Flags that the sample raises which is being sent.
    """

    def __init__(self, config):
        self._config = config
        inputs = config.layers[0]
        super().__init__(
            {
                "i": In(stream.Signature(PixelLayout())),
                "complete": Out(1),
                "count": Out(range(inputs + 1)),
                "release": In(1),
                "address": In(input_address_bits(config)),
                "en": In(1),
                "data": Out(InputsLayout(config)),
            }
            | (
                {"drop": In(1), "bad": Out(1), "raised": Out(len(GuardError))}
                if config.guard
                else {}
            )
        )

    def elaborate(self, platform):
        m = Module()
        inputs = self._config.layers[0]
        shape = address_shape(inputs)
        m.submodules.turn = turn = Corrected(TurnLayout(self._config))
        following = turn.following(m)
        # One by one: so they get their names.
        complete = Signal(2)
        fill_bank = Signal()
        read_bank = Signal()
        counts = [Signal(range(inputs + 1), name=f"count_{bank}") for bank in range(2)]
        source = Signal(shape)
        kept_count = Signal(range(inputs + 1))
        keep = self.i.payload.intensity != 0
        if self._config.guard:
            keep &= ~self._judge(m, turn, following, fill_bank, read_bank, source)
        # Of a sample's inputs, no more can be kept than there are.
        kept_next = wrap(kept_count + keep, len(kept_count))
        kept = Signal(InputLayout(self._config))
        write = Signal()

        m.d.comb += [
            complete.eq(turn.o.complete),
            fill_bank.eq(turn.o.fill),
            read_bank.eq(turn.o.read),
            self.i.ready.eq(~complete.bit_select(fill_bank, 1)),
            kept.value.eq(self.i.payload.intensity),
            kept.source.eq(source),
            write.eq(self.i.valid & self.i.ready & keep),
        ]
        place = wrap(kept_count, shape.width)
        self._memories(m, write, place, fill_bank, kept, read_bank)
        self._fill(m, following, fill_bank, counts, source, kept_count, kept_next)
        with m.If(self.release):
            m.d.comb += [
                following["complete"].bit_select(read_bank, 1).eq(0),
                following["read"].eq(~read_bank),
            ]

        m.d.comb += [
            self.complete.eq(complete.bit_select(read_bank, 1)),
            self.count.eq(Mux(read_bank, counts[1], counts[0])),
        ]
        observe(
            m,
            sample_fields(self._config),
            ready=self.i.ready,
            complete=self.complete,
            count=self.count,
            write=write,
            write_address=(write, Cat(place, fill_bank)),
            write_data=(write, kept),
        )
        return m

    def _judge(self, m, turn, following, fill_bank, read_bank, source):
        """Find samples of the wrong length; return whether this one is too long already. What
        follows until its last input is taken and goes nowhere.
        """
        last, too_long = self.i.payload.last, Signal()
        taken = self.i.valid & self.i.ready & ~self.drop
        ends = source == self._config.layers[0] - 1
        short, long = last & ~ends & ~too_long, ~last & ends & ~too_long
        m.d.comb += [
            self.bad.eq(turn.o.bad.bit_select(read_bank, 1)),
            self.raised.eq(raised(short=taken & short, long=taken & long)),
        ]
        with m.If(taken & last):
            m.d.comb += following["bad"].bit_select(fill_bank, 1).eq(short | too_long)
        with m.If(self.drop | (taken & last)):
            m.d.sync += too_long.eq(0)
        with m.Elif(taken & long):
            m.d.sync += too_long.eq(1)
        return too_long

    def _fill(self, m, following, fill_bank, counts, source, kept_count, kept_next):
        """Count the inputs of a sample; after the last one, go to the other bank."""
        started = Signal()
        taken, begins = self.i.valid & self.i.ready, ~started
        if self._config.guard:
            taken, begins = taken & ~self.drop, begins | self.drop
            with m.If(self.drop):
                m.d.sync += started.eq(0)
        with m.If(taken):
            m.d.sync += [
                source.eq(increment(source)),
                kept_count.eq(kept_next),
                started.eq(~self.i.payload.last),
            ]
            with m.If(self.i.payload.last):
                m.d.sync += [source.eq(0), kept_count.eq(0)]
                m.d.comb += [
                    following["fill"].eq(~fill_bank),
                    following["complete"].bit_select(fill_bank, 1).eq(1),
                ]
                with m.If(fill_bank):
                    m.d.sync += counts[1].eq(kept_next)
                with m.Else():
                    m.d.sync += counts[0].eq(kept_next)
        with m.Elif(begins):
            # They are, unless a bit has flipped.
            m.d.sync += [source.eq(0), kept_count.eq(0)]

    def _memories(self, m, write, place, fill_bank, kept, read_bank):
        """Add a memory for each input of a word; kept inputs go to them in turn."""
        lanes = Layout(self._config).encoder_lanes
        which = exact_log2(lanes)
        bits = input_address_bits(self._config)
        # A sample of one word has no bits for it in `place`, but an address has one.
        word = Signal(bits)
        m.d.comb += word.eq(place[which:])
        for lane in range(lanes):
            ram = Ram(InputLayout(self._config), 2 << bits)
            m.submodules[f"input_memory_{lane}"] = ram
            m.d.comb += [
                ram.write_address.eq(Cat(word, fill_bank)),
                ram.write_data.eq(kept),
                ram.write.eq(write & (place[:which] == lane)),
                ram.read_address.eq(Cat(self.address, read_bank)),
                ram.read.eq(self.en),
                self.data[lane].eq(ram.read_data),
            ]
