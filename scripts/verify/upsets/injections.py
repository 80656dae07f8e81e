"""Upsets on all processor cores: every register and memory of several circuits, bit by bit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

from erbium.golden.config import Config
from erbium.golden.presets import PRESETS, preset
from erbium.golden.rng import RandomState, used_generators
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.common.workers import workers
from erbium.sim.benches.suite import VARIANTS
from erbium.sim.upsets.recovery import (
    Injection,
    Outcome,
    Remedy,
    Target,
    Upset,
    draw_upsets,
    inject_all,
)

#: Small circuits that together have every register and every kind of memory: both kinds of weight
#: memory, both encoders and none, blank-out, counters. Two inputs at a time need 32 lanes, which
#: are many bits: give --preset tiny-32-bernoulli for that.
CIRCUITS = ("tiny", "tiny-bernoulli", "tiny-spram", "tiny-events", "tiny-deep")

#: Flips for each bit of a register; bits of each memory that get as many.
FLIPS = 10
MEMORY_BITS = 20

#: Upsets that a process takes at once.
CHUNK = 200

BUILD_DIR = Path("build", "native")

_targets: dict[tuple[Config, int], Target] = {}


def circuit(name: str) -> Config:
    """Return a configuration of the benches, or a preset."""
    return VARIANTS[name] if name in VARIANTS and name not in PRESETS else preset(name)


def _target(config: Config, seed: int) -> Target:
    # A process keeps what it has compiled and run once.
    if (config, seed) not in _targets:
        _targets[config, seed] = Target(config, BUILD_DIR, seed)
    return _targets[config, seed]


def _work(config: Config, seed: int, upsets: Sequence[Upset]) -> list[Injection]:
    return list(inject_all(_target(config, seed), upsets))


def inject_into_circuit(
    config: Config, seed: int, flips: int, jobs: int, told: Report = silent
) -> dict[str, Any]:
    """Flip bits of every register and memory of a circuit; return what came of it."""
    target = _target(config, seed)
    upsets = draw_upsets(target, flips, MEMORY_BITS, seed)
    chunks = [upsets[first : first + CHUNK] for first in range(0, len(upsets), CHUNK)]
    injections: list[list[Injection]] = [[] for _ in chunks]
    with workers(jobs) as pool:
        futures = {
            pool.submit(_work, config, seed, chunk): number for number, chunk in enumerate(chunks)
        }
        done = 0
        for future in as_completed(futures):
            injections[futures[future]] = future.result()
            done += len(injections[futures[future]])
            told(f"upsets of {config.name}", done, len(upsets), None)
    return summed(target, [one for chunk in injections for one in chunk])


def summed(target: Target, injections: Sequence[Injection]) -> dict[str, Any]:
    """Count outcomes, by kind of storage; name every register that did not come back."""
    kinds: dict[str, Any] = {}
    for storage in target.storages:
        entry = kinds.setdefault(storage.kind, {"bits": 0, "flips": 0})
        entry["bits"] += storage.bits
    stuck: dict[str, Counter[str]] = {}
    for injection in injections:
        entry = kinds[injection.kind]
        entry["flips"] += 1
        name = injection.outcome.name.lower()
        entry[name] = entry.get(name, 0) + 1
        if injection.remedy is not Remedy.NONE:
            remedy = f"{name}, {injection.remedy.name.lower()}"
            stuck.setdefault(injection.path, Counter())[remedy] += 1
    return {
        "name": target.config.name,
        "config_sha256": target.config.sha256,
        "register_bits": sum(s.bits for s in target.storages if not s.depth),
        "memory_bits": sum(s.bits for s in target.storages if s.depth),
        "storages": len(target.storages),
        "storages_struck": len({injection.path for injection in injections}),
        "flips": len(injections),
        "outcomes": {o.name.lower(): sum(s.outcome is o for s in injections) for o in Outcome},
        "remedies": {r.name.lower(): sum(s.remedy is r for s in injections) for r in Remedy},
        "kinds": dict(sorted(kinds.items())),
        "not_by_itself": {path: dict(sorted(n.items())) for path, n in sorted(stuck.items())},
    }


def zero_generators(config: Config, seed: int) -> dict[str, Any]:
    """Flip the only bit of a generator's state that is 1: from 0, xorshift would not come away."""
    target = _target(config, seed)
    core, found = target.core, {}
    for name in used_generators(config):
        number = next(
            i
            for i, s in enumerate(target.storages)
            if s.unit.split("$")[0] == f"{name}_random" and s.width == 32
        )
        core.reset()
        core.plan([Upset(2, number, 0, 5)])
        # The first edge takes the state; the second is in the sample, before its first event.
        core.random = RandomState(**dict.fromkeys(("event", "blank", "encoder"), 1 << 5))
        results = core.run_many(*target.judged, target.rate)
        stays = any(getattr(result.random, name) == 0 for result in results)
        found[name] = {
            "samples_answered": len(results),
            "stays_zero": stays,
            "legal_again": target.legal(),
        }
    return found
