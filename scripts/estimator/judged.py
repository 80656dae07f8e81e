"""What is wrong with an estimator that says the same of everything, told with a remedy."""

from __future__ import annotations

from erbium.golden.core import Outcomes
from erbium.scripts.data.dataset import Dataset, Split
from erbium.scripts.diagnosis import examination
from erbium.scripts.train.checkpoint import Checkpoint
from erbium.scripts.train.learned import ARRAYS

#: Samples of a pass, and those shown in all passes, below which outputs may well be silent yet.
FEW, SHOWN = 20, 100


def tell_if_silent(state: Checkpoint, train: Split, validation: Split, seen: Outcomes) -> None:
    """Warn of what is wrong if no output spiked in the last pass, though enough were shown.

    Nothing else is told: an estimator is judged by scores, and a search over its parameters tries
    many that are bad.
    """
    if seen.counts.any() or len(train) < FEW or state.epoch * len(train) < SHOWN:
        return
    nothing = Split(train.samples[:0], train.labels[:0])
    dataset = Dataset(ARRAYS, train, validation, nothing, state.plan.preparation)
    examination.tell(examination.examine(state, dataset))
