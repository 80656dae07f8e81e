"""The machine as a classifier of scikit-learn."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.validate import DataError
from erbium.scripts.data.beyond import tell_far
from erbium.scripts.data.dataset import Split
from erbium.scripts.data.preparation import INPUTS
from erbium.scripts.estimator import judged, kept, learning
from erbium.scripts.estimator.machine import course
from erbium.scripts.estimator.trained import Trained, all_or_nothing
from erbium.scripts.train import checkpoint
from erbium.scripts.train.checkpoint import CHECKPOINT, SEEDS


class Classifier(ClassifierMixin, Trained, BaseEstimator):
    """A core that learns on the chip, with the interface of scikit-learn.

    What it learns are the weights of the circuit, bit for bit: `save` leaves a checkpoint for all
    commands of ``erbium``.

    Parameters
    ----------
    hidden_layer_sizes : tuple of int, optional
        Neurons of each hidden layer. Without, those of `config`, or 64.
    config : Config or str, optional
        Whose constants to take: a configuration, or the name of a preset or a file. Inputs and
        classes are always those of the data.
    changes : dict, optional
        Other values of the configuration by name, such as ``{"threshold": 256}``.
    inputs : tuple of str, or str
        What is added to the columns: "pairs" (255 - x beside each x), "bias" (always 255), as a
        tuple or as "pairs,bias".
    scaling : {"auto", "none", "common", "columns"}
        How columns become intensities, 0 to 255; what was found is kept.
    epochs : int, optional
        Passes of `fit`. Without, as many as show 2,000 samples, but at least 10.
    rates : sequence of int or str, optional
        Learning rate of each pass, 0 to 256, instead of `epochs`; such as "256x3,128x2,64".
    augment : str, optional
        What is done to training samples, anew in every pass: "shift=1" moves images by up to a
        pixel. Columns are then the pixels of squares, line after line, and `inputs` are empty.
    validation_fraction : float
        Part of each class that `fit` does not learn from, to tell the error after each pass by.
    random_state : int, RandomState or None
        Number of the run: decides initial weights, feedback, phases, and the order of the samples.
        The same as ``--run`` of ``erbium train``.
    engine : {"fast", "numpy"}
        The golden model compiled, or as it is written; the results are the same.

    Attributes
    ----------
    classes_ : array [classes]
        Labels in the order of the machine's outputs.
    n_features_in_ : int
        Columns of the data.
    state_ : Checkpoint
        Configuration, weights, random states, preparation and figures of each pass.
    """

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] | int | None = None,
        *,
        config: Config | str | None = None,
        changes: Mapping[str, object] | None = None,
        inputs: Sequence[str] | str = ("pairs", "bias"),
        scaling: str = "auto",
        epochs: int | None = None,
        rates: Sequence[int] | str | None = None,
        augment: str | None = None,
        validation_fraction: float = 0.0,
        random_state: int | np.random.RandomState | None = 0,
        engine: str = "fast",
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.config = config
        self.changes = changes
        self.inputs = inputs
        self.scaling = scaling
        self.epochs = epochs
        self.rates = rates
        self.augment = augment
        self.validation_fraction = validation_fraction
        self.random_state = random_state
        self.engine = engine

    @all_or_nothing
    def fit(self, X: np.ndarray, y: np.ndarray) -> Classifier:
        """Learn samples [count, columns] and their labels [count] from the beginning."""
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        learned, aside = learning.divided(self.classes_[numbers], self.validation_fraction)
        state, samples = self._begun(X, numbers, learned)
        core = learning.core_of(state, self.engine)
        rates = course(state.config, self.epochs, self.rates, len(learned))
        train, validation = (Split(samples[part], numbers[part]) for part in (learned, aside))
        for rate in rates:
            seen = learning.learn(core, state, train, validation, rate)
        judged.tell_if_silent(state, train, validation, seen)
        self.state_ = state
        return self

    @all_or_nothing
    def partial_fit(
        self, X: np.ndarray, y: np.ndarray, classes: Sequence[object] | None = None
    ) -> Classifier:  # fmt: skip
        """Make one more pass, over these samples.

        Scaling is found by the samples of the first call. The rate is that of `rates`, the last
        one when there are no more, or the full one.

        Parameters
        ----------
        X, y : array [count, columns], [count]
            Samples and labels.
        classes : sequence, optional
            All labels there will ever be; needed in the first call.
        """
        first = not hasattr(self, "state_")
        X, y = validate_data(self, X, y, reset=first)
        check_classification_targets(y)
        self._know(classes, first)
        numbers = self._numbers_of(y)
        if first:
            state, samples = self._begun(X, numbers)
        else:
            state = dataclasses.replace(self.state_)
            samples = state.plan.preparation.apply(X)
            tell_far(X, state.plan.preparation, "X")
        train = Split(samples, numbers)
        rate = FULL_RATE
        if self.rates is not None:
            rates = course(state.config, None, self.rates, len(train))
            rate = rates[min(state.epoch, len(rates) - 1)]
        core = learning.core_of(state, self.engine)
        nothing = Split(train.samples[:0], numbers[:0])
        seen = learning.learn(core, state, train, nothing, rate)
        judged.tell_if_silent(state, train, nothing, seen)
        self.state_ = state
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the label of each sample's winner."""
        winners = self._answers(X).winners
        return self.classes_[winners]

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the share of each class in the output spikes of a sample."""
        return learning.shares(self._answers(X))

    def spike_counts(self, X: np.ndarray) -> np.ndarray:
        """Return the output spikes of each class [count, classes]."""
        return self._answers(X).counts

    def save(self, run: str | Path) -> Path:
        """Write the checkpoint into the folder of a run, and return its path."""
        check_is_fitted(self)
        path = Path(run) / CHECKPOINT
        if path.exists():
            raise DataError(f"'{path}' exists; choose another folder, or remove it")
        path.parent.mkdir(parents=True, exist_ok=True)
        self.state_.save(path)
        return path

    @classmethod
    def load(cls, run: str | Path) -> Classifier:
        """Return the classifier of a checkpoint, or of the folder of a run; any training's."""
        state = checkpoint.load(checkpoint.find(Path(run)))
        plan = state.plan = kept.completed(state.plan, state.config.layers[0])
        prepared = plan.preparation
        made = cls(
            config=state.config.replace(seed=(state.config.seed - plan.run) % SEEDS),
            inputs=tuple(name for name in INPUTS if getattr(prepared, name)),
            random_state=plan.run, **kept.parameters(plan),
        )  # fmt: skip
        made.state_, made.n_features_in_ = state, prepared.columns
        for name, value in kept.attributes(state).items():
            setattr(made, name, value)
        return made
