"""Plasticity lane against `golden.plasticity.update`."""

import numpy as np
import pytest

from golden.config import Config
from golden.layout import Layout
from golden.plasticity import update
from hw.plasticity import Plasticity


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
    dut = Plasticity(config)
    weights, dendrites, fractions, opens = (np.array(column) for column in zip(*cases, strict=True))
    shift, bits = config.learning_shift, config.weight_bits
    expected = update(weights, dendrites, opens == 1, fractions, shift, bits).tolist()

    async def testbench(ctx):
        for (weight, dendrite, fraction, open_), after in zip(cases, expected, strict=True):
            ctx.set(dut.weight, weight)
            ctx.set(dut.dendrite, dendrite)
            ctx.set(dut.fraction, fraction)
            ctx.set(dut.open, open_)
            assert ctx.get(dut.weight_next) == after, (weight, dendrite, fraction, open_)

    simulate(dut, testbench)
    return expected


def test_every_case_of_small_weights(simulate):
    small = config(weight_bits=3, shift=2)
    cases = [
        (weight, dendrite, fraction, open_)
        for weight in range(-4, 4)
        for dendrite in range(-40, 41)
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
