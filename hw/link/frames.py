"""Frames: commands come as bytes, are done on the byte bus, and are answered with bytes.

i -> (undo escapes) -> Command <-> bus -> (reply) -> Escape -> o
Each byte of a command, and then of a reply, goes through the same Crc.
"""

from dataclasses import dataclass, field

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from erbium.golden.link.codec import ESCAPE, ESCAPED_BIT, FLAG, LinkError, Status
from erbium.hw.fixed import wrap
from erbium.hw.link.bus import BusSignature
from erbium.hw.link.command import DATA, FIRST, Command, low
from erbium.hw.link.crc import Crc
from erbium.hw.link.escape import Escape
from erbium.hw.link.line_errors import code_shape
from erbium.hw.link.steps import Steps, any_of

#: Places in a command of its sequence number, of the last byte of its header, and of the fourth
#: byte of data, up to which the place counts while a CRC is sent; and of the length of the reads,
#: which the reply repeats.
SEQUENCE, END, CRC_END = low(FIRST), low(DATA - 1), low(DATA + 3)
LENGTH = (low(FIRST + 5), low(FIRST + 6))

#: A byte of a frame comes, is stored, read back and used; then the frame is checked.
RECEIVING = ("receive", "store", "stored", "use", "check")
#: The sequence number is read and compared; the header is skipped; then for each byte: it is
#: fetched, offered to the bus, and the bus answers.
WRITING = (
    "fetch_sequence", "fetched_sequence", "compare", "skip",
    "fetch", "fetched", "write", "written", "write_next",
)  # fmt: skip
#: A reply: flag, header, and each byte of the data, which is counted; then status, CRC and flag.
REPLYING = (
    "open", "fetch_header", "fetched_header", "header",
    "data", "read", "read_next", "counted", "report",
)  # fmt: skip
ENDING = ("status", "crc", "close")


@dataclass(frozen=True)
class _Parts:
    """What the parts of `Frames` share."""

    command: Command
    crc: Crc
    at: Steps
    #: The byte that was offered to the line was taken in the cycle before; it is still there.
    done: Signal = field(default_factory=lambda: Signal(name="done"))
    #: What will be said of the command.
    status: Signal = field(default_factory=lambda: Signal(Status, name="status"))
    #: A byte is lost in this cycle.
    lost: Signal = field(default_factory=lambda: Signal(name="lost"))


class Frames(wiring.Component):
    """A device behind a line of bytes, equal to `golden.link.frames.FrameModel`.

    A command is stored whole, checked, done, and answered while its bytes are read, so a reply
    takes no memory. What comes in the meantime is lost and reported.

    Attributes
    ----------
    latency : int
        Cycles from the last flag of a command that writes nothing until its reply begins.
    spacing : int
        Cycles from a byte to the next one, at least.

    Members
    -------
    i : In(stream.Signature(8, always_ready=True))
        Bytes from the line.
    framing : In(1)
        A byte was lost because its stop bit was missing.
    o : Out(stream.Signature(8))
        Bytes to the line.
    bus : Out(BusSignature())
    errors : Out(stream.Signature(code_shape(), always_ready=True))
        A `LinkError` of this cycle.
    sequence : Out(8)
        Sequence number of the last write that was done.
    """

    latency = 2
    spacing = Crc.latency + 4

    def __init__(self):
        super().__init__(
            {
                "i": In(stream.Signature(8, always_ready=True)),
                "framing": In(1),
                "o": Out(stream.Signature(8)),
                "bus": Out(BusSignature()),
                "errors": Out(stream.Signature(code_shape(), always_ready=True)),
                "sequence": Out(8),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.command = command = Command()
        m.submodules.crc = crc = Crc()
        parts = _Parts(command, crc, Steps(*RECEIVING, *WRITING, *REPLYING, *ENDING))
        at = parts.at
        moves = [*self._receive(m, parts), *self._write(m, parts), *self._reply(m, parts)]
        at.move(m, *moves)
        m.d.comb += [
            command.rewind.eq(at.check | at.open | at.close),
            command.clear.eq(at.open | at.close),
            crc.clear.eq(at.check | at.close),
        ]
        self._send(m, parts)
        self._bus(m, parts)
        self._report(m, parts)
        return m

    def _receive(self, m, parts):
        """Store a frame, and check it when it has ended."""
        at, command, crc, byte = parts.at, parts.command, parts.crc, self.i.payload
        escaped, some = Signal(), Signal()
        got = at.receive & self.i.valid
        flag, escape = byte == FLAG, (byte == ESCAPE) & ~escaped
        content = got & ~flag & ~escape
        m.d.comb += [
            command.data.eq(byte ^ Mux(escaped, ESCAPED_BIT, 0)),
            command.store.eq(content & ~command.full),
        ]
        with m.If(got):
            m.d.sync += some.eq(~flag)
            with m.If(~flag):
                m.d.sync += escaped.eq(escape)
        broken = Signal()
        m.d.comb += broken.eq(~crc.good | ~command.whole | command.full | escaped)
        with m.If(at.check):
            m.d.sync += [parts.status.eq(Mux(broken, Status.BROKEN, Status.OK)), escaped.eq(0)]
        reply = broken | command.none
        return (
            ("receive", "store", command.store),
            ("receive", "check", got & flag & some),
            ("store", "stored", 1),
            ("stored", "use", 1),
            ("use", "receive", 1),
            ("check", "open", reply),
            ("check", "fetch_sequence", ~reply),
        )

    def _write(self, m, parts):
        """Write what is to be written, unless it was written before."""
        at, command, status, response = parts.at, parts.command, parts.status, self.bus.response
        written = Signal(Status)
        ahead = wrap(command.byte - self.sequence, 8)
        new, again = ahead == 1, ahead == 0
        with m.If(at.compare):
            m.d.sync += status.eq(Mux(again, written, Mux(new, Status.OK, Status.SEQUENCE)))
            with m.If(new):
                m.d.sync += self.sequence.eq(command.byte)
        error = response.payload.error
        answered = at.written & response.valid
        with m.If(answered | (at.read & parts.done)):
            m.d.sync += status.eq(error)
        with m.If(answered):
            m.d.sync += written.eq(error)
        ends = error.any() | command.last
        return (
            ("fetch_sequence", "fetched_sequence", 1),
            ("fetched_sequence", "compare", 1),
            ("compare", "skip", new),
            ("compare", "open", ~new),
            ("skip", "fetch", command.place == END),
            ("fetch", "fetched", 1),
            ("fetched", "write", 1),
            ("write", "written", self.bus.request.ready),
            ("written", "open", response.valid & ends),
            ("written", "write_next", response.valid & ~ends),
            ("write_next", "fetch", 1),
        )

    def _reply(self, m, parts):
        """Answer, and read what is to be read meanwhile."""
        at, command, done = parts.at, parts.command, parts.done
        sent = command.place.matches(SEQUENCE, *LENGTH)
        through, end = done | ~sent, command.place == END
        reads = ~command.none & (parts.status == Status.OK)
        m.d.comb += [
            command.load.eq(at.use | (at.header & through & (parts.status != Status.BROKEN))),
            command.reads.eq(at.header),
            command.step.eq(
                at.use | at.skip | at.write_next | (at.header & through) | (at.crc & done)
            ),
            command.advance.eq(
                ((at.written & self.bus.response.valid) | (at.read & done))
                & ~self.bus.response.payload.stay
            ),
            command.count.eq(at.write_next | at.read_next),
        ]
        return (
            ("open", "fetch_header", done),
            ("fetch_header", "fetched_header", 1),
            ("fetched_header", "header", 1),
            ("header", "fetch_header", through & ~end),
            ("header", "data", through & end),
            ("data", "report", command.none),
            ("data", "read", reads & self.bus.request.ready),
            ("data", "read_next", done),
            ("read", "read_next", done),
            ("read_next", "counted", 1),
            ("counted", "data", 1),
            # One error in a cycle; that of the line comes first.
            ("report", "status", ~parts.lost),
            ("status", "crc", done),
            ("crc", "close", done & (command.place == CRC_END)),
            ("close", "receive", done),
        )

    def _send(self, m, parts):
        """Send what the state says; commands go through the CRC, too."""
        at, command, crc, status = parts.at, parts.command, parts.crc, parts.status
        m.submodules.escape = escape = Escape()
        connect(m, escape.o, flipped(self.o))
        response = self.bus.response
        broken = status == Status.BROKEN
        zeros = at.data & ~command.none & (status != Status.OK)
        content = any_of(
            when.replicate(len(value)) & value
            for value, when in (
                (command.byte, at.use | (at.header & ~broken)),
                (self.sequence, at.header & broken & (command.place == SEQUENCE)),
                (response.payload.data, at.read & ~response.payload.error.any()),
                (Value.cast(status), at.status),
                (crc.byte, at.crc),
            )
        )
        in_header = at.header & command.place.matches(SEQUENCE, *LENGTH)
        of_read = at.read & response.valid
        flag = at.open | at.close
        m.d.comb += [
            escape.i.valid.eq(
                (flag | in_header | of_read | zeros | at.status | at.crc) & ~crc.busy & ~parts.done
            ),
            escape.i.payload.data.eq(content),
            escape.i.payload.flag.eq(flag),
            crc.data.eq(content),
            crc.take.eq(at.use | (parts.done & ~flag & ~at.crc)),
            crc.shift.eq(parts.done & at.crc),
        ]
        m.d.sync += parts.done.eq(escape.i.valid & escape.i.ready)

    def _bus(self, m, parts):
        """Offer a byte of a burst to the bus, and take the answer."""
        at, command, request = parts.at, parts.command, self.bus.request
        m.d.comb += [
            request.valid.eq(at.write | (at.data & ~command.none & (parts.status == Status.OK))),
            request.payload.address.eq(command.address),
            request.payload.data.eq(command.byte),
            request.payload.write.eq(at.write),
            request.payload.last.eq(command.last),
            self.bus.response.ready.eq(at.written | (at.read & parts.done)),
        ]

    def _report(self, m, parts):
        """Report what is lost, or what is wrong with a command."""
        at, overrun = parts.at, Signal()
        m.d.comb += [
            overrun.eq(self.i.valid & ~at.receive),
            parts.lost.eq(self.framing | overrun),
            self.errors.valid.eq(parts.lost | (at.report & (parts.status != Status.OK))),
            self.errors.payload.eq(
                Mux(
                    self.framing,
                    LinkError.FRAMING,
                    Mux(overrun, LinkError.OVERRUN, parts.status),
                )
            ),
        ]
