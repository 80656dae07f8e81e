"""What a fit is about: data with each choice of inputs, what they look like, a device."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from erbium.golden.config import Config
from erbium.golden.validate import DataError
from erbium.scripts.common.classes import name_of
from erbium.scripts.common.hints import untold
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data.dataset import Dataset, Split
from erbium.scripts.data.source import Source, read
from erbium.scripts.fit import proposal
from erbium.scripts.fit.looks import Looks, classes_of, learnable, look
from erbium.scripts.fit.space import INPUTS, RANGES, proposed
from erbium.scripts.fpga.device import Device
from erbium.scripts.fpga.plan import adapted, fits


@dataclass(frozen=True)
class Problem:
    """What a fit is about.

    Attributes
    ----------
    source : Source
        Where the data come from.
    datasets, looks : mapping
        The data, and what they look like, by the inputs that are tried; the likeliest first.
    hidden : tuple of int
        Sizes of the hidden layers.
    device : Device, optional
        What the machine has to fit.
    seed : int
        Of machines and search.
    weight_bits : int
        Bits of a weight: as many as there is room for.
    """

    source: Source
    datasets: Mapping[str, Dataset]
    looks: Mapping[str, Looks]
    hidden: tuple[int, ...]
    device: Device | None
    seed: int
    weight_bits: int = proposal.WEIGHT_BITS[0]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The inputs that are tried, the likeliest first."""
        return tuple(self.datasets)

    @property
    def sha256(self) -> str:
        """Fingerprint of the data, before anything is added to the inputs."""
        return next(iter(self.datasets.values())).sha256

    def part(self, inputs: str) -> Split:
        """Return the samples that may be learned from or tuned by."""
        return learnable(self.datasets[inputs])

    @property
    def passes(self) -> int:
        """Passes of each training."""
        return proposal.passes_for(self.looks[self.inputs[0]].samples)

    def config(self, values: proposal.Values) -> Config:
        """Return the machine of a trial, made to fit the device."""
        looks = self.looks[str(values["inputs"])]
        made = proposal.configuration(
            self.source.name, looks, self.hidden, values, self.seed, self.weight_bits
        )
        return made if self.device is None else adapted(made, self.device)


def pose(
    source: Source,
    *,
    hidden: tuple[int, ...] | None = None,
    device: Device | None = None,
    seed: int = 1,
    report: Report = silent,
) -> Problem:
    """Look at data and return what is to be solved.

    Parameters
    ----------
    source : Source
        Where the data come from. If it names inputs, no others are tried.
    hidden : tuple of int, optional
        Sizes of the hidden layers; by default, as the rules say, or less if a device is too small.
    device, seed
        See `Problem`.
    report : Report
        Told the bytes of files that are fetched.

    Raises
    ------
    DataError
        If the data are bad, or no network for them fits the device.
    """
    plain = read(source, report)
    _check_classes(plain)
    asked = ",".join(source.inputs)
    choices = (asked,) if asked else _likeliest_first(plain)
    datasets = {}
    with untold():
        # What is odd about the data is told.
        for each in choices:
            names = tuple(name for name in each.split(",") if name)
            other = dataclasses.replace(source, inputs=names)
            datasets[each] = plain if each == asked else read(other, report)
    looks = {each: look(learnable(found), classes_of(found)) for each, found in datasets.items()}
    columns = plain.preparation.columns if plain.preparation else plain.train.samples.shape[1]
    sizes = hidden or proposal.hidden_for(columns)
    problem = Problem(source, datasets, looks, sizes, device, seed)
    return problem if device is None else _fitting(problem, device, fixed=hidden is not None)


def _check_classes(plain: Dataset) -> None:
    """Refuse samples of which only one class is left to learn from, before anything is searched."""
    found = np.unique(learnable(plain).labels)
    if len(found) < 2:
        names = [f"samples of class {name_of(int(one), plain.classes)!r} only" for one in found]
        raise DataError(
            f"'{plain.name}' has {names[0] if names else 'no sample'} to learn from, which tells "
            "nothing apart; give samples of others for training, too, and leave out --keep-order "
            "where samples lie in the order of their classes"
        )


def _likeliest_first(plain: Dataset) -> tuple[str, ...]:
    """Return the inputs to try: with sparse data, complements come last."""
    dark = look(learnable(plain), classes_of(plain)).dark
    return INPUTS if dark >= proposal.DARK else INPUTS[::-1]


def _fitting(problem: Problem, device: Device, *, fixed: bool) -> Problem:
    """Return the problem with what fits a device.

    Coarser weights come first, so that the likeliest inputs can stay; then fewer inputs, then fewer
    neurons.
    """
    hidden = problem.hidden
    while True:
        problem = dataclasses.replace(problem, hidden=hidden)
        finest = [dataclasses.replace(problem, weight_bits=bits) for bits in proposal.WEIGHT_BITS]
        found = [made for made in (_with_inputs_that_fit(each, device) for each in finest) if made]
        if found:
            whole = [made for made in found if made.inputs[0] == problem.inputs[0]]
            return (whole or found)[0]
        smaller = tuple(max(1, 3 * size // 4) for size in hidden)
        if fixed or smaller == hidden:
            layers = problem.config(proposed(problem.inputs[-1])).layers
            raise DataError(
                f"no network {'-'.join(map(str, layers))} for '{problem.source.name}' fits device "
                f"{device.name!r}; choose a larger device"
                + (", or smaller layers with --hidden" if fixed else ", or fewer columns")
            )
        hidden = smaller


def _with_inputs_that_fit(problem: Problem, device: Device) -> Problem | None:
    """Return the problem with the inputs that fit a device; None if there are none.

    Whatever a search may choose is to fit, too: the largest membranes are asked for.
    """
    fitting = [each for each in problem.inputs
               if all(fits(problem.config(proposed(each) | {"range": doublings}), device)
                      for doublings in RANGES)]  # fmt: skip
    if not fitting:
        return None
    return dataclasses.replace(
        problem,
        datasets={each: problem.datasets[each] for each in fitting},
        looks={each: problem.looks[each] for each in fitting},
    )
