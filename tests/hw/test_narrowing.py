"""No assignment in a core drops bits in silence: a named function narrows, or nothing does."""

from pathlib import Path

import pytest
from amaranth import *
from amaranth.hdl import Fragment
from amaranth.hdl._ast import Assign, Switch
from amaranth.lib import fifo, memory, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.hw.core import Core
from erbium.hw.fixed import fit, increment, wrap
from erbium.sim.benches.suite import VARIANTS

CONFIGS = [*VARIANTS.values(), preset("digits")]

#: Components that are not ours: assignments in these files are not judged.
LIBRARY = {Path(module.__file__).resolve() for module in (fifo, memory)}

#: Our modules that assign something in a core.
PARTS = {path.stem for path in (Path(__file__).parents[2] / "hw").glob("*.py")}
PARTS -= {"__init__", "fixed", "words"}
#: Those that make text of a core.
PARTS -= {"functions", "header", "initial", "interface", "keywords", "names", "verilog"}


def assignments(fragment):
    """Yield every assignment of a fragment and of those below it."""
    for statements in fragment.statements.values():
        yield from _assignments(statements)
    for below, _, _ in fragment.subfragments:
        yield from assignments(below)


def _assignments(statements):
    for statement in statements:
        if isinstance(statement, Assign):
            yield statement
        elif isinstance(statement, Switch):
            for _, inner, _ in statement.cases:
                yield from _assignments(inner)


def narrows(assignment):
    """Say whether the right side has values that the left side does not."""
    left, right = assignment.lhs.shape(), assignment.rhs.shape()
    if isinstance(assignment.rhs, Const):
        return Const(assignment.rhs.value, left).value != assignment.rhs.value
    if right.signed and not left.signed:
        return True
    return right.width + (left.signed and not right.signed) > left.width


def narrowings(component):
    """Return where a component assigns a value to a narrower one, and the two shapes."""
    return sorted(
        {
            f"{Path(file).name}:{line}: {one.rhs.shape()!r} becomes {one.lhs.shape()!r}"
            for one in assignments(Fragment.get(component, None))
            for file, line in [one.src_loc]
            if Path(file).resolve() not in LIBRARY and narrows(one)
        }
    )


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_every_narrowing_is_named(config):
    assert narrowings(Core(config)) == []


def parts(config):
    """Return our modules that assign something in a core of this configuration."""
    absent = set() if config.counters else {"counters"}
    if config.encoder == "events":
        absent |= {"encoder", "codes", "sample"}
    if not config.learning:
        absent |= {"error", "plasticity"}
    if not Layout(config).forwards:
        absent.add("accumulators")
    if not config.guard:
        absent.add("guard")
    if not config.guard or config.encoder != "events":
        absent.add("event_buffer")
    return PARTS - absent


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_every_part_of_the_core_is_searched(config):
    found = {Path(one.src_loc[0]).stem for one in assignments(Fragment.get(Core(config), None))}
    assert found & PARTS == parts(config)


def test_configurations_have_every_part_and_lack_it():
    assert {part for config in CONFIGS for part in PARTS - parts(config)} == {
        "accumulators",
        "codes",
        "counters",
        "encoder",
        "error",
        "event_buffer",
        "guard",
        "plasticity",
        "sample",
    }
    assert {config.memory for config in CONFIGS} == {"block", "spram"}


class Planted(wiring.Component):
    """Assigns the value of a function, inside a condition of a submodule."""

    def __init__(self, function, shape):
        self._function = function
        super().__init__({"a": In(4), "b": In(signed(4)), "o": Out(shape)})

    def elaborate(self, platform):
        m = Module()
        m.submodules.inner = inner = Module()
        with inner.Switch(self.a):
            with inner.Case(3), inner.If(self.b == 1):
                inner.d.sync += self.o.eq(self._function(self.a, self.b))
        return m


@pytest.mark.parametrize(
    ("function", "shape", "found"),
    [
        (lambda a, b: a + 1, 4, "unsigned(5) becomes unsigned(4)"),
        (lambda a, b: a - 1, 5, "signed(5) becomes unsigned(5)"),
        (lambda a, b: a, signed(4), "unsigned(4) becomes signed(4)"),
        (lambda a, b: b, 4, "signed(4) becomes unsigned(4)"),
        (lambda a, b: b + 1, signed(4), "signed(5) becomes signed(4)"),
        (lambda a, b: Mux(b == 0, 0, a + 1), 4, "unsigned(5) becomes unsigned(4)"),
        (lambda a, b: a << 1, 4, "unsigned(5) becomes unsigned(4)"),
        (lambda a, b: 16, 4, "unsigned(5) becomes unsigned(4)"),
        (lambda a, b: -1, 4, "signed(1) becomes unsigned(4)"),
        (lambda a, b: a + 1, 5, None),
        (lambda a, b: a, signed(5), None),
        (lambda a, b: b, signed(6), None),
        (lambda a, b: 15, 4, None),
        (lambda a, b: 7, signed(4), None),
        (lambda a, b: wrap(a + 1, 4), 4, None),
        (lambda a, b: increment(a), 4, None),
        (lambda a, b: fit(a - 1, 4), 4, None),
        (lambda a, b: fit(b + 1, signed(4)), signed(4), None),
    ],
)
def test_planted_narrowing_is_found(function, shape, found):
    places = narrowings(Planted(function, shape))
    assert len(places) == (found is not None)
    if found:
        assert places[0].startswith(f"{Path(__file__).name}:")
        assert places[0].endswith(found)


def evaluated(simulate, value):
    """Return what a constant expression is on wires."""
    results = []
    m = Module()
    o = Signal(signed(16))
    m.d.comb += o.eq(value)

    async def testbench(ctx):
        results.append(ctx.get(o))

    simulate(m, testbench)
    return results[0]


@pytest.mark.parametrize("target", [unsigned(3), signed(3), signed(4)], ids=repr)
@pytest.mark.parametrize("source", [unsigned(2), unsigned(5), signed(2), signed(5)], ids=repr)
def test_fit_keeps_every_value_that_fits(source, target, simulate):
    def values(shape):
        half = 1 << (shape.width - 1)
        return range(-half, half) if shape.signed else range(2 * half)

    both = sorted(set(values(source)) & set(values(target)))
    assert both
    for value in both:
        assert evaluated(simulate, fit(Const(value, source), target)) == value


def test_increment_goes_back_to_0(simulate):
    found = [evaluated(simulate, increment(Const(value, 3))) for value in range(8)]
    assert found == [1, 2, 3, 4, 5, 6, 7, 0]
