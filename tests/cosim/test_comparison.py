"""The comparison of samples: whatever differs is noticed, and that nothing was compared."""

from __future__ import annotations

import numpy as np
import pytest

from erbium.golden.enums import Phase
from erbium.golden.rng import RandomState
from erbium.sim.compare.comparer import Comparison, Reference
from erbium.sim.engines.native import NativeResult
from erbium.sim.upsets import recovery as upsets

from .fabricated import CLASSES, SPIKES, TINY, result, without


def reference(**changes: object) -> Reference:
    """Return what the golden model did in the same sample."""
    values = {
        "winner": 1, "counts": np.arange(CLASSES), "spikes": np.array(SPIKES), "words": 40,
        "synaptic_operations": 70, "random": RandomState(3, 4, 5),
    }  # fmt: skip
    return Reference(**values | changes)


MATRICES = tuple(np.arange(a * b).reshape(a, b) for a, b in ((3, 4), (4, 2)))


def report(first: NativeResult, second: NativeResult, matrices: tuple = MATRICES):
    """Compare two samples and the weights after them."""
    comparison = Comparison()
    for number, one in enumerate((first, second)):
        comparison.sample(number, one, reference())
    comparison.weights(matrices, MATRICES)
    return comparison.report(TINY, 2.0)


#: A spike too many, before each and after the last.
EXTRA = ((0, 0, 1), (0, 1, 1), (1, 1, 1), (0, 2, 0), (1, 3, 2), (1, 9, 1))

#: What a circuit may do wrong: what is changed, what then is not equal, and what is said of it.
WRONG = {
    "winner": ({"winner": 2}, "predictions", "winner: circuit 2, golden 1"),
    **{
        f"count {k}": (
            {"counts": np.arange(CLASSES) + (np.arange(CLASSES) == k)},
            "predictions", "counts: circuit",
        )
        for k in range(CLASSES)
    },
    "fewer counts": ({"counts": np.arange(CLASSES - 1)}, "predictions", "counts: circuit"),
    **{
        f"no spike {n}": ({"spikes": without(n)}, "spikes",
                          "tick {1}, layer {0}, neuron {2}: golden 1, circuit 0".format(*spike))
        for n, spike in enumerate(SPIKES)
    },
    **{
        f"extra spike {n}": (
            {"spikes": np.insert(SPIKES, n, extra, axis=0)}, "spikes",
            "tick {1}, layer {0}, neuron {2}: circuit 1, golden 0".format(*extra),
        )
        for n, extra in enumerate(EXTRA)
    },
    "a spike twice": ({"spikes": np.insert(SPIKES, 1, SPIKES[0], axis=0)}, "spikes", "tick 1"),
    "no spikes": ({"spikes": np.zeros((0, 3))}, "spikes", "neuron 0: golden 1, circuit 0"),
    "spikes in another order": ({"spikes": np.array(SPIKES)[[1, 0, 2, 3, 4]]}, "spikes", "tick 1"),
    "spike of another layer": ({"spikes": np.array([*SPIKES[:-1], (0, 4, 0)])}, "spikes", "tick 4"),
    "words": ({"words": 41}, None, "circuit issued 41 words, golden 40"),
    **{
        f"{name} generator": ({"random": RandomState(**vars(RandomState(3, 4, 5)) | {name: 9})},
                              "random", "random generators: circuit")
        for name in ("event", "blank", "encoder")
    },
}  # fmt: skip

EQUALS = ("predictions", "spikes", "random", "weights")


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("place", [0, 1])
def test_whatever_a_sample_does_wrong_is_noticed(name: str, place: int) -> None:
    changes, field, message = WRONG[name]
    pair = [result(), result()]
    pair[place] = result(**changes)
    found = report(*pair)
    assert not found.equal
    assert not found.as_dict()["equal"]
    assert found.first_mismatch.startswith(f"sample {place}")
    assert message in found.first_mismatch
    assert {f: getattr(found, f"{f}_equal") for f in EQUALS} == {f: f != field for f in EQUALS}


def test_what_is_right_is_equal_and_counted() -> None:
    found = report(result(), result(words=None))
    assert found.equal
    assert found.first_mismatch is None
    assert all(getattr(found, f"{field}_equal") for field in EQUALS)
    assert (found.samples, found.spikes_compared, found.weights_compared) == (2, 10, 20)
    assert found.cycles_per_phase == {phase.name: 20 + 2 * phase.value for phase in Phase}
    assert found.cycles == sum(found.cycles_per_phase.values()) == 2 * result().cycles
    assert found.synapse_cycles == found.cycles_per_phase["SYNAPSE"]
    assert (found.synaptic_operations, found.words_expected) == (140, 80)
    assert (found.words, found.word_utilisation) == (None, None)
    assert found.cycles_per_second == found.cycles / 2
    assert (found.preset, found.lanes, found.simulator_seconds) == (TINY.name, TINY.lanes, 2.0)
    seen = report(result(), result())
    assert (seen.words, seen.word_utilisation) == (80, 80 / seen.synapse_cycles)


@pytest.mark.parametrize("change", [1, -1])
@pytest.mark.parametrize(("layer", "place"), [(0, (0, 0)), (0, (2, 3)), (1, (3, 1)), (1, (0, 1))])
def test_any_wrong_weight_is_noticed(layer: int, place: tuple[int, int], change: int) -> None:
    matrices = [matrix.copy() for matrix in MATRICES]
    matrices[layer][place] += change
    found = report(result(), result(), tuple(matrices))
    assert not found.equal
    assert not found.weights_equal
    source, target = place
    value = int(MATRICES[layer][place])
    assert found.first_mismatch == (
        f"after 2 samples, weight of layer {layer} from {source} to {target}: "
        f"circuit {value + change}, golden {value}"
    )


def test_the_first_mismatch_is_kept() -> None:
    found = report(result(winner=2), result(words=1))
    assert found.first_mismatch == "sample 0, winner: circuit 2, golden 1"


def test_a_layer_that_is_missing_is_an_error() -> None:
    with pytest.raises(ValueError, match="longer"):
        report(result(), result(), MATRICES[:1])


@pytest.mark.parametrize("left_out", ["samples", "spikes", "weights"])
def test_nothing_compared_is_not_equal(left_out: str) -> None:
    comparison = Comparison()
    silent = {"spikes": np.zeros((0, 3), dtype=int)} if left_out == "spikes" else {}
    if left_out != "samples":
        comparison.sample(0, result(**silent), reference(**silent))
    if left_out != "weights":
        comparison.weights(MATRICES, MATRICES)
    found = comparison.report(TINY, 0.0)
    assert found.first_mismatch is None
    assert not found.equal
    assert found.cycles_per_second == 0.0


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True), ({"winner": 0}, False), ({"counts": np.ones(CLASSES)}, False),
        ({"spikes": without(4)}, False), ({"spikes": np.array([*SPIKES, (1, 9, 1)])}, False),
        ({"phase_cycles": result().phase_cycles | {"READ": 1}}, False),
        ({"random": RandomState(3, 4, 6)}, False),
    ],
)  # fmt: skip
def test_a_struck_circuit_must_do_all_the_same(changes: dict, same: bool) -> None:
    for place in (0, 1):
        pair = [result(), result()]
        pair[place] = result(**changes)
        assert upsets._same(pair, [result(), result()]) is same
