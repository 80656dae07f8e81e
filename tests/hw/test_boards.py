"""Boards: what is said of each fits together, and every top can be emitted with its pins."""

import pytest
from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.link.uart import BAUD, divider
from erbium.golden.presets import preset
from erbium.hw.board.boards import BOARDS, BoardError, find_board
from erbium.hw.board.ratio import ClockError
from erbium.hw.board.system import SerialSystem
from erbium.hw.board.top import Top, link_of
from erbium.hw.words import RequestLayout, address_shape

TINY = preset("tiny")


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_facts_fit_together(board):
    assert find_board(board.name) is board
    platform = board.platform()
    assert platform.default_clk_constraint.frequency == board.input_mhz * 1e6
    assert preset(board.preset).replace(lanes=board.lanes).lanes == board.lanes
    assert 0.9 * board.mhz < board.clock().mhz <= board.mhz


@pytest.mark.parametrize(
    ("name", "cell", "pins"),
    [
        ("icebreaker", "SB_PLL40_PAD", "top.pcf"),
        ("hx8k", "SB_PLL40_CORE", "top.pcf"),
        ("ulx3s", "EHXPLLL", "top.lpf"),
        ("tang-nano-9k", "rPLL", "top.cst"),
    ],
)
def test_top_is_emitted_with_its_pins(name, cell, pins):
    board = find_board(name)
    top = Top(board, TINY, clock=board.clock())
    files = board.platform().prepare(top, "top", emit_src=False).files
    assert f"cell \\{cell} " in files["top.il"]
    for number in range(board.leds):
        assert f"led_{number}__io" in files[pins]


#: Pins of the boards' USB bridges, as their schematics call them: from and to the host.
BRIDGES = {
    "icebreaker": "set_io uart_0__rx__io 6\nset_io uart_0__tx__io 9\n",
    "hx8k": "set_io uart_0__rx__io B10\nset_io uart_0__tx__io B12\n",
    "ulx3s": 'LOCATE COMP "uart_0__rx__io" SITE "M1";\nLOCATE COMP "uart_0__tx__io" SITE "L4";\n',
    "tang-nano-9k": 'IO_LOC "uart_0__rx__io" 18;\nIO_LOC "uart_0__tx__io" 17;\n',
}


@pytest.mark.parametrize("name", BRIDGES)
def test_uart_is_at_the_pins_of_the_usb_bridge(name):
    board = find_board(name)
    top = Top(board, TINY, clock=board.clock(), link=link_of("uart"))
    files = board.platform().prepare(top, "top", emit_src=False).files
    (pins,) = (text for file, text in files.items() if file in ("top.pcf", "top.lpf", "top.cst"))
    pins = pins if isinstance(pins, str) else pins.decode()
    for line in BRIDGES[name].splitlines():
        assert f"{line}\n" in pins
    without = board.platform().prepare(
        Top(board, TINY, clock=board.clock(), link=link_of("exerciser")), "top", emit_src=False
    )
    assert not any("uart" in str(text) for text in without.files.values())


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_clock_of_every_board_makes_three_megabaud_exactly(board):
    assert divider(float(board.clock().mhz * 1_000_000), BAUD) * BAUD == board.clock().mhz * 1e6


def test_serial_system_passes_wires_and_shows_what_the_core_does(simulate):
    linked = Linked(TINY)
    dut = SerialSystem(linked, leds=4, blink=3)

    async def testbench(ctx):
        for value in (0, 1, 0):
            ctx.set(dut.rx, value)
            assert ctx.get(linked.rx) == value
            ctx.set(linked.source, value)
            assert ctx.get(dut.tx) == value
        assert ctx.get(dut.leds) & 1 == 0
        ctx.set(linked.fires, 1)
        await ctx.tick().repeat(3)
        assert ctx.get(dut.leds) & 1 == 1
        ctx.set(linked.label, 2)
        ctx.set(linked.asks, 1)
        await ctx.tick()
        ctx.set(linked.asks, 0)
        ctx.set(linked.wins, 2)
        ctx.set(linked.answers, 1)
        await ctx.tick().repeat(2)
        assert ctx.get(dut.leds) & 0b1110 == 2 << 2 | 1 << 1

    simulate(dut, testbench, budget=50)


class Linked(wiring.Component):
    """Stands in for a core behind a serial link."""

    def __init__(self, config):
        self.config = config
        self.source, self.fires, self.asks, self.answers = (Signal() for _ in range(4))
        self.label, self.wins = (Signal(range(config.layers[-1])) for _ in range(2))
        winner = address_shape(config.layers[-1])
        super().__init__({
            "rx": In(1), "tx": Out(1), "spike": Out(1),
            "asked": Out(stream.Signature(RequestLayout(config), always_ready=True)),
            "answered": Out(stream.Signature(winner, always_ready=True)),
        })  # fmt: skip

    def elaborate(self, platform):
        """Drive what a core would."""
        m = Module()
        m.d.comb += [
            self.tx.eq(self.source), self.spike.eq(self.fires), self.asked.valid.eq(self.asks),
            self.asked.payload.label.eq(self.label), self.answered.valid.eq(self.answers),
            self.answered.payload.eq(self.wins),
        ]  # fmt: skip
        return m


def test_every_board_is_emitted():
    assert set(BOARDS) == {"icebreaker", "hx8k", "ulx3s", "tang-nano-9k"}


def test_unknown_board_is_named_with_the_choices():
    with pytest.raises(BoardError, match=r"unknown board 'arty'; choose one of: icebreaker, hx8k"):
        find_board("arty")


def test_clock_that_a_board_cannot_make_is_refused():
    with pytest.raises(ClockError, match=r"ask for 16\.125 MHz or more"):
        find_board("icebreaker").clock(3)
