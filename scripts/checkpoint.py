"""The state of a training between two samples, in a file.

Together with the data it is all that the rest of the training depends on: a training that is
stopped and resumed ends with the same bits as one that was left alone.
"""

from __future__ import annotations

import dataclasses
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from golden.config import Config
from golden.core import Core
from golden.layout import Layout
from golden.rng import RandomState
from golden.validate import DataError, check_weights
from scripts.files import replacing

FORMAT = 2
"""Layout of the file; a program that reads another one would misunderstand it."""


@dataclass(frozen=True)
class Plan:
    """What a training is going to do, apart from the machine.

    Attributes
    ----------
    data, data_sha256 : str
        Name and fingerprint of the data set.
    rates : tuple of int
        Learning rate of each epoch, 0 to 256.
    seed : int
        Seed of the order of the samples; epoch e uses ``default_rng((seed, e))``.
    """

    data: str
    data_sha256: str
    rates: tuple[int, ...]
    seed: int

    def order(self, epoch: int, count: int) -> np.ndarray:
        """Return the order in which `epoch` (0 for the first) shows `count` samples."""
        return np.random.default_rng((self.seed, epoch)).permutation(count)


@dataclass
class Checkpoint:
    """A training between two samples.

    Attributes
    ----------
    config : Config
        The machine.
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
        values["config"] = self.config.as_dict()
        values["plan"] = dataclasses.asdict(self.plan)
        values["random"] = dataclasses.asdict(self.random)
        values["format"] = FORMAT
        arrays = {f"weights_{index}": matrix for index, matrix in enumerate(weights)}
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, values=np.array(json.dumps(values)), **arrays)

    def check_same(self, config: Config, plan: Plan) -> None:
        """Refuse to continue with another machine, other data or another plan.

        Name and lanes may differ: they do not change results.
        """
        mine = self.config.as_dict() | dataclasses.asdict(self.plan)
        other = config.as_dict() | dataclasses.asdict(plan)
        for key in mine:
            # The fingerprint decides whether data are the same, not where they lie.
            if key not in ("name", "lanes", "data") and mine[key] != other[key]:
                raise DataError(
                    f"the checkpoint was made with {key} {mine[key]}, not {other[key]}; use the "
                    "same values to resume, or another --out to start anew"
                )


def load(path: Path) -> Checkpoint:
    """Return the checkpoint in `path`.

    Raises
    ------
    DataError
        If it is missing, damaged or from another version of the program.
    """
    if not path.is_file():
        raise DataError(f"there is no checkpoint '{path}'; start without --resume")
    content = io.BytesIO(path.read_bytes())
    try:
        with np.load(content, allow_pickle=False) as file:
            values = json.loads(str(file["values"]))
            found = values.pop("format")
            weights = [file[f"weights_{index}"] for index in range(len(file.files) - 1)]
        checkpoint = _assemble(values, weights) if found == FORMAT else None
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


def trained(path: Path, config: Config) -> Checkpoint:
    """Return the checkpoint in `path` if its machine is `config`, but for seed, name and lanes.

    Raises
    ------
    DataError
        As `load`; or if it is another machine.
    """
    state = load(path)
    mine, other = (machine.replace(seed=0).as_dict() for machine in (state.config, config))
    for key in mine:
        if key not in ("name", "lanes") and mine[key] != other[key]:
            raise DataError(
                f"'{path}' was trained with {key} {mine[key]}, not {other[key]}; give the preset "
                "that it was trained with"
            )
    return state


def _assemble(values: dict[str, Any], weights: list[np.ndarray]) -> Checkpoint:
    plan = values.pop("plan")
    config = Config.from_dict(values.pop("config"))
    check_weights(Layout(config), weights)
    return Checkpoint(
        config=config,
        plan=Plan(**plan | {"rates": tuple(plan["rates"])}),
        weights=weights,
        random=RandomState(**values.pop("random")),
        **values,
    )
