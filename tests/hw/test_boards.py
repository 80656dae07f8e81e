"""Boards: what is said of each fits together, and every top can be emitted with its pins."""

import pytest

from erbium.golden.presets import preset
from erbium.hw.board.boards import BOARDS, BoardError, find_board
from erbium.hw.board.ratio import ClockError
from erbium.hw.board.top import Top

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


def test_every_board_is_emitted():
    assert set(BOARDS) == {"icebreaker", "hx8k", "ulx3s", "tang-nano-9k"}


def test_unknown_board_is_named_with_the_choices():
    with pytest.raises(BoardError, match=r"unknown board 'arty'; choose one of: icebreaker, hx8k"):
        find_board("arty")


def test_clock_that_a_board_cannot_make_is_refused():
    with pytest.raises(ClockError, match=r"ask for 16\.125 MHz or more"):
        find_board("icebreaker").clock(3)
