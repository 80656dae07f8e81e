"""A lane: what leaves its pipeline is what is defined for what went in three cycles before."""

from __future__ import annotations

from amaranth.hdl import Mux, Signal

from erbium.golden.layout import Layout
from erbium.hw.lane import Lane
from erbium.hw.operation import StageLayout
from erbium.sim.formal.definitions import moved
from erbium.sim.formal.properties import Properties, anything, assume, check, cover, implies, past


class Pipeline(Properties):
    """`Lane`: weights and dendrites that it writes; stages follow each other as in `Datapath`."""

    def specify(self, m):
        c, layout = self.config, Layout(self.config)
        m.submodules.lane = lane = Lane(self.built)
        r, x = Signal(StageLayout(c)), Signal(StageLayout(c))
        m.d.comb += r.as_value().eq(anything(m, len(r.as_value()), "operation"))
        r_transmits = anything(m, 1, "r_transmits")
        m.d.sync += x.eq(r)
        inputs = {
            name: anything(m, getattr(lane, name).shape(), f"any_{name}")
            for name in ("f_dendrite", "f_weight", "f_feedback", "r_membrane", "load")
        }
        m.d.comb += [
            lane.r.eq(r),
            lane.x.eq(x),
            lane.r_transmits.eq(r_transmits),
            lane.x_transmits.eq(past(m, r_transmits)),
            *(getattr(lane, name).eq(value) for name, value in inputs.items()),
        ]
        kinds = r.operation.as_value()
        assume(m, (kinds & (kinds - 1)[: len(kinds)]) == 0)
        # As `Datapath._stages` prepares them.
        assume(m, r.operation.feedback | ~r.negative)
        assume(
            m, implies(r.operation.feedback, r.fraction == r.negative.replicate(len(r.fraction)))
        )
        # The host writes no weight while events are delivered.
        learned = past(m, x.operation.synapse)
        assume(m, implies(learned, inputs["load"] == 0))
        assume(m, (r.layer < len(layout.layers)))

        weight = past(m, inputs["f_weight"], lane.latency)
        dendrite = past(m, inputs["f_dendrite"].dendrite, lane.latency)
        open_ = past(m, inputs["f_dendrite"].gate, lane.latency) & past(m, r.learn & r_transmits, 2)
        new = moved(weight, Mux(open_, dendrite, 0), past(m, x.fraction), c.learning_shift,
                    c.weight_bits)  # fmt: skip
        check(m, "learned weight", implies(learned, lane.w_weight == new))
        closed = learned & ~open_
        check(m, "a closed gate changes no weight", implies(closed, lane.w_weight == weight))
        check(m, "changes", implies(learned, lane.changes == (lane.w_weight != weight)))

        feedback, negative = past(m, inputs["f_feedback"], lane.latency), past(m, x.negative)
        error = Mux(negative, dendrite - feedback, dendrite + feedback)
        top = 1 << (layout.dendrite_bits - 1)
        fed = past(m, x.operation.feedback) & (error >= -top) & (error < top)
        check(m, "feedback", implies(fed, lane.w_dendrite.dendrite == error))
        cleared = past(m, x.operation.clear)
        check(m, "cleared", implies(cleared, lane.w_dendrite.as_value() == 0))
        check(m, "cleared membrane", implies(cleared, lane.w_membrane == 0))
        cover(m, "a weight learns", learned & lane.changes)
        cover(m, "a closed gate hides a dendrite", closed & (dendrite != 0))
        cover(m, "an error is subtracted", fed & negative & (feedback != 0))
