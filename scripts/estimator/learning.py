"""What an estimator does with its machine: one pass over samples, and answers without learning."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from numbers import Real

import numpy as np

from erbium.golden.core import Outcomes
from erbium.golden.validate import DataError
from erbium.scripts.data.augment import NONE, Augment
from erbium.scripts.data.dataset import Dataset, Split
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.splitting import check_enough, parts
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.evaluation import Engine, classify
from erbium.scripts.train.learned import ARRAYS
from erbium.scripts.train.training import ENGINES, check_rates


def divided(labels: np.ndarray, fraction: float) -> tuple[np.ndarray, np.ndarray]:
    """Return which samples to learn from, and which to tell the validation error of each pass by.

    They are those that `erbium train` takes of data whose test samples are told apart. Of each
    class there is one of both at least.
    """
    if not isinstance(fraction, Real) or not 0 <= fraction < 1:
        raise DataError(f"validation_fraction must lie in 0 to 1, without 1, not {fraction!r}")
    if not fraction:
        return np.arange(len(labels)), np.arange(0)
    check_enough(labels, ("training", "validation"), ARRAYS)
    learned, aside = parts(labels, (float(fraction),), 0, False)
    if len(none := np.setdiff1d(labels, labels[learned])):
        raise DataError(
            f"validation_fraction {fraction} leaves no sample of class {none.tolist()[0]!r} to "
            "learn from; give a smaller one, or more samples of the class"
        )
    return learned, aside


def plan_of(
    samples: np.ndarray, labels: np.ndarray, run: int, preparation: Preparation,
    augment: str | None, kept: Mapping[str, object],
) -> Plan:  # fmt: skip
    """Return the plan of a training that has made no pass; its data are in no file."""
    part = Split(samples, labels, None, preparation.encoded, preparation.apart)
    dataset = Dataset(ARRAYS, part, part.chosen(slice(0)), part.chosen(slice(0)), preparation)
    plan = Plan.of(dataset, (), run, NONE if augment is None else Augment.parsed(augment))
    return dataclasses.replace(plan, estimator=kept or None)


def core_of(state: Checkpoint, engine: str) -> Engine:
    """Return the machine as a training has left it."""
    if engine not in ENGINES:
        raise DataError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
    core = ENGINES[engine](state.config, state.weights)
    core.random = state.random
    return core


def learn(
    core: Engine, state: Checkpoint, train: Split, validation: Split, rate: int
) -> Outcomes:  # fmt: skip
    """Make one pass, the next of the training, and return what was seen of it; its samples come in
    the order of its number.
    """
    check_rates(state.config, [rate])
    order = state.plan.order(state.epoch, len(train))
    labels = train.labels[order]
    images = dataclasses.replace(train, image=state.plan.image)
    seen = core.run_many(state.plan.shown(images, state.epoch, order), labels, rate)
    entry = {
        "epoch": state.epoch + 1,
        "rate": rate,
        "taught_error": 1 - int((seen.winners == labels).sum()) / len(labels),
        "synaptic_operations_per_sample": round(seen.synaptic_operations / len(train), 1),
    }
    if len(validation):
        found = classify(core, validation.samples, validation.labels)
        entry["validation_error"] = found.error(validation.labels)
    state.weights, state.random = core.weights, core.random
    # A training that was stopped had more passes in mind.
    rates = (*state.plan.rates[: state.epoch], rate)
    state.plan = dataclasses.replace(state.plan, rates=rates)
    state.history = [*state.history, entry]
    state.epoch += 1
    # What was counted of the machine as it was before says nothing of it now.
    state.position = state.correct = state.synaptic_operations = 0
    state.test_error = state.confusion = None
    return seen


def answers(core: Engine, samples: np.ndarray) -> Outcomes:
    """Show each sample as if it were the first after the training.

    The random generators start over for each, so that no answer depends on what else is asked.
    """
    random, found = core.random, []
    for sample in samples:
        core.random = random
        found.append(core.run_many(sample[None], rate=0))
    return Outcomes.joined(found)


def shares(seen: Outcomes) -> np.ndarray:
    """Return the share of each class in the output spikes [count, classes].

    If several have the most, the winner is that which had them first: it gets half a spike more,
    so that the largest share is the winner's. All are equal if no output ever fires.
    """
    counts = seen.counts.astype(np.float64)
    rows = np.arange(len(counts))
    tied = (seen.counts == seen.counts.max(axis=1, keepdims=True)).sum(axis=1) > 1
    counts[rows[tied], seen.winners[tied]] += 0.5
    counts[seen.counts.sum(axis=1) == 0] = 1
    return counts / counts.sum(axis=1, keepdims=True)
