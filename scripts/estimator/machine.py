"""From an estimator's parameters to a machine and the rates of its passes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.utils import check_random_state

from erbium.golden.config import Config
from erbium.golden.config_file import changed, find
from erbium.golden.validate import DataError
from erbium.scripts.data.arrays import Making
from erbium.scripts.data.fitted import fitted
from erbium.scripts.data.preparation import INPUTS
from erbium.scripts.train.checkpoint import SEEDS
from erbium.scripts.train.learned import ARRAYS
from erbium.scripts.train.rates import parsed
from erbium.scripts.train.training import check_rates, falling_rates, seeded

#: Hidden layers if neither these nor a configuration is given.
HIDDEN = (64,)

#: Without a number of passes: the fewest, and samples shown in all passes together at least.
PASSES, SHOWN = 10, 2000


def machine(
    given: Config | str | None,
    hidden: Sequence[int] | int | None,
    changes: Mapping[str, object] | None,
    shape: tuple[int, int],
    run: int,
) -> Config:
    """Return the machine of a run for data.

    Parameters
    ----------
    given : Config or str, optional
        Whose constants to take: a configuration, or the name of a preset or a file.
    hidden : sequence of int or int, optional
        Sizes of the hidden layers; without, those of `given`, or `HIDDEN`.
    changes : mapping, optional
        Other values of the configuration by name.
    shape : tuple of int
        Inputs and classes of the data.
    run : int
        See `scripts.train.training.seeded`.

    Raises
    ------
    ConfigError
        If this makes no configuration.
    DataError
        If it makes one that cannot take samples of intensities.
    """
    changes = _plain(changes)
    if "layers" in changes:
        raise DataError("changes and the data both say the layers; give hidden_layer_sizes")
    sizes = None if hidden is None else _sizes(hidden)
    if given is None:
        made = fitted(None, changes, ARRAYS, shape, HIDDEN if sizes is None else sizes)
    else:
        base = _found(given)
        if sizes in (None, base.layers[1:-1]):
            # Each hidden layer keeps the constants that it has.
            layers = (shape[0], *base.layers[1:-1], shape[1])
            made = changed(base, {"layers": layers} | changes)
        else:
            made = fitted(base, changes, ARRAYS, shape, sizes)
    if made.encoder == "events":
        raise DataError(
            f"configuration {made.name!r} takes events, not intensities; choose encoder 'phase' or "
            "'bernoulli'"
        )
    return seeded(made, run)


def course(
    config: Config, epochs: int | None, rates: Sequence[int] | str | None, count: int
) -> list[int]:
    """Return the learning rate of each pass over `count` samples.

    Without rates they fall as those of `erbium train` do; without a number of passes there are
    as many as show `SHOWN` samples, but never fewer than `PASSES`.
    """
    if rates is None:
        if epochs is None:
            epochs = max(PASSES, -(-SHOWN // count))
        _check_whole("epochs", epochs, 1)
        return falling_rates(int(epochs))
    if epochs is not None:
        raise DataError(
            f"epochs {epochs} and rates {rates!r} both say how many passes to make; leave one out"
        )
    found = parsed(rates) if isinstance(rates, str) else list(rates)
    if not found:
        raise DataError("rates are empty; give one from 0 to 256 for each pass, or leave them out")
    check_rates(config, found)
    return list(map(int, found))


def making_of(scaling: str, inputs: Sequence[str] | str | None) -> Making:
    """Return how columns become inputs; `inputs` may be a text with commas, or None for nothing."""
    if isinstance(inputs, str):
        inputs = inputs.split(",")
    if inputs is not None and not isinstance(inputs, Collection):
        raise DataError(f"inputs may be {' and '.join(INPUTS)}, not {inputs!r}")
    given = () if inputs is None else inputs
    names = (name.strip() if isinstance(name, str) else name for name in given)
    return Making(scaling, tuple(name for name in names if name))


def run_of(random_state: int | np.random.RandomState | None) -> int:
    """Return the number of the run that `random_state` stands for: an integer stands for itself."""
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
        if not 0 <= random_state < SEEDS:
            raise DataError(
                f"random_state must be an integer from 0 to {SEEDS - 1}, not {random_state}"
            )
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31))


def _plain(changes: Mapping[str, object] | None) -> dict[str, object]:
    """Return changes as values of Python: those that are drawn at random are often NumPy's."""
    try:
        given = dict(changes or {})
    except (TypeError, ValueError):
        raise DataError(
            f"changes must be a dict such as {{'threshold': 256}}, not {changes!r}; give one"
        ) from None
    return {name: _of_python(value) for name, value in given.items()}


def _of_python(value: object) -> object:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return [_of_python(one) for one in value] if isinstance(value, list | tuple) else value


def _found(given: object) -> Config:
    """Return the configuration that a parameter is, or names."""
    if isinstance(given, Config):
        return given
    if not isinstance(given, str | Path):
        raise DataError(
            f"config must be a Config, the name of a preset, or a file, not {given!r}; give "
            "single values as changes"
        )
    return find(str(given))


def _sizes(hidden: Sequence[int] | int) -> tuple[int, ...]:
    sizes = hidden if isinstance(hidden, Sequence | np.ndarray) else (hidden,)
    for size in sizes:
        _check_whole("hidden_layer_sizes", size, 1)
    return tuple(map(int, sizes))


def _check_whole(what: str, value: object, least: int) -> None:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < least:
        raise DataError(f"{what} must be whole numbers from {least}, not {value!r}")
