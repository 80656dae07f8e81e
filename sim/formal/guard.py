"""The guard: what reaches the core is good, and what does not has raised its error."""

from __future__ import annotations

from amaranth.hdl import Const, Mux, Signal

from erbium.golden.config import FULL_RATE
from erbium.golden.cycle.guard import BETWEEN_SAMPLES
from erbium.golden.cycle.guard import Guard as GoldenGuard
from erbium.golden.cycle.ports import Access
from erbium.golden.enums import GuardError
from erbium.golden.layout import Layout
from erbium.hw.guard import Guard
from erbium.hw.sample import SampleMemory
from erbium.sim.formal.definitions import all_of
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


class Gate(Properties):
    """`Guard`: requests, accesses and random states, whatever the host sends."""

    def specify(self, m):
        guard = Guard(self.built)
        m.submodules.guard = guard
        free = {}
        for name in ("request", "access", "random"):
            stream = getattr(guard, f"i_{name}")
            free[name] = payload = stream.payload
            m.d.comb += [
                stream.valid.eq(anything(m, 1, f"{name}_valid")),
                payload.as_value().eq(anything(m, len(payload.as_value()), name)),
            ]
        for name in ("word_ready", "sample_bad", "clear"):
            m.d.comb += getattr(guard, name).eq(anything(m, 1, name))
        for stream in (guard.request, guard.access):
            m.d.comb += stream.ready.eq(anything(m, 1, "ready"))
        phase, others = anything(m, 3, "phase"), anything(m, len(GuardError), "others")
        m.d.comb += [guard.phase.eq(phase), guard.sample_raised.eq(others)]
        # What the sample raises is none of these.
        assume(m, others >> GuardError.LONG == 0)
        flags = self._requests(m, guard, free["request"])
        flags += self._accesses(m, guard, free["access"])
        flags += self._random(m, guard, free["random"], phase)
        self._raised(m, guard, others, flags)

    def _requests(self, m, guard, asked):
        taken = guard.i_request.valid & guard.i_request.ready
        label, rate = asked.label >= self.config.layers[-1], asked.rate > FULL_RATE
        good = ~label & ~rate & ~guard.sample_bad
        passes = guard.request.valid
        check(m, "what starts a sample is good", implies(passes, guard.i_request.valid & good))
        check(m, "what is good may start one", passes == (guard.i_request.valid & good))
        check(m, "a bad pair is dropped", guard.dropped == (taken & ~good))
        cover(m, "a good sample is dropped", guard.dropped & ~guard.sample_bad)
        return [(GuardError.LABEL, taken & label), (GuardError.RATE, taken & rate)]

    def _accesses(self, m, guard, access):
        """Which addresses there are, and which lanes are padding, is listed one by one."""
        config, depth = self.config, Layout(self.config).weight_depth
        golden, real = GoldenGuard(config), Signal(config.lanes)
        with m.Switch(access.address):
            for address in range(depth):
                with m.Case(address):
                    lanes = range(config.lanes)
                    words = [tuple(int(n == lane) for n in lanes) for lane in lanes]
                    used = [not golden.access_errors(Access(address, word)) for word in words]
                    m.d.comb += real.eq(Const(sum(one << n for n, one in enumerate(used))))
        taken = guard.i_access.valid & guard.i_access.ready
        outside = access.address >= depth
        dirty = ~all_of(real[n] | (access.data[n] == 0) for n in range(config.lanes))
        padding = ~outside & access.write & dirty
        inner = guard.access
        served = inner.valid & inner.ready
        reads = served & ~inner.payload.write
        check(m, "only words that there are are read", implies(reads, ~outside & taken))
        check(m, "only good words are written", implies(guard.load, taken & ~outside & ~padding))
        check(m, "good writes", guard.load == (taken & access.write & ~outside & ~padding))
        check(m, "good reads", reads == (taken & ~access.write & ~outside))
        check(m, "it waits for it", guard.i_access.ready == (inner.ready & ~guard.owes_zeros))
        check(m, "address", inner.payload.address == access.address)
        owed = past(m, guard.answer_zeros | (guard.owes_zeros & ~guard.word_ready))
        bad_read = taken & ~access.write & outside
        check(m, "zeros answer a bad read", guard.answer_zeros == bad_read)
        check(m, "zeros are owed until taken", guard.owes_zeros == owed)
        cover(m, "zeros wait", guard.owes_zeros & ~guard.word_ready)
        return [(GuardError.ADDRESS, taken & outside), (GuardError.PADDING, taken & padding)]

    def _random(self, m, guard, states, phase):
        between = Const(0, 1)
        for one in BETWEEN_SAMPLES:
            between |= phase == one
        good = between & all_of(states[name] != 0 for name in ("event", "blank", "encoder"))
        offered = guard.i_random.valid
        check(m, "random states", guard.random.valid == (offered & good))
        return [(GuardError.RANDOM, offered & ~good)]

    def _raised(self, m, guard, others, flags):
        """What is swallowed raises its error; what is raised stays until it is cleared."""
        now, errors = Signal(len(GuardError)), guard.errors
        m.d.comb += now.eq(others)
        for error, condition in flags:
            with m.If(condition):
                m.d.comb += now[error - 1].eq(1)
        clear, first = past(m, guard.clear), first_cycle(m)
        kept = Mux(clear, 0, past(m, errors.flags))
        check(m, "flags", errors.flags == Mux(first, 0, kept | past(m, now)))
        before, raised = Mux(clear, 0, past(m, errors.count)), past(m, now.any())
        count = Mux(raised & (before != 0xFFFF), before + 1, before)
        check(m, "count", errors.count == Mux(first, 0, count))
        dropped = (past(m, errors.dropped) + past(m, guard.dropped))[:8]
        check(m, "dropped", errors.dropped == Mux(first, 0, dropped))
        lowest = Const(0, 4)
        for error in reversed(GuardError):
            lowest = Mux(now[error - 1], error.value, lowest)
        code = Mux(clear, 0, past(m, errors.code))
        expected = Mux(code == 0, past(m, lowest), code)
        check(m, "code", errors.code == Mux(first, 0, expected))
        for error, _ in flags:
            cover(m, error.name, now[error - 1])


class Lengths(Properties):
    """`SampleMemory`: a sample that is complete and not bad had n0 inputs and its `last` with the
    last of them, and no input of it was dropped.
    """

    def specify(self, m):
        inputs = self.config.layers[0]
        samples = SampleMemory(self.built)
        m.submodules.samples = opened = Opened(samples)
        value, valid, last, drop, release = (
            anything(m, bits, name)
            for bits, name in ((8, "value"), (1, "i_valid"), (1, "last"), (1, "drop"), (1, "free"))
        )
        m.d.comb += [
            samples.i.valid.eq(valid),
            samples.i.payload.intensity.eq(value),
            samples.i.payload.last.eq(last),
            samples.drop.eq(drop),
            samples.release.eq(release),
        ]
        assume(m, ~release | samples.complete)
        taken = valid & samples.i.ready & ~drop
        # Inputs since the last end or drop, up to one too many.
        length, fill, read = Signal(range(inputs + 2)), Signal(), Signal()
        good = [Signal(name=f"good_{bank}") for bank in range(2)]
        full = [Signal(name=f"full_{bank}") for bank in range(2)]
        longer = Mux(length == inputs + 1, length, length + 1)
        with m.If(drop | (taken & last)):
            m.d.sync += length.eq(0)
        with m.Elif(taken):
            # One more is too many, whether it comes or not: `last` did not come in time.
            m.d.sync += length.eq(Mux(longer >= inputs, inputs + 1, longer))
        ends = taken & last
        m.d.sync += [fill.eq(fill ^ ends), read.eq(read ^ release)]
        for bank in range(2):
            with m.If(ends & (fill == bank)):
                m.d.sync += [full[bank].eq(1), good[bank].eq(length + 1 == inputs)]
            with m.If(release & (read == bank)):
                m.d.sync += full[bank].eq(0)
        shown_full, shown_good = Mux(read, *full[::-1]), Mux(read, *good[::-1])
        check(m, "complete", samples.complete == shown_full)
        check(m, "bad", implies(samples.complete, samples.bad == ~shown_good))
        short = ends & (length < inputs) & (length + 1 != inputs)
        long = taken & ~last & (length == inputs - 1)
        expected = Mux(short, GuardError.SHORT.flag, 0) | Mux(long, GuardError.LONG.flag, 0)
        check(m, "raised", samples.raised == expected)
        kept = samples.count <= inputs
        check(m, "room for what is kept", kept)
        self._why(m, opened, (length, fill, read, full, good), inputs)
        cover(m, "two bad samples wait", full[0] & full[1] & ~good[0] & ~good[1])
        cover(m, "a good sample behind a bad one", full[0] & full[1] & shown_good)
        cover(m, "dropped", drop & (length == inputs - 1))

    def _why(self, m, opened, model, inputs):
        """Check how the circuit keeps what the model has."""
        length, fill, read, full, good = model
        too_long = opened.signal("too_long")
        banks = (opened.signal("fill_bank") == fill) & (opened.signal("read_bank") == read)
        check(m, "banks", banks)
        complete, bad = opened.signal("complete", 2), opened.signal("turn.o")
        for bank in range(2):
            check(m, f"full {bank}", complete[bank] == full[bank])
            check(m, f"bad {bank}", implies(full[bank], bad[4 + bank] == ~good[bank]))
            count = opened.signal(f"count_{bank}")
            check(m, f"count {bank}", count <= inputs)
        check(m, "in turn", Mux(fill == read, full[0] == full[1], full[0] != full[1]))
        check(m, "one is shown", implies(fill != read, Mux(read, full[1], full[0])))
        check(m, "too long", too_long == (length == inputs + 1))
        check(m, "never there", (length != inputs) & (length <= inputs + 1))
        check(m, "position", implies(~too_long, opened.signal("source") == length))
        check(m, "started", opened.signal("started") == (length != 0))
        kept_count = opened.signal("kept_count")
        check(m, "kept", (kept_count <= inputs) & implies(~too_long, kept_count <= length))
        check(m, "waits", implies(Mux(fill, full[1], full[0]), length == 0))
