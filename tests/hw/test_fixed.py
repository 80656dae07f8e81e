"""The arithmetic vocabulary on wires, against the model: every value of every small width."""

import numpy as np
import pytest
from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden import fixed as golden
from erbium.hw import fixed

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


def leaked(value, shift):
    """Leak as the lanes do: one addition."""
    return fixed.fit(fixed.add(value, *fixed.leak_operand(value, shift)), value.shape())


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
                functions[name] = lambda m, v, n=n: leaked(v, n)
                expected[name] = golden.leak(x, n)
    results = tabulate(simulate, functions)
    assert results.keys() == expected.keys()
    for name, found in results.items():
        assert found == expected[name].tolist(), name


@pytest.mark.parametrize("carry", [0, 1])
def test_add_is_exact(carry, simulate):
    def added(m, value):
        return fixed.add(value, (-value)[:7].as_signed(), Const(carry, 1))

    found = tabulate(simulate, {(6, 0): added})[6, 0]
    assert found == (values(6) * 0 + carry).tolist()
    for operand in (-32, -1, 31):
        functions = {(6, 0): lambda m, v, o=operand: fixed.add(v, Const(o, signed(6)), carry)}
        assert tabulate(simulate, functions)[6, 0] == (values(6) + operand + carry).tolist()


def test_at_least_compares_with_every_constant(simulate):
    for limit in range(-20, 21):
        functions = {(5, 0): lambda m, v, limit=limit: fixed.at_least(v, limit)}
        assert tabulate(simulate, functions)[5, 0] == (values(5) >= limit).astype(int).tolist()


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
