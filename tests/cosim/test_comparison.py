"""The comparison of samples: whatever differs is noticed, and that nothing was compared."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from erbium.golden.enums import Phase
from erbium.golden.rng import RandomState
from erbium.sim.compare.comparer import SAMPLE_FIELDS, Comparer, Mismatch
from erbium.sim.compare.observation import Observation
from erbium.sim.compare.report import summarise
from erbium.sim.upsets import recovery as upsets

from .fabricated import CLASSES, SPIKES, TINY, result, without

#: All that a sample shows.
SAMPLE = {
    "winner": 1, "counts": np.arange(CLASSES), "random": RandomState(3, 4, 5),
    "spikes": np.array(SPIKES), "output_spikes": np.arange(CLASSES), "words": 40,
    "synaptic_operations": 70, "phase_cycles": result().phase_cycles,
}  # fmt: skip


def shown(**changes: object) -> Observation:
    """Return what a machine showed in a sample."""
    return Observation(**SAMPLE | changes)


MATRICES = tuple(np.arange(a * b).reshape(a, b) for a, b in ((3, 4), (4, 2)))


def compared(first: Observation, second: Observation, matrices: tuple = MATRICES) -> Comparer:
    """Compare two samples in all their fields, and the weights after them."""
    comparer = Comparer(*SAMPLE_FIELDS, "weights")
    comparer.sample_sequence([first, second], [shown(), shown()])
    comparer.weights("after 2 samples", matrices, MATRICES)
    return comparer


#: A spike too many, before each and after the last.
EXTRA = ((0, 0, 1), (0, 1, 1), (1, 1, 1), (0, 2, 0), (1, 3, 2), (1, 9, 1))

PHASES = SAMPLE["phase_cycles"]

#: What a circuit may do wrong: the field, what it has, and what then is said of it.
WRONG = {
    "winner": ("winner", 2, "winner: circuit 2, golden 1"),
    **{
        f"{field} {k}": (field, np.arange(CLASSES) + (np.arange(CLASSES) == k),
                         f"{field.replace('_', ' ')}: circuit")
        for k in range(CLASSES) for field in ("counts", "output_spikes")
    },
    **{
        f"{field}, {n - CLASSES:+}": (field, np.arange(n), f"{field.replace('_', ' ')}: circuit")
        for n in (CLASSES - 1, CLASSES + 1) for field in ("counts", "output_spikes")
    },
    **{
        f"no spike {n}": ("spikes", without(n),
                          "spike of tick {1}, layer {0}, neuron {2}: circuit 0, golden 1"
                          .format(*spike))
        for n, spike in enumerate(SPIKES)
    },
    **{
        f"extra spike {n}": (
            "spikes", np.insert(SPIKES, n, extra, axis=0),
            "spike of tick {1}, layer {0}, neuron {2}: circuit 1, golden 0".format(*extra),
        )
        for n, extra in enumerate(EXTRA)
    },
    "a spike twice": ("spikes", np.insert(SPIKES, 1, SPIKES[0], axis=0), "tick 1"),
    "no spikes": ("spikes", np.zeros((0, 3)), "neuron 0: circuit 0, golden 1"),
    "spikes in another order": ("spikes", np.array(SPIKES)[[1, 0, 2, 3, 4]], "tick 1"),
    "spike of another layer": ("spikes", np.array([*SPIKES[:-1], (0, 4, 0)]), "tick 4"),
    "word too many": ("words", 41, "words: circuit 41, golden 40"),
    "word too few": ("words", 39, "words: circuit 39, golden 40"),
    "operation too many": ("synaptic_operations", 71, "operations: circuit 71, golden 70"),
    "operation too few": ("synaptic_operations", 69, "operations: circuit 69, golden 70"),
    **{
        f"{name} generator": ("random", RandomState(**vars(RandomState(3, 4, 5)) | {name: 9}),
                              "random generators: circuit")
        for name in ("event", "blank", "encoder")
    },
    **{
        f"cycle of {name}": ("phase_cycles", PHASES | {name: PHASES[name] + change},
                             "cycles of each phase: circuit")
        for name in PHASES for change in (1, -1)
    },
    "phase too many": ("phase_cycles", PHASES | {"SLEEP": 0}, "cycles of each phase: circuit"),
    "phase too few": ("phase_cycles", {"IDLE": PHASES["IDLE"]}, "cycles of each phase: circuit"),
    **{f"no {field}": (field, None, ": circuit shows none, golden shows one") for field in SAMPLE},
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("place", [0, 1])
def test_whatever_a_sample_does_wrong_is_noticed(name: str, place: int) -> None:
    field, value, message = WRONG[name]
    pair = [shown(), shown()]
    pair[place] = shown(**{field: value})
    found = compared(*pair)
    assert not found.equal
    assert found.first.field == field
    assert found.mismatch.startswith(f"sample {place}, ")
    assert message in found.mismatch
    assert found.failed == {field}
    with pytest.raises(Mismatch, match=re.escape(message)):
        found.check()
    # Whoever does not compare the field is told nothing of it.
    without_it = Comparer(*(name for name in SAMPLE if name != field))
    assert without_it.sample_sequence(pair, [shown(), shown()]) == 2
    assert without_it.equal


def test_every_field_is_made_wrong_above() -> None:
    assert {field for field, *_ in WRONG.values()} == set(SAMPLE) == set(SAMPLE_FIELDS)
    assert set(SAMPLE) == {field.name for field in dataclasses.fields(Observation)}


@pytest.mark.parametrize("field", SAMPLE)
def test_what_the_golden_model_does_not_show_is_no_agreement(field: str) -> None:
    comparer = Comparer(field)
    assert not comparer.sample("sample 0", shown(), shown(**{field: None}))
    assert comparer.mismatch.endswith("circuit shows one, golden shows none")


@pytest.mark.parametrize(("found", "expected"), [(1, 2), (3, 2), (0, 1)])
def test_samples_too_few_and_too_many_are_noticed(found: int, expected: int) -> None:
    comparer = Comparer("winner")
    equal = comparer.sample_sequence([shown()] * found, [shown()] * expected, 10)
    assert equal == min(found, expected)
    assert not comparer.equal
    assert comparer.mismatch.startswith(f"sample {10 + equal}, result: circuit shows ")


def test_a_field_of_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'winners'.* are no fields; they are spikes, words"):
        Comparer("winners")


def test_what_is_right_is_equal_and_counted() -> None:
    comparer = compared(shown(), shown())
    assert comparer.equal
    assert (comparer.mismatch, comparer.first, comparer.samples) == (None, None, 2)
    assert comparer.compared == {
        "winner": 2, "counts": 2 * CLASSES, "output_spikes": 2 * CLASSES, "spikes": 10, "words": 2,
        "random": 2, "synaptic_operations": 2, "phase_cycles": 2, "weights": 20,
    }  # fmt: skip
    assert all(comparer.same(field) for field in comparer.fields)


def test_a_report_sums_up() -> None:
    pair = [shown(), shown(words=None)]
    found = summarise(TINY, compared(shown(), shown()), pair, [shown(), shown()], 2.0)
    assert found.equal
    assert found.as_dict()["equal"]
    assert (found.samples, found.spikes_compared, found.weights_compared) == (2, 10, 20)
    assert found.cycles_per_phase == {phase.name: 20 + 2 * phase.value for phase in Phase}
    assert found.cycles == sum(found.cycles_per_phase.values()) == 2 * result().cycles
    assert found.synapse_cycles == found.cycles_per_phase["SYNAPSE"]
    assert (found.synaptic_operations, found.words_expected) == (140, 80)
    assert (found.words, found.word_utilisation) == (None, None)
    assert found.cycles_per_second == found.cycles / 2
    assert (found.preset, found.lanes, found.simulator_seconds) == (TINY.name, TINY.lanes, 2.0)
    pair[1] = shown()
    seen = summarise(TINY, compared(*pair), pair, pair, 0.0)
    assert (seen.words, seen.word_utilisation) == (80, 80 / seen.synapse_cycles)
    assert seen.cycles_per_second == 0.0


@pytest.mark.parametrize(
    ("field", "equal"),
    [("winner", "predictions"), ("counts", "predictions"), ("spikes", "spikes"), ("words", None),
     ("random", "random"), ("weights", "weights")],
)  # fmt: skip
def test_a_report_says_which_field_differs(field: str, equal: str | None) -> None:
    comparer = compared(shown(), shown())
    comparer._fail(field, "sample 1", field, 1, 0)
    pair = [shown(), shown()]
    found = summarise(TINY, comparer, pair, pair, 2.0)
    assert not found.equal
    assert found.first_mismatch == f"sample 1, {field}: circuit 1, golden 0"
    names = ("predictions", "spikes", "random", "weights")
    assert {n: getattr(found, f"{n}_equal") for n in names} == {n: n != equal for n in names}


@pytest.mark.parametrize("change", [1, -1])
@pytest.mark.parametrize(("layer", "place"), [(0, (0, 0)), (0, (2, 3)), (1, (3, 1)), (1, (0, 1))])
def test_any_wrong_weight_is_noticed(layer: int, place: tuple[int, int], change: int) -> None:
    matrices = [matrix.copy() for matrix in MATRICES]
    matrices[layer][place] += change
    found = compared(shown(), shown(), tuple(matrices))
    assert found.failed == {"weights"}
    source, target = place
    value = int(MATRICES[layer][place])
    assert found.mismatch == (
        f"after 2 samples, weight of layer {layer} from {source} to {target}: "
        f"circuit {value + change}, golden {value}"
    )


def test_the_first_mismatch_is_kept() -> None:
    found = compared(shown(winner=2), shown(words=1))
    assert found.mismatch == "sample 0, winner: circuit 2, golden 1"
    assert found.failed == {"winner", "words"}


@pytest.mark.parametrize(
    "matrices",
    [MATRICES[:1], (*MATRICES, MATRICES[0]), (MATRICES[0], MATRICES[1][:, :1]),
     (np.append(MATRICES[0], [[0] * 4], axis=0), MATRICES[1])],
)  # fmt: skip
def test_weights_too_few_and_too_many_are_noticed(matrices: tuple) -> None:
    found = compared(shown(), shown(), matrices)
    assert found.failed == {"weights"}
    assert "after 2 samples, shape of the weights of layer" in found.mismatch


@pytest.mark.parametrize("left_out", [*SAMPLE, "weights"])
def test_nothing_compared_is_not_equal(left_out: str) -> None:
    comparer = Comparer(*SAMPLE_FIELDS, "weights")
    for field in SAMPLE:
        if field != left_out:
            comparer.value(field, "sample 0", SAMPLE[field], SAMPLE[field])
    if left_out != "weights":
        comparer.weights("at the end", MATRICES, MATRICES)
    assert not comparer.equal
    assert comparer.mismatch == f"nothing was compared of {left_out}"
    with pytest.raises(Mismatch, match="nothing was compared"):
        comparer.check()


def test_a_silent_network_is_equal_only_where_it_may_be() -> None:
    silent = shown(spikes=np.zeros((0, 3), dtype=int))
    for may_be_empty in ((), ("spikes",)):
        comparer = Comparer("winner", "spikes", may_be_empty=may_be_empty)
        comparer.sample("sample 0", silent, silent)
        assert comparer.equal == bool(may_be_empty)
        comparer.sample("sample 1", shown(), silent)
        assert not comparer.equal


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True), ({"winner": 0}, False), ({"counts": np.ones(CLASSES)}, False),
        ({"spikes": without(4)}, False), ({"spikes": np.array([*SPIKES, (1, 9, 1)])}, False),
        ({"phase_cycles": result().phase_cycles | {"READ": 1}}, False),
        ({"random": RandomState(3, 4, 6)}, False),
    ],
)  # fmt: skip
def test_an_upset_circuit_must_do_all_the_same(changes: dict, same: bool) -> None:
    for place in (0, 1):
        pair = [result(), result()]
        pair[place] = result(**changes)
        assert upsets._same(pair, [result(), result()]) is same
