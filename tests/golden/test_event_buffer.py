"""Event buffer of the guard: whole samples, in order, and of a bad one a single word."""

from __future__ import annotations

from erbium.golden.config import Config
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.event_buffer import EventBuffer
from erbium.golden.enums import GuardError

CONFIG = Config(
    name="any", layers=(5, 6, 3), encoder="events", ticks=2, burn_in=0, guard=True, event_buffer=8
)
END, LAST = Event(0, end=True), Event(0, end=True, last=True)
GOOD = [Event(0), Event(4), END, Event(4), LAST]
MARK = Event(0, last=True)


def send(buffer: EventBuffer, events: list[Event], *, take: bool = False) -> list[int]:
    """Offer events, one a cycle, and return the flags that each raises."""
    raised = []
    for event in events:
        assert buffer.ready
        raised.append(buffer.errors(event, drop=False))
        buffer.clock(event, False, take, False)
    return raised


def drain(buffer: EventBuffer, cycles: int = 12) -> list[Event]:
    """Take what comes out."""
    found = []
    for _ in range(cycles):
        found += [buffer.head] if buffer.head else []
        buffer.clock(None, False, buffer.head is not None, False)
    return found


def test_a_sample_comes_out_after_its_end() -> None:
    buffer = EventBuffer(CONFIG)
    assert send(buffer, GOOD[:-1]) == [0] * 4
    assert drain(buffer) == []
    assert send(buffer, GOOD[-1:]) == [0]
    assert not buffer.complete
    buffer.clock(None, False, False, False)
    assert buffer.complete
    assert not buffer.bad
    assert drain(buffer) == GOOD


def test_of_a_bad_sample_a_mark_comes_out() -> None:
    order, source, ticks = (error.flag for error in
                            (GuardError.ORDER, GuardError.SOURCE, GuardError.TICKS))  # fmt: skip
    for events, raised in (
        ([Event(3), Event(3), END, LAST], [0, order, 0, 0]),
        ([Event(3), Event(2), END, END, END, LAST], [0, order, 0, 0, 0, 0]),
        ([Event(5), END, LAST], [source, 0, 0]),
        ([Event(6), Event(5), LAST], [source, 0, 0]),
        ([LAST], [ticks]),
        ([END, END, LAST], [0, ticks, 0]),
        ([END, Event(1), Event(2, last=True)], [0, 0, ticks]),
        ([Event(4), Event(4, last=True)], [0, order | ticks]),
        # After an end, sources begin anew.
        ([Event(4), END, Event(4), Event(1), LAST], [0, 0, 0, order, 0]),
    ):
        buffer = EventBuffer(CONFIG)
        assert send(buffer, [*GOOD, *events], take=True)[5:] == raised, events
        mark = Event(events[-1].source, last=True)
        assert drain(buffer)[-1] == mark
        send(buffer, GOOD)
        assert drain(buffer) == GOOD


def test_a_sample_that_is_too_large_overflows_only_where_waiting_does_not_help() -> None:
    large = [Event(n) for n in range(5)] + [END] + [Event(n) for n in range(5)] + [LAST]
    buffer = EventBuffer(CONFIG)
    raised = send(buffer, large)
    assert raised == [0] * 8 + [GuardError.OVERFLOW.flag] + [0] * 3
    assert drain(buffer) == [MARK]
    # Behind another sample it waits first.
    send(buffer, GOOD)
    buffer.clock(None, False, False, False)
    send(buffer, large[:4])
    assert not buffer.ready
    assert buffer.errors(large[4], drop=False) == 0
    buffer.clock(None, False, True, False)
    assert buffer.ready


def test_a_whole_buffer_can_be_one_sample() -> None:
    whole = [*(Event(n) for n in range(4)), END, Event(0), Event(2), LAST]
    buffer = EventBuffer(CONFIG)
    assert send(buffer, whole) == [0] * 8
    assert drain(buffer) == whole


def test_a_drop_takes_the_event_of_its_cycle_with_it() -> None:
    buffer = EventBuffer(CONFIG)
    send(buffer, GOOD[:-1])
    assert buffer.errors(LAST, drop=True) == 0
    buffer.clock(LAST, True, False, False)
    assert drain(buffer) == []
    send(buffer, GOOD)
    assert drain(buffer) == GOOD


def test_a_sample_is_discarded_to_its_end() -> None:
    buffer = EventBuffer(CONFIG)
    send(buffer, GOOD)
    buffer.clock(None, False, False, False)
    buffer.clock(None, False, False, True)
    assert not buffer.complete
    send(buffer, [Event(1), END, LAST])
    for _ in range(4):
        buffer.clock(None, False, False, False)
    assert buffer.complete
    assert drain(buffer) == [Event(1), END, LAST]
