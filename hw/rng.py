"""Random generators; the XORs are derived by running the golden model on single bits."""

from functools import reduce
from operator import xor

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from golden import rng


def advance(m, state, step, times=1, *, name):
    """Return a signal that is `state` after `times` golden `step`s; each bit is one XOR tree."""
    after = Signal(32, name=name)
    for bit, inputs in enumerate(rng.xor_rows(step, times)):
        m.d.comb += after[bit].eq(reduce(xor, (state[i] for i in inputs)))
    return after


class Generator(wiring.Component):
    """xorshift generator that steps on demand.

    Parameters
    ----------
    seed : int
        State after reset, not 0.

    Members
    -------
    value : Out(32)
        Current state, the random number.
    step : In(1)
        Go to the next state.
    load : In(stream.Signature(32, always_ready=True))
        Replace the state; wins over `step`.
    """

    value: Out(32)
    step: In(1)
    load: In(stream.Signature(32, always_ready=True))

    def __init__(self, seed):
        if not 0 < seed <= rng.MASK:
            raise ValueError(f"seed must be from 1 to 2**32 - 1, not {seed!r}")
        self._seed = seed
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        state = Signal(32, init=self._seed)
        m.d.comb += self.value.eq(state)
        following = advance(m, state, rng.xorshift, name="following")
        with m.If(self.load.valid):
            m.d.sync += state.eq(self.load.payload)
        with m.Elif(self.step):
            m.d.sync += state.eq(following)
        return m
