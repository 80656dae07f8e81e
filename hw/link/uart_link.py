# amaranth: UnusedElaboratable=no
"""UART link: a core behind two wires, with everything that stands between them and it."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect

from erbium.golden.link.registers import linked
from erbium.golden.link.uart import divider
from erbium.hw.core import Core
from erbium.hw.link.frames import Frames
from erbium.hw.link.registers import Registers
from erbium.hw.link.uart import Uart
from erbium.hw.words import RequestLayout, address_shape


class LinkedCore(wiring.Component):
    """A guarded core that is reached over a serial line; see docs/link.md.

    Parameters
    ----------
    config : Config
        With `guard` or without: the core has one.
    clock_hz, baud : int
        Frequency of the clock, and bits a second on the line.
    weights : list of int array [sources, targets], optional
        What the weight memory holds at power-up; see `Core`.

    Raises
    ------
    ValueError
        If the clock cannot make this rate, or the memory holds nothing at power-up.

    Members
    -------
    rx : In(1)
        The wire to the core, of another clock.
    tx : Out(1)
        The wire from the core.
    spike : Out(1)
        There is a spike; for a LED, as all that follow.
    asked : Out(stream.Signature(RequestLayout(config), always_ready=True))
        Requests, as the core takes them.
    answered : Out(stream.Signature(winner, always_ready=True))
        Winners, as they are taken from the core.
    """

    def __init__(self, config, *, clock_hz, baud, weights=None):
        self._config = config = linked(config)
        self._uart = Uart(divider(clock_hz, baud))
        self._frames = Frames()
        self._registers = Registers(config, clock_hz=clock_hz, baud=baud)
        self._core = Core(config, weights=weights)
        request, winner = RequestLayout(config), address_shape(config.layers[-1])
        super().__init__(
            {
                "rx": In(1),
                "tx": Out(1),
                "spike": Out(1),
                "asked": Out(stream.Signature(request, always_ready=True)),
                "answered": Out(stream.Signature(winner, always_ready=True)),
            }
        )

    @property
    def config(self):
        """The configuration of the core."""
        return self._config

    @property
    def core(self):
        """The core, for who watches it."""
        return self._core

    @property
    def frames(self):
        """What answers commands, for who watches it."""
        return self._frames

    @property
    def registers(self):
        """What a host reaches, for who watches it."""
        return self._registers

    def elaborate(self, platform):
        m = Module()
        uart, frames, registers, core = self._uart, self._frames, self._registers, self._core
        m.submodules.uart, m.submodules.frames, m.submodules.registers = uart, frames, registers
        # Its memories stay, as with the reset wire.
        m.submodules.core = ResetInserter(registers.core_reset)(core)
        connect(m, uart.o, frames.i)
        connect(m, frames.o, uart.i)
        connect(m, frames.bus, registers.bus)
        connect(m, frames.errors, registers.errors)
        connect(m, core, registers.core)
        m.d.comb += [
            uart.rx.eq(self.rx),
            self.tx.eq(uart.tx),
            frames.framing.eq(uart.framing),
            registers.sequence.eq(frames.sequence),
            self.spike.eq(core.o_spikes.valid),
            self.asked.valid.eq(core.i_request.valid & core.i_request.ready),
            self.asked.payload.eq(core.i_request.payload),
            self.answered.valid.eq(core.o_result.valid & core.o_result.ready),
            self.answered.payload.eq(core.o_result.payload.winner),
        ]
        return m
