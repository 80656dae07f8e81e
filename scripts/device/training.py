"""A training on a machine, with everything that one of the golden model has, and compared with it.

The machine learns in the order of samples and at the rates of `scripts.train.training`, and so ends
with the weights that the golden model has. A checkpoint holds weights read from the machine; going
on with it loads them again, so that it does not matter what has become of the machine meanwhile.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from erbium.golden.validate import DataError
from erbium.scripts.common.interrupt import CtrlC
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data.augment import NONE, Augment
from erbium.scripts.data.source import Dataset
from erbium.scripts.device.compared import Block, Compared
from erbium.scripts.device.device import Device
from erbium.scripts.device.outcomes import Traffic
from erbium.scripts.device.transport import BITS_PER_BYTE
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.training import AfterPass, begin, check_rates, go_on, ignored, metrics

#: The rate of a line for which the samples a second are stated.
LINE_BAUD = 3_000_000

#: What of the figures of a training means something for a machine.
KEPT = (
    "data", "data_sha256", "run", "seed", "rates", "augment", "test_error", "validation_error",
    "taught_error", "synaptic_operations_per_sample", "confusion", "classes",
    "epochs",
)  # fmt: skip


def train(
    device: Device,
    dataset: Dataset,
    rates: list[int],
    *,
    run: int = 0,
    augment: Augment = NONE,
    out: Path | None = None,
    resume: bool = False,
    report: Report = silent,
    ctrl_c: CtrlC | None = None,
    watcher: Callable[[Compared, Block], None] | None = None,
    after_pass: AfterPass = ignored,
) -> tuple[Checkpoint, dict[str, object]]:
    """Train a machine from its initial weights on; return the final state and the figures.

    Parameters
    ----------
    device : Device
    dataset : Dataset
        What it learns.
    rates : list of int
        Learning rate of each epoch, 0 to 256.
    run : int
        Decides the order of the samples, and how they are augmented. The machine's seed is in the
        machine.
    augment : Augment
        What is done to training samples before they are sent.
    out : Path, optional
        Folder for a checkpoint after each epoch, every minute, and on Ctrl-C.
    resume : bool
        Continue with the checkpoint in `out`.
    report, ctrl_c
        As for `scripts.train.training.train`.
    watcher : callable, optional
        Told after each block of samples.
    after_pass : callable
        Told of the state after each pass, with the machine's own weights.

    Raises
    ------
    DataError
        If `out` holds another training, or none to resume, a rate is out of range, or the data
        cannot be augmented.
    DeviceError
        If the machine was reset, or cannot be reached.
    Stopped
        After Ctrl-C, if there is a folder to leave a checkpoint in.
    """
    check_rates(device.config, rates)
    if any(rates) and not device.learning:
        raise DataError(
            f"learning is switched off in the machine {device.config.name!r}; switch it on with "
            "Device.learning = True"
        )
    plan = Plan.of(dataset, rates, run, augment)
    before = device.traffic
    with CtrlC() if ctrl_c is None else nullcontext(ctrl_c) as ctrl_c:
        state = begin(device.config, plan, out, resume)
        device.clear_errors()
        core = Compared(device, state, report)
        if watcher is not None:
            core.watchers.append(watcher)
        go_on(core, state, dataset, ctrl_c, report, out, after_pass)
    return state, figures(core, state, before)


def figures(core: Compared, state: Checkpoint, before: Traffic) -> dict[str, object]:
    """Return what a training has come to, ready for JSON; `before` is the traffic before it."""
    device, traffic, errors = core.device, core.device.traffic, core.device.errors()
    values = metrics(state)
    found: dict[str, object] = {
        "port": device.port,
        "preset": state.config.name,
        "fingerprint": device.instance.fingerprint,
    }
    found |= {key: values[key] for key in KEPT if key in values}
    found |= core.compare()
    found |= {"first_difference": core.unequal, "samples": core.learned}
    if core.learned:
        found |= line_use(core.sent / core.learned, core.received / core.learned)
    found |= {
        "retries": traffic.retries - before.retries,
        "reconnections": traffic.reconnections - before.reconnections,
        "errors_reported": errors.count,
        "errors": dataclasses.asdict(errors),
        "config": state.config.as_dict(),
    }
    return found


def line_use(sent: float, received: float) -> dict[str, float]:
    """Return what samples cost on the line, on average, and how many of them a line can carry.

    Command and reply take turns, so both take time.
    """
    seconds = (sent + received) * BITS_PER_BYTE / LINE_BAUD
    return {
        "bytes_per_sample": round(sent, 2),
        "reply_bytes_per_sample": round(received, 2),
        "link_samples_per_second_3mbaud": round(1 / seconds, 1),
    }
