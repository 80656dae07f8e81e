"""Random generators; the XORs are derived by running the golden model on single bits."""

from functools import reduce
from operator import xor

from amaranth import *
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden import rng


def advance(m, state, step, times=1, *, name):
    """Return a signal that is `state` after `times` golden `step`s; each bit is one XOR tree."""
    after = Signal(32, name=name)
    for bit, inputs in enumerate(rng.xor_rows(step, times)):
        m.d.comb += after[bit].eq(reduce(xor, (state[i] for i in inputs)))
    return after


class Generator(wiring.Component):
    """xorshift generator that steps on demand. From a state of 0, which only a bit that flips can
    bring about, it goes back to its seed.

    Parameters
    ----------
    seed : int
        State after reset, not 0.
    most : int
        Most steps in a cycle.

    Members
    -------
    values : Out(data.ArrayLayout(32, most))
        Current state, which is the random number, and the ones that follow.
    steps : In(range(most + 1))
        Go on by so many states.
    load : In(stream.Signature(32, always_ready=True))
        Replace the state; wins over `step`.
    """

    def __init__(self, seed, most=1):
        if not 0 < seed <= rng.MASK:
            raise ValueError(f"seed must be from 1 to 2**32 - 1, not {seed!r}")
        self._seed, self._most = seed, most
        super().__init__(
            {
                "values": Out(data.ArrayLayout(32, most)),
                "steps": In(range(most + 1)),
                "load": In(stream.Signature(32, always_ready=True)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        state = Signal(32, init=self._seed)
        ahead = [state] + [
            advance(m, state, rng.xorshift, times, name=f"following_{times}")
            for times in range(1, self._most + 1)
        ]
        m.d.comb += [self.values[index].eq(ahead[index]) for index in range(self._most)]
        with m.If(self.load.valid):
            m.d.sync += state.eq(self.load.payload)
        with m.Elif(state == 0):
            m.d.sync += state.eq(self._seed)
        with m.Else():
            for times in range(1, self._most + 1):
                with m.If(self.steps == times):
                    m.d.sync += state.eq(ahead[times])
        return m
