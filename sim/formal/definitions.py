"""The arithmetic of the specification on wires, written as it is defined: with as many bits as
numbers need, by comparing, adding and multiplying. Nothing here is taken from `hw.fixed`.
"""

from __future__ import annotations

from functools import reduce
from operator import and_

from amaranth.hdl import Cat, Const, Mux, Value


def all_of(conditions):
    """Return whether all conditions hold."""
    return reduce(and_, (Value.cast(one).bool() for one in conditions), Const(1, 1))


def clipped(value, bits):
    """Clip to the signed range of `bits` bits."""
    top = (1 << (bits - 1)) - 1
    return Mux(value > top, top, Mux(value < -top - 1, -top - 1, value))


def is_clipped(result, value, bits):
    """Say whether `result` is the number in the signed range of `bits` bits closest to `value`."""
    top = (1 << (bits - 1)) - 1
    inside = (value <= top) & (value >= -top - 1)
    return Mux(inside, result == value, Mux(value > top, result == top, result == -top - 1)).bool()


def is_leaked(result, value, shift):
    """Say whether `result` is `value` less its share ``2**-shift``, rounded away from zero."""
    lost = value - result
    share = lost.shift_left(shift)
    up = (share >= value) & (share - (1 << shift) < value)
    down = (share <= value) & (share + (1 << shift) > value)
    return Mux(value >= 0, up, down).bool()


def leaked(value, shift):
    """Return `value` less its share ``2**-shift``, rounded away from zero."""
    return value - Mux(value > 0, (value + ((1 << shift) - 1)) >> shift, value >> shift)


def moved(weight, dendrite, fraction, shift, bits):
    """Return a weight that has learned: extended by the fraction, changed, rounded down."""
    return clipped((weight.shift_left(shift) + fraction + dendrite) >> shift, bits)


def chosen(values, index):
    """Return ``values[index]`` of a list of numbers or wires."""
    result = values[-1]
    for number in reversed(range(len(values) - 1)):
        result = Mux(index == number, values[number], result)
    return result


def xorshift(state, shifts):
    """Return the next state of a 32-bit xorshift generator."""
    left, right, last = shifts
    state = state ^ Cat(Const(0, left), state)[:32]
    state = state ^ state[right:]
    return (state ^ Cat(Const(0, last), state)[:32])[:32]
