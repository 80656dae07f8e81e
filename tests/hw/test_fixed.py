"""The arithmetic vocabulary on wires, against the model: every value of every small width."""

import numpy as np
import pytest
from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from golden import fixed as golden
from hw import fixed

#: Widths of the values; all of them are simulated at once.
WIDTHS = range(2, 10)
COUNT = 1 << max(WIDTHS)


class Table(wiring.Component):
    """Several functions of one counter, side by side.

    Parameters
    ----------
    functions : dict
        Name to function from the counter's lowest bits, signed, to a value.
    """

    def __init__(self, functions):
        self._functions = functions
        super().__init__({"counter": In(max(WIDTHS)), "o": Out(64 * len(functions))})

    def elaborate(self, platform):
        m = Module()
        for index, (name, function) in enumerate(self._functions.items()):
            value = Signal(signed(name[0]), name=f"value_{index}")
            result = Signal(signed(64), name=f"result_{index}")
            m.d.comb += [
                value.eq(self.counter[: name[0]].as_signed()),
                result.eq(function(m, value)),
                self.o.word_select(index, 64).eq(result),
            ]
        return m


def tabulate(simulate, functions):
    """Return, by name, the results of all counter values, and the values themselves."""
    names, dut = list(functions), Table(functions)
    results = {name: [] for name in names}

    async def testbench(ctx):
        for counter in range(COUNT):
            ctx.set(dut.counter, counter)
            word = ctx.get(dut.o)
            for index, name in enumerate(names):
                bits = word >> 64 * index & (1 << 64) - 1
                results[name].append(bits - (bits >> 63 << 64))

    simulate(dut, testbench)
    return results


def values(width):
    counter = np.arange(COUNT) & ((1 << width) - 1)
    return counter - (counter >> (width - 1) << width)


@pytest.mark.parametrize("operation", ["saturate", "wrap", "rounds_away", "leak"])
def test_equals_golden_for_every_value(operation, simulate):
    functions, expected = {}, {}
    for width in WIDTHS:
        x = values(width)
        for n in range(width + 1):
            name = (width, n)
            if operation == "saturate" and n:
                functions[name] = lambda m, v, n=n: fixed.saturate(v, n)
                expected[name] = golden.saturate(x, n)
            elif operation == "wrap" and n:
                functions[name] = lambda m, v, n=n: fixed.wrap(v, n)
                expected[name] = golden.wrap(x, n)
            elif operation == "rounds_away":
                functions[name] = lambda m, v, n=n: fixed.rounds_away(v, n)
                expected[name] = golden.round_away(x, n) - (x >> n)
            elif operation == "leak":
                functions[name] = lambda m, v, n=n: fixed.leak(v, v >> n, fixed.rounds_away(v, n))
                expected[name] = golden.leak(x, n)
    results = tabulate(simulate, functions)
    assert results.keys() == expected.keys()
    for name, found in results.items():
        assert found == expected[name].tolist(), name


def test_leak_of_a_narrower_share_is_the_same(simulate):
    # `hw.neuron` chooses between shares of one width before it leaks.
    def leaked(m, value):
        shifted = Signal.like(value)
        m.d.comb += shifted.eq(value >> 3)
        return fixed.leak(value, shifted, fixed.rounds_away(value, 3))

    found = tabulate(simulate, {(9, 0): leaked})[9, 0]
    assert found == golden.leak(values(9), 3).tolist()


@pytest.mark.parametrize(
    "choices",
    [[5, 5, 5], [-3, -3], [0, 1, 2], [-128, 127, 5], [7, 0, 0, 255], [-1, 1], [300, -4, 12, -500]],
    ids=str,
)
def test_by_layer_chooses_the_layers_constant(choices, simulate):
    def chosen(m, value):
        return fixed.by_layer(choices, value.as_unsigned())

    found = tabulate(simulate, {(3, 0): chosen})[3, 0]
    assert found[: len(choices)] == choices


def test_by_layer_of_equal_constants_is_a_constant():
    assert isinstance(fixed.by_layer([9, 9], Signal()), Const)
    assert isinstance(fixed.by_layer((-9, -9, -9), Signal(2)), Const)


def test_by_layer_chooses_between_wires(simulate):
    def chosen(m, value):
        return fixed.by_layer([value + 1, value << 1, value >> 1], value[:2])

    found = tabulate(simulate, {(6, 0): chosen})[6, 0]
    for value, result in zip(values(6).tolist(), found, strict=True):
        assert result == [value + 1, value << 1, value >> 1, value >> 1][value & 3]
