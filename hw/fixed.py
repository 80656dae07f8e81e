"""The arithmetic vocabulary on wires: the same functions as `golden.fixed`, exact elsewhere."""

from amaranth import *


def saturate(value, bits):
    """Clip a signed value to the signed range of `bits` bits."""
    if len(value) <= bits:
        return value
    top = value[bits - 1 :]
    fits = top.all() | ~top.any()
    limit = Cat((~value[-1]).replicate(bits - 1), value[-1])
    return Mux(fits, value[:bits], limit).as_signed()


def wrap(value, bits):
    """Keep the low `bits` bits, unsigned."""
    return value[:bits]


def increment(counter):
    """Return the counter plus 1; from its highest value it goes back to 0."""
    return wrap(counter + 1, len(counter))


def fit(value, shape):
    """Give a value that is known to fit `shape` this shape: the bits above carry nothing.

    The bits of a result are counted for all values of its operands. Fewer do where a condition
    or the size of a register keeps the result in the range of `shape` whenever it is used, so
    that neither clipping nor wrapping can be observed. A comment at the use says why, unless the
    condition around it does.
    """
    shape = Shape.cast(shape)
    if len(value) < shape.width:
        return value
    low = value[: shape.width]
    return low.as_signed() if shape.signed else low


def rounds_away(value, shift):
    """Say whether dividing a signed value by ``2**shift``, away from zero, adds 1 to the floor.

    Negative values already round away from zero when they are shifted.
    """
    return ~value[-1] & value[:shift].any()


def add(value, operand, carry):
    """Return ``value + operand + carry`` of signed values, exactly, with one adder.

    The carry enters below bit 0: twice a one there is a carry into bit 0.
    """
    total = Cat(carry, value).as_signed() + Cat(carry, operand).as_signed()
    return total[1:].as_signed()


def leak_operand(value, shift):
    """Return what `add` takes to make ``leak(value, shift)`` of `value`, and the carry.

    ``x - floor(x / 2**shift) - rounds`` is ``x + ~floor(x / 2**shift) + (1 - rounds)``.
    """
    return ~value.shift_right(shift), ~rounds_away(value, shift)


def at_least(value, limit):
    """Say whether a signed value is at or above a constant, without an adder.

    From the lowest bit up: where the constant has a 1, the value needs one, too, and what is
    below must suffice; where it has a 0, a 1 in the value is enough. Low bits that are 0 in the
    constant cost nothing.
    """
    bits = len(value)
    if not -(1 << (bits - 1)) <= limit < 1 << (bits - 1):
        return Const(limit < 0, 1)
    # Shifted by half of the range, both are unsigned.
    shifted = Cat(value[:-1], ~value[-1])
    suffices = None
    for index in range(bits):
        bit = shifted[index]
        if (limit + (1 << (bits - 1))) >> index & 1:
            suffices = bit if suffices is None else bit & suffices
        elif suffices is not None:
            suffices = bit | suffices
    return Const(1, 1) if suffices is None else suffices


def by_layer(values, layer, make=None):
    """Choose by layer; nothing is chosen if all layers are alike.

    Parameters
    ----------
    values : sequence of int or Value
        One per layer. Only numbers are recognised as alike.
    layer : Value
        Number of the layer.
    make : callable, optional
        What to choose from instead of the plain numbers: called with each number.
    """
    values = list(values)
    numbers = all(isinstance(value, int) for value in values)
    if numbers and len(set(values)) == 1:
        return Const(values[0]) if make is None else make(values[0])
    if make is not None:
        values = [make(value) for value in values]
    elif numbers and min(values) < 0:
        shape = Shape(max(Const(value).shape().width for value in values) + 1, signed=True)
        values = [Const(value, shape) for value in values]
    chosen = Value.cast(values[-1])
    for index in reversed(range(len(values) - 1)):
        chosen = Mux(layer == index, values[index], chosen)
    return chosen
