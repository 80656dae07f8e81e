"""Writing properties: named checks, arbitrary values, and a look into a circuit."""

from __future__ import annotations

import re

from amaranth.asserts import AnyConst, AnySeq
from amaranth.hdl import (
    Assert,
    Assume,
    Const,
    Cover,
    Elaboratable,
    Fragment,
    Module,
    ResetSignal,
    Signal,
    Value,
)
from amaranth.hdl._ast import SignalSet
from amaranth.hdl._mem import MemoryInstance

#: Start of the names of wires that are 1 where a cover is reached.
COVERED = "covered_"


class Properties(Elaboratable):
    """A circuit and what it shall do; subclasses write `specify`.

    Parameters
    ----------
    specified, built : Config
        See `sim.formal.proof.Proof`.
    """

    def __init__(self, specified, built):
        self.config, self.built = specified, built

    def elaborate(self, platform):
        m = Module()
        # Registers start as reset leaves them.
        m.d.comb += Assume(~ResetSignal("sync"))
        self.specify(m)
        return m

    def specify(self, m):
        """Add the circuit, its environment, and its properties."""
        raise NotImplementedError


def check(m, name, condition):
    """Assert `condition` in every cycle; `name` is what a counterexample is reported under."""
    m.d.comb += Assert(condition, name)


def assume(m, condition):
    """Take `condition` for granted: what the environment promises."""
    m.d.comb += Assume(condition)


def cover(m, name, condition):
    """Demand that `condition` can happen: else the checks beside it may say nothing."""
    # A wire as well, which becomes an output: what searches for bits knows no covers.
    wire = Signal(name=covered_wire(name))
    m.d.comb += [wire.eq(condition), Cover(wire, name)]


def implies(condition, consequence):
    """Return a condition that holds if `consequence` does, or `condition` does not."""
    return ~Value.cast(condition).bool() | consequence


def covered_wire(name):
    """Return the name of the wire that is 1 where the cover `name` is reached."""
    return COVERED + re.sub(r"\W", "_", name)


def anything(m, shape, name):
    """Return a signal that may have any value in every cycle."""
    signal = Signal(shape, name=name)
    m.d.comb += Value.cast(signal).eq(AnySeq(Value.cast(signal).shape()))
    return signal


def something(m, shape, name):
    """Return a signal that may have any value, and keeps it."""
    signal = Signal(shape, name=name)
    m.d.comb += Value.cast(signal).eq(AnyConst(Value.cast(signal).shape()))
    return signal


def first_cycle(m):
    """Return a signal that is 1 in the first cycle only."""
    first = Signal(init=1, name="first_cycle")
    m.d.sync += first.eq(0)
    return first


def past(m, value, cycles=1, init=0):
    """Return what `value` was some cycles ago."""
    for _ in range(cycles):
        before = Signal.like(Value.cast(value), name="past", init=init)
        m.d.sync += before.eq(value)
        value = before
    return value


class Opened(Elaboratable):
    """A component whose inner signals and memories can be named by properties.

    Parameters
    ----------
    component : Elaboratable
        Not elaborated before; this does it, and must be the submodule in its place.
    """

    def __init__(self, component):
        self._fragment = Fragment.get(component, None)

    def elaborate(self, platform):
        return self._fragment

    def _find(self, path):
        fragment = self._fragment
        for part in path:
            fragment = fragment.find_subfragment(part)
        return fragment

    def signal(self, path, width=None):
        """Return the signal at `path`: names of submodules and of the signal, joined by '.'.

        One that the module drives hides one that it only reads. A `width` chooses among several.

        Raises
        ------
        LookupError
            If there is none, or more than one of this name.
        """
        *modules, name = path.split(".")
        parts = list(self._find(modules).statements.values())
        driven = SignalSet(signal for part in parts for signal in part._lhs_signals())
        read = SignalSet(signal for part in parts for signal in part._rhs_signals())
        for signals in (driven, read):
            found = [one for one in signals if one.name == name and width in (None, len(one))]
            if len(found) > 1:
                raise LookupError(f"{path} names {len(found)} signals of the circuit, not one")
            if found:
                return found[0]
        raise LookupError(f"{path} names no signal of the circuit")

    def word(self, path, address):
        """Return what the memory at `path` holds at `address`: a wire, which changes nothing."""
        memory = self._find(path.split("."))
        if not isinstance(memory, MemoryInstance):
            raise LookupError(f"{path} is no memory of the circuit")
        data = memory._data
        width = len(Value.cast(Signal(data.shape)))
        word = Signal(width, name="word")
        bits = (data.depth - 1).bit_length()
        memory.read_port(
            domain="comb", addr=Value.cast(address)[:bits], data=word, en=Const(1, 1),
            transparent_for=(),
        )  # fmt: skip
        return word
