"""Control, clock cycle by clock cycle: the schedule, written as the sequential program it is.

Every ``yield`` in `Control` is one clock cycle: what is yielded holds during the cycle, and
what comes back is what the control sees in the *next* one.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from golden.config import Config
from golden.cycle.encoder import Event
from golden.error import ErrorNeurons, label_fires
from golden.layout import Layer, Layout
from golden.plasticity import fraction, learns
from golden.readout import Readout

#: Phases and operations, as numbered in the circuit.
PHASES = ("IDLE", "CLEAR", "SYNAPSE", "NEURON", "READOUT", "FEEDBACK", "RESULT", "READ")
OPERATIONS = ("NONE", "CLEAR", "SYNAPSE", "NEURON", "FEEDBACK", "READ")


@dataclass(frozen=True)
class Request:
    """Start a sample: its label and its learning rate, 0 to 256."""

    label: int
    rate: int


@dataclass(frozen=True)
class Access:
    """Write (`data` given) or read a word of the weight memory."""

    address: int
    data: tuple[int, ...] | None = None


@dataclass
class Seen:
    """What the control sees in a cycle."""

    request: Request | None = None
    access: Access | None = None
    result_ready: bool = False
    access_ready: bool = False
    sample_ready: bool = False
    input: Event | None = None
    spike: Event | None = None
    event_random: int = 0
    transmit: int = 0
    read_done: bool = False
    hold: bool = False
    drained: bool = True


@dataclass
class Issue:
    """An operation for the datapath. Addresses without meaning are 0."""

    operation: str = "NONE"
    layer: int = 0
    group: int = 0
    last: bool = False
    state: int = 0
    weight: int = 0
    feedback: int = 0
    negative: bool = False
    learn: bool = False
    fraction: int = 0
    transmit: int = 0


@dataclass
class Outputs:
    """What the control does in a cycle."""

    phase: str
    tick: int = 0
    start: bool = False
    finish: bool = False
    request_ready: bool = False
    access_ready: bool = False
    result_valid: bool = False
    read_valid: bool = False
    inputs_ready: bool = False
    spikes_ready: bool = False
    event_step: bool = False
    issue: Issue = field(default_factory=Issue)
    count: bool = False
    error: int = 0
    k: int = 0


Process = Generator[Outputs, Seen, None]


class Control:
    """The sequencer of a core.

    Parameters
    ----------
    config : Config
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._layout = Layout(config)
        self.errors = ErrorNeurons(config)
        self.readout = Readout(config)
        self.reset()

    def reset(self) -> None:
        """Go to IDLE."""
        self._tick = 0
        self._seen = Seen()
        self._process = self._samples()

    def step(self, seen: Seen) -> Outputs:
        """Return what the control does in a cycle in which it sees `seen`."""
        self._seen = seen
        return next(self._process)

    def _out(self, phase: str, **values: object) -> Outputs:
        tick = self._tick if phase in ("SYNAPSE", "NEURON", "READOUT", "FEEDBACK") else 0
        return Outputs(phase=phase, tick=tick, **values)

    def _samples(self) -> Process:
        """Sample after sample, for ever."""
        while True:
            request = yield from self._idle()
            self.errors.clear()
            self.readout.clear()
            yield from self._clear()
            for tick in range(self._config.ticks):
                self._tick = tick
                for layer in self._layout.layers:
                    yield from self._synapses(layer, request.rate)
                    yield from self._neurons(layer)
                yield from self._read_out(request)
            yield from self._result()

    def _idle(self) -> Generator[Outputs, Seen, Request]:
        """Serve the host until a request can start; one cycle or more."""
        while True:
            access, request = self._seen.access, self._seen.request
            ready = access is None and self._seen.sample_ready
            start = ready and request is not None
            yield self._out("IDLE", access_ready=True, request_ready=ready, start=start)
            if access is not None and access.data is None:
                yield from self._read(access)
            elif start:
                return request

    def _read(self, access: Access) -> Process:
        """Read a weight word: issue, wait for the pipeline, offer it until it is taken."""
        held = True
        while held:
            held = self._seen.hold
            issue = Issue() if held else Issue("READ", weight=access.address)
            yield self._out("READ", issue=issue)
        done = False
        while not done:
            done = self._seen.read_done
            yield self._out("READ")
        taken = False
        while not taken:
            taken = self._seen.access_ready
            yield self._out("READ", read_valid=True)

    def _clear(self) -> Process:
        """Set every neuron to 0, a group a cycle, and wait until the last one is in memory."""
        for state in range(self._layout.state_depth):
            yield self._out("CLEAR", issue=Issue("CLEAR", state=state))
        drained = False
        while not drained:
            drained = self._seen.drained
            yield self._out("CLEAR")

    def _synapses(self, layer: Layer, rate: int) -> Process:
        """Deliver a tick's events; an event is taken in the last cycle of the one before it.

        A word waits while the only port of the weight memory writes another.
        """
        config, first = self._config, layer.index == 0
        issue = None
        while True:
            if issue is not None and self._seen.hold:
                yield self._out("SYNAPSE")
                continue
            take = issue is None or issue.last
            event = self._seen.input if first else self._seen.spike
            if issue is not None:
                issue.transmit = self._seen.transmit
            random = self._seen.event_random
            taken = take and event is not None
            yield self._out(
                "SYNAPSE",
                inputs_ready=take and first,
                spikes_ready=take and not first,
                event_step=taken and not event.end,
                issue=issue or Issue(),
            )
            if taken and event.end:
                return
            if taken:
                issue = Issue(
                    "SYNAPSE",
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
            "SYNAPSE",
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
            yield self._out("NEURON", issue=Issue("NEURON", layer.index, group, last, state))
        arrived = False
        while not arrived:
            arrived = self._seen.spike is not None
            yield self._out("NEURON")

    def _read_out(self, request: Request) -> Process:
        """Take output spikes, and judge each in the next cycle: count it, and feed back an error
        that it causes. At the end a label spike that no output spike answered is judged, too.
        """
        window = self._tick >= self._config.burn_in
        learning = window and request.rate > 0 and self._config.learning
        labelled = learning and label_fires(self._config, self._tick)
        answered = False
        while True:
            event = self._seen.spike
            if event is None:
                yield self._out("READOUT", spikes_ready=True)
                continue
            pending = event.end and labelled and not answered
            yield self._out("READOUT", spikes_ready=not pending)
            if event.end and not pending:
                return
            k = request.label if event.end else event.source
            answered |= k == request.label
            labels = labelled and k == request.label
            count = window and not event.end
            error = self.errors.step(k, labels, not event.end) if learning else 0
            yield self._out("READOUT", count=count, error=error, k=k)
            if count:
                self.readout.count(k)
            if error:
                yield from self._feed_back(k, error)

    def _feed_back(self, k: int, error: int) -> Process:
        """Send one error spike to the dendrites of all groups of all layers. A cycle more, and
        the next one finds even the dendrites of two groups in memory.
        """
        for state in range(self._layout.state_depth):
            address = state * self._layout.classes + k
            issue = Issue("FEEDBACK", state=state, feedback=address, negative=error < 0)
            yield self._out("FEEDBACK", issue=issue)
        yield self._out("FEEDBACK")

    def _result(self) -> Process:
        """Offer the result until it is taken."""
        taken = False
        while not taken:
            taken = self._seen.result_ready
            yield self._out("RESULT", result_valid=True, finish=taken)

    def observe(self, out: Outputs) -> dict[str, int]:
        """Return the record of the cycle with outputs `out`."""
        issue = out.issue
        return {
            "phase": PHASES.index(out.phase),
            "tick": out.tick,
            "start": int(out.start),
            "finish": int(out.finish),
            "request_ready": int(out.request_ready),
            "access_ready": int(out.access_ready),
            "result_valid": int(out.result_valid),
            "result": self._result_bits() if out.result_valid else 0,
            "read_valid": int(out.read_valid),
            "inputs_ready": int(out.inputs_ready),
            "spikes_ready": int(out.spikes_ready and self._seen.spike is not None),
            "event_step": int(out.event_step),
            "operation": OPERATIONS.index(issue.operation),
            "layer": issue.layer,
            "last": int(issue.last),
            "state": issue.state,
            "weight": issue.weight,
            "feedback": issue.feedback,
            "negative": int(issue.negative),
            "learn": int(issue.learn),
            "fraction": issue.fraction,
            "transmit": issue.transmit,
            "count": int(out.count),
            "error": int(out.error != 0),
            "class": out.k if out.count or out.error else 0,
        }

    def _result_bits(self) -> int:
        word = self.readout.winner
        offset = (self._layout.classes - 1).bit_length()
        for count in self.readout.counts.tolist():
            word |= count << offset
            offset += self._layout.count_bits
        return word
