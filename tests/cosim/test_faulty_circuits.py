"""Epochs and soaks: a circuit that does one thing wrong is found, in the batch it happens in."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.core import Outcomes
from erbium.golden.enums import Phase
from erbium.golden.fast import FastCore
from erbium.golden.layout import Layout
from erbium.sim.compare import long_training as epoch
from erbium.sim.compare import stretch as soak
from erbium.sim.compare.observation import of_circuit

from .fabricated import CLASSES, TINY, Faulty, faulty, result


def trained(monkeypatch: pytest.MonkeyPatch, what: str, after: int = 0) -> epoch.State:
    """Learn 12 samples, 4 at a time, beside a circuit that does `what` wrong."""
    monkeypatch.setattr(epoch, "NativeCore", faulty(what, after))
    draw = np.random.default_rng(3)
    samples = draw.integers(0, 256, (12, TINY.layers[0]))
    labels = draw.integers(0, CLASSES, 12)
    (*_, state) = epoch.compare(TINY, samples, labels, build_dir=Path(), batch=4)
    return state


def test_an_epoch_of_equals_is_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    state = trained(monkeypatch, "")
    assert state.equal
    assert (state.samples, state.predictions_equal, state.mismatch) == (12, 12, None)
    size = sum(a * b for a, b in zip(TINY.layers, TINY.layers[1:], strict=False))
    assert state.weights_compared == 3 * size
    begun = epoch.begin(TINY).weights
    changed = sum(int((a != b).sum()) for a, b in zip(state.weights, begun, strict=True))
    assert state.weights_changed == changed > 0
    assert state.phase_cycles == {p.name: 12 * (10 + p.value) for p in Phase}
    assert state.cycles == 12 * result().cycles


@pytest.mark.parametrize("after", [0, 7, 11])
@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("winner", "sample {}, winner: circuit"),
        ("counts", "sample {}, counts: circuit"),
        ("words", "synaptic operations: circuit"),
        ("spike too few", "sample {}, output spikes: circuit"),
        ("spike too many in layer 0", "synaptic operations: circuit"),
        ("spike too many in layer 1", "sample {}, output spikes: circuit"),
        ("at end", "random generators: circuit"),
        ("weight of layer 0", "weight of layer 0 from 11 to 5: circuit"),
        ("weight of layer 1", "weight of layer 1 from 5 to 2: circuit"),
    ],
)
def test_an_epoch_notices_whatever_differs(
    what: str, message: str, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = trained(monkeypatch, what, after)
    assert not state.equal
    assert not state.figures()["equal"]
    assert message.format(after) in state.mismatch
    # It goes no further than the batch in which it was found.
    assert state.samples == 4 * (after // 4 + 1)
    if what in ("winner", "counts"):
        assert state.predictions_equal == after


def test_an_epoch_that_learned_nothing_is_not_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    state = trained(monkeypatch, "")
    for changes in ({"weights_changed": 0}, {"samples": 0}, {"predictions_equal": 11},
                    {"mismatch": "any"}):  # fmt: skip
        assert not dataclasses.replace(state, **changes).equal


def soaked(what: str, after: int = 0) -> soak.Stretch:
    """Run two rounds of traffic beside a circuit that does `what` wrong."""
    found = soak.Stretch(0, TINY.as_dict(), False)
    circuit = faulty(what, after)(TINY)
    rng = random.Random(4)
    cycles = (2 * soak.ROUND - 1) * result().cycles
    found.mismatch = soak.traffic(circuit, FastCore(TINY), rng, found, cycles, 600)
    return found


def test_a_soak_of_equals_compares_all_of_it() -> None:
    found = soaked("")
    assert found.mismatch is None
    assert (found.rounds, found.samples) == (2, 2 * soak.ROUND)
    assert found.cycles == found.samples * result().cycles
    size = sum(a * b for a, b in zip(TINY.layers, TINY.layers[1:], strict=False))
    assert found.weights == 2 * size
    assert found.spikes > found.samples


@pytest.mark.parametrize("after", [0, 70])
@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("winner", "sample {}, winner: circuit"), ("counts", "sample {}, counts: circuit"),
        ("state", "sample {}, random generators: circuit"),
        ("words", "sample {}, synaptic operations: circuit"),
        ("spike too many in layer 0", "sample {}, synaptic operations: circuit"),
        ("spike too many in layer 1", "sample {}, output spikes: circuit"),
        ("weight of layer 0", "after 64 samples, weight of layer 0 from"),
        ("weight of layer 1", "after 64 samples, weight of layer 1 from"),
    ],
)  # fmt: skip
def test_a_soak_notices_whatever_differs(what: str, message: str, after: int) -> None:
    found = soaked(what, after)
    number = after // soak.ROUND
    expected = message.format(after % soak.ROUND)
    assert found.mismatch.startswith(f"round {number + 1}: {expected}")


def test_a_soak_notices_an_output_spike_that_is_not_shown() -> None:
    # Not every random sample has one.
    assert "output spikes: circuit" in soaked("spike too few").mismatch


def test_a_soak_that_compared_nothing_has_not_passed() -> None:
    found = soak.Stretch(0, TINY.as_dict(), False)
    parts = faulty("", 0)(TINY), FastCore(TINY), random.Random(4)
    assert soak.traffic(*parts, found, 0, 600) == "round 0: nothing was compared"


def test_a_netlist_shows_no_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    cycles = result().cycles
    for netlist, message in ((False, "sample 0, synaptic operations"), (True, None)):
        circuit = faulty("", 0)(TINY)
        shown = circuit.run_many
        monkeypatch.setattr(circuit, "run_many", lambda *args, shown=shown: [
            dataclasses.replace(one, words=None) for one in shown(*args)])  # fmt: skip
        found = soak.Stretch(0, TINY.as_dict(), False)
        parts = circuit, FastCore(TINY), random.Random(4)
        seen = soak.traffic(*parts, found, cycles, 600, netlist=netlist)
        assert (seen is None) if message is None else message in seen


def test_outcomes_of_the_model_are_what_an_epoch_reads() -> None:
    """The stand-in above and the model agree in what they count."""
    draw = np.random.default_rng(5)
    samples = draw.integers(0, 256, (6, TINY.layers[0]))
    circuit, model = Faulty(TINY), FastCore(TINY)
    expected: Outcomes = model.run_many(samples, np.arange(6) % CLASSES, 256)
    found = circuit.run_many(samples, np.arange(6) % CLASSES, 256)
    assert [r.winner for r in found] == expected.winners.tolist()
    seen = [of_circuit(Layout(TINY), one) for one in found]
    assert sum(one.synaptic_operations for one in seen) == expected.synaptic_operations
    odd = Layout(TINY.replace(lanes=1))
    assert of_circuit(odd, dataclasses.replace(found[0], words=1)).synaptic_operations == -1
