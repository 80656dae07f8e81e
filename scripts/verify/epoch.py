"""Campaign: a whole epoch in circuit and model, with a checkpoint after every batch."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from erbium import golden
from erbium.golden.config import Config
from erbium.golden.rng import RandomState
from erbium.golden.validate import DataError
from erbium.hw.verilog.emission import emit_core
from erbium.scripts.common.files import replacing
from erbium.scripts.common.interrupt import CtrlC, Stopped
from erbium.scripts.common.markdown import rows as table
from erbium.scripts.data.augment import NONE, Augment, shown
from erbium.scripts.data.source import Dataset, Split
from erbium.sim.compare.long_training import BATCH, State, begin, compare
from erbium.sim.sources import digest

TITLE = "One epoch, bit by bit"


def all_training(dataset: Dataset) -> Split:
    """Return all samples to train with, those that others set aside to tune by included."""
    parts = (dataset.train, dataset.validation)
    return Split(
        np.concatenate([part.samples for part in parts]),
        np.concatenate([part.labels for part in parts]),
        dataset.train.image,
    )


def augmented(dataset: Dataset, count: int | None, augment: Augment | None) -> Split:
    """Return `count` of all samples to train with, as the first pass of run 0 shows them."""
    augment = augment or NONE
    augment.image(dataset.train, dataset.name)
    part = all_training(dataset).first(count, "training samples")
    return dataclasses.replace(part, samples=shown(augment, part, 0, 0))


def origin(config: Config, part: Split) -> dict[str, object]:
    """Return what a comparison depends on: it can only go on if all of this is the same.

    Both sides count, the emitted Verilog and the golden model; not who compares them.
    """
    one = np.zeros((0, part.samples.shape[1]), dtype=part.samples.dtype)
    nothing = Split(one, part.labels[:0])
    data = Dataset("", part, nothing, nothing)
    return {
        "config": config.as_dict(),
        "data_sha256": data.sha256,
        "circuit": hashlib.sha256(emit_core(config).encode()).hexdigest(),
        "model": digest([golden]),
    }


def run(
    config: Config,
    part: Split,
    path: Path,
    progress: Callable[[State], None],
    *,
    build_dir: Path,
    batch: int = BATCH,
    verilog: str | None = None,
) -> State:
    """Learn `part` in circuit and model, going on from the checkpoint `path` if there is one.

    Parameters
    ----------
    config, build_dir, batch, verilog
        As for `sim.compare.long_training.compare`.
    part : Split
    path : Path
        Rewritten after every batch.
    progress : callable
        Called with the state after every batch, and before the first.

    Returns
    -------
    State
        After all samples, or with a mismatch.

    Raises
    ------
    DataError
        If the checkpoint is damaged, or of another configuration, data or source.
    Stopped
        After Ctrl-C; the checkpoint is that of the last batch.
    """
    source = origin(config, part)
    state = load(path, source) if path.exists() else begin(config)
    progress(state)
    batches = compare(
        config, part.samples, part.labels, state,
        build_dir=build_dir, batch=batch, verilog=verilog,
    )  # fmt: skip
    with CtrlC() as ctrl_c:
        for state in batches:
            save(path, state, source)
            progress(state)
            try:
                ctrl_c.check()
            except KeyboardInterrupt:
                raise Stopped(
                    f"stopped after {state.samples} of {len(part)} samples; "
                    "the same command goes on from there"
                ) from None
    return state


def save(path: Path, state: State, source: dict[str, object]) -> None:
    """Write a checkpoint, whole or not at all."""
    values = {
        field.name: getattr(state, field.name)
        for field in dataclasses.fields(state)
        if field.name != "weights"
    }
    head = {"source": source, "state": values | {"random": vars(state.random)}}
    arrays = {f"layer_{number}": matrix for number, matrix in enumerate(state.weights)}
    # In memory first: NumPy would add another ending to the temporary file's name.
    buffer = io.BytesIO()
    np.savez_compressed(buffer, head=np.array(json.dumps(head)), **arrays)
    with replacing(path) as temporary:
        temporary.write_bytes(buffer.getvalue())


def load(path: Path, source: dict[str, object]) -> State:
    """Return the state in a checkpoint, which must be of `source`."""
    try:
        # NumPy would leave a broken file open.
        with path.open("rb") as stream, np.load(stream) as file:
            head = json.loads(str(file["head"]))
            count = len(head["source"]["config"]["layers"]) - 1
            weights = [file[f"layer_{number}"] for number in range(count)]
            values = head["state"] | {"random": RandomState(**head["state"]["random"])}
            state = State(weights=weights, **values)
    except Exception as error:
        # Whatever a broken file makes of NumPy's and JSON's readers.
        raise DataError(f"'{path}' is no checkpoint or damaged; remove it") from error
    for name, value in source.items():
        if head["source"][name] != value:
            raise DataError(f"'{path}' was made with another {name}; remove it to start anew")
    return state


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does."""
    return None if figures["equal"] else (f"circuit and golden model differ: {figures['mismatch']}")


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    return (
        f"{figures['samples']:,} samples of {_data(figures)} learned by `{figures['preset']}` in "
        f"{figures['cycles']:,} clock cycles of the emitted Verilog: {_outcome(figures)}, at "
        f"{figures['cycles_per_cpu_second'] / 1e6:.1f} million cycles per second of one core"
    )


def _data(figures: dict[str, Any]) -> str:
    shift = figures.get("augment", {}).get("shift", 0)
    return figures["data"] + (f", moved by up to {shift} pixels," if shift else "")


def _outcome(figures: dict[str, Any]) -> str:
    if not figures["equal"]:
        return f"**not equal** to the golden model ({figures['mismatch']})"
    return "every prediction, count, random state and weight equals the golden model's"


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    cycles = figures["cycles"]
    facts = [
        ["samples", f"{figures['samples']:,}"],
        ["predictions and counts equal", f"{figures['predictions_equal']:,}"],
        ["of them right, while learning", f"{figures['right'] / figures['samples']:.2%}"],
        ["synaptic operations, equal", f"{figures['operations']:,}"],
        ["weights compared, after all batches together", f"{figures['weights_compared']:,}"],
        ["weights that differ from their start at the end", f"{figures['weights_changed']:,}"],
        ["clock cycles", f"{cycles:,}"],
        ["clock cycles of a sample", f"{cycles / figures['samples']:,.0f}"],
        ["minutes in the circuit", f"{figures['seconds'] / 60:.1f}"],
        ["cycles per second of processor time", f"{figures['cycles_per_cpu_second']:,.0f}"],
    ]
    phases = [
        [name, f"{count:,}", f"{count / cycles:.2%}"]
        for name, count in figures["phase_cycles"].items()
        if count
    ]
    intro = (
        f"`{figures['preset']}` with {figures['lanes']} lanes learns {figures['samples']:,} "
        f"samples of {_data(figures)} one after another, in the emitted Verilog compiled by "
        f"Verilator and in the compiled golden model: {_outcome(figures)}. Weights and random "
        "states are compared after every batch, everything else after every sample."
    )
    tables = [table(["what", "figure"], facts), table(["phase", "cycles", "share"], phases)]
    return "\n\n".join([intro, *tables])
