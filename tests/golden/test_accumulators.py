"""Sums behind the adder: used where memory is too slow, and always the latest of their word."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.cycle.accumulators import Accumulators
from erbium.golden.cycle.operation import Issue
from erbium.golden.enums import Operation
from erbium.golden.layout import Layout

#: Cycles from issue to execute, and to the first issue that finds the sum in memory.
EXECUTE, IN_MEMORY = 3, 4

#: Groups of the layers: alone, together, and too many for any sum to be used.
GROUPS = [(1, 1), (2, 2), (3, 3), (1, 2), (2, 3), (3, 1, 2), (4, 4), (1, 5), (5, 2, 9)]

IDLE = Issue()


def config(groups: tuple[int, ...]) -> Config:
    """Return a machine whose layers have these numbers of groups, of two lanes."""
    return Config(name="any", layers=(5, *(2 * g for g in groups)), lanes=2)


def schedule(config: Config, rng: random.Random, pauses: float) -> Iterator[Issue]:
    """Yield the operations of some ticks as the sequencer does, and idle cycles between them."""
    for _ in range(12):
        for layer in Layout(config).layers:
            words = [layer.state_base + group for group in range(layer.groups)]
            for _ in range(rng.randrange(6)):
                for word in words:
                    while rng.random() < pauses:
                        yield IDLE
                    yield Issue(Operation.SYNAPSE, state=word)
            yield from (Issue(Operation.NEURON, state=word) for word in words)
            # A layer's end takes longer to come round.
            yield from [IDLE] * IN_MEMORY
        if rng.random() < 0.5:
            yield from (
                Issue(Operation.FEEDBACK, state=s) for s in range(Layout(config).state_depth)
            )


@pytest.mark.parametrize("pauses", [0.0, 0.4])
@pytest.mark.parametrize("groups", GROUPS, ids=str)
def test_latest_sum_is_used_as_long_as_it_is_not_in_memory(
    groups: tuple[int, ...], pauses: float
) -> None:
    machine = config(groups)
    unit, used = Accumulators(machine), set()
    # Cycle in which the latest sum of a word was issued; sums are these numbers.
    latest: dict[int, int] = {}
    waiting: list[tuple[Issue, int, int | None, int]] = [(IDLE, 0, None, 0)] * EXECUTE
    for cycle, issue in enumerate(schedule(machine, random.Random(1), pauses)):
        entered, source, expected, number = waiting.pop(0)
        if source:
            assert unit.sum(source).tolist() == [expected]
        unit.take(entered, np.array([number]))
        source = unit.source(issue)
        unit.issued(issue)
        before = None
        if issue.operation in (Operation.SYNAPSE, Operation.NEURON):
            before = latest.pop(issue.state, None)
            if before is None or cycle - before >= IN_MEMORY:
                # Not needed; if it is used all the same, it must be right.
                assert not source or before is not None
            else:
                assert source > 0
            if issue.operation == Operation.SYNAPSE:
                latest[issue.state] = cycle
        else:
            assert source == 0
        used.add(source)
        waiting.append((issue, source, before, cycle))
    assert used - {0} == {g for g in groups if g < IN_MEMORY}


def test_operation_that_leaves_no_sum_does_not_count() -> None:
    unit = Accumulators(config((1, 2)))
    feedback, read = Issue(Operation.FEEDBACK), Issue(Operation.READ)
    for issue in (Issue(Operation.SYNAPSE, state=0), IDLE, feedback, read, IDLE):
        unit.issued(issue)
        unit.take(issue, np.array([7 if issue.operation == Operation.SYNAPSE else -1]))
    assert unit.source(Issue(Operation.SYNAPSE, state=0)) == 1
    assert unit.source(Issue(Operation.NEURON, state=0)) == 1
    assert unit.source(Issue(Operation.SYNAPSE, state=1)) == 0
    for operation in (Operation.FEEDBACK, Operation.CLEAR, Operation.READ, Operation.NONE):
        assert unit.source(Issue(operation, state=0)) == 0
    assert unit.sum(1).tolist() == [7]


def test_what_a_neuron_leaves_is_no_sum() -> None:
    unit = Accumulators(config((1, 1)))
    unit.issued(Issue(Operation.SYNAPSE, state=0))
    unit.issued(Issue(Operation.NEURON, state=0))
    assert unit.source(Issue(Operation.SYNAPSE, state=0)) == 0
