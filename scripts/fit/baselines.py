"""What others make of the same samples: scikit-learn's classifiers, with its own settings."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from erbium.scripts.data.dataset import Dataset
from erbium.scripts.diagnosis.rules import Finding

#: Passes of the network; most sets are learned before. Of many samples, fewer will do.
PASSES, FEWER = 300, 30

#: Samples from which on they are many.
MANY = 5_000

#: Test error above the best of the others from which on something is said of it.
FAR = 0.02


def baseline_errors(dataset: Dataset, hidden: tuple[int, ...], seed: int) -> dict[str, float]:
    """Return the test errors of classifiers that learned what the machine learned.

    Parameters
    ----------
    dataset : Dataset
        As the machine gets it.
    hidden : tuple of int
        Sizes of the network's hidden layers.
    seed : int
        Of its weights and the order of samples.
    """
    train, test = dataset.train, dataset.test
    passes = PASSES if len(train) <= MANY else FEWER
    models = {
        "logistic_regression": LogisticRegression(max_iter=1000),
        "mlp": MLPClassifier(hidden, max_iter=passes, random_state=seed),
    }
    found = {}
    for name, model in models.items():
        whole = make_pipeline(StandardScaler(), model)
        with warnings.catch_warnings(), threadpool_limits(1, "blas"):
            # It is judged where it stands.
            warnings.simplefilter("ignore", ConvergenceWarning)
            whole.fit(train.samples.astype(float), train.labels)
        found[name] = float((whole.predict(test.samples.astype(float)) != test.labels).mean())
    return found


def behind(error: float, baselines: Mapping[str, float], samples: int) -> Finding | None:
    """Return what to say of a machine that is far behind the best of the others; None if it is not.

    Parameters
    ----------
    error : float
        Test error of the machine.
    baselines : mapping
        Those of the others, by name.
    samples : int
        How many were tested.
    """
    name = min(baselines, key=baselines.__getitem__)
    more = error - baselines[name]
    if more <= FAR:
        return None
    return Finding(
        "behind", "",
        f"of {samples} test samples, {round(more * samples)} more are misread than by "
        f"scikit-learn's {name} ({error:.1%} instead of {baselines[name]:.1%})",
        "give the search more time (--minutes) or neurons (--hidden), or see if --inputs or "
        "--scaling suit the data better, all judged by the validation error; or give more samples",
    )  # fmt: skip
