"""Memory in the cycle view: outputs come a cycle later, and no word is read and written at once."""

from __future__ import annotations

import random

import numpy as np
import pytest

from erbium.golden.cycle.ram import Ram

DEPTH, LANES = 5, 3


def word(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_output_follows_a_cycle_later_and_stays() -> None:
    ram = Ram("any", DEPTH, LANES)
    ram.clock(None, 2, word(1, 2, 3))
    ram.clock(2, 4, word(7, 8, 9))
    # Until the next clock edge, registers still see what the memory put out before.
    assert ram.before.tolist() == [0, 0, 0]
    ram.clock(None, None, word(0, 0, 0))
    assert ram.before.tolist() == [1, 2, 3]
    ram.clock(4, 2, word(0, 0, 0))
    assert ram.before.tolist() == [1, 2, 3]
    ram.clock(None, None, word(0, 0, 0))
    assert ram.before.tolist() == [7, 8, 9]
    assert ram.words.tolist() == [[0, 0, 0]] * 4 + [[7, 8, 9]]


def test_output_and_words_are_copies() -> None:
    ram, data = Ram("any", DEPTH, LANES), word(1, 2, 3)
    ram.clock(None, 1, data)
    data[:] = 9
    ram.clock(1, None, data)
    ram.clock(None, 1, word(4, 5, 6))
    assert ram.before.tolist() == [1, 2, 3]
    assert ram.words[1].tolist() == [4, 5, 6]


@pytest.mark.parametrize("address", [0, DEPTH - 1])
def test_reading_a_word_while_it_is_written_is_refused(address: int) -> None:
    ram = Ram("membrane", DEPTH, LANES)
    ram.clock(address, 1, word(1, 1, 1))
    before = ram.words.copy()
    with pytest.raises(
        AssertionError, match=f"^membrane word {address} is read while it is written$"
    ):
        ram.clock(address, address, word(2, 2, 2))
    assert np.array_equal(ram.words, before)


def test_any_other_traffic_reads_what_was_written_last() -> None:
    ram, rng = Ram("any", DEPTH, 1), random.Random(1)
    held, expected = [0] * DEPTH, [0, 0]
    for step in range(1, 500):
        read, write = (rng.choice((None, *range(DEPTH))) for _ in range(2))
        if read == write:
            read = None
        ram.clock(read, write, word(step))
        assert ram.before.tolist() == [expected[-1]]
        expected.append(expected[-1] if read is None else held[read])
        if write is not None:
            held[write] = step
    assert ram.words.ravel().tolist() == held
