"""Spikes on their way: words of masks, and the queues between the units."""

from __future__ import annotations

import dataclasses

import pytest

from erbium.golden.config import Config
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.inputs import InputQueue
from erbium.golden.cycle.queue import Queue
from erbium.golden.cycle.spikes import SpikeQueue, Spikes
from erbium.golden.words import INPUT_QUEUE_DEPTH, spike_queue_depth, spikes_word, word_bits

#: Layers of five groups and of one.
CONFIG = Config(name="any", layers=(4, 19, 2), lanes=4)


def test_word_holds_mask_group_and_end() -> None:
    # Five groups: three bits say which.
    for mask, group, end in ((0b1011, 0, False), (0b0100, 4, True), (0, 2, True)):
        word = Spikes(mask, group, end).bits(CONFIG)
        assert (word & 15, word >> 4 & 7, word >> 7) == (mask, group, end)
    assert Spikes(15, 7, True).bits(CONFIG) == (1 << word_bits(spikes_word(CONFIG))) - 1


def test_spikes_in_a_queue_cannot_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Spikes(1, 0, False).mask = 3


def test_masks_come_out_as_events_in_ascending_order_and_an_end_alone() -> None:
    unit, found = SpikeQueue(CONFIG), []
    for spikes in (Spikes(0b1010, 1, False), Spikes(0b0001, 4, True), *[None] * 8):
        unit.clock(spikes, unit.output is not None)
        if unit.output is not None:
            found.append(unit.output)
    assert found == [Event(5), Event(7), Event(16), Event(0, end=True)]


@pytest.mark.parametrize("hidden", [1, 4, 5, 8, 9, 19, 40])
def test_queue_holds_all_masks_of_a_layer_and_one_more(hidden: int) -> None:
    groups = -(-hidden // 4)
    for layers in ((4, hidden, 2), (4, 2, hidden, 2)):
        config = Config(name="any", layers=layers, lanes=4)
        assert spike_queue_depth(config) == max(3, groups + 1)


@pytest.mark.parametrize("depth", [3, 4, 17])
def test_queue_takes_as_many_as_it_is_deep_and_gives_them_in_order(depth: int) -> None:
    queue, entries = Queue(depth), iter(range(100))
    while queue.ready:
        queue.clock(next(entries), False)
    queue.clock("lost", False)
    taken = []
    while queue.output_valid:
        taken.append(queue.output)
        queue.clock(None, True)
    assert taken == list(range(depth))


def test_seventeen_words_of_input_events_wait() -> None:
    assert INPUT_QUEUE_DEPTH == 17
    queue, sent = InputQueue(), 0
    while queue.ready:
        queue.clock((Event(sent), Event(sent + 100)), False)
        sent += 1
    assert sent == 17
    taken = []
    while queue.event is not None:
        taken.append(queue.event.source)
        queue.clock(None, True)
    assert taken == [source for word in range(17) for source in (word, word + 100)]
