"""What a training is going to do, apart from the machine."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from erbium.scripts.common.classes import name_of
from erbium.scripts.data.augment import NONE, Augment, shown
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.source import Dataset, Source, Split

#: What of a plan may differ if the data have the same fingerprint, but for `different_ways`.
SAME_BY_FINGERPRINT = ("data", "preparation", "source", "estimator")


@dataclass(frozen=True)
class Plan:
    """What a training is going to do, apart from the machine.

    Attributes
    ----------
    data, data_sha256 : str
        Name and fingerprint of the data set.
    rates : tuple of int
        Learning rate of each epoch, 0 to 256.
    run : int
        Number of the run. The machine's seed is that of the configuration, plus this; samples
        come in an order that depends on it: epoch e uses ``default_rng((run, e))``.
    augment : Augment
        What is done to training samples; how it turns out depends on the run, too.
    image : tuple of int, or None
        Rows and columns of a sample, if that matters to `augment`.
    preparation : Preparation, or None
        How intensities were made of the data; None if they were intensities. What it makes of them
        is in the fingerprint.
    source : Source, or None
        How the data were taken, if not as their mere name is.
    estimator : mapping, or None
        What an estimator that trains needs to come back as it was, ready for JSON; nothing that a
        training depends on. See `scripts.estimator.kept`.
    """

    data: str
    data_sha256: str
    rates: tuple[int, ...]
    run: int
    augment: Augment = NONE
    image: tuple[int, int] | None = None
    preparation: Preparation | None = None
    source: Source | None = None
    estimator: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, dataset: Dataset, rates: Sequence[int], run: int, augment: Augment = NONE) -> Plan:
        """Return what a training on data is going to do; refuse what cannot be augmented."""
        image = augment.image(dataset.train, dataset.name)
        source = None if dataset.source is None or dataset.source.plain else dataset.source
        return cls(
            dataset.name, dataset.sha256, tuple(rates), run, augment, image, dataset.preparation,
            source,
        )  # fmt: skip

    @property
    def taken(self) -> Source:
        """The data, and how they were taken."""
        return self.source or Source(self.data)

    @property
    def figures(self) -> dict[str, object]:
        """What figures say of augmentation and of names of classes: nothing, if there are none."""
        found: dict[str, object] = {"augment": self.augment.as_dict()} if self.augment else {}
        return found | ({"classes": list(self.classes)} if self.classes else {})

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty if they have none."""
        return self.preparation.classes if self.preparation else ()

    def names(self, outputs: int) -> list[str]:
        """Return what each class of a machine is called."""
        return [name_of(number, self.classes) for number in range(outputs)]

    def different_ways(self, other: Plan) -> Iterator[tuple[str, object, object]]:
        """Yield what differs of how samples and labels became what is in the fingerprint.

        Intensities and numbers of classes may be the same, and mean something else.
        """
        count = max(len(self.classes), len(other.classes))
        yield "classes", self.names(count), other.names(count)
        mine, others = self.preparation, other.preparation
        # Older programs kept none.
        if mine is None or others is None:
            return
        if mine.names and others.names:
            yield "columns", list(mine.names), list(others.names)
        for name in ("offset", "scale"):
            yield name, getattr(mine, name), getattr(others, name)

    def order(self, epoch: int, count: int) -> np.ndarray:
        """Return the order in which `epoch` (0 for the first) shows `count` samples."""
        return np.random.default_rng((self.run, epoch)).permutation(count)

    def shown(self, part: Split, epoch: int, chosen: np.ndarray | None = None) -> np.ndarray:
        """Return training samples as `epoch` shows them: those `chosen` by number, or all."""
        return shown(self.augment, part, self.run, epoch, chosen)

    def as_dict(self) -> dict[str, Any]:
        """Return every value, ready for JSON; nothing of an augmentation, a preparation, a way to
        take data or an estimator that there is not.
        """
        values = dataclasses.asdict(self)
        if not self.estimator:
            del values["estimator"]
        if self.source is None:
            del values["source"]
        del values["preparation"]
        if self.preparation is not None:
            values["preparation"] = self.preparation.as_dict()
        if not self.augment:
            del values["augment"], values["image"]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Plan:
        """Return the plan that `as_dict` gave, or an older program."""
        found = dict(values)
        # So it was called in `SEED_FORMAT`.
        if "seed" in found:
            found["run"] = found.pop("seed")
        found["rates"] = tuple(found["rates"])
        if "augment" in found:
            found["augment"] = Augment.of(found["augment"])
            found["image"] = tuple(found["image"])
        if "preparation" in found:
            found["preparation"] = Preparation.from_dict(found["preparation"])
        if "source" in found:
            found["source"] = Source.from_dict(found["source"])
        return cls(**found)
