"""Whether data suit a machine: what does not fit is refused, what is odd is told with a remedy."""

from __future__ import annotations

import warnings

import numpy as np

from erbium.golden.config import Config
from erbium.golden.validate import DataError
from erbium.scripts.common.classes import name_of
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data.dataset import Dataset
from erbium.scripts.data.labels import alike
from erbium.scripts.data.scaling import FULL_SCALE

#: Most classes that a message names one by one.
MOST_NAMED = 10


def check_fit(dataset: Dataset, config: Config) -> None:
    """Refuse data that are made for another number of inputs or classes."""
    parts = dataset.parts.values()
    if not all(map(len, parts)):
        raise DataError(
            f"data '{dataset.name}' has too few samples for a train, validation "
            "and test set; give at least 6 for training and 1 for testing"
        )
    labels = np.concatenate([part.labels for part in parts])
    low, high = int(labels.min()), int(labels.max())
    inputs, classes = dataset.train.samples.shape[1], config.layers[-1]
    fitting = (inputs, *config.layers[1:-1], max(2, high + 1))
    remedy = f"choose another preset, or give --set layers={','.join(map(str, fitting))}"
    at_a_port = "; for a machine at a port, give that to 'erbium new'"
    for name, part in dataset.parts.items():
        if part.samples.shape[1] != inputs:
            raise DataError(
                f"samples of '{dataset.name}' have {inputs} intensities in the training part, but "
                f"{part.samples.shape[1]} in the {name} part; take both from the same source"
            )
    if inputs != config.layers[0]:
        raise DataError(
            f"samples of '{dataset.name}' have {inputs} intensities, but preset "
            f"'{config.name}' takes {config.layers[0]} (layers[0]); {remedy}{at_a_port}"
        )
    if high >= classes:
        lower = f", or write labels from 0 to {high - low}" if low and high - low < classes else ""
        raise DataError(
            f"labels of '{dataset.name}' are {low} to {high}; label {high} is no class of preset "
            f"'{config.name}', which are 0 to {classes - 1}; {remedy}{lower}{at_a_port}"
        )


def tell_added(dataset: Dataset, inputs: tuple[str, ...], config: Config) -> None:
    """Tell which inputs were added to those of the data."""
    _tell(
        f"samples of '{dataset.name}' have {dataset.train.samples.shape[1]} intensities, but "
        f"preset '{config.name}' takes {config.layers[0]}: taking --inputs {','.join(inputs)}, "
        "with which they fit; if that is not meant, choose another preset"
    )


def tell_scale(dataset: Dataset) -> None:
    """Warn of intensities that stay far below full scale, in all parts or in one of them."""
    # A complement or a bias is bright, whatever the data are.
    columns = dataset.preparation.columns if dataset.preparation else None
    found = {
        name: int(part.samples[:, :columns].max(initial=0)) for name, part in dataset.parts.items()
    }
    tops = {"training": max(found["training"], found["validation"]), "test": found["test"]}
    top = max(tops.values())
    if not top:
        _tell(f"all intensities of '{dataset.name}' are 0; no input will ever fire")
    elif top <= FULL_SCALE // 2:
        _tell(
            f"the largest intensity of '{dataset.name}' is {top}, but {FULL_SCALE} is full scale, "
            f"at which an input fires most often; if {top} means that, give --full-scale {top} (or "
            f"multiply all intensities by {FULL_SCALE / top:.6g})"
        )
    low = min(tops, key=tops.__getitem__)
    if 2 * tops[low] < top:
        _tell(
            f"the largest intensity of '{dataset.name}' is {tops['training']} in training and "
            f"{tops['test']} in the test; scale the {low} part like the other"
        )


def tell_alike(dataset: Dataset) -> None:
    """Warn of classes whose names are likely to be meant as one."""
    if found := alike(dataset.classes):
        _tell(
            f"classes of '{dataset.name}' differ only in case or blanks: "
            f"{', '.join(map(repr, found))}; taken as {len(found)} classes: unless that is meant, "
            "write them alike"
        )


def tell_missing(dataset: Dataset, classes: int) -> None:
    """Warn of classes that have no sample in some part of the data, and name them."""
    found = []
    for name, part in dataset.parts.items():
        missing = sorted(set(range(classes)) - set(np.unique(part.labels).tolist()))
        if missing:
            effect = "never taught" if name == "training" else "not judged by it"
            found.append(f"of {_named(missing, dataset)} for {name} ({effect})")
    if found:
        _tell(
            f"'{dataset.name}' has no sample {', '.join(found)}; unless that is meant, take more "
            "samples, or other files"
        )


def _named(labels: list[int], dataset: Dataset) -> str:
    """Return which classes are meant."""
    more = len(labels) - MOST_NAMED
    names = ", ".join(name_of(label, dataset.classes) for label in labels[:MOST_NAMED])
    return f"class{'es' * (len(labels) > 1)} {names}{f' and {more} more' if more > 0 else ''}"


def _tell(text: str) -> None:
    warnings.warn(text, DataWarning, stacklevel=3)
