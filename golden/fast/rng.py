"""Random numbers, compiled."""

from __future__ import annotations

import numpy as np

from golden.fast.compile import compiled


@compiled
def xorshift(state):
    state = np.uint32(state ^ (state << np.uint32(13)))
    state = np.uint32(state ^ (state >> np.uint32(17)))
    return np.uint32(state ^ (state << np.uint32(5)))


@compiled
def xorshift_lanes(state):
    state = np.uint32(state ^ (state << np.uint32(2)))
    state = np.uint32(state ^ (state >> np.uint32(15)))
    return np.uint32(state ^ (state << np.uint32(25)))
