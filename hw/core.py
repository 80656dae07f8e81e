"""Core: the whole machine. Samples and labels in, winning classes out.

i_pixel -> SampleMemory -> Encoder -> queue --+
                             (or i_event) ----+-> Control -> Datapath -> o_spikes
i_request (label, rate) ---------------------/        ^          |
o_result (winner, counts) <------------------         +- SpikeQueue
i_access, o_access: weight words;  i_random, o_random: random generators
"""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from erbium.golden.cycle.record import core_fields
from erbium.golden.enums import Phase
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState, used_generators
from erbium.hw.blank import BlankOut
from erbium.hw.control import Control
from erbium.hw.counters import Counters, CountersLayout
from erbium.hw.datapath import Datapath
from erbium.hw.encoder import Encoder, attach
from erbium.hw.event_buffer import EventBuffer
from erbium.hw.guard import Guard
from erbium.hw.inputs import InputQueue
from erbium.hw.ram import check_power_up
from erbium.hw.rng import Generator
from erbium.hw.sample import SampleMemory
from erbium.hw.spikes import SpikeQueue
from erbium.hw.trace import observe
from erbium.hw.words import (
    AccessLayout,
    ErrorsLayout,
    OutsideEventLayout,
    PixelLayout,
    RandomLayout,
    RequestLayout,
    ResultLayout,
    SpikeLayout,
    WeightLayout,
)


def core_members(config):
    """Return the members of the core's signature; see `Core`."""
    if config.encoder == "events":
        inputs = {"i_event": In(stream.Signature(OutsideEventLayout(config)))}
    else:
        inputs = {"i_pixel": In(stream.Signature(PixelLayout()))}
    guard = {"i_drop": In(1), "i_clear": In(1), "o_errors": Out(ErrorsLayout())}
    return (
        inputs
        | {
            "i_request": In(stream.Signature(RequestLayout(config))),
            "o_result": Out(stream.Signature(ResultLayout(config))),
            "i_access": In(stream.Signature(AccessLayout(config))),
            "o_access": Out(stream.Signature(WeightLayout(config))),
            "i_random": In(stream.Signature(RandomLayout(), always_ready=True)),
            "o_random": Out(RandomLayout()),
            "o_spikes": Out(stream.Signature(SpikeLayout(config), always_ready=True)),
            "phase": Out(Phase),
        }
        | ({"o_counters": Out(CountersLayout())} if config.counters else {})
        | (guard if config.guard else {})
    )


class Core(wiring.Component):
    """A network that learns on the chip.

    Parameters
    ----------
    config : Config
    weights : list of int array [sources, targets], optional
        What the weight memory holds at power-up; unknown if left out. Only in block RAM.

    Members
    -------
    i_pixel : In(stream.Signature(PixelLayout()))
        Inputs of a sample, n0 of them, the last one marked; two samples are stored. Not with
        encoder "events".
    i_event : In(stream.Signature(OutsideEventLayout(config)))
        Input events and ends of ticks of the sample that runs, from outside. Only with encoder
        "events".
    i_request : In(stream.Signature(RequestLayout(config)))
        Run a sample, the oldest one that is stored, with this label and learning rate.
    o_result : Out(stream.Signature(ResultLayout(config)))
    i_access : In(stream.Signature(AccessLayout(config)))
        Write or read a weight word; taken between samples, before requests.
    o_access : Out(stream.Signature(WeightLayout(config)))
        Words that were read.
    i_random : In(stream.Signature(RandomLayout(), always_ready=True))
        Replace the states of the random generators; only between samples.
    o_random : Out(RandomLayout())
        States of the random generators.
    o_spikes : Out(stream.Signature(SpikeLayout(config), always_ready=True))
        Every spike of every layer, as it happens; for observation.
    phase : Out(Phase)
        What the machine is doing; for observation.
    o_counters : Out(CountersLayout())
        Performance counters since reset. Only with `counters`.
    i_drop : In(1)
        Forget what has been sent of an unfinished sample. Only with `guard`, as all that follow.
    i_clear : In(1)
        Forget the errors that were raised before this cycle.
    o_errors : Out(ErrorsLayout())
        Errors that were raised, and samples that were dropped.
    """

    def __init__(self, config, *, weights=None):
        self._config = config
        self._weights = weights
        check_power_up(config, weights)
        super().__init__(core_members(config))

    @property
    def config(self):
        """The configuration."""
        return self._config

    def elaborate(self, platform):
        m = Module()
        config = self._config
        m.submodules.control = control = Control(config)
        m.submodules.datapath = datapath = Datapath(config, weights=self._weights)
        spikes = SpikeQueue(config)
        # Nothing is left in a queue, unless a bit has flipped.
        m.submodules.spikes = ResetInserter(control.flush)(spikes)

        guard = self._guard(m, control, datapath) if config.guard else None
        connect(m, self._host(m, guard, "request"), control.i_request)
        connect(m, flipped(self.o_result), control.o_result)
        connect(m, control.i_spikes, spikes.o)
        m.d.comb += [
            datapath.issue.eq(control.issue),
            control.read_done.eq(datapath.read_done),
            control.hold.eq(datapath.hold),
            control.drained.eq(datapath.drained),
            spikes.i.valid.eq(datapath.spikes.valid),
            spikes.i.payload.eq(datapath.spikes.payload),
            self.o_spikes.valid.eq(datapath.spikes.valid & datapath.spikes.payload.mask.any()),
            self.o_spikes.payload.eq(datapath.spikes.payload),
            self.phase.eq(control.phase),
        ]
        if config.counters:
            m.submodules.counters = counters = Counters()
            m.d.comb += [
                counters.phase.eq(control.phase),
                counters.event.eq(control.event_step),
                counters.word.eq(control.issue.operation.synapse),
                counters.write.eq(datapath.writes),
                self.o_counters.eq(counters.values),
            ]
        self._access(m, control, datapath, guard)
        encoder_random = self._random(m, control, guard)
        inputs, inputs_ready = self._inputs(m, control, encoder_random, guard)
        observe(
            m,
            core_fields(config),
            event_random=self.o_random.event,
            blank_random=self.o_random.blank,
            encoder_random=self.o_random.encoder,
            inputs_ready=inputs_ready,
            inputs_valid=inputs.o.valid,
            input=(inputs.o.valid, inputs.o.payload),
        )
        return m

    def _host(self, m, guard, name):
        """Return a stream of the host as the control sees it: through the guard, if any."""
        given = flipped(getattr(self, f"i_{name}"))
        if guard is None:
            return given
        connect(m, given, getattr(guard, f"i_{name}"))
        return getattr(guard, name)

    def _guard(self, m, control, datapath):
        """Add the guard, but for the samples, which are judged where they are stored."""
        m.submodules.guard = guard = Guard(self._config)
        m.d.comb += [
            guard.phase.eq(control.phase),
            guard.word_ready.eq(self.o_access.ready),
            guard.read_valid.eq(control.o_read.valid),
            guard.clear.eq(self.i_clear),
            datapath.answer_zeros.eq(guard.answer_zeros),
            self.o_errors.eq(guard.errors),
        ]
        return guard

    def _access(self, m, control, datapath, guard):
        connect(m, self._host(m, guard, "access"), control.i_access)
        access, answers = self.i_access, control.o_read.valid
        loads = access.valid & access.ready & access.payload.write
        if guard is not None:
            loads, answers = guard.load, answers | guard.owes_zeros
        m.d.comb += [
            datapath.load.valid.eq(loads),
            datapath.load.payload.eq(access.payload),
            self.o_access.valid.eq(answers),
            self.o_access.payload.eq(datapath.weights),
            control.o_read.ready.eq(self.o_access.ready),
        ]

    def _random(self, m, control, guard):
        """Add generators and blank-out; return the encoder's random numbers, and what steps it.
        A generator that the configuration has no use for is a constant.
        """
        load, values, steps = self._host(m, guard, "random"), {}, {}
        for name, seed in vars(RandomState.seeded(self._config.seed)).items():
            values[name], steps[name] = [Const(seed, 32)], Signal(name=f"{name}_step")
            if name in used_generators(self._config):
                most = Layout(self._config).encoder_lanes if name == "encoder" else 1
                m.submodules[f"{name}_random"] = generator = Generator(seed, most)
                values[name], steps[name] = generator.values, generator.steps
                m.d.comb += [
                    generator.load.valid.eq(load.valid),
                    generator.load.payload.eq(load.payload[name]),
                ]
            m.d.comb += self.o_random[name].eq(values[name][0])
        m.submodules.blank_out = blank_out = BlankOut(self._config)
        m.d.comb += [
            steps["event"].eq(control.event_step),
            steps["blank"].eq(control.event_step),
            control.event_random.eq(values["event"][0]),
            blank_out.random.eq(values["blank"][0]),
            blank_out.start.eq(control.event_step),
            blank_out.step.eq(control.transmit_step),
            control.transmit.eq(blank_out.transmit),
        ]
        return values["encoder"], steps["encoder"]

    def _inputs(self, m, control, encoder_random, guard):
        """Add what feeds the first layer: sample memory, encoder and a short queue; return that,
        and whether it takes a word.
        """
        inputs = InputQueue(self._config)
        m.submodules.inputs = ResetInserter(control.flush)(inputs)
        connect(m, inputs.o, control.i_inputs)
        if self._config.encoder == "events":
            events, ready = self.i_event, 1
            if guard is not None:
                events, ready = self._buffered(m, guard)
            m.d.comb += [
                control.sample_ready.eq(ready),
                control.closes.eq(events.valid & events.ready & events.payload.last),
                events.ready.eq(inputs.i.ready & control.open),
                inputs.i.valid.eq(events.valid & control.open),
                inputs.i.payload.sources[0].eq(events.payload.source),
                inputs.i.payload.end.eq(events.payload.end),
            ]
            return inputs, events.ready
        m.submodules.samples = samples = SampleMemory(self._config)
        m.submodules.encoder = encoder = Encoder(self._config)
        attach(m, encoder, samples, *encoder_random)
        connect(m, flipped(self.i_pixel), samples.i)
        connect(m, encoder.o, inputs.i)
        ready, release = samples.complete, control.finish
        if guard is not None:
            ready, release = self._judged(m, guard, samples), release | guard.dropped
        m.d.comb += [
            control.sample_ready.eq(ready),
            samples.release.eq(release),
            encoder.flush.eq(control.flush),
            encoder.start.eq(control.start),
        ]
        return inputs, inputs.i.ready

    def _buffered(self, m, guard):
        """Add a buffer for events; return the stream that comes out of it, and whether a sample is
        ready.
        """
        m.submodules.event_buffer = events = EventBuffer(self._config)
        connect(m, flipped(self.i_event), events.i)
        m.d.comb += [
            guard.inputs_ready.eq(self.i_event.ready),
            events.discard.eq(guard.dropped),
        ]
        return events.o, self._judged(m, guard, events)

    def _judged(self, m, guard, stored):
        """Join the guard with what stores samples; return whether one is ready for a request."""
        m.d.comb += [
            stored.drop.eq(self.i_drop),
            guard.sample_bad.eq(stored.bad),
            guard.sample_raised.eq(stored.raised),
        ]
        return stored.complete & ~guard.owes_zeros
