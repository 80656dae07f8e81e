"""Training of the golden model: epochs of samples, validation after each, one final test.

It uses the compiled engine, which has the bits of `golden.core` at a hundred times its speed.
"""

from __future__ import annotations

import time
from pathlib import Path

from golden.config import Config
from golden.core import FULL_RATE
from golden.fast import FastCore
from golden.validate import DataError, check_rate
from scripts import checkpoint
from scripts.checkpoint import Checkpoint, Plan
from scripts.data import Dataset, Split
from scripts.files import write_json
from scripts.interrupt import CtrlC, Stopped
from scripts.progress import Report, silent

#: What a training leaves in its folder.
CHECKPOINT, METRICS = "checkpoint.npz", "metrics.json"


def falling_rates(epochs: int) -> list[int]:
    """Return a learning rate per epoch: full in the first half, then down in even steps."""
    half = (epochs + 1) // 2
    steps = epochs - half
    return [FULL_RATE] * half + [FULL_RATE * (steps - i) // (steps + 1) for i in range(steps)]


def train(
    config: Config,
    dataset: Dataset,
    rates: list[int],
    *,
    seed: int = 0,
    out: Path | None = None,
    resume: bool = False,
    report: Report = silent,
) -> Checkpoint:
    """Train the golden model and return its final state.

    Parameters
    ----------
    config : Config
        The machine.
    dataset : Dataset
        What it learns.
    rates : list of int
        Learning rate of each epoch, 0 to 256.
    seed : int
        Seed of the order of the samples.
    out : Path, optional
        Folder for a checkpoint after each epoch and on Ctrl-C, and for the figures.
    resume : bool
        Continue with the checkpoint in `out`.
    report : Report
        Told after every sample.

    Raises
    ------
    DataError
        If `out` holds another training, or none to resume, or a rate is out of range.
    Stopped
        After Ctrl-C, if there is a folder to leave a checkpoint in.
    """
    for rate in rates:
        check_rate(rate)
    with CtrlC() as ctrl_c:
        state = _start(config, Plan(dataset.name, dataset.sha256, tuple(rates), seed), out, resume)
        core = FastCore(config, state.weights)
        core.random = state.random
        try:
            while state.epoch < len(rates):
                _epoch(core, state, dataset, ctrl_c, report)
                _save(core, state, out)
            if state.test_accuracy is None:
                state.test_accuracy = evaluate(core, dataset.test, "test", report, ctrl_c)
                _save(core, state, out)
        except KeyboardInterrupt:
            if out is None:
                raise
            _save(core, state, out)
            raise Stopped(
                f"stopped after {state.epoch} of {len(rates)} epochs and {state.position} samples; "
                "add --resume to the same command to go on"
            ) from None
    return state


def evaluate(
    core: FastCore,
    split: Split,
    phase: str = "evaluation",
    report: Report = silent,
    ctrl_c: CtrlC | None = None,
) -> float:
    """Return the fraction of samples recognised, without learning.

    The random generators are put back, so that a training does not depend on what was evaluated
    in between.
    """
    before = core.random
    correct = 0
    try:
        for done, (sample, label) in enumerate(zip(split.samples, split.labels, strict=True), 1):
            if ctrl_c:
                ctrl_c.check()
            correct += int(core.run(sample, int(label), 0).winner == label)
            report(phase, done, len(split), correct)
    finally:
        core.random = before
    return correct / len(split)


def _start(config: Config, plan: Plan, out: Path | None, resume: bool) -> Checkpoint:
    if out is None:
        return Checkpoint.start(config, plan)
    path = out / CHECKPOINT
    if resume:
        state = checkpoint.load(path)
        state.check_same(config, plan)
        return state
    if path.exists():
        raise DataError(f"'{path}' exists; add --resume to go on, or choose another --out")
    state = Checkpoint.start(config, plan)
    # Fails now rather than after an epoch, should the folder not be writable.
    state.save(path)
    return state


def _epoch(
    core: FastCore, state: Checkpoint, dataset: Dataset, ctrl_c: CtrlC, report: Report
) -> None:
    """Finish the current epoch; Ctrl-C leaves `state` between two samples."""
    rate, count = state.plan.rates[state.epoch], len(dataset.train)
    order = state.plan.order(state.epoch, count)
    phase = f"epoch {state.epoch + 1}/{len(state.plan.rates)}"
    began = time.perf_counter() - state.seconds
    while state.position < count:
        ctrl_c.check()
        chosen = order[state.position]
        label = int(dataset.train.labels[chosen])
        result = core.run(dataset.train.samples[chosen], label, rate)
        state.position += 1
        state.correct += int(result.winner == label)
        state.synaptic_operations += result.synaptic_operations
        state.seconds = time.perf_counter() - began
        report(phase, state.position, count, state.correct)
    validation = evaluate(core, dataset.validation, f"{phase} validation", report, ctrl_c)
    state.history.append(
        {
            "epoch": state.epoch + 1,
            "rate": rate,
            "train_accuracy": state.correct / count,
            "validation_accuracy": validation,
            "synaptic_operations": state.synaptic_operations,
            "seconds": round(time.perf_counter() - began, 3),
        }
    )
    state.epoch += 1
    state.position = state.correct = state.synaptic_operations = 0
    state.seconds = 0.0


def _save(core: FastCore, state: Checkpoint, out: Path | None) -> None:
    """Take over what the core has learned, and write it if there is a folder."""
    state.weights, state.random = core.weights, core.random
    if out is not None:
        state.save(out / CHECKPOINT)
        write_json(out / METRICS, metrics(state))


def metrics(state: Checkpoint) -> dict[str, object]:
    """Return the figures of a training, ready for JSON."""
    return {
        "preset": state.config.name,
        "config_sha256": state.config.sha256,
        "data": state.plan.data,
        "data_sha256": state.plan.data_sha256,
        "seed": state.plan.seed,
        "rates": list(state.plan.rates),
        "epochs": state.history,
        "test_accuracy": state.test_accuracy,
        "config": state.config.as_dict(),
    }
