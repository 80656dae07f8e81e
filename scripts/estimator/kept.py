"""What of an estimator a checkpoint keeps, beside the training: only what is not as usual."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from erbium.scripts.data.preparation import Preparation
from erbium.scripts.estimator import classes
from erbium.scripts.train.checkpoint import Checkpoint, Plan

#: Parameters that say nothing of the machine, but of how rows are taken; and their usual values.
#: Those of the machine, its configuration says.
PARAMETERS = {"scaling": "auto", "validation_fraction": 0.0}


def of(estimator: BaseEstimator) -> dict[str, Any]:
    """Return what an estimator needs to come back as it is, ready for JSON."""
    found = classes.as_dict(estimator.classes_)
    for name, usual in PARAMETERS.items():
        if (value := getattr(estimator, name)) != usual:
            found[name] = value if isinstance(value, str) else float(value)
    if estimator.rates is None:
        # Else a pass that follows would be made at the last rate of all that were.
        found["epochs"] = None if estimator.epochs is None else int(estimator.epochs)
    if (columns := getattr(estimator, "feature_names_in_", None)) is not None:
        found["feature_names"] = columns.tolist()
    return found


def completed(plan: Plan, columns: int) -> Plan:
    """Return the plan of a training for an estimator, which always has a preparation."""
    if plan.preparation is not None:
        return plan
    # Without one, rows were taken as they are.
    estimator = {**(plan.estimator or {}), "scaling": "none"}
    return dataclasses.replace(plan, preparation=Preparation(columns), estimator=estimator)


def parameters(plan: Plan) -> dict[str, Any]:
    """Return the parameters of the estimator whose plan it is, or of one like a training."""
    kept = plan.estimator or {}
    usual = PARAMETERS | {"scaling": plan.taken.scaling}
    found = {name: kept.get(name, value) for name, value in usual.items()}
    found["augment"] = str(plan.augment) if plan.augment else None
    return found | (
        {"epochs": kept["epochs"]} if "epochs" in kept else {"rates": plan.rates or None}
    )


def attributes(state: Checkpoint) -> dict[str, np.ndarray]:
    """Return what the estimator of a training has found out of its data."""
    kept, names = state.plan.estimator or {}, state.plan.classes
    labels = (
        classes.from_dict(kept) if "labels" in kept
        else classes.named(names, state.config.layers[-1])
    )  # fmt: skip
    found = {"classes_": labels}
    if "feature_names" in kept:
        found["feature_names_in_"] = np.array(kept["feature_names"], dtype=object)
    return found
