"""Neuron: one step, case by case, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.neuron import NeuronParameters, NeuronState, step

P = NeuronParameters(
    state_bits=8,
    threshold=20,
    refractory=2,
    membrane_leak=2,
    dendrite_leak=3,
    gate_low=-10,
    gate_high=30,
)


def one(membrane: int = 0, dendrite: int = 0, gate: int = 0, refractory: int = 0) -> NeuronState:
    return NeuronState(*(np.array([value]) for value in (membrane, dendrite, gate, refractory)))


def stepped(state: NeuronState, p: NeuronParameters = P) -> tuple[list[int], bool]:
    after, fires = step(state, p)
    return [int(values[0]) for values in vars(after).values()], bool(fires[0])


@pytest.mark.parametrize(
    ("state", "after", "fires"),
    [
        # Membrane 19: leaks ceil(19 / 4) = 5.
        (one(membrane=19), [14, 0, 1, 0], False),
        # At the threshold: fires, is reset, and rests.
        (one(membrane=20), [0, 0, 1, 2], True),
        (one(membrane=127), [0, 0, 0, 2], True),
        # Negative: leaks floor(-19 / 4) = -5.
        (one(membrane=-19), [-14, 0, 0, 0], False),
        # Resting: does not fire, but leaks and counts down.
        (one(membrane=40, refractory=2), [30, 0, 0, 1], False),
        (one(membrane=20, refractory=1), [15, 0, 1, 0], False),
        # The dendrite leaks at its own rate, and neither spikes nor resting touch it.
        (one(dendrite=17), [0, 14, 1, 0], False),
        (one(dendrite=-17, membrane=20), [0, -14, 1, 2], True),
        (one(dendrite=1, refractory=2), [0, 0, 1, 1], False),
        # The old gate does not matter.
        (one(gate=1, membrane=-11), [-8, 0, 0, 0], False),
    ],
)
def test_by_hand(state: NeuronState, after: list[int], fires: bool) -> None:
    assert stepped(state) == (after, fires)


@pytest.mark.parametrize(
    ("membrane", "gate"), [(-11, 0), (-10, 0), (-9, 1), (0, 1), (29, 1), (30, 0), (31, 0)]
)
def test_gate_limits_are_strict(membrane: int, gate: int) -> None:
    assert stepped(one(membrane=membrane))[0][2] == gate


def test_wide_stored_values_saturate_before_anything_else() -> None:
    # 1000 saturates to 127 and leaks floor(127 / 8) + 1 = 16; -1000 to -128, which leaks 16.
    low = NeuronParameters(8, 127, 0, 1, 3, -128, 127)
    assert stepped(one(membrane=1000, dendrite=1000), low) == ([0, 111, 0, 0], True)
    assert stepped(one(membrane=-1000, dendrite=-1000), low) == ([-64, -112, 0, 0], False)
    # A gate at the end of the range: -128 is not above -128.
    assert stepped(one(membrane=-127), low)[0][2] == 1


@pytest.mark.parametrize("refractory", range(5))
def test_driven_neuron_fires_once_in_refractory_and_one_ticks(refractory: int) -> None:
    p = NeuronParameters(8, 20, refractory, 2, 3, -10, 30)
    state, fired = one(), []
    for _ in range(30):
        state.membrane += 100
        state, fires = step(state, p)
        fired.append(bool(fires[0]))
    period = refractory + 1
    assert fired == [tick % period == 0 for tick in range(30)]


def test_step_leaves_its_argument_alone() -> None:
    state = one(membrane=50, dendrite=9, refractory=0)
    step(state, P)
    assert state == one(membrane=50, dendrite=9, refractory=0)


def test_neurons_are_independent() -> None:
    states = [one(m, d, 0, r) for m in (-200, 5, 25) for d in (-3, 300) for r in (0, 1)]
    merged = NeuronState(
        *(np.concatenate([vars(s)[name] for s in states]) for name in vars(states[0]))
    )
    after, fires = step(merged, P)
    for index, state in enumerate(states):
        values, fired = stepped(state)
        assert [int(v[index]) for v in vars(after).values()] == values
        assert bool(fires[index]) == fired


def test_parameters_are_those_of_the_layer() -> None:
    config = Config(
        name="any",
        layers=(3, 3, 3),
        threshold=(11, 12),
        refractory=(1, 2),
        membrane_leak=(3, 4),
        dendrite_leak=(5, 6),
        gate_low=(-7, -8),
        gate_high=(9, 10),
    )
    assert NeuronParameters.of(config, 0) == NeuronParameters(16, 11, 1, 3, 5, -7, 9)
    assert NeuronParameters.of(config, 1) == NeuronParameters(16, 12, 2, 4, 6, -8, 10)


def test_cleared_neurons_have_closed_gates() -> None:
    state = NeuronState.cleared(3)
    assert all(values.tolist() == [0, 0, 0] for values in vars(state).values())
