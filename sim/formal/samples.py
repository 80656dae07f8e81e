"""Sample memory: every input that is not 0 is kept, in order, until its sample is released."""

from __future__ import annotations

from amaranth.hdl import Cat, Const, Mux, Signal
from amaranth.utils import exact_log2

from erbium.golden.layout import Layout
from erbium.hw.sample import SampleMemory
from erbium.hw.words import InputLayout
from erbium.sim.formal.properties import (
    Opened,
    Properties,
    anything,
    assume,
    check,
    cover,
    first_cycle,
    implies,
    past,
    something,
)


class Samples(Properties):
    """`SampleMemory`: any one input of any sample is followed from its transfer to its reading."""

    def specify(self, m):
        c, lanes = self.config, Layout(self.config).encoder_lanes
        inputs = c.layers[0]
        samples = SampleMemory(self.built)
        m.submodules.samples = opened = Opened(samples)
        value, valid = anything(m, 8, "value"), anything(m, 1, "i_valid")
        release, en = anything(m, 1, "release"), anything(m, 1, "read")
        address = anything(m, samples.address.shape(), "address")
        source, place = Signal(range(inputs + 1)), Signal(range(inputs + 1))
        last = source == inputs - 1
        m.d.comb += [
            samples.i.valid.eq(valid),
            samples.i.payload.intensity.eq(value),
            samples.i.payload.last.eq(last),
            samples.release.eq(release),
            samples.en.eq(en),
            samples.address.eq(address),
        ]
        # A sample is shown, and read, when it is complete.
        assume(m, ~(release | en) | samples.complete)
        taken = valid & samples.i.ready
        fill, read = Signal(), Signal()
        full = [Signal(name=f"full_{bank}") for bank in range(2)]
        counts = [Signal(range(inputs + 1), name=f"kept_{bank}") for bank in range(2)]
        chosen = something(m, range(inputs), "chosen")
        assume(m, chosen < inputs)
        seen, values, places = (
            [Signal(shape, name=f"{name}_{bank}") for bank in range(2)]
            for name, shape in (("seen", 1), ("value", 8), ("place", source.shape()))
        )
        kept = place + (value != 0)
        ends = taken & last
        with m.If(taken):
            m.d.sync += [source.eq(Mux(last, 0, source + 1)), place.eq(Mux(last, 0, kept))]
        m.d.sync += [fill.eq(fill ^ ends), read.eq(read ^ release)]
        for bank in range(2):
            with m.If(ends & (fill == bank)):
                m.d.sync += [full[bank].eq(1), counts[bank].eq(kept)]
            with m.If(release & (read == bank)):
                m.d.sync += [full[bank].eq(0), seen[bank].eq(0)]
            with m.If(taken & (fill == bank) & (source == chosen)):
                m.d.sync += [seen[bank].eq(1), values[bank].eq(value), places[bank].eq(place)]

        check(m, "takes what it has room for", samples.i.ready == ~Mux(fill, *full[::-1]))
        check(m, "complete", samples.complete == Mux(read, *full[::-1]))
        count = Mux(read, *counts[::-1])
        check(m, "count", implies(samples.complete, samples.count == count))
        self._reading(
            m, opened, samples, (en, address, read), (chosen, seen, values, places), lanes
        )
        # Why it is so.
        for bank in range(2):
            check(m, f"count {bank}", opened.signal(f"count_{bank}") == counts[bank])
            check(m, f"place {bank}", implies(seen[bank], places[bank] <= chosen))
            early = ~full[bank] & (fill == bank)
            before = places[bank] + (values[bank] != 0) <= place
            check(m, f"seen {bank}", implies(early, seen[bank] == (source > chosen)))
            check(m, f"before {bank}", implies(early & seen[bank], before))
            check(
                m,
                f"waits {bank}",
                implies(full[bank] & (fill == bank), (source == 0) & (place == 0)),
            )
            check(m, f"full {bank}", implies(full[bank], seen[bank]))
            check(m, f"empty {bank}", implies(~full[bank] & (fill != bank), ~seen[bank]))
        check(m, "complete banks", opened.signal("complete", 2) == Cat(full))
        banks = (opened.signal("fill_bank") == fill) & (opened.signal("read_bank") == read)
        check(m, "banks", banks)
        order = Mux(fill == read, full[0] == full[1], full[0] != full[1])
        check(m, "banks in turn", order)
        check(m, "one is shown", implies(fill != read, Mux(read, full[1], full[0])))
        check(m, "started", opened.signal("started") == (source != 0))
        check(m, "position", (opened.signal("source") == source) & (source < inputs))
        kept_count = opened.signal("kept_count")
        check(m, "kept", (kept_count == place) & (place <= source))
        cover(m, "two samples wait", full[0] & full[1])
        cover(m, "an input waits", valid & ~samples.i.ready)

    def _reading(self, m, opened, samples, port, noted, lanes):
        """Compare the chosen input with the memory, and with what is read."""
        en, address, read = port
        chosen, seen, values, places = noted
        which = exact_log2(lanes)
        bits = len(samples.address)
        for bank in range(2):
            word = Signal(InputLayout(self.config), name=f"word_{bank}")
            where = Cat(places[bank][which:], Const(0, bits))[:bits]
            held = [
                opened.word(f"input_memory_{lane}.words", Cat(where, Const(bank, 1)))
                for lane in range(lanes)
            ]
            lane = places[bank][:which]
            picked = held[0] if lanes == 1 else Mux(lane == 1, held[1], held[0])
            m.d.comb += word.eq(picked)
            is_kept = seen[bank] & (values[bank] != 0)
            right = (word.value == values[bank]) & (word.source == chosen)
            check(m, f"the chosen input is in bank {bank}", implies(is_kept, right))
        value, place = Mux(read, *values[::-1]), Mux(read, *places[::-1])
        hits = en & (value != 0) & (place >> which == address)
        for lane in range(lanes):
            hit = past(m, hits & (place[:which] == lane)) & ~first_cycle(m)
            right = (samples.data[lane].value == past(m, value)) & (
                samples.data[lane].source == chosen
            )
            check(m, f"the chosen input is read, lane {lane}", implies(hit, right))
            cover(m, f"the chosen input is read, lane {lane}", hit)
