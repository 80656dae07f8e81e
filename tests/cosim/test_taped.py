"""The bench from a tape: equal circuits pass, the tape is kept, and a fault is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from golden.presets import preset
from sim.faults import planted
from sim.mutation.netlist import MutationError
from sim.taped import replay

TINY = preset("tiny")


def test_tape_is_recorded_once_and_finds_a_fault(tmp_path: Path) -> None:
    first = replay(TINY, build_dir=tmp_path, samples=1)
    assert first.mismatch is None
    assert first.cycles > 5000
    # Of all ports and units, in nearly every cycle.
    assert first.bits > 200 * first.cycles
    assert first.recording_seconds > 0
    (tape,) = tmp_path.glob("*.tape")
    told: list[str] = []
    with planted("errors a tick too early", TINY) as hardware:
        faulty = replay(TINY, build_dir=tmp_path, samples=1, hardware=hardware, told=told.append)
    assert told == ["emit and compile the circuit", "replay"]
    assert faulty.recording_seconds is None
    assert faulty.mismatch.startswith(f"cycle {faulty.cycles}, ")
    assert 0 < faulty.cycles < first.cycles
    # Nothing on the tape is nothing compared.
    tape.write_bytes(b"")
    with pytest.raises(MutationError, match="nothing was compared"):
        replay(TINY, build_dir=tmp_path, samples=1)
