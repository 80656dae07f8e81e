"""Pipeline: two answers that come at once are those of the samples in their order."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from erbium.golden.enums import Phase
from erbium.golden.link.registers import register_map
from erbium.golden.presets import preset
from erbium.scripts.device.pipeline import Pipeline
from erbium.scripts.device.state import State
from erbium.scripts.device.transport import DeviceError

MAP = register_map(preset("tiny"), clock_hz=24_000_000, baud=3_000_000)


class Machine:
    """Shows one state after another, whatever it is told."""

    def __init__(self, *states: tuple[int, int, int]) -> None:
        self.instance = SimpleNamespace(map=MAP, longest_sample=1.0)
        self.link = SimpleNamespace(transport=SimpleNamespace(wait=lambda seconds: None))
        self._states = [
            State(Phase.IDLE, busy=False, locked=False, restarted=False, errors=False,
                  results=results % 256, dropped=0, winner=winner, before=before)
            for results, winner, before in states
        ]  # fmt: skip

    def state(self) -> State:
        return self._states.pop(0)

    def write(self, name: str, data: bytes, *, patient: bool = False) -> State:
        if name == "COMMAND":
            return self._states[0]
        return self._states.pop(0)


def winners(*states: tuple[int, int, int], samples: int) -> list[int]:
    pipeline = Pipeline(Machine(*states), lambda: "none")
    return list(pipeline.run([(b"\1", 0, 0)] * samples))


def test_two_answers_at_once_come_in_their_order() -> None:
    # Looked at twice before the first sample; results start anywhere, and wrap.
    start = (255, 0, 0), (255, 0, 0)
    assert winners(*start, (255, 0, 0), (257, 2, 1), samples=2) == [1, 2]
    assert winners(*start, (255, 0, 0), (256, 1, 0), (257, 2, 1), samples=2) == [1, 2]
    assert winners(*start, (256, 1, 0), (257, 2, 1), (258, 0, 2), samples=3) == [1, 2, 0]


def test_an_answer_that_nobody_asked_for_is_told() -> None:
    with pytest.raises(DeviceError, match="has answered 2 samples, of which only 1 are ours"):
        winners((0, 0, 0), (0, 0, 0), (2, 1, 1), samples=1)
