"""Steps: a state machine with a flip-flop for each state, the least logic on an FPGA."""

from functools import reduce
from operator import or_

from amaranth import *


def any_of(conditions):
    """Return whether one of some conditions holds."""
    return reduce(or_, conditions, C(0, 1))


class Steps:
    """A state machine, given by the moves between its states.

    Parameters
    ----------
    *names : str
        All states, first the one after reset.
    """

    def __init__(self, *names):
        self._at = {name: Signal(name=f"at_{name}", init=name == names[0]) for name in names}

    def __getattr__(self, name):
        """Whether it is in a state."""
        if name.startswith("_") or name not in self._at:
            raise AttributeError(name)
        return self._at[name]

    def move(self, m, *moves):
        """Add all moves to a module.

        Parameters
        ----------
        m : Module
        *moves : (str, str, value)
            From a state to another when a condition holds. Of the moves out of a state, at most
            one may have its condition hold in a cycle; if none has, the state stays.
        """
        for name, at in self._at.items():
            enters = any_of(self._at[one] & when for one, to, when in moves if to == name)
            leaves = any_of(when for one, _, when in moves if one == name)
            m.d.sync += at.eq(enters | (at & ~leaves))
