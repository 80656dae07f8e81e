"""The state of a training between two samples, in a file.

Together with the data it is all that the rest of the training depends on: a training that is
stopped and resumed ends with the same bits as one that was left alone.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from erbium.golden.config import CIRCUIT_ONLY, LATER, Config
from erbium.golden.core import Core
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.golden.validate import DataError, check_weights
from erbium.scripts.common.files import replacing
from erbium.scripts.train.plan import SAME_BY_FINGERPRINT, Plan

__all__ = [
    "CHECKPOINT", "FORMAT", "SEEDS", "Checkpoint", "Plan", "different", "find", "load", "machine",
]  # fmt: skip

#: What a training calls its file, in the folder of its run.
CHECKPOINT = "checkpoint.npz"

FORMAT = 4
"""Layout of the file; a program that reads another one would misunderstand it."""

PLAIN_FORMAT = 3
"""Layout without a preparation and a way to take data, which is still written if there are none:
older programs read it.
"""

#: Seeds are 0 to this, exclusive; their sums wrap.
SEEDS = 2**32

SEED_FORMAT = 2
"""Layout that called the number of a run its seed."""

READABLE = (SEED_FORMAT, PLAIN_FORMAT, FORMAT)


@dataclass
class Checkpoint:
    """A training between two samples.

    Attributes
    ----------
    config : Config
        The machine, with the seed of its run.
    plan : Plan
        What is done with it.
    weights : list of int array
        The machine's weights.
    random : RandomState
        The machine's random generators.
    epoch, position : int
        Finished epochs, and samples shown since.
    correct, synaptic_operations : int
        Right answers and synaptic operations since the current epoch began.
    seconds, cpu_seconds : float
        Time spent since the current epoch began, and processor time spent on learning.
    history : list of dict
        Figures of each finished epoch.
    test_error : float or None
        Fraction of held-out samples not recognised, once training is over.
    confusion : list of list of int, or None
        Held-out samples [class, winner], once training is over.
    """

    config: Config
    plan: Plan
    weights: list[np.ndarray]
    random: RandomState
    epoch: int = 0
    position: int = 0
    correct: int = 0
    synaptic_operations: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)
    test_error: float | None = None
    confusion: list[list[int]] | None = None

    @classmethod
    def start(cls, config: Config, plan: Plan) -> Checkpoint:
        """Return a training that has not begun."""
        core = Core(config)
        return cls(config, plan, core.weights, core.random)

    def save(self, path: Path) -> None:
        """Write this to `path`; a file that is there is replaced whole or not at all."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        weights = values.pop("weights")
        # What an older program does not know is left out where it means nothing.
        config = self.config.as_dict()
        values["config"] = {k: v for k, v in config.items() if k not in LATER or v != LATER[k]}
        values["plan"] = self.plan.as_dict()
        values["random"] = dataclasses.asdict(self.random)
        plain = self.plan.preparation is None and self.plan.source is None
        values["format"] = PLAIN_FORMAT if plain else FORMAT
        arrays = {f"weights_{index}": matrix for index, matrix in enumerate(weights)}
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, values=np.array(json.dumps(values)), **arrays)

    def check_same(self, config: Config, plan: Plan) -> None:
        """Refuse to continue with another machine, other data or another plan.

        What changes no result may differ, and the name of data with the same fingerprint.
        """
        # Each with its own keys: nothing of the one may hide something of the other.
        pairs = [
            (field.name, getattr(self.plan, field.name), getattr(plan, field.name))
            for field in dataclasses.fields(Plan)
            if field.name not in SAME_BY_FINGERPRINT
        ]
        pairs += self.plan.different_ways(plan)
        # Without learning there is another random state, but no other result at rate 0.
        strict = ("learning",) if any(self.plan.rates) else ()
        for key, mine, other in (*pairs, *different(self.config, config, strict)):
            if mine != other:
                raise DataError(
                    f"the checkpoint was made with {key} {self._told(key, mine)}, not {other}; use "
                    "the same values to resume, or another --out to start anew"
                )

    def _told(self, key: str, value: object) -> str:
        """Write a value of this training; of a seed also what it was asked for by."""
        if key != "seed" or not self.plan.run:
            return str(value)
        first = (self.config.seed - self.plan.run) % SEEDS
        return f"{value} (that of the configuration, {first}, plus run {self.plan.run})"


def different(
    mine: Config, other: Config, strict: Collection[str] = ()
) -> Iterator[tuple[str, object, object]]:
    """Yield name and both values of what differs, apart from what changes no result.

    Parameters
    ----------
    mine, other : Config
        What is compared.
    strict : collection of str
        What counts all the same.
    """
    values, others = mine.as_dict(), other.as_dict()
    for key, value in values.items():
        if (key in strict or key not in CIRCUIT_ONLY) and value != others[key]:
            yield key, value, others[key]


def load(path: Path, remedy: str = "make one with: erbium train") -> Checkpoint:
    """Return the checkpoint in `path`.

    Parameters
    ----------
    path : Path
        The file.
    remedy : str
        What to do if there is none.

    Raises
    ------
    DataError
        If it is missing, damaged or from another version of the program.
    """
    if not path.is_file():
        raise DataError(f"there is no checkpoint '{path}'; {remedy}")
    content = io.BytesIO(path.read_bytes())
    try:
        with np.load(content, allow_pickle=False) as file:
            values = json.loads(str(file["values"]))
            found = values.pop("format")
            weights = [file[f"weights_{index}"] for index in range(len(file.files) - 1)]
        checkpoint = _assemble(values, weights) if found in READABLE else None
    except Exception as error:
        # A damaged archive can raise nearly anything, and nothing but its bytes is involved.
        raise DataError(
            f"'{path}' is no checkpoint or damaged; start anew with another --out"
        ) from error
    if checkpoint is None:
        raise DataError(
            f"'{path}' has format {found!r}, not {FORMAT}; start anew with another --out"
        )
    return checkpoint


def find(run: Path) -> Path:
    """Return the checkpoint that is meant by a file, the folder of a run, or one that holds a run.

    Raises
    ------
    DataError
        If there are several runs in a folder, or none.
    """
    if not run.is_dir():
        return run
    found = (
        [run / CHECKPOINT] if (run / CHECKPOINT).exists() else sorted(run.glob(f"*/{CHECKPOINT}"))
    )
    if len(found) > 1:
        names = ", ".join(f"'{path.parent}'" for path in found)
        raise DataError(f"'{run}' holds {len(found)} runs; name one of: {names}")
    if not found:
        raise DataError(f"there is no {CHECKPOINT} in '{run}'; make one with: erbium train")
    return found[0]


def machine(state: Checkpoint, path: Path, given: Mapping[str, object]) -> Config:
    """Return the machine of a training, with what is `given` for it.

    Parameters
    ----------
    state : Checkpoint
    path : Path
        Its file.
    given : mapping
        Values of a configuration by name. Those that change no result are taken over.

    Raises
    ------
    DataError
        If another value is given than that of the training.
    ConfigError
        If what is given makes no configuration.
    """
    asked = Config.from_dict(state.config.as_dict() | dict(given))
    for key, mine, other in different(state.config, asked):
        raise DataError(
            f"'{path}' was trained with {key} {mine}, not {other}; leave that out: configuration "
            "and seed are taken from the checkpoint"
        )
    return asked


def _assemble(values: dict[str, Any], weights: list[np.ndarray]) -> Checkpoint:
    plan = Plan.from_dict(values.pop("plan"))
    config = Config.from_dict(values.pop("config"))
    check_weights(Layout(config), weights)
    return Checkpoint(
        config=config,
        plan=plan,
        weights=weights,
        random=RandomState(**values.pop("random")),
        **values,
    )
