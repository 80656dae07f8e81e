"""Neuron lane against `golden.neuron.step`."""

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.layout import Layout
from erbium.golden.neuron import NeuronParameters, NeuronState, step
from erbium.golden.presets import preset
from erbium.sim.benches.neuron import NeuronWithLeak

SMALL = Config(
    name="small",
    layers=(3, 5, 4, 2),
    state_bits=8,
    weight_bits=3,
    weight_init=1,
    threshold=(20, 30, 127),
    refractory=(0, 2, 5),
    membrane_leak=(1, 3, 7),
    dendrite_leak=(2, 2, 4),
    gate_low=(-10, -128, 5),
    gate_high=(30, 127, 6),
    feedback=20,
)
CONFIGS = [SMALL, preset("tiny"), preset("digits")]


def check(simulate, config, layer, state):
    """Compare circuit and model for all neurons of `state`; return which fire."""
    dut = NeuronWithLeak(config)
    after, fires = step(state, NeuronParameters.of(config, layer))
    names = ("membrane", "gate", "refractory")

    async def testbench(ctx):
        ctx.set(dut.layer, layer)
        ctx.set(dut.steps, 1)
        for index, fired in enumerate(fires.tolist()):
            ctx.set(dut.membrane, int(state.membrane[index]))
            ctx.set(dut.refractory, int(state.refractory[index]))
            found = [ctx.get(getattr(dut, f"{name}_next")) for name in names]
            expected = [int(getattr(after, name)[index]) for name in names]
            assert found == expected, (state.membrane[index], state.refractory[index])
            assert ctx.get(dut.fires) == fired, state.membrane[index]

    simulate(dut, testbench)
    return fires


def drawn(config, layer, count, seed):
    """Draw states, corners first."""
    layout, p = Layout(config), NeuronParameters.of(config, layer)
    rng = np.random.default_rng(seed)

    def wide(bits, corners):
        limit = 1 << (bits - 1)
        top = 1 << (config.state_bits - 1)
        named = [-limit, limit - 1, -top - 1, -top, top - 1, top, -1, 0, 1, *corners]
        small = rng.integers(-2 * p.threshold, 2 * p.threshold + 1, count - len(named))
        anywhere = rng.integers(-limit, limit, len(small))
        return np.concatenate([named, np.where(rng.random(len(small)) < 0.7, small, anywhere)])

    corners = [x + d for x in (p.threshold, p.gate_low, p.gate_high) for d in (-1, 0, 1)]
    membrane = np.concatenate([wide(layout.membrane_bits, corners)] * 2)
    state = NeuronState.cleared(2 * count)
    state.membrane = membrane
    # Once at rest for all membranes, so that each of them can fire, once at random.
    state.refractory[count:] = rng.integers(0, p.refractory + 1, count)
    return state


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_equals_golden(config, simulate):
    for layer in range(len(config.layers) - 1):
        fires = check(simulate, config, layer, drawn(config, layer, 300, seed=layer))
        assert 0 < fires.sum() < len(fires)


def test_every_membrane_of_a_small_neuron(simulate):
    bits = Layout(SMALL).membrane_bits
    membrane = np.arange(-(1 << (bits - 1)), 1 << (bits - 1))
    zero = np.zeros(len(membrane), dtype=int)
    for layer in range(3):
        state = NeuronState(membrane, zero, zero, zero)
        fires = check(simulate, SMALL, layer, state)
        assert (fires == (membrane >= SMALL.threshold[layer])).all()
