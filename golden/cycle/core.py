"""The machine, clock cycle by clock cycle: what every unit of the circuit does in each one.

Schedule, pipeline and queues are modelled here; all arithmetic is the tick view's. Both views
end with the same weights, spikes and random states, whatever the host's stalls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from erbium.golden.config import Config
from erbium.golden.cycle.blank import BlankOut
from erbium.golden.cycle.control import Control
from erbium.golden.cycle.counters import Counters
from erbium.golden.cycle.datapath import Datapath
from erbium.golden.cycle.encoder import Encoder, Event
from erbium.golden.cycle.event_buffer import EventBuffer
from erbium.golden.cycle.guard import Guard
from erbium.golden.cycle.inputs import InputQueue
from erbium.golden.cycle.ports import Access, Outputs, Request, Seen
from erbium.golden.cycle.sample import SampleMemory
from erbium.golden.cycle.spikes import SpikeQueue
from erbium.golden.enums import Operation
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState, xorshift
from erbium.golden.words import event_word

Record = dict[str, dict[str, int]]


@dataclass
class Host:
    """What the host drives in a cycle: offers on streams (None is nothing), and readiness. To a
    guard it also says that an unfinished sample, or all errors, shall be forgotten.
    """

    pixel: int | None = None
    event: Event | None = None
    request: Request | None = None
    access: Access | None = None
    random: RandomState | None = None
    result_ready: bool = False
    access_ready: bool = False
    drop: bool = False
    clear: bool = False


class CycleCore:
    """The golden model in its cycle view.

    Parameters
    ----------
    config : Config
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.layout = Layout(config)
        self._event_fields = event_word(config)
        self._from_outside = config.encoder == "events"
        self.control = Control(config)
        self.datapath = Datapath(config)
        self.spikes = SpikeQueue(config)
        self.samples = SampleMemory(config)
        self.encoder = Encoder(config)
        self.inputs = InputQueue()
        self.blank = BlankOut(config)
        self.counters = Counters()
        self.guard = Guard(config)
        self.events = EventBuffer(config)
        self.reset()

    def load(self, weights: Sequence[np.ndarray]) -> None:
        """Put weights [sources, targets] per layer into the weight memory at once."""
        self.datapath.weights.words[:] = self.layout.pack(weights)

    def weights(self) -> list[np.ndarray]:
        """Return the weights [sources, targets] of every layer."""
        return self.layout.unpack(self.datapath.weights.words)

    def reset(self) -> None:
        """Do what the reset wire does: everything but the memories."""
        self.random = RandomState.seeded(self.config.seed)
        self._open = False
        units = (self.control, self.datapath, self.spikes, self.samples)
        units += (self.encoder, self.inputs, self.blank, self.counters, self.guard, self.events)
        for unit in units:
            unit.reset()

    @property
    def _inputs_ready(self) -> bool:
        """Whether the input queue takes a word; from outside only what belongs to a sample."""
        return self.inputs.ready and (self._open or not self._from_outside)

    @property
    def _sample_ready(self) -> bool:
        """Whether a request can be served. Without a guard, events come after their request."""
        if self._from_outside:
            ready = self.events.complete or not self.config.guard
        else:
            ready = self.samples.complete
        return ready and not self.guard.owes_zeros

    def step(self, host: Host) -> Record:
        """Live through one clock cycle and return what every unit did in it."""
        head = self.inputs.event
        seen = Seen(
            request=host.request,
            access=host.access,
            result_ready=host.result_ready,
            access_ready=host.access_ready,
            sample_ready=self._sample_ready,
            input=head,
            spike=self.spikes.output,
            event_random=self.random.event,
            transmit=self.blank.mask,
            read_done=self.datapath.read_done,
            hold=self.datapath.hold,
            drained=self.datapath.drained,
        )
        if self.config.guard:
            return self._guarded(host, seen)
        out = self.control.step(seen)
        record = self._observe(host, out)
        load = host.access if out.access_ready and host.access else None
        self._clock(host, out, record, load if load and load.data is not None else None)
        return record

    def _guarded(self, host: Host, seen: Seen) -> Record:
        """Live through a cycle in which the guard stands between host and units."""
        guard, stored = self.guard, self.events if self._from_outside else self.samples
        asked = guard.request_errors(host.request)
        bad = asked or stored.bad
        out = self.control.step(
            replace(
                seen,
                request=None if bad else host.request,
                access=guard.admitted(host.access),
            )
        )
        offered = host.event if self._from_outside else host.pixel
        raised = stored.errors(offered, host.drop)
        dropped = bool(host.request and bad and out.request_ready)
        raised |= asked if dropped else 0
        access = host.access if out.access_ready and not guard.owes_zeros else None
        wrong = guard.access_errors(access)
        replaced = guard.random_errors(host.random, out.phase)
        raised |= wrong | replaced
        record = self._observe(host, out)
        record["guard"] = {
            "raised": raised,
            "dropped": int(dropped),
            "access_ready": int(out.access_ready and not guard.owes_zeros),
            "read_valid": int(out.read_valid or guard.owes_zeros),
        }
        if self._from_outside:
            record["guard"]["inputs_ready"] = int(self.events.ready)
            record["event_buffer"] = self.events.observe(host.event, host.drop)
        bad_read = bool(access and wrong and access.data is None)
        if bad_read:
            self.datapath.answer_zeros()
        load = access if access and not wrong and access.data is not None else None
        served = replace(host, random=None) if replaced else host
        self._clock(served, out, record, load, dropped)
        guard.clock(
            raised=raised,
            dropped=dropped,
            clear=host.clear,
            bad_read=bad_read,
            word_taken=host.access_ready,
        )
        return record

    def _observe(self, host: Host, out: Outputs) -> Record:
        """Return the record of a cycle."""
        head = self.inputs.event
        record = {
            "core": {
                "event_random": self.random.event,
                "blank_random": self.random.blank,
                "encoder_random": self.random.encoder,
                "inputs_ready": int(self._inputs_ready),
                "inputs_valid": int(self.inputs.output_valid),
                "input": head.bits(self._event_fields) if head else 0,
            },
            "control": self.control.observe(out),
            "spikes": self.spikes.observe(out.spikes_ready),
        }
        if not self._from_outside:
            record["samples"] = self.samples.observe(host.pixel)
            record["encoder"] = self.encoder.observe(self.inputs.ready)
        if self.config.encoder == "phase":
            record["encoder.code"] = self.encoder.observe_code(
                self.inputs.ready, self.random.encoder
            )
        return record

    def _clock(
        self, host: Host, out: Outputs, record: Record, load: Access | None, dropped: bool = False
    ) -> None:
        """End the cycle of all units."""
        spikes = self.datapath.spikes
        record["datapath"] = self.datapath.cycle(out.issue, load)
        self.counters.clock(record["control"], record["datapath"])
        self.spikes.clock(spikes, out.spikes_ready)
        encoder_steps = self._clock_inputs(host, out, dropped)
        self._clock_random(host, out, encoder_steps)

    def _clock_inputs(self, host: Host, out: Outputs, dropped: bool) -> int:
        """End the cycle of sample memory, encoder and queue; return how many random numbers have
        been used.
        """
        ready = self.inputs.ready
        event = self.events.head if self.config.guard else host.event
        offered = (event,) if event and self._inputs_ready else None
        if offered:
            self._open = not event.last
        if out.start:
            self._open = True
        encoder_steps = self.encoder.random_steps(ready)
        if not self._from_outside:
            scans = self.encoder.scans(ready)
            address, count = self.encoder.address, self.samples.count
            data = self.samples.data
            offered = self.encoder.output
            self.encoder.clock(out.start, count, ready, self.random.encoder, data)
            released = out.finish or dropped
            self.samples.clock(host.pixel, released, address if scans else None, host.drop)
        elif self.config.guard:
            self.events.clock(host.event, host.drop, offered is not None, dropped)
        self.inputs.clock(offered, out.inputs_ready)
        return encoder_steps

    def _clock_random(self, host: Host, out: Outputs, encoder_steps: int) -> None:
        """End the cycle of the random generators."""
        step = out.issue.operation == Operation.SYNAPSE
        self.blank.clock(out.event_step, self.random.blank, step)
        if host.random is not None:
            self.random = RandomState.loaded(self.config, host.random)
            return
        if out.event_step:
            self.random.step_event(self.config)
        for _ in range(encoder_steps):
            self.random.encoder = xorshift(self.random.encoder)
