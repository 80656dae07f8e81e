"""Units with state: random generators, blank-out, read-out, error neurons and ticks."""

from __future__ import annotations

from amaranth.hdl import Array, Cat, Mux, Signal, signed

from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.golden.synapse import TARGETS_PER_WORD
from erbium.hw.blank import BlankOut
from erbium.hw.error import ErrorNeurons
from erbium.hw.readout import Readout
from erbium.hw.rng import Generator
from erbium.hw.words import address_shape
from erbium.sim.formal.definitions import all_of, xorshift
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
)

#: Shifts of the generators, and of the draws of an event (docs/specification.md, "Random numbers").
GENERATOR, DRAWS = (13, 17, 5), (2, 15, 25)


def repeated(m, state, shifts, times):
    """Return a signal that is `state` after some steps: one signal a step keeps the text short."""
    for number in range(times):
        after = Signal(32, name=f"after_{number + 1}")
        m.d.comb += after.eq(xorshift(state, shifts))
        state = after
    return state


class Steps(Properties):
    """`Generator`: every number follows from the last by three shifts."""

    def specify(self, m):
        most = Layout(self.config).encoder_lanes
        seed = RandomState.seeded(self.config.seed).encoder
        m.submodules.generator = generator = Generator(seed, most)
        first = first_cycle(m)
        steps = anything(m, generator.steps.shape(), "steps")
        load, value = anything(m, 1, "load"), anything(m, 32, "value")
        assume(m, steps <= most)
        m.d.comb += [
            generator.steps.eq(steps),
            generator.load.valid.eq(load),
            generator.load.payload.eq(value),
        ]
        now = generator.values[0]
        before = past(m, now)
        check(m, "starts with the seed", implies(first, now == seed))
        check(m, "loads", implies(past(m, load) & ~first, now == past(m, value)))
        check(m, "0 does not last", implies(~first & ~past(m, load) & (before == 0), now == seed))
        for number in range(most + 1):
            stepped = ~first & ~past(m, load) & (past(m, steps) == number)
            after = repeated(m, before, GENERATOR, number)
            check(m, f"{number} steps", implies(stepped & (before != 0), now == after))
            cover(m, f"{number} steps", stepped)
        for number in range(1, most):
            after = repeated(m, now, GENERATOR, number)
            check(m, f"value {number}", generator.values[number] == after)


class Draws(Properties):
    """`BlankOut`: four bits of an event's numbers for each target in turn."""

    def specify(self, m):
        c, lanes = self.config, self.config.lanes
        blank = BlankOut(self.built)
        m.submodules.blank = opened = Opened(blank)
        start, step = anything(m, 1, "start"), anything(m, 1, "step")
        number = anything(m, 32, "number")
        m.d.comb += [blank.start.eq(start), blank.step.eq(step), blank.random.eq(number)]
        # The number that the next target draws from, and the targets that have drawn from it.
        word, drawn = Signal(32), Signal(range(TARGETS_PER_WORD))
        words = max(1, lanes // TARGETS_PER_WORD)
        numbers = [repeated(m, word, DRAWS, times) for times in range(words + 1)]
        with m.If(start):
            m.d.sync += [word.eq(number), drawn.eq(0)]
        with m.Elif(step):
            m.d.sync += drawn.eq((drawn + lanes) % TARGETS_PER_WORD)
            with m.If(drawn + lanes >= TARGETS_PER_WORD):
                m.d.sync += word.eq(numbers[words])
        for lane in range(lanes):
            where, which = lane % TARGETS_PER_WORD, lane // TARGETS_PER_WORD
            bits = (numbers[which] >> (4 * (drawn + where))) & 15
            check(m, f"lane {lane}", blank.transmit[lane] == (bits < c.transmit))
        check(m, "number", opened.signal("state") == word)
        part = opened.signal("part")
        check(m, "part", part * lanes % TARGETS_PER_WORD == drawn)
        check(m, "parts", part < max(1, TARGETS_PER_WORD // lanes))
        cover(m, "some transmit", blank.transmit.any() & ~blank.transmit.all() & past(m, step))


class Counting(Properties):
    """`Readout`: counts are those of the spikes, and who reached the most first has won; the true
    class is sure of itself from its margin on.
    """

    def specify(self, m):
        c, layout = self.config, Layout(self.config)
        readout = Readout(self.built)
        m.submodules.readout = opened = Opened(readout)
        clear, en = anything(m, 1, "clear"), anything(m, 1, "en")
        k = anything(m, address_shape(layout.classes), "k")
        label = anything(m, k.shape(), "label")
        m.d.comb += [
            readout.clear.eq(clear), readout.en.eq(en), readout.k.eq(k), readout.label.eq(label)
        ]  # fmt: skip
        counts = Array(Signal(layout.count_bits, name=f"count_{n}") for n in range(layout.classes))
        winner = Signal.like(k)
        assume(m, k < layout.classes)
        # A class fires once a tick at most.
        assume(m, implies(en & ~clear, counts[k] < c.ticks))
        with m.If(clear):
            m.d.sync += [*(one.eq(0) for one in counts), winner.eq(0)]
        with m.Elif(en):
            m.d.sync += counts[k].eq(counts[k] + 1)
            with m.If(counts[k] + 1 > counts[winner]):
                m.d.sync += winner.eq(k)
        cleared, result = past(m, clear), readout.result
        most = opened.signal("most")
        for n in range(layout.classes):
            expected = Mux(cleared, 0, past(m, counts[n]))
            check(m, f"count of class {n}", result.counts[n] == expected)
            check(m, f"most is not below class {n}", result.counts[n] <= most)
        check(m, "winner", result.winner == Mux(cleared, 0, past(m, winner)))
        check(m, "winner exists", (winner < layout.classes) & (result.winner < layout.classes))
        check(m, "most", Array(result.counts[n] for n in range(layout.classes))[winner] <= most)
        check(m, "counts of the model", all_of(one <= counts[winner] for one in counts))
        pending = Signal()
        m.d.sync += pending.eq(en & ~clear)
        check(m, "pending", opened.signal("counted") == pending)
        check(m, "pending class", implies(pending, opened.signal("k") == past(m, k)))
        best = Array(result.counts[n] for n in range(layout.classes))[result.winner]
        check(m, "most is the winner's", best == most)
        cover(m, "a tie", (result.winner == 1) & (result.counts[0] == result.counts[1]) & most[1])
        if c.learning_margin:
            self._leads(m, readout, opened, clear, label)

    def _leads(self, m, readout, opened, clear, label):
        """Compare the lead with what counts say."""
        counts = [readout.result.counts[n] for n in range(self.config.layers[-1])]
        assume(m, label < len(counts))
        # It changes with the start of a sample only.
        assume(m, first_cycle(m) | past(m, clear) | (label == past(m, label)))
        own, margin = Array(counts)[label], self.config.learning_margin
        others = [(label == n, count) for n, count in enumerate(counts)]
        most, lead = opened.signal("other"), opened.signal("lead")
        check(m, "no other is above", all_of(is_own | (count <= most) for is_own, count in others))
        check(m, "one is as high", Cat(~is_own & (count == most) for is_own, count in others).any())
        check(m, "lead", lead == own - most)
        ahead = all_of(is_own | (own - count >= margin) for is_own, count in others)
        check(m, "sure", readout.sure == ahead)
        cover(m, "sure of itself", readout.sure & (most == 1))


class Errors(Properties):
    """`ErrorNeurons`: accumulators and error spikes of all classes."""

    def specify(self, m):
        c, classes = self.config, self.config.layers[-1]
        errors = ErrorNeurons(self.built)
        m.submodules.errors = opened = Opened(errors)
        clear, en, label, prediction = (
            anything(m, 1, name) for name in ("clear", "en", "label", "prediction")
        )
        k = anything(m, address_shape(classes), "k")
        assume(m, k < classes)
        m.d.comb += [
            errors.clear.eq(clear),
            errors.en.eq(en),
            errors.k.eq(k),
            errors.label.eq(label),
            errors.prediction.eq(prediction),
        ]
        fires = {}
        difference = Signal(signed(2))
        m.d.comb += difference.eq(Mux(en, label.as_unsigned() - prediction, 0))
        for name, sign in (("plus", 1), ("minus", -1)):
            values = Array(Signal(10, name=f"{name}_{n}") for n in range(classes))
            total = Signal(signed(12), name=f"{name}_total")
            m.d.comb += total.eq(values[k] + sign * difference)
            fires[name] = total >= c.error_threshold
            left = Mux(total < 0, 0, Mux(fires[name], total - c.error_threshold, total))
            with m.If(clear):
                m.d.sync += [one.eq(0) for one in values]
            with m.Elif(en):
                m.d.sync += values[k].eq(left)
            for n in range(classes):
                if c.error_threshold > 1:
                    stored = opened.signal(f"{name}_{n}")
                    check(m, f"{name} of class {n}", stored == values[n])
                check(m, f"{name} of class {n} in range", values[n] < c.error_threshold)
        check(m, "fires", errors.fires == (fires["plus"] | fires["minus"]))
        check(m, "sign", implies(errors.fires, errors.negative == fires["minus"]))
        cover(m, "E+ fires", errors.fires & ~errors.negative)
        cover(m, "E- fires", errors.fires & errors.negative)
