"""Boards that a bitstream can be made for: facts about each, in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from amaranth.build import Platform
from amaranth_boards.ice40_hx8k_b_evn import ICE40HX8KBEVNPlatform
from amaranth_boards.icebreaker import ICEBreakerPlatform
from amaranth_boards.tang_nano_9k import TangNano9kPlatform
from amaranth_boards.ulx3s import ULX3S_85F_Platform

from erbium.hw.board import pll


class BoardError(ValueError):
    """A board that is not known; the message names it and lists the choices."""


@dataclass(frozen=True)
class Board:
    """A board, and what is built for it unless the user chooses otherwise.

    Attributes
    ----------
    name : str
        What the user types.
    platform : callable
        Makes the description of its pins.
    device : str
        Chip on it, as the FPGA flow calls it.
    pll : type
        Kind of its phase-locked loop.
    input_mhz : int
        Frequency of its oscillator.
    leds : int
        LEDs ``led 0``, ``led 1`` ... of its platform.
    preset : str
        Configuration that fits on the chip.
    lanes : int
        Lanes that fit, too.
    mhz : int
        Clock that such a core reaches, with some room for an unlucky seed of the placer, and that
        divides down to 3 Mbaud.
    loader : str
        What openFPGALoader calls it.
    port : str
        Serial port that its USB bridge most likely is under Linux, if no other is plugged in.
    """

    name: str
    platform: Callable[[], Platform]
    device: str
    pll: type[pll.Pll]
    input_mhz: int
    leds: int
    preset: str
    lanes: int
    mhz: int
    loader: str
    port: str

    def clock(self, at_most_mhz=None):
        """Return the `Ratio` of the fastest clock that is not above a wanted one, or `mhz`.

        Raises
        ------
        ClockError
            If the board can make none.
        """
        wanted = self.mhz if at_most_mhz is None else at_most_mhz
        return self.pll.LIMITS.solve(self.input_mhz, wanted)


def _icebreaker():
    """Return the board with the part that can be broken off, which has five more LEDs."""
    platform = ICEBreakerPlatform()
    platform.add_resources(platform.break_off_pmod)
    return platform


BOARDS = {
    board.name: board
    for board in (
        # Bridge FT2232H, whose second channel is the UART: to 12 Mbaud, 3 Mbaud exactly.
        Board(
            "icebreaker", _icebreaker, "up5k", pll.Ice40Pad, 12, 7, "mnist-100", 4, 24,
            "ice40_generic", "/dev/ttyUSB1",
        ),
        # The same bridge.
        Board(
            "hx8k", ICE40HX8KBEVNPlatform, "hx8k", pll.Ice40Core, 12, 8, "digits", 4, 48,
            "ice40_generic", "/dev/ttyUSB1",
        ),
        # Bridge FT231X: 3 Mbaud are the most that it can.
        Board(
            "ulx3s", ULX3S_85F_Platform, "ecp5-85", pll.Ecp5, 25, 8, "mnist-100", 8, 60,
            "ulx3s", "/dev/ttyUSB0",
        ),
        # Bridge BL702, a microcontroller that looks like an FT2232: its firmware sets the limit.
        Board(
            "tang-nano-9k", TangNano9kPlatform, "gw1n-9", pll.Gowin, 27, 6, "digits", 4, 40,
            "tangnano9k", "/dev/ttyUSB1",
        ),
    )
}  # fmt: skip


def find_board(name):
    """Return the board called `name`.

    Raises
    ------
    BoardError
        If there is none; the message lists the names.
    """
    if name not in BOARDS:
        raise BoardError(f"unknown board {name!r}; choose one of: {', '.join(BOARDS)}")
    return BOARDS[name]
