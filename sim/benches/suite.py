"""The benches and the configurations that they run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from erbium.golden.config import ALWAYS_TRANSMITS, Config
from erbium.golden.presets import preset
from erbium.sim.engines.runner import SIMULATORS, BenchResult, run_bench

_TINY = preset("tiny")

#: Lanes of single-port memory, besides the four of `tiny-spram`, and what else differs.
_SPRAM = {
    # The host is faster than the neurons are cleared.
    1: {"encoder": "events", "rounding": "nearest", "layers": (12, 12, 3)},
    2: {"transmit": 13},
    8: {"layers": (12, 19, 3), "rate_shift": 0},
    16: {"weight_bits": 4, "weight_init": 5, "gain": 4, "layers": (12, 35, 5), "ticks": 6},
    32: {"layers": (15, 40, 4), "encoder": "bernoulli", "transmit": 12, "ticks": 6},
}

#: Configurations that together use every feature, with layers that do not fill their last group.
VARIANTS: dict[str, Config] = {
    config.name: config
    for config in (
        _TINY,
        _TINY.replace(name="tiny-1-lane", lanes=1, rounding="nearest"),
        _TINY.replace(name="tiny-16-lanes", lanes=16, transmit=9),
        _TINY.replace(name="tiny-32-lanes", lanes=32),
        _TINY.replace(
            name="tiny-32-bernoulli", lanes=32, layers=(15, 40, 4), encoder="bernoulli", ticks=8
        ),
        _TINY.replace(name="tiny-bernoulli", lanes=4, encoder="bernoulli", transmit=11),
        _TINY.replace(name="tiny-events", encoder="events", error_threshold=3, learning_shift=5),
        _TINY.replace(name="tiny-spram", memory="spram", lanes=4, counters=True),
        *(
            _TINY.replace(name=f"tiny-spram-{lanes}", memory="spram", lanes=lanes, **changes)
            for lanes, changes in _SPRAM.items()
        ),
        _TINY.replace(
            name="tiny-late", lanes=4, memory="spram", learning_start=7, learning_shift=4
        ),
        _TINY.replace(name="tiny-margin", lanes=1, learning_margin=2, learning_shift=4),
        _TINY.replace(name="tiny-guard", guard=True, lanes=4, counters=True),
        _TINY.replace(
            # Samples wait for room in the buffer.
            name="tiny-events-guard",
            guard=True,
            encoder="events",
            event_buffer=64,
            memory="spram",
        ),
        _TINY.replace(name="tiny-inference", learning=False, lanes=8),
        _TINY.replace(name="tiny-2-bit", weight_bits=2, weight_init=1, gain=5, lanes=8),
        _TINY.replace(
            name="tiny-16-bit",
            weight_bits=16,
            state_bits=24,
            weight_init=12000,
            threshold=(24000, 16000),
            gate_low=-100000,
            gate_high=100000,
            feedback=9000,
            learning_shift=0,
        ),
        _TINY.replace(
            # Everything saturates.
            name="tiny-narrow",
            layers=(12, 6, 5),
            lanes=4,
            encoder="events",
            state_bits=8,
            weight_bits=5,
            weight_init=15,
            threshold=(30, 24),
            gate_low=(-40, -20),
            gate_high=(40, 20),
            feedback=(110, 127),
            learning_shift=2,
            refractory=2,
            gain=(1, 3),
            label_period=1,
        ),
        # The read-out is faster than the last groups of the output layer arrive.
        _TINY.replace(
            name="tiny-classes", lanes=1, layers=(12, 4, 7), rate_shift=0, learning_shift=5
        ),
        Config(
            name="tiny-deep",
            layers=(20, 9, 7, 5, 3),
            lanes=4,
            ticks=10,
            burn_in=0,
            rate_shift=0,
            threshold=(96, 64, 64, 48),
            gain=(0, 1, 0, 2),
            learning_shift=5,
            weight_init=(48, 40, 48, 32),
            refractory=(0, 2, 1, 3),
            membrane_leak=(3, 4, 2, 5),
            dendrite_leak=(4, 3, 4, 2),
            gate_low=(-512, -300, -128, -512),
            gate_high=(512, 300, 128, 512),
            feedback=(64, 32, 100, 80),
        ),
    )
}

#: Variants that each unit is run on: those whose features it depends on.
UNIT_VARIANTS = {
    "rng": ("tiny", "tiny-32-lanes"),
    "encoder": ("tiny", "tiny-bernoulli", "tiny-32-lanes", "tiny-32-bernoulli"),
    "synapse": ("tiny-deep", "tiny-16-bit"),
    "blank": ("tiny-16-lanes", "tiny-bernoulli"),
    "plasticity": ("tiny", "tiny-2-bit", "tiny-16-bit"),
    "neuron": ("tiny-deep", "tiny-16-bit"),
    "spikes": ("tiny-1-lane", "tiny-16-lanes"),
    "error": ("tiny", "tiny-events"),
    "readout": ("tiny", "tiny-margin"),
}

Job = tuple[str, Config]


def suite() -> list[Job]:
    """Return every bench with its configurations."""
    units = [(unit, VARIANTS[name]) for unit, names in UNIT_VARIANTS.items() for name in names]
    return units + [("core", config) for config in VARIANTS.values()]


def preset_suite(config: Config) -> list[Job]:
    """Return every bench that applies to `config`."""
    unused = set()
    if config.encoder == "events":
        unused.add("encoder")
    if config.transmit == ALWAYS_TRANSMITS:
        unused.add("blank")
    units = [unit for unit in UNIT_VARIANTS if unit not in unused]
    return [(bench, config) for bench in (*units, "core")]


def run_suite(
    jobs: list[Job],
    simulators: tuple[str, ...] = SIMULATORS,
    *,
    build_dir: Path,
    seed: int = 1,
    started: Callable[[str], None] = lambda name: None,
) -> Iterator[BenchResult]:
    """Run benches one after another and yield their results.

    Raises
    ------
    BenchError
        At the first bench that fails.
    """
    for simulator in simulators:
        for bench, config in jobs:
            started(f"{bench} of {config.name} on {simulator}")
            yield run_bench(bench, config, simulator, build_dir=build_dir, seed=seed)
