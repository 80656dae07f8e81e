"""Hardening against bits that flip: a register that corrects itself, and a limit on waiting.

Neither does anything in a circuit whose bits stay what they are, so the golden model has no twin of
them. What they achieve is in docs/verification.md, "Single-event upsets".
"""

from functools import reduce
from operator import xor

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.layout import Layout
from erbium.hw.fixed import increment

#: Cycles beyond a scan of all inputs in which a running machine issues an operation or takes an
#: event: proved to be 9, and the pipelines of the encoder and its queue.
SLACK = 32


def places(width):
    """Return the places of `width` data bits in a Hamming code; those of check bits are powers
    of 2 (Hamming 1950, Bell Syst. Tech. J. 29).
    """
    found = [place for place in range(1, 4 * width + 4) if place & (place - 1)]
    return found[:width]


def check_bits(value, width):
    """Return the check bits of a value or of an integer: each is the parity of some data bits."""
    count = places(width)[-1].bit_length()
    bits = [value[n] if isinstance(value, Value) else value >> n & 1 for n in range(width)]
    return [
        reduce(xor, (bit for bit, place in zip(bits, places(width), strict=True) if place >> n & 1))
        for n in range(count)
    ]


class Corrected(wiring.Component):
    """A register with check bits. One of its bits may flip in each cycle; nobody sees it.

    Parameters
    ----------
    shape : shape-like
        Of the value; all of its bits are 0 after reset.

    Members
    -------
    i : In(shape)
        Value in the next cycle.
    o : Out(shape)
        Value, corrected.
    """

    def __init__(self, shape):
        self._width = Shape.cast(shape).width
        super().__init__({"i": In(shape), "o": Out(shape)})

    def following(self, m):
        """Return a signal for each field of the value's layout: what it is in the next cycle. It
        stays as it is unless the module `m` says otherwise.

        Assigned as parts of `i`, all fields would go through the multiplexers of each.
        """
        members = self.i.shape().members.items()
        fields = {name: Signal(shape, name=f"next_{name}") for name, shape in members}
        for name, field in fields.items():
            m.d.comb += [field.eq(self.o[name]), self.i[name].eq(field)]
        return fields

    def elaborate(self, platform):
        m = Module()
        held = Signal(self._width)
        check = Signal(len(check_bits(0, self._width)))
        syndrome = Signal.like(check)
        value, corrected = Value.cast(self.i), Value.cast(self.o)
        m.d.sync += [held.eq(value), check.eq(Cat(check_bits(value, self._width)))]
        m.d.comb += syndrome.eq(check ^ Cat(check_bits(held, self._width)))
        for bit, place in enumerate(places(self._width)):
            m.d.comb += corrected[bit].eq(held[bit] ^ (syndrome == place))
        return m


class Watchdog(wiring.Component):
    """Notice that a sample does not go on, because an event was lost that others wait for.

    Parameters
    ----------
    config : Config

    Members
    -------
    progress : In(1)
        Something happened, or nothing has to.
    expired : Out(1)
        Nothing has happened for so long as never happens: set for one cycle.
    """

    def __init__(self, config):
        scan = -(-config.layers[0] // Layout(config).encoder_lanes)
        self._bits = (scan + SLACK).bit_length()
        super().__init__({"progress": In(1), "expired": Out(1)})

    def elaborate(self, platform):
        m = Module()
        progressed = Signal()
        waits = Signal(self._bits)
        m.d.sync += [
            progressed.eq(self.progress),
            waits.eq(increment(waits)),
            self.expired.eq(waits.all()),
        ]
        with m.If(progressed | self.expired):
            m.d.sync += waits.eq(0)
        return m
