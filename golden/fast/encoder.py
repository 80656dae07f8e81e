"""The encoder, compiled."""

from __future__ import annotations

import numpy as np

from golden.fast.compile import compiled, inlined
from golden.fast.rng import xorshift


@compiled
def collect(fires, names, events):
    """Write the names of what fires into `events`; return their number."""
    found = 0
    for i in range(len(fires)):
        events[found] = names[i]
        found += fires[i]
    return found


@inlined
def encode(m, s, tick, count):
    """Write a tick's input events into `s.events`; return their number."""
    values, phase, fires = s.values[:count], s.phase[:count], s.fires[:count]
    mask, bits = np.int32((1 << m.phase_bits) - 1), np.int32(m.phase_bits)
    if m.bernoulli or tick == 0:
        random = s.random[2]
        for i in range(count):
            phase[i] = random & np.uint32(mask)
            random = xorshift(random)
        s.random[2] = random
    if m.bernoulli:
        for i in range(count):
            fires[i] = phase[i] < values[i]
    else:
        for i in range(count):
            total = np.int32(phase[i] + values[i])
            fires[i] = np.int32(total >> bits)
            phase[i] = np.int32(total & mask)
    return collect(fires, s.active[:count], s.events)


@inlined
def take_outside(s, outside, cursor):
    """Write a tick's events from outside into `s.events`; return their number."""
    found = 0
    while outside[cursor + found] >= 0:
        s.events[found] = outside[cursor + found]
        found += 1
    return found
