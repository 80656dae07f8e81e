"""What others make of the same samples: scikit-learn's classifiers, with its own settings."""

from __future__ import annotations

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from erbium.scripts.data.dataset import Dataset

#: Passes of the network; most sets are learned before. Of many samples, fewer will do.
PASSES, FEWER = 300, 30

#: Samples from which on they are many.
MANY = 5_000


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
