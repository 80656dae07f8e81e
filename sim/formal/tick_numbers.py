"""What happens in a tick, by its number."""

from __future__ import annotations

from amaranth.hdl import Mux, Signal

from erbium.golden.presets import preset
from erbium.hw.ticks import Ticks
from erbium.sim.formal.proof import Proof
from erbium.sim.formal.properties import (
    Opened,
    Properties,
    anything,
    assume,
    check,
    cover,
    implies,
)

_MNIST = preset("mnist-100")


class TickNumbers(Properties):
    """`Ticks`: window, learning, label and last tick by the number of the tick."""

    def specify(self, m):
        c = self.config
        ticks = Ticks(self.built)
        m.submodules.ticks = opened = Opened(ticks)
        start, advance, running = anything(m, 1, "start"), anything(m, 1, "advance"), Signal()
        number = Signal(range(c.ticks + 1))
        assume(m, implies(advance, running))
        m.d.comb += [ticks.start.eq(start), ticks.advance.eq(advance)]
        with m.If(start):
            m.d.sync += [running.eq(1), number.eq(0)]
        with m.Elif(advance):
            m.d.sync += [number.eq(number + 1), running.eq(number != c.ticks - 1)]
        since = Signal(range(c.ticks + 1))
        window = running & (number >= c.burn_in)
        m.d.comb += since.eq(number - c.burn_in)
        labelled = window & (since % c.label_period == 0)
        last = number == c.ticks - 1
        expected = {"window": window, "labelled": labelled, "last": last}
        if c.learning_start:
            # Else it is a constant, and nothing is to be checked.
            expected["learns"] = number >= c.learning_start
        for name, value in expected.items():
            check(m, name, implies(running, getattr(ticks, name) == value))
        check(m, "tick", implies(running, (ticks.tick == number) & (number < c.ticks)))
        phase = opened.signal("since_label")
        check(m, "label's phase", implies(running, phase == Mux(window, since % c.label_period, 0)))
        cover(m, "the label fires", running & ticks.labelled)
        cover(m, "weights change", running & ticks.learns)
        cover(m, "a tick of the window without label", running & ticks.window & ~ticks.labelled)


def _proof(name, statement, config, *faults):
    return Proof(
        name=name,
        statement=statement,
        config=config,
        build=TickNumbers,
        method="induction",
        depth=2,
        reach=25,
        faults=faults,
    )


PROOFS = (
    _proof(
        "ticks",
        "window, label spikes and last tick are those of the tick's number",
        _MNIST,
        "label fires too seldom",
        "errors a tick too early",
    ),
    *(
        _proof(
            f"ticks-{start}",
            f"from tick {start} on weights change, with errors from tick 20 on",
            _MNIST.replace(learning_start=start),
            "weights change a tick too late",
        )
        for start in (7, 20, 22)
    ),
)
