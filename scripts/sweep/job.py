"""One training of a sweep: what it is, and what tells it from every other."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from erbium.golden.config import FULL_RATE, PER_LAYER, Config
from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.data.augment import Augment
from erbium.scripts.train import rates as schedule
from erbium.scripts.train.baseline import Recipe, recipe_for
from erbium.scripts.train.training import check_rates, seeded

#: How a network learns: on chip, or with floating-point numbers for comparison.
RULES = ("erbp", "rbp", "bp")
BASELINES = ("rbp", "bp")

#: What can be wrong with weight bits; see `scripts.train.weight_faults`.
FAULTS = ("stuck", "flipped")

#: What can be done to training samples; see `scripts.data.augment`.
AUGMENTS = tuple(field.name for field in dataclasses.fields(Augment))

#: Constants that a network of floating-point numbers may have of its own.
CONSTANTS = tuple(field.name for field in dataclasses.fields(Recipe))

#: The largest that makes sense; of the momentum, all that settles.
HIGHEST = {"rate": 1000, "momentum": 0.9999, "decay": 1000, "feedback": 1000}

#: Limits on the number of samples in each part of the data.
LIMITS = ("samples", "validation", "test")


class SweepError(ValueError):
    """A sweep that cannot be run; the message names the value and the remedy."""


def _check(ok: bool, message: str) -> None:
    if not ok:
        raise SweepError(message)


def _is_count(value: object, low: int = 1) -> bool:
    return type(value) is int and value >= low


@dataclass(frozen=True, kw_only=True)
class Job:
    """One training, checked at construction.

    Parameters
    ----------
    name : str
        The sweep's name.
    preset : str
        The configuration to start from.
    config : dict
        Configuration values that differ from the preset's.
    file : dict
        All values of the configuration to start from, if it is not that of a preset.
    rule : str
        "erbp" for the golden model, "rbp" or "bp" for a network of floating-point numbers.
    rates : tuple of int, str, or None
        Learning rate of each epoch, 0 to 256, or a text that `scripts.train.rates` reads; rule
        "erbp" only.
    epochs : int or None
        Passes over the data; rules "rbp" and "bp" only.
    samples, validation, test : int or None
        Samples to learn from, to tune by and held out; None for all.
    run : int
        Number of the run: decides the order of the samples; is added to the configuration's seed.
    measure : str or None
        A key of `scripts.sweep.work.MEASURES`: what else to find out about what was learned.
    options : dict
        Numbers for the measurement.
    faults : dict
        Shares of weight bits that are faulty in training: "stuck", "flipped", or both.
    augment : dict
        What is done to training samples: "shift", the most pixels by which an image is moved; rule
        "erbp" only.
    recipe : dict
        Constants that differ from those of `scripts.train.baseline`; rules "rbp" and "bp" only.
    data_sha256 : str
        Fingerprint of the samples within the limits.

    Raises
    ------
    SweepError, golden.config.ConfigError
        If a value is out of range.
    """

    name: str
    preset: str
    config: dict[str, Any] = field(default_factory=dict)
    rule: str = "erbp"
    rates: tuple[int, ...] | None = None
    epochs: int | None = None
    samples: int | None = None
    validation: int | None = None
    test: int | None = None
    run: int = 0
    measure: str | None = None
    options: dict[str, float] = field(default_factory=dict)
    faults: dict[str, float] = field(default_factory=dict)
    augment: dict[str, int] = field(default_factory=dict)
    recipe: dict[str, float] = field(default_factory=dict)
    data_sha256: str = ""
    file: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(self.rule in RULES, f"rule must be one of {', '.join(RULES)}, not {self.rule!r}")
        self._check_length()
        for limit in LIMITS:
            value = getattr(self, limit)
            _check(
                value is None or _is_count(value),
                f"{limit} must be an integer from 1, not {value!r}",
            )
        _check(_is_count(self.run, 0), f"run must be an integer from 0, not {self.run!r}")
        self._check_measure()
        self._check_faults()
        self._check_augment()
        self._check_config()
        self._check_recipe()

    def _check_length(self) -> None:
        if self.rule in BASELINES:
            _check(
                self.rates is None,
                f"rule '{self.rule}' has no rates, not {self.rates}; give epochs",
            )
            _check(
                _is_count(self.epochs),
                f"epochs must be an integer from 1 for rule '{self.rule}', not {self.epochs!r}",
            )
            return
        _check(self.epochs is None, f"rule 'erbp' has no epochs, not {self.epochs}; give rates")
        if isinstance(self.rates, str):
            try:
                object.__setattr__(self, "rates", tuple(schedule.parsed(self.rates)))
            except DataError as error:
                raise SweepError(f"rates {error}") from None
        _check(
            isinstance(self.rates, (list, tuple))
            and len(self.rates) > 0
            and all(_is_count(rate, 0) and rate <= FULL_RATE for rate in self.rates),
            f"rates must list an integer from 0 to {FULL_RATE} for each epoch, such as "
            f"[256, 256, 128], not {self.rates!r}",
        )
        object.__setattr__(self, "rates", tuple(self.rates))

    def _check_measure(self) -> None:
        if self.measure is None:
            _check(not self.options, f"options {self.options} belong to a measure; name it")
        _check(
            self.measure is None or self.rule not in BASELINES,
            f"measure {self.measure!r} needs the golden model, not rule '{self.rule}'; remove it",
        )
        for key, value in self.options.items():
            _check(type(value) in (int, float), f"option {key} must be a number, not {value!r}")

    def _check_faults(self) -> None:
        _check(
            not self.faults or self.rule not in BASELINES,
            f"faults {self.faults} need the golden model, not rule '{self.rule}'; remove them",
        )
        for key, value in self.faults.items():
            _check(key in FAULTS, f"unknown fault {key!r}; choose from: {', '.join(FAULTS)}")
            _check(
                type(value) in (int, float) and 0 <= value <= 1,
                f"{key} must be a share of bits from 0 to 1, not {value!r}",
            )

    def _check_augment(self) -> None:
        try:
            found = Augment.of(self.augment)
        except DataError as error:
            raise SweepError(str(error)) from None
        _check(
            not found or self.rule not in BASELINES,
            f"augment {found} needs the golden model, not rule '{self.rule}'; remove it",
        )
        # However it was written down that nothing is done, it is the same job.
        object.__setattr__(self, "augment", found.as_dict())

    def _check_recipe(self) -> None:
        _check(
            not self.recipe or self.rule in BASELINES,
            f"recipe {self.recipe} needs rule 'rbp' or 'bp', not '{self.rule}'; remove it",
        )
        if self.rule not in BASELINES:
            return
        known = [name for name in CONSTANTS if self.rule == "rbp" or name != "feedback"]
        usual, recipe = dataclasses.asdict(recipe_for(self.rule, self.machine.layers)), {}
        for key, value in self.recipe.items():
            _check(
                key in known,
                f"rule '{self.rule}' has no {key!r} in its recipe; choose from: {', '.join(known)}",
            )
            if key == "batch":
                ok, wanted = _is_count(value), "an integer from 1"
            else:
                ok = type(value) in (int, float) and 0 <= value <= HIGHEST[key]
                wanted = f"a number from 0 to {HIGHEST[key]}"
            _check(ok, f"{key} of recipe must be {wanted}, not {value!r}")
            if value != usual[key]:
                recipe[key] = value if key == "batch" else float(value)
        # However it was written down that nothing changes, it is the same job.
        object.__setattr__(self, "recipe", recipe)

    def _check_config(self) -> None:
        for key, value in self.config.items():
            _check(
                not isinstance(value, (list, tuple)) or key in (*PER_LAYER, "layers"),
                f"{key} must be one value, not {value!r}; several belong into grid",
            )
        # Fails for an unknown preset, and for values that no machine can have.
        machine = self.machine
        _check(
            machine.encoder != "events",
            "encoder must be 'phase' or 'bernoulli' to learn samples, not 'events'",
        )
        if self.rule not in BASELINES:
            check_rates(machine, self.rates)
        ignored = sorted(set(self.config) - {"layers"}) if self.rule in BASELINES else []
        _check(
            not ignored,
            f"rule '{self.rule}' takes only layers from a configuration, not {', '.join(ignored)}; "
            "remove it or use rule 'erbp'",
        )

    @property
    def machine(self) -> Config:
        """The configuration of this job, with a seed of its own; that of run 0 is the preset's."""
        _check(isinstance(self.preset, str), f"preset must be a name, not {self.preset!r}")
        return seeded(Config.from_dict(self.start.as_dict() | self.config), self.run)

    @property
    def start(self) -> Config:
        """The configuration that this job changes."""
        return Config.from_dict(self.file) if self.file else preset(self.preset)

    @property
    def constants(self) -> Recipe:
        """The constants that a network of floating-point numbers learns with."""
        return dataclasses.replace(recipe_for(self.rule, self.machine.layers), **self.recipe)

    @property
    def key(self) -> str:
        """Fingerprint of all that can change the result, however it was written down."""
        machine = self.machine
        # The name of the last is what it was called when the first results were published.
        values: dict[str, Any] = {"rule": self.rule, "data": self.data_sha256, "seed": self.run}
        if self.rule in BASELINES:
            values |= {"layers": machine.layers, "epochs": self.epochs}
            values |= {"recipe": dataclasses.asdict(self.constants)}
        else:
            values |= {"config": machine.sha256, "rates": self.rates}
            values |= {"measure": self.measure, "options": self.options}
            values |= {"faults": {k: float(v) for k, v in self.faults.items() if v}}
            # Keys that were published before there was any stay.
            values |= {"augment": self.augment} if self.augment else {}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    @property
    def label(self) -> str:
        """What to call this job in a message."""
        rule = [] if self.rule == "erbp" else [self.rule]
        changes = [f"{key}={value}" for key, value in self.config.items()]
        tables = self.faults | self.augment | self.recipe
        changes += [f"{key}={value}" for key, value in tables.items()]
        return " ".join([self.preset, *rule, *changes, f"run {self.run}"])

    def as_dict(self) -> dict[str, Any]:
        """Return every value, ready for JSON, and the whole configuration as it is today."""
        values = dataclasses.asdict(self) | {"machine": self.machine.as_dict()}
        # The machine tells all; jobs of a preset read as before there were files.
        del values["file"]
        for later in ("augment", "recipe"):
            if not values[later]:
                # As before there was any.
                del values[later]
        return values | {"rates": None if self.rates is None else list(self.rates)}
