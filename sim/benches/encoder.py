"""Encoder with its sample memory: every cycle against the cycle view, events against ticks."""

from __future__ import annotations

import cocotb
from amaranth import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from erbium.golden.config import Config
from erbium.golden.cycle.encoder import Encoder as GoldenEncoder
from erbium.golden.cycle.record import code_fields, encoder_fields, sample_fields
from erbium.golden.cycle.sample import SampleMemory as GoldenSampleMemory
from erbium.golden.cycle.sample import pixels as in_words
from erbium.golden.encoder import Encoder as TickEncoder
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState, xorshift
from erbium.hw.encoder import Encoder, attach
from erbium.hw.rng import Generator
from erbium.hw.sample import SampleMemory
from erbium.hw.words import EventsLayout, PixelLayout
from erbium.sim.benches.unit_bench import UnitBench
from erbium.sim.host.traffic import random_sample

SAMPLES = 5


class EncoderWithMemory(wiring.Component):
    """Sample memory, encoder and random generator, joined as in the core."""

    def __init__(self, config: Config) -> None:
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(PixelLayout())),
                "o": Out(stream.Signature(EventsLayout(config))),
                "start": In(1),
                "release": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.samples = samples = SampleMemory(self._config)
        m.submodules.encoder = encoder = Encoder(self._config)
        m.submodules.random = random = Generator(
            RandomState.seeded(self._config.seed).encoder, Layout(self._config).encoder_lanes
        )
        attach(m, encoder, samples, random.values, random.steps)
        connect(m, flipped(self.i), samples.i)
        connect(m, flipped(self.o), encoder.o)
        m.d.comb += [
            samples.release.eq(self.release),
            encoder.start.eq(self.start),
            random.load.payload.eq(Signal(32)),
        ]
        return m


def component(config):
    """Return the design under test."""
    return EncoderWithMemory(config)


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.4])
async def encodes(dut, stall: float) -> None:
    """Samples back to back, an empty one among them; inputs and outputs stall."""
    bench = UnitBench(dut)
    config = bench.config
    memory, golden = GoldenSampleMemory(config), GoldenEncoder(config)
    random = RandomState.seeded(config.seed)
    ticks = TickEncoder(config, RandomState.seeded(config.seed))
    await bench.reset(i_valid=0, i_payload=0, o_ready=0, start=0, release=0)
    samples = [random_sample(config, bench.rng) for _ in range(SAMPLES)]
    samples[2] = samples[2] * 0
    pixels = [word for sample in samples for word in in_words(sample)]
    pixel, done, running, tick = None, 0, False, 0
    expected: list[int] = []
    while done < SAMPLES:
        if pixel is None and pixels and bench.rng.random() >= stall:
            pixel = pixels.pop(0)
        ready = bench.rng.random() >= stall
        start, release = memory.complete and not running, running and tick == config.ticks
        await bench.settle_cycle(
            i_valid=pixel is not None,
            i_payload=pixel or 0,
            o_ready=ready,
            start=start,
            release=release,
        )
        bench.compare_trace("samples", sample_fields(config), memory.observe(pixel))
        bench.compare_trace("encoder", encoder_fields(config), golden.observe(ready))
        if config.encoder == "phase":
            record = golden.observe_code(ready, random.encoder)
            bench.compare_trace("encoder.code", code_fields(config), record)
        if start:
            ticks.start(samples[done])
            running, tick, expected = True, 0, ticks.tick(0).tolist()
        events = golden.output if ready and golden.output is not None else ()
        for event in events:
            if event.end:
                bench.compare("events left", len(expected), 0)
                tick += 1
                expected = ticks.tick(tick).tolist() if tick < config.ticks else []
            else:
                bench.compare("event", event.source, expected.pop(0))
        await bench.end_cycle()
        steps = golden.random_steps(ready)
        address = golden.address if golden.scans(ready) else None
        golden.clock(start, memory.count, ready, random.encoder, memory.data)
        taken = pixel is not None and memory.ready
        memory.clock(pixel, release, address)
        pixel = None if taken else pixel
        for _ in range(steps):
            random.encoder = xorshift(random.encoder)
        done += release
        running = running and not release
    bench.board.passed()
