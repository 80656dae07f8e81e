"""What an estimator has learned, between its parameters and its training."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from erbium.golden.core import Outcomes
from erbium.golden.validate import DataError
from erbium.scripts.data.arrays import Making
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.estimator import learning
from erbium.scripts.estimator.machine import machine, run_of
from erbium.scripts.train.checkpoint import Checkpoint


class Trained:
    """Begins a training by the parameters of an estimator, and asks its machine.

    Attributes
    ----------
    classes_ : array [classes]
        Labels in the order of the machine's outputs.
    state_ : Checkpoint
        The training.
    """

    classes_: np.ndarray
    state_: Checkpoint

    def _begun(self, rows: np.ndarray, numbers: np.ndarray) -> Checkpoint:
        """Return a training of these samples that has made no pass."""
        if len(self.classes_) < 2:
            raise DataError(
                f"Classifier tells classes apart, but there is one class only, "
                f"{self.classes_.tolist()[0]!r}; give samples of two or more"
            )
        inputs = self.inputs.split(",") if isinstance(self.inputs, str) else self.inputs
        making = Making(self.scaling, tuple(name for name in inputs if name))
        found = Preparation.fit(
            rows, scaling=making.scaling, pairs=making.pairs, bias=making.bias
        )  # fmt: skip
        found = dataclasses.replace(found, classes=learning.names_of(self.classes_))
        run = run_of(self.random_state)
        shape = (found.inputs, len(self.classes_))
        config = machine(self.config, self.hidden_layer_sizes, self.changes, shape, run)
        return Checkpoint.start(config, learning.plan_of(found.apply(rows), numbers, run, found))

    def _answers(self, rows: np.ndarray) -> Outcomes:
        check_is_fitted(self)
        rows = validate_data(self, rows, reset=False)
        samples = self.state_.plan.preparation.apply(rows)
        return learning.answers(learning.core_of(self.state_, self.engine), samples)

    def _know(self, classes: Sequence[object] | None, first: bool) -> None:
        """Take the classes that the first call names; another call may repeat them."""
        if first and classes is None:
            raise DataError("classes must be passed on the first call to partial_fit")
        if classes is None:
            return
        found = np.unique(classes)
        if first:
            self.classes_ = found
        elif not np.array_equal(found, np.unique(self.classes_)):
            raise DataError(
                f"classes {classes} are not those of the first call, {self.classes_}; leave them "
                "out, or begin anew with a clone"
            )

    def _numbers_of(self, y: np.ndarray) -> np.ndarray:
        """Return the classes of labels as numbers."""
        numbers = {label: number for number, label in enumerate(self.classes_.tolist())}
        for label in y.tolist():
            if label not in numbers:
                raise DataError(
                    f"y has the label {label!r}, which is none of the classes {self.classes_}; "
                    "name all of them in the first call of partial_fit"
                )
        return np.array([numbers[label] for label in y.tolist()], dtype=np.int64)
