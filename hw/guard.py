"""Guard: stands between host and control, and keeps from it whatever no host may send.

What is bad is taken and goes nowhere; a sample and its request go together. See
`golden.cycle.guard`. Samples are judged where they are stored: `hw.sample`, `hw.event_buffer`.
"""

from functools import reduce
from operator import or_

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.config import FULL_RATE
from erbium.golden.cycle.guard import BETWEEN_SAMPLES
from erbium.golden.cycle.record import guard_fields
from erbium.golden.enums import GuardError, Phase
from erbium.golden.layout import Layout
from erbium.hw.fixed import wrap
from erbium.hw.trace import observe
from erbium.hw.words import AccessLayout, ErrorsLayout, RandomLayout, RequestLayout


def raised(**conditions):
    """Return the flags of errors by their names in lower case."""
    bits = [conditions.pop(error.name.lower(), Const(0, 1)) for error in GuardError]
    if conditions:
        raise ValueError(f"{sorted(conditions)} are no errors")
    return Cat(bits)


def in_padding(config, access):
    """Say whether an access has a weight other than 0 in a padding lane. Only the words of a
    layer's last group have such lanes.
    """
    found = Const(0, 1)
    for layer in Layout(config).layers:
        used = layer.targets - (layer.groups - 1) * config.lanes
        if used == config.lanes:
            continue
        first = layer.weight_address(0, layer.groups - 1)
        is_last_group = (access.address >= first) & (access.address < first + layer.sources)
        weights = access.data.as_value()[used * config.weight_bits :]
        found |= is_last_group & weights.any()
    return found


class Errors(wiring.Component):
    """Errors that have been raised, until they are cleared, and the samples that were dropped.

    Members
    -------
    raised : In(len(GuardError))
        Flags of this cycle.
    dropped : In(1)
        A sample is dropped with its request.
    clear : In(1)
        Forget what was raised before.
    o : Out(ErrorsLayout())
    """

    def __init__(self):
        super().__init__(
            {
                "raised": In(len(GuardError)),
                "dropped": In(1),
                "clear": In(1),
                "o": Out(ErrorsLayout()),
            }
        )

    def elaborate(self, platform):
        m = Module()
        flags, code, count, dropped = (
            Signal.like(self.o[name], name=name) for name in ("flags", "code", "count", "dropped")
        )
        # What is raised comes late in a cycle. It is kept, and added in the next one: what is shown
        # is the same, and on no path of the core.
        before = Signal.like(self.raised)
        dropped_before = Signal()
        m.d.sync += [
            before.eq(self.raised),
            dropped_before.eq(self.dropped),
            flags.eq(self.o.flags),
            code.eq(self.o.code),
            count.eq(self.o.count),
            dropped.eq(self.o.dropped),
        ]
        with m.If(self.clear):
            m.d.sync += [flags.eq(0), code.eq(0), count.eq(0)]
        first = Signal.like(code)
        # The lowest one: the last assignment counts.
        for error in reversed(GuardError):
            with m.If(before[error - 1]):
                m.d.comb += first.eq(error)
        more = before.any() & ~count.all()
        m.d.comb += [
            self.o.flags.eq(flags | before),
            self.o.code.eq(Mux(code == 0, first, code)),
            self.o.count.eq(wrap(count + more, len(count))),
            self.o.dropped.eq(wrap(dropped + dropped_before, len(dropped))),
        ]
        return m


class Guard(wiring.Component):
    """Passes on what is good, and raises an error for what is not.

    Parameters
    ----------
    config : Config

    Members
    -------
    i_request, i_access, i_random : streams of the host
    request, access : Out
        What the control sees of them. A bad access, too, is taken by it, as one that writes.
    random : Out(stream.Signature(RandomLayout(), always_ready=True))
        What the generators see.
    load : Out(1)
        A good write is transferred.
    owes_zeros : Out(1)
        The host is offered a word of zeros, the answer to a bad read, and nothing else is served.
    answer_zeros : Out(1)
        From the next cycle on; the datapath is to hold this word.
    word_ready : In(1)
        The host takes a word.
    phase : In(Phase)
    sample_bad : In(1)
        The oldest sample that is stored is bad.
    sample_raised : In(len(GuardError))
        Flags that the sample raises which is being sent.
    dropped : Out(1)
        The oldest sample is to be forgotten, as its request is.
    inputs_ready : In(1)
        Events from outside are taken; observed only.
    read_valid : In(1)
        The control offers a word; observed only.
    clear : In(1)
    errors : Out(ErrorsLayout())
    """

    def __init__(self, config):
        self._config = config
        request = stream.Signature(RequestLayout(config))
        access = stream.Signature(AccessLayout(config))
        random = stream.Signature(RandomLayout(), always_ready=True)
        bits = ("word_ready", "sample_bad", "inputs_ready", "read_valid", "clear")
        super().__init__(
            {"i_request": In(request), "i_access": In(access), "i_random": In(random)}
            | {"request": Out(request), "access": Out(access), "random": Out(random)}
            | dict.fromkeys(bits, In(1))
            | dict.fromkeys(("load", "owes_zeros", "answer_zeros", "dropped"), Out(1))
            | {
                "phase": In(Phase),
                "sample_raised": In(len(GuardError)),
                "errors": Out(ErrorsLayout()),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.raised = errors = Errors()
        flags = [
            self.sample_raised,
            self._requests(m),
            self._accesses(m),
            self._random(m),
        ]
        m.d.comb += [
            errors.raised.eq(reduce(or_, flags)),
            errors.dropped.eq(self.dropped),
            errors.clear.eq(self.clear),
            self.errors.eq(errors.o),
        ]
        events = {"inputs_ready": self.inputs_ready} if self._config.encoder == "events" else {}
        observe(
            m,
            guard_fields(self._config),
            raised=errors.raised,
            dropped=self.dropped,
            access_ready=self.i_access.ready,
            read_valid=self.read_valid | self.owes_zeros,
            **events,
        )
        return m

    def _requests(self, m):
        """Hide a bad request, and one whose sample is bad; both are taken when a good one would be.
        Return the flags that it raises.
        """
        asked, bad = self.i_request.payload, Signal()
        label, rate = asked.label >= self._config.layers[-1], asked.rate > FULL_RATE
        m.d.comb += [
            bad.eq(label | rate | self.sample_bad),
            self.request.valid.eq(self.i_request.valid & ~bad),
            self.request.payload.eq(asked),
            self.i_request.ready.eq(self.request.ready),
            self.dropped.eq(self.i_request.valid & self.request.ready & bad),
        ]
        return raised(label=self.dropped & label, rate=self.dropped & rate)

    def _accesses(self, m):
        """Keep the control from reading what is not there; answer with zeros in its place. Return
        the flags that an access raises.
        """
        access, served = self.i_access.payload, Signal()
        outside = access.address >= Layout(self._config).weight_depth
        padding = access.write & in_padding(self._config, access)
        m.d.comb += [
            self.access.valid.eq(self.i_access.valid),
            self.access.payload.eq(access),
            self.access.payload.write.eq(access.write | outside | self.owes_zeros),
            self.i_access.ready.eq(self.access.ready & ~self.owes_zeros),
            served.eq(self.i_access.valid & self.i_access.ready),
            self.load.eq(served & access.write & ~outside & ~padding),
            self.answer_zeros.eq(served & ~access.write & outside),
        ]
        m.d.sync += self.owes_zeros.eq(self.answer_zeros | (self.owes_zeros & ~self.word_ready))
        return raised(address=served & outside, padding=served & padding)

    def _random(self, m):
        """Let random states pass between samples, if none is 0; return the flags of others."""
        states = self.i_random.payload
        good = reduce(or_, (self.phase == phase for phase in BETWEEN_SAMPLES))
        for name in ("event", "blank", "encoder"):
            good &= states[name] != 0
        m.d.comb += [
            self.random.valid.eq(self.i_random.valid & good),
            self.random.payload.eq(states),
        ]
        return raised(random=self.i_random.valid & ~good)
