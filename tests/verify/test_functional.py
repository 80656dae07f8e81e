"""Functional coverage: bins are sampled right, and rules that are wrong are noticed."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from erbium.golden.core import FULL_RATE
from erbium.golden.cycle.core import CycleCore
from erbium.golden.feedback import initial_weights
from erbium.scripts.verify import functional
from erbium.sim.benches.suite import VARIANTS
from erbium.sim.coverage.crosses import CROSSES
from erbium.sim.coverage.dry_run import dry_run
from erbium.sim.coverage.functional import Functional, load_hits
from erbium.sim.host.traffic import HostQueue, random_sample


def drive(name: str, stall: float = 0.3, samples: int = 2, rate: int = FULL_RATE) -> Functional:
    """Let the cycle view learn, and collect."""
    config = VARIANTS[name]
    core, found = CycleCore(config), Functional(config)
    core.load(initial_weights(config))
    rng = random.Random(3)
    host = HostQueue(rng, stall)
    for _ in range(samples):
        sample = random_sample(config, rng)
        host.send(config, sample, rng.randrange(config.layers[-1]), rate)
    results = 0
    while results < samples:
        driven, stage = host.drive(), core.datapath.executing
        record = core.step(driven)
        found.cycle(driven, record, stage, core, False)
        host.taken(driven, record)
        results += record["control"]["finish"]
    return found


def values(found: Functional, cross: str, axis: str) -> set[str]:
    place = list(CROSSES[cross].axes).index(axis)
    return {one[place] for name, one in found.hits if name == cross}


@pytest.mark.parametrize("name", ["tiny", "tiny-narrow", "tiny-events", "tiny-32-bernoulli"])
def test_every_hit_is_a_possible_bin(name: str) -> None:
    rows = functional.counted(drive(name).hits)
    assert [row["cross"] for row in rows] == list(CROSSES)
    assert all(row["hit"] + len(row["missing"]) == row["bins"] for row in rows)
    assert sum(row["hit"] for row in rows) > 60


def test_conditions_are_seen_where_they_are() -> None:
    narrow, tiny = drive("tiny-narrow"), drive("tiny")
    assert values(narrow, "synapse", "weight saturates") == {"none", "low", "high"}
    assert values(tiny, "neuron", "membrane saturates") == {"none"}
    assert values(narrow, "neuron", "membrane saturates") == {"none", "low", "high"}
    assert "hidden" in values(tiny, "synapse", "event")
    assert values(drive("tiny", rate=0), "synapse", "gate") == {"event does not learn"}
    assert values(drive("tiny-32-bernoulli"), "encoder", "events of a word") >= {"two", "end"}


def test_host_that_never_waits_is_not_counted_as_stalled() -> None:
    found = drive("tiny", stall=0.0, samples=1)
    streams = values(found, "stream waits", "stream")
    # A request is sent with the sample, and waits for its inputs; nothing else does.
    assert streams == {"i_request"}


def test_impossible_bin_that_is_hit_is_an_error() -> None:
    rule = ("input", "no", "some", "no", "closed", "yes", "none")
    with pytest.raises(ValueError, match="adds nothing"):
        functional.counted(Counter({("synapse", rule): 1}))
    with pytest.raises(ValueError, match="no such bin"):
        functional.counted(Counter({("synapse", ("input",)): 1}))


def test_missing_bins_are_named() -> None:
    figures = {"crosses": functional.counted(drive("tiny").hits), "circuits": ["tiny"]}
    figures |= {"cycles": 1000, "simulator": "icarus"}
    assert "neuron: hidden, no, low, below" in functional.text(figures)
    assert "(100.0%)" not in functional.summary(figures)


def test_hits_add_up_in_the_file(tmp_path: Path) -> None:
    found, path = drive("tiny"), tmp_path / "functional.json"
    found.save(path)
    found.save(path)
    assert load_hits(path) == found.hits + found.hits


def test_dry_run_brings_about_what_the_benches_do() -> None:
    hits, cycles = dry_run(VARIANTS["tiny"], seed=1)
    rows = {row["cross"]: row for row in functional.counted(hits)}
    assert rows["reset"]["missing"] == []
    assert rows["errors"]["missing"] == []
    assert cycles > 10_000
    # Nothing saturates there.
    assert ["hidden", "low"] in rows["dendrite"]["missing"]
