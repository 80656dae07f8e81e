"""Frames: commands come as bytes, are done on the byte bus, and are answered with bytes.

i -> (undo escapes) -> Command <-> bus -> (reply) -> Escape -> o
Each byte of a command, and then of a reply, goes through the same Crc.
"""

from dataclasses import dataclass

from amaranth import *
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from erbium.golden.link.codec import ESCAPE, ESCAPED_BIT, FLAG, LinkError, Status
from erbium.hw.fixed import wrap
from erbium.hw.link.bus import BusSignature
from erbium.hw.link.command import DATA, FIRST, Command, low
from erbium.hw.link.crc import Crc
from erbium.hw.link.escape import Escape

#: Places in a command of its sequence number and the two bytes of the length of its reads, all of
#: which the reply repeats, and of the last byte of its header.
SEQUENCE, LENGTH, END = low(FIRST), (low(FIRST + 5), low(FIRST + 6)), low(DATA - 1)

#: The place after the fourth byte of a CRC, which is sent from the first place of data on.
CRC_END = low(DATA + 3)


class LinkErrorLayout(data.StructLayout):
    """An error of the line in this cycle, if there is one, and its code."""

    def __init__(self):
        super().__init__({"valid": 1, "code": LinkError})


@dataclass(frozen=True)
class _Parts:
    """What the states of `Frames` share: see its `elaborate`."""

    command: Command
    crc: Crc
    status: Signal
    content: Signal
    send: Signal
    flag: Signal
    report: Signal
    done: Signal


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
    o_error : Out(LinkErrorLayout())
        Something went wrong in this cycle.
    sequence : Out(8)
        Sequence number of the last write that was done.
    """

    latency = 2
    spacing = Crc.latency + 3

    def __init__(self):
        super().__init__(
            {
                "i": In(stream.Signature(8, always_ready=True)),
                "framing": In(1),
                "o": Out(stream.Signature(8)),
                "bus": Out(BusSignature()),
                "o_error": Out(LinkErrorLayout()),
                "sequence": Out(8),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.command = command = Command()
        m.submodules.crc = crc = Crc()
        m.submodules.escape = escape = Escape()
        status, done = Signal(Status), Signal()
        # What is sent, or goes through the CRC.
        content = Signal(8)
        send, flag, report = Signal(), Signal(), Signal()
        parts = _Parts(command, crc, status, content, send, flag, report, done)
        receiving = Signal()
        connect(m, escape.o, flipped(self.o))
        lost = self.i.valid & ~receiving
        m.d.comb += [
            escape.i.valid.eq(send & ~crc.busy),
            escape.i.payload.data.eq(content),
            escape.i.payload.flag.eq(flag),
            done.eq(escape.i.valid & escape.i.ready),
            crc.data.eq(content),
            crc.take.eq(done & ~flag & ~crc.shift),
            self.o_error.valid.eq(self.framing | lost | report),
            self.o_error.code.eq(
                Mux(self.framing, LinkError.FRAMING, Mux(lost, LinkError.OVERRUN, status))
            ),
        ]
        with m.FSM():
            self._receive(m, parts, receiving)
            self._execute(m, parts)
            self._answer(m, parts)
            self._end(m, parts, self.framing | lost)
        return m

    def _receive(self, m, parts, receiving):
        """Store a frame; go on when it has ended."""
        command, crc, byte = parts.command, parts.crc, self.i.payload
        escaped, some = Signal(), Signal()
        m.d.comb += command.data.eq(byte ^ Mux(escaped, ESCAPED_BIT, 0))
        with m.State("RECEIVE"):
            m.d.comb += receiving.eq(1)
            with m.If(self.i.valid):
                m.d.sync += some.eq(1)
                with m.If(byte == FLAG):
                    with m.If(some):
                        m.next = "CHECK"
                    m.d.sync += some.eq(0)
                with m.Elif((byte == ESCAPE) & ~escaped):
                    m.d.sync += escaped.eq(1)
                with m.Else():
                    m.d.sync += escaped.eq(0)
                    with m.If(~command.full):
                        m.d.comb += command.store.eq(1)
                        m.next = "STORED"
        with m.State("STORED"):
            m.next = "TAKE"
        with m.State("TAKE"):
            m.d.comb += [
                parts.content.eq(command.byte),
                crc.take.eq(1),
                command.load.eq(1),
                command.step.eq(1),
            ]
            m.next = "RECEIVE"
        with m.State("CHECK"):
            m.d.comb += [crc.clear.eq(1), command.rewind.eq(1)]
            m.d.sync += [escaped.eq(0), parts.status.eq(Status.OK)]
            with m.If(~crc.good | ~command.whole | command.full | escaped):
                m.d.sync += parts.status.eq(Status.BROKEN)
                m.next = "OPEN"
            with m.Elif(command.length == 0):
                m.next = "OPEN"
            with m.Else():
                m.next = "FETCH_SEQUENCE"

    def _execute(self, m, parts):
        """Write what is to be written, unless it was written before."""
        command, status = parts.command, parts.status
        written = Signal(Status)
        ahead = wrap(command.byte - self.sequence, 8)
        with m.State("FETCH_SEQUENCE"):
            m.next = "SEQUENCE"
        with m.State("SEQUENCE"):
            with m.If(ahead == 1):
                m.d.sync += [self.sequence.eq(command.byte), written.eq(Status.OK)]
                m.next = "SKIP"
            with m.Else():
                m.d.sync += status.eq(Mux(ahead == 0, written, Status.SEQUENCE))
                m.next = "OPEN"
        with m.State("SKIP"):
            m.d.comb += command.step.eq(1)
            with m.If(command.place == END):
                m.next = "FETCH"
        with m.State("FETCH"):
            m.next = "WRITE"
        with m.State("WRITE"):
            self._request(m, parts, write=1)
            with m.If(self.bus.request.ready):
                m.next = "WRITTEN"
        with m.State("WRITTEN"):
            m.d.comb += self.bus.response.ready.eq(1)
            with m.If(self.bus.response.valid):
                self._count(m, parts)
                m.d.comb += command.step.eq(1)
                m.d.sync += written.eq(self.bus.response.payload.error)
                m.next = "FETCH"
                with m.If(self.bus.response.payload.error.any() | (command.length == 1)):
                    m.d.comb += command.rewind.eq(1)
                    m.next = "OPEN"

    def _request(self, m, parts, *, write):
        """Ask for the next byte of a burst."""
        request = self.bus.request
        m.d.comb += [
            request.valid.eq(1),
            request.payload.address.eq(parts.command.address),
            request.payload.data.eq(parts.command.byte),
            request.payload.write.eq(write),
            request.payload.last.eq(parts.command.length == 1),
        ]

    def _count(self, m, parts):
        """Go on to the next byte of a burst; note what was wrong with this one."""
        response = self.bus.response.payload
        m.d.comb += [parts.command.count.eq(1), parts.command.advance.eq(~response.stay)]
        m.d.sync += parts.status.eq(response.error)

    def _answer(self, m, parts):
        """Send what stands before the data of a reply, and the data while they are read."""
        command, status, done = parts.command, parts.status, parts.done
        broken, bus = status == Status.BROKEN, self.bus
        with m.State("OPEN"):
            m.d.comb += [parts.send.eq(1), parts.flag.eq(1), parts.content.eq(FLAG)]
            with m.If(done):
                m.next = "HEADER"
        with m.State("HEADER"):
            sent = Signal()
            m.d.comb += [
                sent.eq(command.place.matches(SEQUENCE, *LENGTH)),
                parts.send.eq(sent),
                command.reads.eq(1),
                command.load.eq(1),
                command.blank.eq(broken),
                command.step.eq(done | ~sent),
                parts.content.eq(Mux(broken, 0, command.byte)),
            ]
            with m.If(broken & (command.place == SEQUENCE)):
                m.d.comb += parts.content.eq(self.sequence)
            with m.If(command.step):
                m.next = "FETCH_HEADER"
                with m.If(command.place == END):
                    m.next = "DATA"
        with m.State("FETCH_HEADER"):
            m.next = "HEADER"
        with m.State("DATA"):
            with m.If(command.length == 0):
                m.next = "REPORT"
            with m.Elif(status != Status.OK):
                m.d.comb += [parts.send.eq(1), command.count.eq(done)]
            with m.Else():
                self._request(m, parts, write=0)
                with m.If(bus.request.ready):
                    m.next = "READ"
        with m.State("READ"):
            wrong = bus.response.payload.error.any()
            m.d.comb += [
                parts.send.eq(bus.response.valid),
                parts.content.eq(Mux(wrong, 0, bus.response.payload.data)),
                bus.response.ready.eq(done),
            ]
            with m.If(done):
                self._count(m, parts)
                m.next = "DATA"

    def _end(self, m, parts, reports):
        """Send what stands after the data of a reply."""
        command, crc, status, done = parts.command, parts.crc, parts.status, parts.done
        with m.State("REPORT"):
            m.d.comb += parts.report.eq(status != Status.OK)
            # One error in a cycle; that of the line comes first.
            with m.If(~reports):
                m.next = "STATUS"
        with m.State("STATUS"):
            m.d.comb += [parts.send.eq(1), parts.content.eq(status)]
            with m.If(done):
                m.next = "CRC"
        with m.State("CRC"):
            m.d.comb += [
                parts.send.eq(1),
                parts.content.eq(crc.byte),
                crc.shift.eq(done),
                command.step.eq(done),
            ]
            with m.If(done & (command.place == CRC_END)):
                m.next = "CLOSE"
        with m.State("CLOSE"):
            m.d.comb += [
                parts.send.eq(1),
                parts.flag.eq(1),
                parts.content.eq(FLAG),
                command.rewind.eq(done),
                crc.clear.eq(done),
            ]
            with m.If(done):
                m.next = "RECEIVE"
