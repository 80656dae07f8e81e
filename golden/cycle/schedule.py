"""Schedule: what happens in each clock cycle of a sample, written as the sequential program it is.

Every ``yield`` is one clock cycle: what is yielded holds during the cycle, and `Schedule.seen` is
what the control sees in it; after the ``yield``, what it sees in the *next* one.
"""

from __future__ import annotations

from collections.abc import Generator

from erbium.golden.config import Config
from erbium.golden.cycle.operation import Issue
from erbium.golden.cycle.ports import Access, Outputs, Request, Seen
from erbium.golden.enums import Operation, Phase
from erbium.golden.error import ErrorNeurons, label_fires
from erbium.golden.layout import Layer, Layout
from erbium.golden.plasticity import fraction, learns, rate_of_tick
from erbium.golden.readout import Readout

#: Phases of a tick.
IN_A_TICK = (Phase.SYNAPSE, Phase.NEURON, Phase.READOUT, Phase.FEEDBACK)

Process = Generator[Outputs, None, None]


class Schedule:
    """The program of the sequencer.

    Parameters
    ----------
    config : Config
    errors : ErrorNeurons
    readout : Readout

    Attributes
    ----------
    seen : Seen
        What the control sees in this cycle.
    """

    def __init__(self, config: Config, errors: ErrorNeurons, readout: Readout) -> None:
        self._config = config
        self._layout = Layout(config)
        self._errors, self._readout = errors, readout
        self._tick = 0
        self.seen = Seen()

    def _out(self, phase: Phase, **values: object) -> Outputs:
        return Outputs(phase=phase, tick=self._tick if phase in IN_A_TICK else 0, **values)

    def samples(self) -> Process:
        """Sample after sample, for ever."""
        while True:
            request = yield from self._idle()
            self._errors.clear()
            self._readout.clear()
            yield from self._clear()
            for tick in range(self._config.ticks):
                self._tick = tick
                lead = self._readout.lead(request.label)
                rate = rate_of_tick(self._config, request.rate, tick, lead)
                for layer in self._layout.layers:
                    yield from self._synapses(layer, rate)
                    yield from self._neurons(layer)
                yield from self._read_out(request)
            yield from self._result()

    def _idle(self) -> Generator[Outputs, None, Request]:
        """Serve the host until a request can start; one cycle or more."""
        while True:
            access, request = self.seen.access, self.seen.request
            ready = access is None and self.seen.sample_ready
            start = ready and request is not None
            yield self._out(Phase.IDLE, access_ready=True, request_ready=ready, start=start)
            if access is not None and access.data is None:
                yield from self._read(access)
            elif start:
                return request

    def _read(self, access: Access) -> Process:
        """Read a weight word: issue, wait for the pipeline, offer it until it is taken."""
        held = True
        while held:
            held = self.seen.hold
            issue = Issue() if held else Issue(Operation.READ, weight=access.address)
            yield self._out(Phase.READ, issue=issue)
        done = False
        while not done:
            done = self.seen.read_done
            yield self._out(Phase.READ)
        taken = False
        while not taken:
            taken = self.seen.access_ready
            yield self._out(Phase.READ, read_valid=True)

    def _clear(self) -> Process:
        """Set every neuron to 0, a group a cycle, and wait until the last one is in memory."""
        for state in range(self._layout.state_depth):
            yield self._out(Phase.CLEAR, issue=Issue(Operation.CLEAR, state=state))
        drained = False
        while not drained:
            drained = self.seen.drained
            yield self._out(Phase.CLEAR)

    def _synapses(self, layer: Layer, rate: int) -> Process:
        """Deliver a tick's events; an event is taken in the last cycle of the one before it.

        A word waits while the only port of the weight memory writes another.
        """
        config, first = self._config, layer.index == 0
        issue = None
        while True:
            if issue is not None and self.seen.hold:
                yield self._out(Phase.SYNAPSE)
                continue
            take = issue is None or issue.last
            event = self.seen.input if first else self.seen.spike
            if issue is not None:
                issue.transmit = self.seen.transmit
            random = self.seen.event_random
            taken = take and event is not None
            yield self._out(
                Phase.SYNAPSE,
                inputs_ready=take and first,
                spikes_ready=take and not first,
                event_step=taken and not event.end,
                issue=issue or Issue(),
            )
            if taken and event.end:
                return
            if taken:
                issue = Issue(
                    Operation.SYNAPSE,
                    layer.index,
                    group=0,
                    last=layer.groups == 1,
                    state=layer.state_base,
                    weight=layer.weight_address(event.source, 0),
                )
                if config.learning:
                    issue.learn = learns(random, rate)
                    issue.fraction = fraction(random, config.learning_shift, config.rounding)
            elif take:
                issue = None
            else:
                issue = self._next_word(layer, issue)

    def _next_word(self, layer: Layer, issue: Issue) -> Issue:
        group = issue.group + 1
        return Issue(
            Operation.SYNAPSE,
            layer.index,
            group=group,
            last=group == layer.groups - 1,
            state=issue.state + 1,
            weight=issue.weight + layer.sources,
            learn=issue.learn,
            fraction=issue.fraction,
        )

    def _neurons(self, layer: Layer) -> Process:
        """Step all groups of a layer, then wait until its first event has come round."""
        for group in range(layer.groups):
            last = group == layer.groups - 1
            state = layer.state_base + group
            issue = Issue(Operation.NEURON, layer.index, group, last, state)
            yield self._out(Phase.NEURON, issue=issue)
        arrived = False
        while not arrived:
            arrived = self.seen.spike is not None
            yield self._out(Phase.NEURON)

    def _read_out(self, request: Request) -> Process:
        """Take output spikes, and judge each in the next cycle: count it, and feed back an error
        that it causes. At the end a label spike that no output spike answered is judged, too.
        """
        window = self._tick >= self._config.burn_in
        learning = window and request.rate > 0 and self._config.learning
        labelled = learning and label_fires(self._config, self._tick)
        answered = False
        while True:
            event = self.seen.spike
            if event is None:
                yield self._out(Phase.READOUT, spikes_ready=True)
                continue
            pending = event.end and labelled and not answered
            yield self._out(Phase.READOUT, spikes_ready=not pending)
            if event.end and not pending:
                return
            k = request.label if event.end else event.source
            answered |= k == request.label
            labels = labelled and k == request.label
            count = window and not event.end
            error = self._errors.step(k, labels, not event.end) if learning else 0
            yield self._out(Phase.READOUT, count=count, error=error, k=k)
            if count:
                self._readout.count(k)
            if error:
                yield from self._feed_back(k, error)

    def _feed_back(self, k: int, error: int) -> Process:
        """Send one error spike to the dendrites of all groups of all layers. A cycle more, and
        the next one finds even the dendrites of two groups in memory.
        """
        for state in range(self._layout.state_depth):
            address = state * self._layout.classes + k
            issue = Issue(Operation.FEEDBACK, state=state, feedback=address, negative=error < 0)
            yield self._out(Phase.FEEDBACK, issue=issue)
        yield self._out(Phase.FEEDBACK)

    def _result(self) -> Process:
        """Offer the result until it is taken."""
        taken = False
        while not taken:
            taken = self.seen.result_ready
            yield self._out(Phase.RESULT, result_valid=True, finish=taken)
