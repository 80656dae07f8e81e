"""Boards, read back from what is emitted: clock, reset, LEDs, and the times people wait."""

from fractions import Fraction

import pytest
from amaranth.back import rtlil
from amaranth.hdl import Fragment, IOPort, Module, Signal
from amaranth.lib import io, wiring
from amaranth.lib.wiring import Out

from erbium.golden.presets import preset
from erbium.hw.board import pll, system, top
from erbium.hw.board.boards import BOARDS
from erbium.hw.board.clock import Clock, PowerOn
from erbium.hw.board.ratio import Limits
from erbium.hw.board.top import Top

from .emitted import CELLS, Design, loop, made

TINY = preset("tiny")

#: What the boards' schematics say: their oscillator, and the LEDs that shine when the pin is low.
FACTS = {
    "icebreaker": (12, {0, 1}),
    "hx8k": (12, set()),
    "ulx3s": (25, set()),
    "tang-nano-9k": (27, {0, 1, 2, 3, 4, 5}),
}

#: Seconds: of reset after power-on, for which an LED shines, and for which an answer stays.
POWER_ON, BLINK, HOLD = Fraction(1, 10_000), Fraction(6, 100), Fraction(7, 10)

#: The kinds of loops, and the cell that each becomes.
KINDS = {
    pll.Ice40Pad: ("SB_PLL40_PAD", 12),
    pll.Ice40Core: ("SB_PLL40_CORE", 12),
    pll.Ecp5: ("EHXPLLL", 25),
    pll.Gowin: ("rPLL", 27),
}


class Recorder:
    """Remembers what a component was made with."""

    def __init__(self, component: type) -> None:
        self._component = component
        self.options: list[dict[str, int]] = []

    def __call__(self, *arguments: object, **options: int) -> object:
        """Make the component."""
        self.options.append(options)
        return self._component(*arguments, **options)


#: Clock in Hz that the link of a board is told, by name of the board.
TOLD: dict[str, int] = {}


@pytest.fixture(scope="module")
def designs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Design]:
    """Return the netlist of every board, at its own clock."""
    found = {}
    for name, board in BOARDS.items():
        link, status = Recorder(top.Exerciser), Recorder(system.Status)

        def another(config: object, hz: int, name: str = name) -> object:
            TOLD[name] = hz
            return top.exerciser(config, hz)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(top, "Exerciser", link)
            patch.setattr(system, "Status", status)
            chosen = another if name == "ulx3s" else None
            design = Top(board, TINY, clock=board.clock(), link=chosen)
            files = board.platform().prepare(design, "top", emit_src=False).files
        found[name] = Design(files["top.il"], tmp_path_factory.mktemp(name))
        found[name].options = {"link": link.options, "status": status.options}
    return found


def test_all_boards_are_described() -> None:
    assert set(FACTS) == set(BOARDS)
    assert {board.pll for board in BOARDS.values()} <= set(KINDS)


@pytest.mark.parametrize("name", FACTS)
def test_the_loop_makes_the_clock_that_is_stated(name: str, designs: dict[str, Design]) -> None:
    board, design = BOARDS[name], designs[name]
    cell, _ = KINDS[board.pll]
    assert loop(design)["type"] == cell
    assert board.input_mhz == FACTS[name][0]
    found = made(design, FACTS[name][0])
    assert found.out == board.clock().mhz
    assert 0.9 * board.mhz < found.out <= board.mhz


@pytest.mark.parametrize("name", FACTS)
def test_clock_and_lock_of_the_loop_are_used(name: str, designs: dict[str, Design]) -> None:
    design, wires = designs[name], loop(designs[name])["connections"]
    clocks = {"SB_PLL40_PAD": "PLLOUTGLOBAL", "SB_PLL40_CORE": "PLLOUTGLOBAL",
              "EHXPLLL": "CLKOP", "rPLL": "CLKOUT"}  # fmt: skip
    clock = wires[clocks[loop(design)["type"]]]
    registers = [c for c in design.cells.values() if c["type"] in ("$dff", "$dffe", "$sdff")]
    assert len(registers) > 100
    assert all(cell["connections"]["CLK"] == clock for cell in registers)
    assert all(int(cell["parameters"]["CLK_POLARITY"], 2) == 1 for cell in registers)
    assert wires["LOCK"] == design.bits("clock.locked")


@pytest.mark.parametrize("name", FACTS)
def test_reset_lasts_from_power_on(name: str, designs: dict[str, Design]) -> None:
    design, hz = designs[name], BOARDS[name].clock().mhz * 1_000_000
    assert 0 <= design.init("clock.power_on.left") - POWER_ON * hz <= 1
    assert design.init("clock.power_on.rst") == 1


@pytest.mark.parametrize("name", FACTS)
def test_leds_shine_where_the_status_is_1(name: str, designs: dict[str, Design]) -> None:
    design, low = designs[name], FACTS[name][1]
    status = design.bits("system.leds")
    assert len(status) == BOARDS[name].leds
    # Four of them move in a machine of three classes; the others are always dark.
    assert len({bit for bit in status if isinstance(bit, int)}) == 4
    for number, expected in enumerate(status):
        bit, inverted = design.source(f"led_{number}__io")
        if expected == "0":
            # A constant that is turned round may have become the other one.
            assert (bit, inverted) in (("0", number in low), ("1", False)), number
            assert (bit == "1") <= (number in low)
        else:
            assert (bit, inverted) == (expected, number in low), number


@pytest.mark.parametrize("name", FACTS)
def test_people_have_time_to_look(name: str, designs: dict[str, Design]) -> None:
    board, options = BOARDS[name], designs[name].options
    hz = board.clock().mhz * 1_000_000
    (link,), (status,) = options["link"], options["status"]
    assert abs(link["hold"] - HOLD * hz) <= 1
    assert abs(status["cycles"] - BLINK * hz) <= 1
    assert status["leds"] == board.leds


@pytest.mark.usefixtures("designs")
def test_another_link_is_told_the_clock() -> None:
    assert {"ulx3s": int(BOARDS["ulx3s"].clock().mhz * 1_000_000)} == TOLD


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_clock_is_made_as_it_is_stated(kind: type[pll.Pll], tmp_path) -> None:
    cell, mhz = KINDS[kind]
    pin = IOPort(1, name="oscillator")
    port = io.SingleEndedPort(pin, direction="i")
    ratios = {kind.LIMITS.solve(mhz, wanted) for wanted in (20, 33, 47.5, 120)}
    assert len({ratio.output for ratio in ratios}) > 1
    for ratio in ratios:
        dut = kind(port, input_mhz=mhz, ratio=ratio)
        platform = type("Platform", (), {"family": "GW1NR-9C"})()
        ports = {"clk": (dut.clk, None), "locked": (dut.locked, None), "oscillator": (pin, None)}
        fragment = Fragment.get(dut, platform)
        text = rtlil.convert_fragment(fragment, ports, name="top", emit_src=False)[0]
        design = Design(text, tmp_path)
        assert loop(design)["type"] == cell
        assert made(design, mhz).out == ratio.mhz
        assert design.bits("clk") != design.bits("locked")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_legal_clock_is_faster(kind: type[pll.Pll]) -> None:
    limits, mhz = kind.LIMITS, KINDS[kind][1]
    legal: dict[Fraction, set] = {}
    for reference in limits.references:
        detector = Fraction(mhz, reference)
        if not limits.detector[0] <= detector <= limits.detector[1]:
            continue
        for feedback in limits.feedbacks:
            for output in limits.outputs:
                inner = detector * feedback * (output if limits.around_output else 1)
                if (
                    limits.oscillator[0] <= inner <= limits.oscillator[1]
                    and limits.out[0] <= inner / output <= limits.out[1]
                ):
                    legal.setdefault(inner / output, set()).add((reference, feedback, output))
    for wanted in (24, 27, 31.7, 250):
        best = max(clock for clock in legal if clock <= wanted)
        found = limits.solve(mhz, wanted)
        assert found.mhz == best
        assert (found.reference, found.feedback, found.output) in legal[best]
        # Of equals, the one whose detector compares most often.
        assert found.reference == min(reference for reference, _, _ in legal[best])
        assert found.feedback == max(f for r, f, _ in legal[best] if r == found.reference)


def test_limits_are_those_of_the_data_sheets() -> None:
    assert set(CELLS) == {cell for cell, _ in KINDS.values()}
    assert (
        Limits(
            range(1, 17),
            range(1, 129),
            (2, 4, 8, 16, 32, 64),
            (10, 133),
            (533, 1066),
            (16, 275),
            False,
        )
        == pll.Ice40Core.LIMITS
    )
    assert Limits(
        range(1, 129), range(1, 81), range(1, 129), (Fraction(25, 8), 400), (400, 800), (10, 400),
        True,
    ) == pll.Ecp5.LIMITS  # fmt: skip
    assert Limits(
        range(1, 65), range(1, 65), (2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128), (3, 400),
        (400, 1200), (Fraction(25, 8), 600), True,
    ) == pll.Gowin.LIMITS  # fmt: skip


class Steady(wiring.Component):
    """A loop whose clock is that of the simulation, and steady when it is told to be."""

    clk: Out(1)
    locked: Out(1)

    def __init__(self, ratio: object) -> None:
        self.ratio = ratio
        self.steady = Signal()
        super().__init__()

    def elaborate(self, platform: object) -> Module:
        """Return what drives the outputs."""
        m = Module()
        m.d.comb += self.locked.eq(self.steady)
        return m


async def _until(ctx: object, signal: object, value: int) -> int:
    count = 0
    while ctx.get(signal) != value:
        await ctx.tick()
        count += 1
    return count


@pytest.mark.parametrize("name", FACTS)
def test_reset_of_every_board_lasts_as_long_as_its_memories_need(name: str, simulate) -> None:
    ratio = BOARDS[name].clock()
    steady = Steady(ratio)
    dut = Clock(steady)
    cycles = POWER_ON * ratio.mhz * 1_000_000

    async def testbench(ctx: object) -> None:
        ctx.set(steady.steady, 1)
        assert ctx.get(dut.rst)
        # Two cycles to synchronise, one for the register of the reset.
        assert 0 <= await _until(ctx, dut.rst, 0) - 3 - cycles <= 1

    simulate(dut, testbench, budget=int(cycles) + 50)


@pytest.mark.parametrize("cycles", [1, 2, 3, 20])
def test_delay_is_exact(cycles: int, simulate) -> None:
    dut = PowerOn(cycles)

    async def testbench(ctx: object) -> None:
        ctx.set(dut.locked, 1)
        assert await _until(ctx, dut.rst, 0) == cycles + 3
        ctx.set(dut.locked, 0)
        assert await _until(ctx, dut.rst, 1) == 4
        await ctx.tick().repeat(cycles + 10)
        assert ctx.get(dut.rst), "no reset while the clock is not steady"
        ctx.set(dut.locked, 1)
        assert await _until(ctx, dut.rst, 0) == cycles + 3

    simulate(dut, testbench, budget=500)


def test_a_clock_that_was_lost_for_a_moment_begins_the_delay_anew(simulate) -> None:
    dut = PowerOn(20)

    async def testbench(ctx: object) -> None:
        ctx.set(dut.locked, 1)
        await ctx.tick().repeat(14)
        ctx.set(dut.locked, 0)
        await ctx.tick()
        ctx.set(dut.locked, 1)
        assert await _until(ctx, dut.rst, 0) == 20 + 3

    simulate(dut, testbench, budget=500)
