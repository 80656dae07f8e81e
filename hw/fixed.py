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


def leak(value, shifted, rounds):
    """Lose `shifted`, which is ``value >> shift``, plus the carry of `rounds_away`.

    ``a - b - c`` is ``a + ~b + (1 - c)``: the last term enters as a carry below bit 0, so that
    one adder does both subtractions. The result is nearer to 0 than the value and fits it.
    """
    width = len(value)
    minuend = Cat(Const(1, 1), value).as_signed()
    subtrahend = Cat(~rounds, ~shifted).as_signed()
    return (minuend + subtrahend)[1 : width + 1].as_signed()


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
