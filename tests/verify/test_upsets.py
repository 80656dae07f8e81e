"""Upsets: every bit is reached, outcomes are told apart, and a circuit that cannot heal is seen."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from amaranth import Module, Signal

from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.hw.control import Control
from erbium.hw.hardening import Corrected
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.scripts.verify import upsets
from erbium.scripts.verify.upsets import strikes
from erbium.sim.benches.suite import VARIANTS
from erbium.sim.upsets.recovery import (
    Outcome,
    Remedy,
    Target,
    Upset,
    UpsetCore,
    draw_upsets,
    strike_all,
)
from erbium.sim.upsets.storage import find_storage
from tests.slow import slow_but

TINY = preset("tiny")


@pytest.fixture(scope="module")
def build_dir(request: pytest.FixtureRequest) -> Path:
    return request.config.cache.mkdir("native-cores")


@pytest.fixture(scope="module")
def target(build_dir: Path) -> Target:
    return Target(TINY, build_dir)


def number(target: Target | UpsetCore, path: str) -> int:
    return next(i for i, one in enumerate(target.storages) if one.path == path)


@pytest.mark.parametrize(
    "name",
    slow_but(lambda name: VARIANTS[name].lanes < 32, ["tiny", "tiny-spram", "tiny-32-bernoulli"]),
)
def test_every_register_and_memory_is_found(name: str) -> None:
    config = VARIANTS[name]
    text = emit_core(config, keep_roms=True)
    found = find_storage(text, module_name(config))
    # Each clocked process sets one register, reads one memory, or writes one.
    written = len(re.findall(r"^ +(?:words|storage)\[.*\] <= ", text, re.MULTILINE))
    roms = 1
    processes = text.count("always @(posedge clk)")
    memories = [one for one in found if one.depth]
    assert len(memories) == written + roms
    assert len(found) == processes - written + len(memories)
    assert len({one.path for one in found}) == len(found)


def test_unknown_module_is_refused() -> None:
    with pytest.raises(ValueError, match="no module 'another'"):
        find_storage(emit_core(TINY), "another")


@pytest.mark.slow
def test_flipped_weight_is_read_back(build_dir: Path) -> None:
    core = UpsetCore(TINY, build_dir)
    before = core.weight_words
    core.plan([Upset(1, number(core, "datapath.weight_memory.lane_1_0.words"), 5, 6)])
    core.random = RandomState(1, 2, 3)
    changed = before.copy()
    changed[5, 1] ^= 1 << 6
    np.testing.assert_array_equal(core.weight_words, changed)


def test_flipped_register_is_seen_by_the_logic_behind_it(build_dir: Path) -> None:
    core = UpsetCore(TINY, build_dir)
    core.plan([Upset(1, number(core, "encoder_random.state"), 0, 9)])
    core.random = RandomState(1, 2, 3)
    assert core.random.encoder == 3 ^ 1 << 9


@pytest.mark.parametrize("upset", [Upset(1, 0, 1, 0), Upset(1, 0, 0, 99)])
def test_bit_that_is_not_there_is_refused(target: Target, upset: Upset) -> None:
    with pytest.raises(ValueError, match="has no bit"):
        target.core.plan([upset])


def test_outcomes_are_told_apart(target: Target) -> None:
    first, last = target.window
    middle = (first + last) // 2
    weight = target.strike(
        Upset(middle, number(target, "datapath.weight_memory.lane_0_0.words"), 3, 7)
    )
    assert (weight.outcome, weight.remedy) == (Outcome.HEALED, Remedy.NONE)
    # A register that is written in every cycle, after its last use.
    unused = target.strike(Upset(last, number(target, "datapath.x"), 0, 0))
    assert unused.outcome is Outcome.MASKED


@pytest.mark.parametrize(("path", "bits"), [("control.owed", 5), ("samples.turn", 7)])
def test_corrected_register_shows_no_flip(target: Target, path: str, bits: int) -> None:
    edges = range(*target.window, 37)
    found = [
        target.strike(Upset(edge, index, 0, bit)).outcome
        for edge in edges
        for index, one in enumerate(target.storages)
        if one.path.startswith(path)
        for bit in range(one.bits)
    ]
    assert found == [Outcome.MASKED] * bits * len(edges)


@pytest.mark.slow
def test_without_correction_the_turn_is_lost(
    build_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plain(register: Corrected, platform: object) -> Module:
        m = Module()
        held = Signal.like(register.o, name="held")
        m.d.sync += held.eq(register.i)
        m.d.comb += register.o.eq(held)
        return m

    monkeypatch.setattr(Corrected, "elaborate", plain)
    config = TINY.replace(name="tiny-plain")
    target = Target(config, build_dir, verilog=emit_core(config))
    index = number(target, "samples.turn.held")
    strike = target.strike(Upset(sum(target.window) // 2, index, 0, 3))
    assert (strike.outcome, strike.remedy) == (Outcome.ILLEGAL, Remedy.RESET)


@pytest.mark.slow
def test_without_watchdog_a_lost_event_is_waited_for(
    build_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Control, "_watch", lambda control, m, schedule, watchdog: None)
    config = TINY.replace(name="tiny-waits")
    target = Target(config, build_dir, verilog=emit_core(config))
    index = number(target, "control.ticks.tick")
    strike = target.strike(Upset(sum(target.window) // 2, index, 0, 0))
    assert (strike.outcome, strike.remedy) == (Outcome.HUNG, Remedy.RESET)


def test_drawn_upsets_reach_everything(target: Target) -> None:
    drawn = draw_upsets(target, 2, 4, seed=1)
    registers = sum(one.bits for one in target.storages if not one.depth)
    memories = sum(one.depth > 0 for one in target.storages)
    assert len(drawn) == 2 * registers + 2 * 4 * memories
    assert {upset.storage for upset in drawn} == set(range(len(target.storages)))
    assert all(target.window[0] <= upset.edge <= target.window[1] for upset in drawn)


@pytest.mark.parametrize("reset_less", slow_but(bool, [False, True]))
def test_circuit_that_sticks_is_found(
    reset_less: bool, build_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A register that must never be 1, and holds the sequencer if it is."""
    elaborate = Control.elaborate

    def sticks(control: Control, platform: object) -> object:
        m = elaborate(control, platform)
        stuck = Signal(name="stuck", reset_less=reset_less)
        m.d.sync += stuck.eq(stuck)
        with m.If(stuck):
            m.d.sync += control.phase.eq(control.phase)
        return m

    monkeypatch.setattr(Control, "elaborate", sticks)
    config = TINY.replace(name="tiny-sticks")
    target = Target(config, build_dir, verilog=emit_core(config))
    strike = target.strike(Upset(target.window[0] + 100, number(target, "control.stuck"), 0, 0))
    assert strike.outcome is Outcome.HUNG
    assert strike.remedy is (Remedy.LOST if reset_less else Remedy.RESET)
    # The next trial starts from a circuit that works.
    again = target.strike(Upset(target.window[1], number(target, "datapath.x"), 0, 0))
    assert again.outcome is Outcome.MASKED


def test_zero_generator_goes_back_to_its_seed(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(strikes._targets, (TINY, 1), target)
    found = strikes.zero_generators(TINY, 1)
    assert set(found) == {"event", "encoder"}
    for one in found.values():
        assert one == {"samples_answered": 2, "stays_zero": False, "legal_again": True}


def test_section_says_what_was_found(target: Target) -> None:
    drawn = draw_upsets(target, 1, 2, seed=3)[::9]
    circuit = strikes.summed(target, list(strike_all(target, drawn)))
    assert sum(circuit["outcomes"].values()) == sum(circuit["remedies"].values()) == len(drawn)
    figures = {"flips_per_bit": 1, "bits_per_memory": 2}
    figures["circuits"] = [circuit | {"zero_generators": {}}]
    assert f"{len(drawn):,} bit flips" in upsets.summary(figures)
    assert f"| tiny | {circuit['register_bits']} |" in upsets.text(figures)
