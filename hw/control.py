"""Control: the sequencer. Its schedule, what it owes the host, and whom it waits for."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.cycle.record import control_fields
from erbium.golden.enums import Phase
from erbium.hw.hardening import Corrected, Watchdog
from erbium.hw.judge import Judge
from erbium.hw.operation import IssueLayout, operation_code
from erbium.hw.schedule import Schedule
from erbium.hw.ticks import Ticks
from erbium.hw.trace import observe
from erbium.hw.words import AccessLayout, DebtsLayout, EventLayout, RequestLayout, ResultLayout


class Control(wiring.Component):
    """Sequencer: what `Schedule` does in each phase, joined with the read-out and its hardening.

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

    def elaborate(self, platform):
        m = Module()
        config = self._config
        m.submodules.judge = judge = Judge(config)
        m.submodules.ticks = ticks = Ticks(config)
        m.submodules.owed = debts = Corrected(DebtsLayout(config))
        m.submodules.watchdog = watchdog = Watchdog(config)
        schedule = Schedule(config, self, judge, ticks, debts)
        learning = (schedule.rate != 0) & int(config.learning)
        m.d.comb += [
            self.o_result.payload.eq(judge.result),
            judge.window.eq(ticks.window),
            judge.learning.eq(ticks.window & learning),
            judge.labelled.eq(ticks.labelled & learning),
            judge.label.eq(schedule.label),
            judge.event.eq(self.i_spikes.payload),
            # Without events from outside, none are ever awaited.
            self.open.eq(debts.o.events if config.encoder == "events" else 0),
            self.o_read.valid.eq(schedule.answers & debts.o.word),
            self.flush.eq(self.phase == Phase.RESULT),
        ]
        schedule.add_to(m)
        schedule.issued.drive(m, self.issue, self.transmit)
        self._watch(m, schedule, watchdog)
        self._observe(m, judge, ticks)
        return m

    def _watch(self, m, schedule, watchdog):
        """Go to the end of a sample, or of a reading, that an upset has brought to a standstill."""
        waits_for_host = (self.phase == Phase.IDLE) | (self.phase == Phase.RESULT)
        waits_for_host |= self.o_read.valid
        if self._config.encoder == "events":
            waits_for_host |= self.i_inputs.ready & self.open
        goes_on = Cat(schedule.issued.kind.values()).any()
        goes_on |= self.i_inputs.valid & self.i_inputs.ready
        goes_on |= self.i_spikes.valid & self.i_spikes.ready
        m.d.comb += watchdog.progress.eq(goes_on | waits_for_host)
        with m.If(watchdog.expired):
            with m.If(self.phase == Phase.READ):
                m.d.sync += schedule.answers.eq(1)
            with m.Else():
                m.d.sync += self.phase.eq(Phase.RESULT)

    def _observe(self, m, judge, ticks):
        issue, operation = self.issue, self.issue.operation
        synapse, neuron, feedback = operation.synapse, operation.neuron, operation.feedback
        running = (self.phase != Phase.IDLE) & (self.phase != Phase.CLEAR)
        running &= (self.phase != Phase.RESULT) & (self.phase != Phase.READ)
        observe(
            m,
            control_fields(self._config),
            phase=self.phase,
            tick=(running, ticks.tick),
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
            operation=operation_code(operation),
            layer=(synapse | neuron, issue.layer),
            last=(synapse | neuron, issue.last),
            state=(synapse | neuron | operation.clear | feedback, issue.state),
            weight=(synapse | operation.read, issue.weight),
            feedback=(feedback, issue.feedback),
            negative=(feedback, issue.negative),
            learn=(synapse, issue.learn),
            fraction=(synapse, issue.fraction),
            transmit=(synapse, issue.transmit),
            count=judge.counts,
            error=judge.error,
            **{"class": (judge.counts | judge.error, judge.k)},
        )
