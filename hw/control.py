"""Control: the sequence of phases of a sample, one operation for the datapath in each cycle."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from golden.cycle.record import control_fields
from golden.layout import Layout
from hw.fixed import by_layer, fit, increment, wrap
from hw.guard import Corrected, Watchdog
from hw.judge import Judge
from hw.layouts import (
    KINDS,
    AccessLayout,
    EventLayout,
    IssueLayout,
    Phase,
    RequestLayout,
    ResultLayout,
    address_shape,
    fraction_shape,
    operation,
    rate_shape,
)
from hw.plasticity import fraction
from hw.ticks import Ticks
from hw.trace import observe

#: Parts of an operation that are registers of the sequencer.
REGISTERED = ("layer", "state", "weight", "feedback", "negative", "learn", "fraction")


class Control(wiring.Component):
    """Sequencer. See docs/specification.md, "Schedule", and `golden.cycle.control`.

    Parameters
    ----------
    config : Config

    Members
    -------
    phase : Out(Phase)
    sample_ready : In(1)
        The encoder can start.
    start, finish : Out(1)
        A sample begins; its result has been taken.
    flush : Out(1)
        Nothing of a sample is under way.
    open : Out(1)
        Events from outside belong to the sample that runs; only with encoder "events".
    closes : In(1)
        The last of them has been taken.
    i_request, o_result, i_access : streams of the host
    o_read : Out(stream.Signature(1))
        A word has been read; the datapath holds it.
    i_inputs, i_spikes : In(stream.Signature(EventLayout(config)))
        Events of the first layer's sources; events of the others, and of the output layer.
    event_random : In(32)
        Random number of the current event.
    event_step : Out(1)
        An event has been taken.
    transmit : In(lanes)
        Blank-out draws of the current word.
    transmit_step : Out(1)
    issue : Out(IssueLayout(config))
    read_done : In(1)
    hold : In(1)
        No weight word can be read in this cycle.
    drained : In(1)
        No operation is under way.
    """

    def __init__(self, config):
        self._config = config
        self._layout = Layout(config)
        super().__init__(
            {
                "phase": Out(Phase),
                "sample_ready": In(1),
                "start": Out(1),
                "finish": Out(1),
                "flush": Out(1),
                "open": Out(1),
                "closes": In(1),
                "i_request": In(stream.Signature(RequestLayout(config))),
                "o_result": Out(stream.Signature(ResultLayout(config))),
                "i_access": In(stream.Signature(AccessLayout(config))),
                "o_read": Out(stream.Signature(1)),
                "i_inputs": In(stream.Signature(EventLayout(config))),
                "i_spikes": In(stream.Signature(EventLayout(config))),
                "event_random": In(32),
                "event_step": Out(1),
                "transmit": In(config.lanes),
                "transmit_step": Out(1),
                "issue": Out(IssueLayout(config)),
                "read_done": In(1),
                "hold": In(1),
                "drained": In(1),
            }
        )
        self._judge, self._ticks = Judge(config), Ticks(config)
        events = config.encoder == "events"
        self._owed, self._watchdog = Corrected(3 if events else 2), Watchdog(config)
        self._registers()
        self._constants()

    def elaborate(self, platform):
        m = Module()
        m.submodules.judge = judge = self._judge
        m.submodules.ticks = ticks = self._ticks
        m.submodules.owed, m.submodules.watchdog = self._owed, self._watchdog
        learning = (self._rate != 0) & int(self._config.learning)
        # Only neuron operations have their group read. The others may be at a state of another
        # layer, where it wraps.
        group = wrap(self._state - self._state_base, len(self.issue.group))
        m.d.comb += [
            *(self.issue[name].eq(signal) for name, signal in self._kinds.items()),
            *(self.issue[name].eq(getattr(self, f"_{name}")) for name in REGISTERED),
            self.issue.group.eq(group),
            self.issue.last.eq(self._layer_end),
            self.issue.transmit.eq(self.transmit),
            self.o_result.payload.eq(judge.result),
            judge.window.eq(ticks.window),
            judge.learning.eq(ticks.window & learning),
            judge.labelled.eq(ticks.labelled & learning),
            judge.label.eq(self._label),
            judge.event.eq(self.i_spikes.payload),
            Cat(self._owes_result, self._owes_read, self.open).eq(self._owed.o),
            Cat(self._will_owe_result, self._will_owe_read, self._will_open).eq(self._owed.o),
            # Without events from outside, none are ever open.
            self._owed.i.eq(
                wrap(
                    Cat(self._will_owe_result, self._will_owe_read, self._will_open),
                    len(self._owed.i),
                )
            ),
            self.o_read.valid.eq(self._answers & self._owes_read),
            self.flush.eq(self.phase == Phase.RESULT),
        ]
        # Unless the phase says otherwise.
        m.d.sync += [self._answers.eq(0), self._delivers.eq(0)]
        with m.If(self.closes):
            m.d.comb += self._will_open.eq(0)
        with m.Switch(self.phase):
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
            self._kinds["synapse"].eq(self._delivers & ~self.hold),
            self.transmit_step.eq(self._kinds["synapse"]),
        ]
        # Not in a phase of its own: the judge's registers say when.
        with m.If(judge.fires):
            m.d.sync += [
                self.phase.eq(Phase.FEEDBACK),
                self._active.eq(1),
                self._state.eq(0),
                self._feedback.eq(judge.k),
                self._negative.eq(judge.negative),
            ]
        self._watch(m)
        self._observe(m)
        return m

    def _watch(self, m):
        """Go to the end of a sample, or of a reading, that an upset has brought to a standstill."""
        waits_for_host = (self.phase == Phase.IDLE) | (self.phase == Phase.RESULT)
        waits_for_host |= self.o_read.valid
        if self._config.encoder == "events":
            waits_for_host |= self.i_inputs.ready & self.open
        goes_on = Cat(self._kinds.values()).any() | (self.i_inputs.valid & self.i_inputs.ready)
        goes_on |= self.i_spikes.valid & self.i_spikes.ready
        m.d.comb += self._watchdog.progress.eq(goes_on | waits_for_host)
        with m.If(self._watchdog.expired):
            with m.If(self.phase == Phase.READ):
                m.d.sync += self._answers.eq(1)
            with m.Else():
                m.d.sync += self.phase.eq(Phase.RESULT)

    def _observe(self, m):
        issue = self.issue
        synapse, neuron, read = issue.synapse, issue.neuron, issue.read
        judge = self._judge
        running = (self.phase != Phase.IDLE) & (self.phase != Phase.CLEAR)
        running &= (self.phase != Phase.RESULT) & (self.phase != Phase.READ)
        observe(
            m,
            control_fields(self._config),
            phase=self.phase,
            tick=(running, self._ticks.tick),
            start=self.start,
            finish=self.finish,
            request_ready=self.i_request.ready,
            access_ready=self.i_access.ready,
            result_valid=self.o_result.valid,
            result=(self.o_result.valid, self.o_result.payload),
            read_valid=self.o_read.valid,
            inputs_ready=self.i_inputs.ready,
            spikes_ready=(self.i_spikes.valid, self.i_spikes.ready),
            event_step=self.event_step,
            operation=operation(issue),
            layer=(synapse | neuron, issue.layer),
            last=(synapse | neuron, issue.last),
            state=(synapse | neuron | issue.clears | issue.feeds, issue.state),
            weight=(synapse | read, issue.weight),
            feedback=(issue.feeds, issue.feedback),
            negative=(issue.feeds, issue.negative),
            learn=(synapse, issue.learn),
            fraction=(synapse, issue.fraction),
            transmit=(synapse, issue.transmit),
            count=judge.counts,
            error=judge.fires,
            **{"class": (judge.counts | judge.fires, judge.k)},
        )

    def _registers(self):
        config, layout = self._config, self._layout
        # Not a field assigned in a condition: that would put all of `issue` into Verilog
        # processes, and the process of a constant field (`transmit`) never runs.
        self._kinds = {name: Signal(name=name) for name in KINDS}
        self._active = Signal(name="active")
        # An event is active; a register of its own, as it enables the weight memory.
        self._delivers = Signal(name="delivers")
        self._layer = Signal(address_shape(len(layout.layers)), name="layer")
        self._state = Signal(address_shape(layout.state_depth), name="state")
        self._weight = Signal(address_shape(layout.weight_depth), name="weight")
        self._feedback = Signal(address_shape(layout.feedback_depth), name="feedback")
        self._label = Signal(address_shape(layout.classes), name="label")
        self._rate = Signal(rate_shape(), name="rate")
        self._learn = Signal(name="learn")
        self._fraction = Signal(fraction_shape(config), name="fraction")
        self._negative = Signal(name="negative")
        # What the host waits for. An upset may change the phase, but not whether there is an
        # answer to come.
        self._owes_result, self._owes_read = Signal(name="owes_result"), Signal(name="owes_read")
        self._will_owe_result = Signal(name="will_owe_result")
        self._will_owe_read = Signal(name="will_owe_read")
        self._will_open = Signal(name="will_open")
        self._answers = Signal(name="answers")

    def _constants(self):
        """Name the conditions and constants that depend on the current layer."""
        layers, layer = self._layout.layers, self._layer
        self._first_layer, self._last_layer = layer == 0, layer == len(layers) - 1
        self._state_base = by_layer([one.state_base for one in layers], layer)
        self._weight_base = by_layer([one.weight_base for one in layers], layer)
        self._stride = by_layer([one.sources for one in layers], layer)
        ends = [one.state_base + one.groups - 1 for one in layers]
        self._layer_end = self._state == by_layer(ends, layer)
        self._all_end = self._state == ends[-1]

    def _idle(self, m):
        """Serve the host; a request starts a sample once its inputs are there."""
        access, request = self.i_access, self.i_request
        m.d.comb += [
            access.ready.eq(~self._owed.o.any()),
            request.ready.eq(access.ready & ~access.valid & self.sample_ready),
            self.start.eq(request.valid & request.ready),
            self._judge.clear.eq(self.start),
            self._ticks.start.eq(self.start),
        ]
        with m.If(self._owes_result):
            m.d.sync += self.phase.eq(Phase.RESULT)
        with m.Elif(self._owes_read):
            m.d.sync += self.phase.eq(Phase.READ)
        with m.Elif(access.valid & ~access.payload.write):
            m.d.comb += self._will_owe_read.eq(1)
            m.d.sync += [
                self._weight.eq(access.payload.address),
                self._active.eq(1),
                self.phase.eq(Phase.READ),
            ]
        with m.If(self.start):
            m.d.comb += self._will_owe_result.eq(1)
            if self._config.encoder == "events":
                m.d.comb += self._will_open.eq(1)
            m.d.sync += [
                self._label.eq(request.payload.label),
                self._rate.eq(request.payload.rate),
                self._state.eq(0),
                self._layer.eq(0),
                self._active.eq(1),
                self.phase.eq(Phase.CLEAR),
            ]

    def _clear(self, m):
        """Set every neuron to 0, and wait until the last one is in memory."""
        with m.If(self._active):
            m.d.comb += self._kinds["clears"].eq(1)
            m.d.sync += [self._state.eq(increment(self._state)), self._active.eq(~self._all_end)]
        with m.Elif(self.drained):
            m.d.sync += self.phase.eq(Phase.SYNAPSE)

    def _synapse(self, m):
        """Issue the words of one event after another; the next event follows without a gap.

        A word waits while the only port of the weight memory writes another.
        """
        issue = self._kinds["synapse"]
        take = Signal()
        event = Signal(EventLayout(self._config))
        valid = Signal()
        m.d.comb += [
            take.eq(~self._delivers | (issue & self._layer_end)),
            self.i_inputs.ready.eq(take & self._first_layer),
            self.i_spikes.ready.eq(take & ~self._first_layer),
            event.eq(Mux(self._first_layer, self.i_inputs.payload, self.i_spikes.payload)),
            valid.eq(Mux(self._first_layer, self.i_inputs.valid, self.i_spikes.valid)),
            self.event_step.eq(take & valid & ~event.end),
        ]
        m.d.sync += self._delivers.eq(self._delivers)
        with m.If(issue):
            m.d.sync += [
                self._state.eq(increment(self._state)),
                # After the event's last word it may wrap, but is not used.
                self._weight.eq(wrap(self._weight + self._stride, len(self._weight))),
            ]
        with m.If(take):
            m.d.sync += [
                self._delivers.eq(valid & ~event.end),
                self._state.eq(self._state_base),
                # The memory has a word for every source of the layer.
                self._weight.eq(fit(self._weight_base + event.source, self._weight.shape())),
            ]
            if self._config.learning:
                m.d.sync += [
                    self._learn.eq(self.event_random[24:] < self._rate),
                    self._fraction.eq(fraction(self._config, self.event_random)),
                ]
            with m.If(valid & event.end):
                m.d.sync += [self.phase.eq(Phase.NEURON), self._active.eq(1)]

    def _neuron(self, m):
        """Issue all groups of the layer, then wait for its first spike, or for their end."""
        with m.If(self._active):
            m.d.comb += self._kinds["neuron"].eq(1)
            m.d.sync += self._state.eq(increment(self._state))
            with m.If(self._layer_end):
                m.d.sync += self._active.eq(0)
        with m.Elif(self.i_spikes.valid):
            with m.If(self._last_layer):
                m.d.comb += self._judge.begin.eq(1)
                m.d.sync += self.phase.eq(Phase.READOUT)
            with m.Else():
                # There is a next layer, so its number fits.
                m.d.sync += self._layer.eq(fit(self._layer + 1, self._layer.shape()))
                m.d.sync += self.phase.eq(Phase.SYNAPSE)

    def _read_out(self, m):
        """Take an output spike, and judge it in the next cycle. At the end, judge a label spike
        that no output spike answered; then end the tick.
        """
        event, judge = self.i_spikes, self._judge
        end = event.payload.end
        with m.If(~judge.judges):
            m.d.comb += [
                event.ready.eq(~end | ~judge.unanswered),
                judge.take.eq(event.valid & (~end | judge.unanswered)),
            ]
            with m.If(event.valid & end & ~judge.unanswered):
                self._end_tick(m)

    def _end_tick(self, m):
        m.d.comb += self._ticks.advance.eq(1)
        m.d.sync += self._layer.eq(0)
        with m.If(self._ticks.last):
            m.d.sync += self.phase.eq(Phase.RESULT)
        with m.Else():
            m.d.sync += self.phase.eq(Phase.SYNAPSE)

    def _feed_back(self, m):
        """Send one error spike to the dendrites of all groups. A cycle more, and the next one
        finds even the dendrites of two groups in memory.
        """
        feedback = self._feedback + self._layout.classes
        with m.If(self._active):
            m.d.comb += self._kinds["feeds"].eq(1)
            m.d.sync += [
                self._active.eq(~self._all_end),
                self._state.eq(increment(self._state)),
                # After the last group it may wrap, but is not used.
                self._feedback.eq(wrap(feedback, len(self._feedback))),
            ]
        with m.Else():
            m.d.sync += self.phase.eq(Phase.READOUT)

    def _result(self, m):
        """Offer the result, if a sample was asked for, until it is taken. All events from outside
        that belong to it are taken before.
        """
        m.d.comb += [
            self.o_result.valid.eq(self._owes_result & ~self.open),
            self.finish.eq(self.o_result.valid & self.o_result.ready),
        ]
        with m.If(self.finish | ~self._owes_result):
            m.d.comb += self._will_owe_result.eq(0)
            m.d.sync += self.phase.eq(Phase.IDLE)

    def _read(self, m):
        """Read one weight word for the host."""
        with m.If(self._active & ~self.hold):
            m.d.comb += self._kinds["read"].eq(1)
            m.d.sync += self._active.eq(0)
        m.d.sync += self._answers.eq(self._answers | self.read_done)
        with m.If((self.o_read.valid & self.o_read.ready) | ~self._owes_read):
            m.d.comb += self._will_owe_read.eq(0)
            m.d.sync += [self._answers.eq(0), self.phase.eq(Phase.IDLE)]
