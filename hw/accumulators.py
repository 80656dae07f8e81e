"""Accumulators: sums of layers so small that the next word comes before the last is written.

An event may come to a neuron before the last one's sum is in memory. It is then taken from the
adder's last sums; see `golden.cycle.accumulators`.
"""

from amaranth import *

from erbium.golden.layout import Layout


def find(m, config, issue, forward):
    """Find operations whose word's sum is still in the lanes.

    Parameters
    ----------
    m : Module
    config : Config
    issue : View
        Operation that enters; an `IssueLayout`.
    forward : Value
        Bit d - 1 is to say that the sum was made d operations ago.
    """
    forwards = Layout(config).forwards
    synapse = issue.operation.synapse
    uses = synapse | issue.operation.neuron
    word, is_sum, found = issue.state, synapse, Const(0)
    for distance in range(1, max(forwards, default=0) + 1):
        before = Signal.like(issue.state, name=f"word_{distance}")
        was_sum = Signal(name=f"is_sum_{distance}")
        with m.If(uses):
            m.d.sync += [before.eq(word), was_sum.eq(is_sum)]
        word, is_sum = before, was_sum
        if distance in forwards:
            here = uses & is_sum & (issue.state == word)
            m.d.comb += forward[distance - 1].eq(here & ~found)
            found = found | here


def latest(m, config, x, membrane, total):
    """Return a word's latest sum: from behind the adder, or from memory.

    Parameters
    ----------
    m : Module
        Of a lane.
    config : Config
    x : View
        Operation in the lane; a `StageLayout`.
    membrane : Value
        From memory.
    total : Value
        What the adder makes in this cycle.
    """
    forwards, before = Layout(config).forwards, total
    for distance in range(1, max(forwards, default=0) + 1):
        after = register(total)
        with m.If(x.operation.synapse | x.operation.neuron):
            m.d.sync += after.eq(before)
        if distance in forwards:
            membrane = Mux(x.forward[distance - 1], after, membrane)
        before = after
    return membrane


def register(value):
    """Return a register for values like this one. Data need no reset: operations have one, and
    without operation nothing is written.
    """
    return Signal.like(value, reset_less=True)
