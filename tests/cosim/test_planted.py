"""Planted faults: every machine can have each, also where a constant is the last there is."""

from __future__ import annotations

import pytest

from erbium.golden.presets import preset
from erbium.sim.faults import circuit, proofs
from erbium.sim.faults.proofs import planted

TINY = preset("tiny")

#: Those of the circuit and of proofs, which plant both.
CONSTANTS = circuit.CONSTANTS | proofs.CONSTANTS

#: Machines whose constants cannot be one more, or one less.
EXTREMES = {
    "tiny": TINY,
    "longest rest": TINY.replace(refractory=255),
    "longest and no rest": TINY.replace(refractory=(255, 0)),
    "errors from the start": TINY.replace(burn_in=0),
    "slowest leak": TINY.replace(membrane_leak=TINY.state_bits - 1),
    "last seed": TINY.replace(seed=2**32 - 1),
    "one tick less": TINY.replace(burn_in=TINY.ticks - 1, label_period=TINY.ticks),
}


@pytest.mark.parametrize("machine", EXTREMES)
@pytest.mark.parametrize("fault", CONSTANTS)
def test_one_constant_is_another(fault: str, machine: str) -> None:
    config, (constant, step) = EXTREMES[machine], CONSTANTS[fault]
    with planted(fault, config) as hardware:
        assert hardware != config
        right, wrong = getattr(config, constant), getattr(hardware, constant)
        assert hardware.replace(**{constant: right}) == config
        if machine == "tiny":
            pairs = zip(wrong, right, strict=True) if isinstance(right, tuple) else [(wrong, right)]
            assert {a - b for a, b in pairs} == {step}


@pytest.mark.parametrize("planted", [circuit.planted, proofs.planted])
def test_without_a_fault_nothing_is_another(planted) -> None:
    with planted(None, TINY) as hardware:
        assert hardware is TINY
