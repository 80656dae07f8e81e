"""Plasticity lane against `golden.plasticity.update`, feedback and `golden.fixed.leak`."""

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.fixed import leak, saturate
from erbium.golden.layout import Layout
from erbium.golden.plasticity import update
from erbium.hw.plasticity import Plasticity
from erbium.sim.benches.plasticity import PlasticityWithSaturation


def config(weight_bits, shift):
    return Config(
        name="any",
        layers=(3, 2, 2),
        weight_bits=weight_bits,
        weight_init=1,
        learning_shift=shift,
        state_bits=8,
        threshold=9,
        gate_low=-9,
        gate_high=9,
        feedback=3,
    )


def check(simulate, config, cases):
    """Compare all (weight, dendrite, fraction, open); return the weights after."""
    dut = PlasticityWithSaturation(config)
    weights, dendrites, fractions, opens = (np.array(column) for column in zip(*cases, strict=True))
    shift, bits = config.learning_shift, config.weight_bits
    expected = update(weights, dendrites, opens == 1, fractions, shift, bits).tolist()

    async def testbench(ctx):
        ctx.set(dut.learns, 1)
        for (weight, dendrite, fraction, open_), after in zip(cases, expected, strict=True):
            ctx.set(dut.weight, weight)
            # A closed gate hides the dendrite.
            ctx.set(dut.dendrite, dendrite * open_)
            ctx.set(dut.fraction, fraction)
            assert ctx.get(dut.weight_next) == after, (weight, dendrite, fraction, open_)

    simulate(dut, testbench)
    return expected


def test_every_case_of_small_weights(simulate):
    small = config(weight_bits=3, shift=2)
    cases = [
        (weight, dendrite, fraction, open_)
        for weight in range(-4, 4)
        for dendrite in range(-14, 15)
        for fraction in range(4)
        for open_ in (0, 1)
    ]
    after = check(simulate, small, cases)
    assert set(after) == set(range(-4, 4))


@pytest.mark.parametrize(("weight_bits", "shift"), [(2, 5), (8, 0), (8, 10), (16, 1), (16, 20)])
def test_corners_and_random_cases(weight_bits, shift, simulate):
    chosen = config(weight_bits, shift)
    rng = np.random.default_rng(weight_bits + shift)
    weight_limit = 1 << (weight_bits - 1)
    dendrite_limit = 1 << (Layout(chosen).dendrite_bits - 1)
    ones = (1 << shift) - 1
    cases = [
        (weight, dendrite, fraction, open_)
        for weight in (-weight_limit, -weight_limit + 1, -1, 0, weight_limit - 1)
        for dendrite in (-dendrite_limit, -1, 0, 1, dendrite_limit - 1)
        for fraction in sorted({0, ones >> 1, ones})
        for open_ in (0, 1)
    ]
    cases += [
        (
            int(rng.integers(-weight_limit, weight_limit)),
            int(rng.integers(-dendrite_limit, dendrite_limit)),
            int(rng.integers(0, ones + 1)),
            1,
        )
        for _ in range(500)
    ]
    after = check(simulate, chosen, cases)
    assert {-weight_limit, weight_limit - 1} <= set(after)


# Sixteen bits of state have room for every dendrite, eight bits saturate.
@pytest.mark.parametrize("state_bits", [8, 16])
def test_every_leak_of_a_dendrite(state_bits, simulate):
    chosen = config(8, 3).replace(
        state_bits=state_bits, feedback=(40, 90), dendrite_leak=(7, 2), layers=(3, 9, 4)
    )
    dut, bits = Plasticity(chosen), Layout(chosen).dendrite_bits
    assert (bits > state_bits) == (state_bits == 8)

    async def testbench(ctx):
        ctx.set(dut.leaks, 1)
        ctx.set(dut.weight, -77)
        for layer, shift in enumerate(chosen.dendrite_leak):
            ctx.set(dut.layer, layer)
            for dendrite in range(-(1 << (bits - 1)), 1 << (bits - 1)):
                ctx.set(dut.dendrite, dendrite)
                expected = int(leak(saturate(dendrite, state_bits), shift))
                assert ctx.get(dut.dendrite_next) == expected, (layer, dendrite)

    simulate(dut, testbench)


@pytest.mark.parametrize(("weight_bits", "shift"), [(2, 0), (2, 5), (8, 10), (16, 1)])
def test_every_error_on_some_dendrites(weight_bits, shift, simulate):
    chosen = config(weight_bits, shift).replace(state_bits=16, feedback=(60, 100))
    dut, layout = Plasticity(chosen), Layout(chosen)
    most = 1 << (layout.feedback_bits - 1)
    room = (1 << (layout.dendrite_bits - 1)) - most

    async def testbench(ctx):
        for negative in (0, 1):
            ctx.set(dut.negative, negative)
            ctx.set(dut.fraction, negative * ((1 << max(1, shift)) - 1))
            for feedback in range(1 - most, most):
                ctx.set(dut.feedback, feedback)
                for dendrite in (-room, -1, 0, 1, 37, room - 1):
                    ctx.set(dut.dendrite, dendrite)
                    expected = dendrite + (-feedback if negative else feedback)
                    assert ctx.get(dut.dendrite_next) == expected, (dendrite, feedback)

    simulate(dut, testbench)
