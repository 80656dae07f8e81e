"""The bench of the core by itself: it goes on where a sample has nothing more to show."""

from __future__ import annotations

from itertools import count

import pytest

from erbium.golden.core import FULL_RATE
from erbium.golden.enums import Phase
from erbium.golden.presets import preset
from erbium.sim.benches.port_bench import PortBench
from erbium.sim.coverage import dry_run
from erbium.sim.host.scenarios import send
from erbium.sim.tape.untimed import play

FEEDBACK = Phase.FEEDBACK


@pytest.mark.parametrize("more", [0, 1])
def test_a_phase_that_a_sample_never_reaches_asks_for_another(more: int) -> None:
    asked = []

    async def scenario(bench: PortBench) -> None:
        # At rate 0 no error is fed back.
        send(bench, 0)

        def another() -> None:
            asked.append(bench.results)
            send(bench, FULL_RATE * more)

        await bench.reach(FEEDBACK, another, budget=5000)
        assert bench.phase == FEEDBACK

    def run() -> None:
        for _ in play(
            preset("tiny"), dry_run._Circuit(), dry_run._Board(), count(1), 1,
            played={scenario: (0.0,)},
        ):  # fmt: skip
            pass

    if more:
        run()
        # Not before the first sample has ended, and only once.
        assert asked == [1]
    else:
        with pytest.raises(AssertionError, match="phase 5 is not reached within 5000 cycles"):
            run()
        assert asked[:2] == [1, 2]
