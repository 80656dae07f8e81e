"""Numbers that hosts and waveforms see, as docs/specification.md has them."""

from __future__ import annotations

from erbium.golden.enums import EncoderState, GuardError, Operation, Phase, Stage


def test_phases_and_operations_are_numbered_as_specified() -> None:
    phases = ["IDLE", "CLEAR", "SYNAPSE", "NEURON", "READOUT", "FEEDBACK", "RESULT", "READ"]
    assert [(phase.name, phase.value) for phase in Phase] == [*zip(phases, range(8), strict=True)]
    operations = ["NONE", "CLEAR", "SYNAPSE", "NEURON", "FEEDBACK", "READ"]
    assert [(kind.name, kind.value) for kind in Operation] == [
        *zip(operations, range(6), strict=True)
    ]


def test_states_and_stages_follow_each_other() -> None:
    assert [state.value for state in EncoderState] == [0, 1, 2]
    assert [state.name for state in EncoderState] == ["IDLE", "SCAN", "DRAIN"]
    assert [stage.value for stage in Stage] == [0, 1, 2, 3, 4]
    assert [stage.name[0] for stage in Stage] == ["I", "F", "R", "E", "W"]


def test_errors_are_numbered_as_specified() -> None:
    errors = ["SHORT", "LONG", "LABEL", "RATE", "ADDRESS", "PADDING", "ORDER", "SOURCE", "TICKS"]
    errors += ["RANDOM", "OVERFLOW"]
    assert [(one.name, one.value) for one in GuardError] == [
        *zip(errors, range(1, 12), strict=True)
    ]
    assert [one.flag for one in GuardError] == [2**bit for bit in range(11)]
