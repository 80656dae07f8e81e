"""The bench from a tape: equal circuits pass, the tape is kept, and a fault is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from erbium.golden.presets import preset
from erbium.sim.faults.circuit import planted
from erbium.sim.mutation.netlist import MutationError
from erbium.sim.tape.replay import replay

TINY = preset("tiny")


@pytest.mark.slow
def test_tape_is_recorded_once_and_finds_a_fault(tmp_path: Path) -> None:
    with (
        planted("generator of another kind", TINY) as hardware,
        pytest.raises(MutationError, match="no tape of 'tiny': replay it without a fault first"),
    ):
        replay(TINY, build_dir=tmp_path, samples=1, hardware=hardware)
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
    assert faulty.recording_seconds == first.recording_seconds
    assert faulty.mismatch.startswith(f"cycle {faulty.cycles}, ")
    assert 0 < faulty.cycles < first.cycles
    whole = tape.read_bytes()
    tape.write_bytes(whole[:-5])
    with pytest.raises(MutationError, match="the tape ends in the middle of cycle"):
        replay(TINY, build_dir=tmp_path, samples=1)
    # Nothing on the tape is nothing compared.
    tape.write_bytes(b"")
    with pytest.raises(MutationError, match="nothing was compared"):
        replay(TINY, build_dir=tmp_path, samples=1)


@pytest.mark.slow
def test_other_sources_need_another_tape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replay(TINY, build_dir=tmp_path, samples=1)
    sources = iter(["other", "other", "changed", "edited"])
    monkeypatch.setattr("erbium.sim.tape.replay._sources", lambda: next(sources))
    (old,) = tmp_path.glob("*.tape")
    told: list[str] = []
    replay(TINY, build_dir=tmp_path, samples=1, told=told.append)
    assert "record the golden model, in every cycle" in told
    (new,) = tmp_path.glob("*.tape")
    assert new != old
    with pytest.raises(MutationError, match="sources have changed while they were recorded"):
        replay(TINY, build_dir=tmp_path, samples=1)
    assert not list(tmp_path.glob("*.tape"))
