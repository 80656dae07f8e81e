"""What an estimator has learned, between its parameters and its training."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from erbium.golden.core import Outcomes
from erbium.golden.validate import DataError
from erbium.scripts.data.beyond import tell_far
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.scaling import suggested
from erbium.scripts.estimator import kept, learning
from erbium.scripts.estimator.classes import names_of
from erbium.scripts.estimator.machine import machine, making_of, run_of
from erbium.scripts.train.checkpoint import Checkpoint


def all_or_nothing(learns: Callable) -> Callable:
    """Let a method that learns leave an estimator as it was, if anything stops it."""

    @functools.wraps(learns)
    def guarded(self: Trained, *args: object, **kwargs: object) -> Trained:
        before = dict(vars(self))
        try:
            return learns(self, *args, **kwargs)
        except BaseException:
            # Classes and columns without the machine that learned them would name wrong answers.
            vars(self).update(before)
            for name in vars(self).keys() - before.keys():
                delattr(self, name)
            raise

    return guarded


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

    def _begun(
        self, rows: np.ndarray, numbers: np.ndarray, learned: np.ndarray | slice = slice(None)
    ) -> tuple[Checkpoint, np.ndarray]:
        """Return a training that has made no pass, and all rows as its machine takes them; of which
        of them it learns, is said by `learned`.
        """
        if len(self.classes_) < 2:
            raise DataError(
                f"Classifier tells classes apart, but there is one class only, "
                f"{self.classes_.tolist()[0]!r}; give samples of two or more"
            )
        making = making_of(self.scaling, self.inputs)
        # As of files: all that is split decides of which kind it is.
        scaling = suggested(rows) if making.scaling == "auto" else making.scaling
        found = Preparation.fit(
            rows[learned], scaling=scaling, pairs=making.pairs, bias=making.bias
        )  # fmt: skip
        found = dataclasses.replace(found, classes=names_of(self.classes_))
        run = run_of(self.random_state)
        shape = (found.inputs, len(self.classes_))
        config = machine(self.config, self.hidden_layer_sizes, self.changes, shape, run)
        # All of them, so that a message names the row of the caller.
        samples = found.apply(rows)
        plan = learning.plan_of(
            samples[learned], numbers[learned], run, found, self.augment, kept.of(self)
        )
        return Checkpoint.start(config, plan), samples

    def _answers(self, rows: np.ndarray) -> Outcomes:
        check_is_fitted(self)
        rows = validate_data(self, rows, reset=False)
        preparation = self.state_.plan.preparation
        samples = preparation.apply(rows)
        tell_far(rows, preparation, "X")
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
