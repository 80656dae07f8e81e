"""Training of the golden model: epochs of samples, validation after each, one final test.

It uses the compiled engine unless told otherwise; both have the same bits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.golden.core import FULL_RATE, Core
from erbium.golden.fast import FastCore
from erbium.golden.validate import DataError, check_rate
from erbium.scripts.common.files import write_json
from erbium.scripts.common.interrupt import CtrlC, Stopped
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data.augment import NONE, Augment
from erbium.scripts.data.source import Dataset
from erbium.scripts.train import checkpoint
from erbium.scripts.train.checkpoint import CHECKPOINT, SEEDS, Checkpoint, Plan
from erbium.scripts.train.evaluation import Engine, classify, confusion
from erbium.scripts.train.figures import METRICS, metrics

#: How the golden model is run: compiled, or as it is written.
ENGINES: dict[str, type[Engine]] = {"fast": FastCore, "numpy": Core}

#: Makes an engine that starts from given weights.
MakeEngine = Callable[[Config, list[np.ndarray]], Engine]

#: Told of the state after each pass.
AfterPass = Callable[[Checkpoint], None]


def ignored(state: Checkpoint) -> None:
    """Do nothing after a pass."""


#: Seconds between two checkpoints within an epoch.
SAVE_INTERVAL = 60

#: Most samples between two reports of progress; small sets get a report a hundredth.
MOST_SAMPLES = 64


def falling_rates(epochs: int) -> list[int]:
    """Return a learning rate per epoch: full at first, then halved again and again.

    The parts were chosen by the validation error on MNIST.
    """
    # Fourteenths of the training: where each half of the rate before it begins.
    halvings = (6, 9, 11, 13)
    return [FULL_RATE >> sum(14 * e >= start * epochs for start in halvings) for e in range(epochs)]


def seeded(config: Config, run: int) -> Config:
    """Return the machine of a run: its own initial weights, feedback and random numbers.

    Run 0 is the machine of the configuration; run 1 has the next seed, and so on.
    """
    return config.replace(seed=(config.seed + run) % SEEDS)


def check_rates(config: Config, rates: Sequence[int]) -> None:
    """Refuse rates out of range, and a training of a machine that would learn nothing by it."""
    for rate in rates:
        check_rate(rate)
        if rate != config.effective(rate):
            raise DataError(
                f"{config.name!r} cannot be trained at rate {rate}: its learning is false, so that "
                "it takes every rate for 0; train with learning=true, and use what it learned in a "
                "circuit with learning=false"
            )


def train(
    config: Config,
    dataset: Dataset,
    rates: list[int],
    *,
    run: int = 0,
    augment: Augment = NONE,
    engine: str | MakeEngine = "fast",
    out: Path | None = None,
    resume: bool = False,
    report: Report = silent,
    ctrl_c: CtrlC | None = None,
    after_pass: AfterPass = ignored,
) -> Checkpoint:
    """Train the golden model and return its final state.

    Parameters
    ----------
    config : Config
        The machine, with the seed of its run; see `seeded`.
    dataset : Dataset
        What it learns.
    rates : list of int
        Learning rate of each epoch, 0 to 256.
    run : int
        Number of the run: decides the order of the samples, and how they are augmented.
    augment : Augment
        What is done to each training sample, anew in every epoch.
    engine : str or callable
        "fast" or "numpy", with the same results; or what makes an engine from a configuration
        and weights.
    out : Path, optional
        Folder for a checkpoint after each epoch and on Ctrl-C, and for the figures.
    resume : bool
        Continue with the checkpoint in `out`.
    report : Report
        Told after every few samples.
    ctrl_c : CtrlC, optional
        Asked between samples; by default, the training listens by itself.
    after_pass : callable
        Told of the state after each pass.

    Raises
    ------
    DataError
        If `out` holds another training, or none to resume, or a rate is out of range, or the
        data cannot be augmented.
    Stopped
        After Ctrl-C, if there is a folder to leave a checkpoint in.
    """
    check_rates(config, rates)
    plan = Plan.of(dataset, rates, run, augment)
    if isinstance(engine, str):
        if engine not in ENGINES:
            raise DataError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
        engine = ENGINES[engine]
    elif out is not None:
        raise DataError("only the engines 'fast' and 'numpy' can be resumed; leave out the folder")
    with CtrlC() if ctrl_c is None else nullcontext(ctrl_c) as ctrl_c:
        state = begin(config, plan, out, resume)
        # Compiles what has to be compiled, so that nobody takes that for the time of a sample.
        engine(config, state.weights).run_many(dataset.train.samples[:1], rate=0)
        core = engine(config, state.weights)
        core.random = state.random
        go_on(core, state, dataset, ctrl_c, report, out, after_pass)
    return state


def go_on(
    core: Engine,
    state: Checkpoint,
    dataset: Dataset,
    ctrl_c: CtrlC,
    report: Report,
    out: Path | None,
    after_pass: AfterPass = ignored,
) -> None:
    """Do the rest of a training on a core that is in its state; see `train`."""
    try:
        while state.epoch < len(state.plan.rates):
            _learn(core, state, dataset, ctrl_c, report, out)
            _validate(core, state, dataset, ctrl_c, report)
            _save(core, state, out)
            after_pass(state)
        if state.test_error is None:
            _test(core, state, dataset, ctrl_c, report)
            _save(core, state, out)
    except KeyboardInterrupt:
        if out is None:
            raise
        _save(core, state, out)
        raise Stopped(
            f"stopped after {state.epoch} of {len(state.plan.rates)} epochs and {state.position} "
            "samples; add --resume to the same command to go on"
        ) from None


def check_new(out: Path) -> None:
    """Refuse a folder that holds a training."""
    path = out / CHECKPOINT
    if path.exists():
        raise DataError(f"'{path}' exists; add --resume to go on, or choose another --out")


def begin(config: Config, plan: Plan, out: Path | None, resume: bool) -> Checkpoint:
    """Return a training that has not begun, or the one in `out` if it is to be resumed."""
    if out is None:
        return Checkpoint.start(config, plan)
    if resume:
        state = checkpoint.load(out / CHECKPOINT, "start without --resume")
        state.check_same(config, plan)
        return state
    check_new(out)
    state = Checkpoint.start(config, plan)
    # Fails now rather than after an epoch, should the folder not be writable.
    state.save(out / CHECKPOINT)
    return state


def _learn(
    core: Engine,
    state: Checkpoint,
    dataset: Dataset,
    ctrl_c: CtrlC,
    report: Report,
    out: Path | None,
) -> None:
    """Show the rest of the epoch's samples; Ctrl-C leaves `state` between two of them."""
    train, rate = dataset.train, state.plan.rates[state.epoch]
    count = len(train)
    order = state.plan.order(state.epoch, count)
    step = max(1, min(MOST_SAMPLES, count // 100))
    began = saved = time.perf_counter()
    before = state.seconds
    while state.position < count:
        ctrl_c.check()
        chosen = order[state.position : state.position + step]
        samples = state.plan.shown(train, state.epoch, chosen)
        cpu = time.thread_time()
        result = core.run_many(samples, train.labels[chosen], rate)
        state.cpu_seconds += time.thread_time() - cpu
        state.position += len(chosen)
        state.correct += int((result.winners == train.labels[chosen]).sum())
        state.synaptic_operations += result.synaptic_operations
        state.seconds = before + time.perf_counter() - began
        report(_phase(state), state.position, count, state.correct)
        if time.perf_counter() > saved + SAVE_INTERVAL:
            _save(core, state, out)
            saved = time.perf_counter()


def _phase(state: Checkpoint) -> str:
    rates = state.plan.rates
    return f"epoch {state.epoch + 1}/{len(rates)} rate {rates[state.epoch]}"


def _validate(
    core: Engine, state: Checkpoint, dataset: Dataset, ctrl_c: CtrlC, report: Report
) -> None:
    """End an epoch: judge what was learned, and note the epoch's figures."""
    part, count = dataset.validation, len(dataset.train)
    phase = f"{_phase(state)} validation"
    seen = classify(core, part.samples, part.labels, phase, report, ctrl_c)
    state.history.append(
        {
            "epoch": state.epoch + 1,
            "rate": state.plan.rates[state.epoch],
            "taught_error": 1 - state.correct / count,
            "validation_error": seen.error(part.labels),
            "synaptic_operations_per_sample": round(state.synaptic_operations / count, 1),
            "cpu_ms_per_training_sample": round(1000 * state.cpu_seconds / count, 4),
            "seconds": round(state.seconds, 3),
        }
    )
    state.epoch += 1
    state.position = state.correct = state.synaptic_operations = 0
    state.seconds = state.cpu_seconds = 0.0


def _test(core: Engine, state: Checkpoint, dataset: Dataset, ctrl_c: CtrlC, report: Report) -> None:
    """Show the test samples, once and at the end."""
    test, classes = dataset.test, state.config.layers[-1]
    seen = classify(core, test.samples, test.labels, "test", report, ctrl_c)
    state.confusion = confusion(test.labels, seen.winners, classes).tolist()
    state.test_error = seen.error(test.labels)


def _save(core: Engine, state: Checkpoint, out: Path | None) -> None:
    """Take over what the core has learned, and write it if there is a folder."""
    state.weights, state.random = core.weights, core.random
    if out is not None:
        state.save(out / CHECKPOINT)
        write_json(out / METRICS, metrics(state))
