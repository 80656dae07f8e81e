"""UART: bytes from a wire and to a wire; a start bit, eight bits, lowest first, a stop bit."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from erbium.golden.link.uart import LEAST_DIVIDER
from erbium.hw.fixed import wrap


def _check(divider):
    if divider < LEAST_DIVIDER:
        raise ValueError(
            f"divider {divider} is below {LEAST_DIVIDER}: take a slower baud rate or a faster clock"
        )


class Receiver(wiring.Component):
    """Bytes from a wire that knows nothing of our clock.

    Each bit is taken in its middle. A byte is there half a bit before its stop bit ends, and the
    next start bit is looked for at once, so bytes may follow each other without pause. After a
    wrong stop bit the wire must go up before another byte can begin.

    Parameters
    ----------
    divider : int
        Clock cycles of a bit.

    Members
    -------
    rx : In(1)
        The wire; up when nothing is sent.
    o : Out(stream.Signature(8, always_ready=True))
        Whoever does not take a byte in its cycle has lost it.
    framing : Out(1)
        The stop bit of a byte was missing, and the byte is thrown away.
    """

    def __init__(self, divider):
        _check(divider)
        self._divider = divider
        super().__init__(
            {
                "rx": In(1),
                "o": Out(stream.Signature(8, always_ready=True)),
                "framing": Out(1),
            }
        )

    @property
    def divider(self):
        """Clock cycles of a bit."""
        return self._divider

    def elaborate(self, platform):
        m = Module()
        level = Signal(init=1)
        m.submodules.synchroniser = FFSynchronizer(self.rx, level, init=1)
        before = Signal(init=1)
        busy = Signal()
        wait = Signal(range(self._divider))
        # The start bit comes in at the top; when it has reached the bottom, the byte is there.
        bits = Signal(9, init=0x1FF)
        sample = busy & (wait == 0)
        m.d.sync += [before.eq(level), wait.eq(wrap(wait - 1, len(wait)))]
        m.d.comb += self.o.payload.eq(bits[1:])
        with m.If(sample):
            m.d.sync += [wait.eq(self._divider - 1), bits.eq(Cat(bits[1:], level))]
            with m.If(bits.all() & level):
                # The wire went down for less than half a bit.
                m.d.sync += busy.eq(0)
            with m.If(~bits[0]):
                m.d.sync += [busy.eq(0), bits.eq(0x1FF)]
                m.d.comb += [self.o.valid.eq(level), self.framing.eq(~level)]
        with m.If(~busy):
            # The edge was seen up to a cycle after it came.
            m.d.sync += [wait.eq((self._divider - 1) // 2 - 1), busy.eq(before & ~level)]
        return m


class Transmitter(wiring.Component):
    """Bytes to a wire, without pause while there are any.

    A bit begins every `divider` cycles, so a byte may wait for so long before it starts.

    Parameters
    ----------
    divider : int
        Clock cycles of a bit.

    Members
    -------
    i : In(stream.Signature(8))
    tx : Out(1)
        The wire; up when nothing is sent.
    """

    def __init__(self, divider):
        _check(divider)
        self._divider = divider
        super().__init__({"i": In(stream.Signature(8)), "tx": Out(1)})

    @property
    def divider(self):
        """Clock cycles of a bit."""
        return self._divider

    def elaborate(self, platform):
        m = Module()
        wait = Signal(range(self._divider))
        # The stop bit is the highest one that is set, and stays on the wire when all are sent.
        bits = Signal(10, init=1)
        due, sent = wait == 0, ~bits[1:].any()
        m.d.comb += [self.tx.eq(bits[0]), self.i.ready.eq(due & sent)]
        m.d.sync += wait.eq(Mux(due, self._divider - 1, wrap(wait - 1, len(wait))))
        with m.If(due & ~sent):
            m.d.sync += bits.eq(bits[1:])
        with m.Elif(due & self.i.valid):
            m.d.sync += bits.eq(Cat(C(0, 1), self.i.payload, C(1, 1)))
        return m


class Uart(wiring.Component):
    """Receiver and transmitter of one line.

    Parameters
    ----------
    divider : int
        Clock cycles of a bit; see `golden.link.uart.divider`.

    Members
    -------
    rx, tx : In(1), Out(1)
    o : Out(stream.Signature(8, always_ready=True))
        Bytes that came.
    framing : Out(1)
        A byte was thrown away because its stop bit was missing.
    i : In(stream.Signature(8))
        Bytes to be sent.
    """

    def __init__(self, divider):
        self._receiver, self._transmitter = Receiver(divider), Transmitter(divider)
        super().__init__(
            {
                "rx": In(1),
                "tx": Out(1),
                "o": Out(stream.Signature(8, always_ready=True)),
                "framing": Out(1),
                "i": In(stream.Signature(8)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.receiver = receiver = self._receiver
        m.submodules.transmitter = transmitter = self._transmitter
        wiring.connect(m, receiver.o, wiring.flipped(self.o))
        wiring.connect(m, wiring.flipped(self.i), transmitter.i)
        m.d.comb += [
            receiver.rx.eq(self.rx),
            self.framing.eq(receiver.framing),
            self.tx.eq(transmitter.tx),
        ]
        return m
