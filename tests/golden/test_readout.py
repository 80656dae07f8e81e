"""Read-out: counts, and who wins a tie."""

from __future__ import annotations

from erbium.golden.config import Config
from erbium.golden.readout import Readout


def after(*spikes: int) -> Readout:
    readout = Readout(Config(name="any", layers=(2, 2, 4)))
    for k in spikes:
        readout.count(k)
    return readout


def test_counts_spikes_of_each_class() -> None:
    readout = after(1, 3, 1, 0, 3, 3)
    assert readout.counts.tolist() == [1, 2, 0, 3]
    assert readout.winner == 3


def test_silence_elects_class_zero() -> None:
    assert after().winner == 0
    assert after().counts.tolist() == [0, 0, 0, 0]


def test_first_to_reach_the_highest_count_wins_a_tie() -> None:
    assert after(2, 1).winner == 2
    assert after(2, 1, 1, 2).winner == 1
    assert after(1, 2, 0).winner == 1
    assert after(3, 0).winner == 3, "class 0 has no privilege once somebody fired"


def test_later_spikes_of_others_do_not_take_a_tie() -> None:
    readout = after(3, 3, 0, 0)
    assert readout.winner == 3
    readout.count(0)
    assert readout.winner == 0


def test_lead_of_the_true_class_over_all_others() -> None:
    assert [after().lead(k) for k in range(4)] == [0, 0, 0, 0]
    readout = after(1, 3, 1, 0, 3, 3)
    assert [readout.lead(k) for k in range(4)] == [-2, -1, -3, 1]


def test_clear_starts_again() -> None:
    readout = after(3, 3, 2)
    readout.clear()
    assert readout.counts.tolist() == [0, 0, 0, 0]
    assert readout.winner == 0
    readout.count(2)
    assert readout.winner == 2
