"""Schedule: what happens in each phase of a sample, with one operation in each cycle."""

from amaranth import *

from erbium.golden.enums import Phase
from erbium.hw.fixed import fit, increment, wrap
from erbium.hw.operation import Issued
from erbium.hw.plasticity import fraction
from erbium.hw.words import EventLayout, address_shape, rate_shape


class Schedule:
    """The sequencer's registers, and what each phase does with them.

    It stands in the module of `Control` and drives its ports. `golden.cycle.schedule` is the same
    as a program, and docs/specification.md, "Schedule", in words.

    Parameters
    ----------
    config : Config
    ports : Control
        Whose ports are seen and driven.
    judge : Judge
    ticks : Ticks
    debts : Corrected
        What the host waits for, as a `DebtsLayout`.

    Attributes
    ----------
    ports : Control
    issued : Issued
        Operation of this cycle.
    label, rate : Signal
        Of the sample that runs.
    answers : Signal
        The word that the host reads is there.
    """

    def __init__(self, config, ports, judge, ticks, debts):
        self._config = config
        self.ports, self._judge, self._ticks, self._debts = ports, judge, ticks, debts
        self._has_events = config.encoder == "events"
        self.issued = Issued(config)
        self.label = Signal(address_shape(config.layers[-1]), name="label")
        self.rate = Signal(rate_shape(), name="rate")
        self.answers = Signal(name="answers")
        self._active = Signal(name="active")
        # An event is active; a register of its own, as it enables the weight memory.
        self._delivers = Signal(name="delivers")

    def add_to(self, m):
        """Add all phases to a module; one acts in each cycle."""
        ports, issued, judge, debts = self.ports, self.issued, self._judge, self._debts
        # Unless the phase says otherwise.
        m.d.sync += [self.answers.eq(0), self._delivers.eq(0)]
        self._owed_next = debts.following(m)
        if self._has_events:
            with m.If(ports.closes):
                m.d.comb += self._owed_next["events"].eq(0)
        with m.Switch(ports.phase):
            for phase, action in (
                (Phase.IDLE, self._idle),
                (Phase.CLEAR, self._clear),
                (Phase.SYNAPSE, self._synapse),
                (Phase.NEURON, self._neuron),
                (Phase.READOUT, self._read_out),
                (Phase.FEEDBACK, self._feed_back),
                (Phase.RESULT, self._result),
                (Phase.READ, self._read),
            ):
                with m.Case(phase):
                    action(m)
        m.d.comb += [
            issued.kind["synapse"].eq(self._delivers & ~ports.hold),
            ports.transmit_step.eq(issued.kind["synapse"]),
        ]
        # Not in a phase of its own: the judge's registers say when.
        with m.If(judge.error):
            m.d.sync += [
                ports.phase.eq(Phase.FEEDBACK),
                self._active.eq(1),
                issued.state.eq(0),
                issued.feedback.eq(judge.k),
                issued.negative.eq(judge.negative),
            ]

    def _idle(self, m):
        """Serve the host; a request starts a sample once its inputs are there."""
        ports, issued, judge, debts = self.ports, self.issued, self._judge, self._debts
        access, request = ports.i_access, ports.i_request
        m.d.comb += [
            access.ready.eq(~debts.o.as_value().any()),
            request.ready.eq(access.ready & ~access.valid & ports.sample_ready),
            ports.start.eq(request.valid & request.ready),
            judge.clear.eq(ports.start),
            self._ticks.start.eq(ports.start),
        ]
        with m.If(debts.o.result):
            m.d.sync += ports.phase.eq(Phase.RESULT)
        with m.Elif(debts.o.word):
            m.d.sync += ports.phase.eq(Phase.READ)
        with m.Elif(access.valid & ~access.payload.write):
            m.d.comb += self._owed_next["word"].eq(1)
            m.d.sync += [
                issued.weight.eq(access.payload.address),
                self._active.eq(1),
                ports.phase.eq(Phase.READ),
            ]
        with m.If(ports.start):
            m.d.comb += self._owed_next["result"].eq(1)
            if self._has_events:
                m.d.comb += self._owed_next["events"].eq(1)
            m.d.sync += [
                # A guard lets no label pass that is no class.
                self.label.eq(wrap(request.payload.label, len(self.label))),
                self.rate.eq(request.payload.rate),
                issued.state.eq(0),
                issued.layer.eq(0),
                self._active.eq(1),
                ports.phase.eq(Phase.CLEAR),
            ]

    def _clear(self, m):
        """Set every neuron to 0, and wait until the last one is in memory."""
        ports, issued = self.ports, self.issued
        with m.If(self._active):
            m.d.comb += issued.kind["clear"].eq(1)
            m.d.sync += [issued.state.eq(increment(issued.state)), self._active.eq(~issued.all_end)]
        with m.Elif(ports.drained):
            m.d.sync += ports.phase.eq(Phase.SYNAPSE)

    def _synapse(self, m):
        """Issue the words of one event after another; the next event follows without a gap.

        A word waits while the only port of the weight memory writes another.
        """
        ports, issued = self.ports, self.issued
        issue = issued.kind["synapse"]
        take = Signal()
        event = Signal(EventLayout(self._config))
        valid = Signal()
        m.d.comb += [
            take.eq(~self._delivers | (issue & issued.layer_end)),
            ports.i_inputs.ready.eq(take & issued.first_layer),
            ports.i_spikes.ready.eq(take & ~issued.first_layer),
            event.eq(Mux(issued.first_layer, ports.i_inputs.payload, ports.i_spikes.payload)),
            valid.eq(Mux(issued.first_layer, ports.i_inputs.valid, ports.i_spikes.valid)),
            ports.event_step.eq(take & valid & ~event.end),
        ]
        m.d.sync += self._delivers.eq(self._delivers)
        with m.If(issue):
            m.d.sync += [
                issued.state.eq(increment(issued.state)),
                # After the event's last word it may wrap, but is not used.
                issued.weight.eq(wrap(issued.weight + issued.stride, len(issued.weight))),
            ]
        with m.If(take):
            m.d.sync += [
                self._delivers.eq(valid & ~event.end),
                issued.state.eq(issued.state_base),
                # The memory has a word for every source of the layer.
                issued.weight.eq(fit(issued.weight_base + event.source, issued.weight.shape())),
            ]
            if self._config.learning:
                changes = self._ticks.learns & ~self._judge.sure
                m.d.sync += [
                    issued.learn.eq((ports.event_random[24:] < self.rate) & changes),
                    issued.fraction.eq(fraction(self._config, ports.event_random)),
                ]
            with m.If(valid & event.end):
                m.d.sync += [ports.phase.eq(Phase.NEURON), self._active.eq(1)]

    def _neuron(self, m):
        """Issue all groups of the layer, then wait for its first spike, or for their end."""
        ports, issued, judge = self.ports, self.issued, self._judge
        with m.If(self._active):
            m.d.comb += issued.kind["neuron"].eq(1)
            m.d.sync += issued.state.eq(increment(issued.state))
            with m.If(issued.layer_end):
                m.d.sync += self._active.eq(0)
        with m.Elif(ports.i_spikes.valid):
            with m.If(issued.last_layer):
                m.d.comb += judge.begin.eq(1)
                m.d.sync += ports.phase.eq(Phase.READOUT)
            with m.Else():
                # There is a next layer, so its number fits.
                m.d.sync += issued.layer.eq(fit(issued.layer + 1, issued.layer.shape()))
                m.d.sync += ports.phase.eq(Phase.SYNAPSE)

    def _read_out(self, m):
        """Take an output spike, and judge it in the next cycle. At the end, judge a label spike
        that no output spike answered; then end the tick.
        """
        ports, judge = self.ports, self._judge
        event = ports.i_spikes
        end = event.payload.end
        with m.If(~judge.judges):
            m.d.comb += [
                event.ready.eq(~end | ~judge.unanswered),
                judge.take.eq(event.valid & (~end | judge.unanswered)),
            ]
            with m.If(event.valid & end & ~judge.unanswered):
                self._end_tick(m)

    def _end_tick(self, m):
        ports, issued = self.ports, self.issued
        m.d.comb += self._ticks.advance.eq(1)
        m.d.sync += issued.layer.eq(0)
        with m.If(self._ticks.last):
            m.d.sync += ports.phase.eq(Phase.RESULT)
        with m.Else():
            m.d.sync += ports.phase.eq(Phase.SYNAPSE)

    def _feed_back(self, m):
        """Send one error spike to the dendrites of all groups. A cycle more, and the next one
        finds even the dendrites of two groups in memory.
        """
        ports, issued = self.ports, self.issued
        feedback = issued.feedback + self._config.layers[-1]
        with m.If(self._active):
            m.d.comb += issued.kind["feedback"].eq(1)
            m.d.sync += [
                self._active.eq(~issued.all_end),
                issued.state.eq(increment(issued.state)),
                # After the last group it may wrap, but is not used.
                issued.feedback.eq(wrap(feedback, len(issued.feedback))),
            ]
        with m.Else():
            m.d.sync += ports.phase.eq(Phase.READOUT)

    def _result(self, m):
        """Offer the result, if a sample was asked for, until it is taken. All events from outside
        that belong to it are taken before.
        """
        ports, debts = self.ports, self._debts
        m.d.comb += [
            ports.o_result.valid.eq(debts.o.result & ~ports.open),
            ports.finish.eq(ports.o_result.valid & ports.o_result.ready),
        ]
        with m.If(ports.finish | ~debts.o.result):
            m.d.comb += self._owed_next["result"].eq(0)
            m.d.sync += ports.phase.eq(Phase.IDLE)

    def _read(self, m):
        """Read one weight word for the host."""
        ports, issued, debts = self.ports, self.issued, self._debts
        with m.If(self._active & ~ports.hold):
            m.d.comb += issued.kind["read"].eq(1)
            m.d.sync += self._active.eq(0)
        m.d.sync += self.answers.eq(self.answers | ports.read_done)
        with m.If((ports.o_read.valid & ports.o_read.ready) | ~debts.o.word):
            m.d.comb += self._owed_next["word"].eq(0)
            m.d.sync += [self.answers.eq(0), ports.phase.eq(Phase.IDLE)]
