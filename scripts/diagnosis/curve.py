"""A learning curve in words."""

from __future__ import annotations

import math

from erbium.scripts.diagnosis.case import validated
from erbium.scripts.train.checkpoint import Checkpoint

#: A fall over the last third of the passes that promises more: of the error before it, this share.
FALLING = 0.15

#: Passes of which one in the later half is this many times as bad as the best have not settled.
SWING = 1.5

#: Validation error above that of training samples that is no chance: whole, and in deviations.
GAP, DEVIATIONS = 0.03, 3

#: What may help against a gap; and with images, too.
MORE, AUGMENT = "more samples may help", ", and so may images that are moved (--augment shift=1)"

#: Training samples are known if fewer are mistaken than this part of what guessing mistakes.
KNOWN = 0.5


def curve_in_words(
    state: Checkpoint, training_error: float, validation_error: float, count: int,
    untaught: int = 0, images: bool = False,
) -> list[str]:  # fmt: skip
    """Say how a training went.

    Parameters
    ----------
    state : Checkpoint
        The training.
    training_error, validation_error : float
        Of its machine now, without learning.
    count : int
        Validation samples.
    untaught : int
        Those of them whose class has no training sample.
    images : bool
        Whether samples are known to be images, which can be moved.
    """
    classes, remedy = state.config.layers[-1], MORE + AUGMENT if images else MORE
    gap = _gap(training_error, validation_error, count, classes, untaught, remedy)
    passes, planned = state.epoch, len(state.plan.rates)
    if not passes:
        return [f"no pass is finished yet; {planned} are planned"]
    errors = validated(state.history)
    if not errors:
        said = [f"no validation error was told after the passes, of which there were {passes}"]
        return [*said, gap]
    said = [_course(errors, planned)]
    if passes < planned:
        said.append(f"it was stopped after {passes} of {planned} passes; --resume goes on")
    elif trend := _trend(errors):
        said.append(trend)
    said.append(gap)
    return said


def _course(errors: list[float], planned: int) -> str:
    first, last, best = errors[0], errors[-1], min(errors)
    if len(errors) == 1:
        return f"the validation error is {first:.2%} after one pass of {planned}"
    best_pass = f"the best was {best:.2%} after pass {errors.index(best) + 1}"
    if first == last:
        return (
            f"the validation error is {last:.2%} after pass {len(errors)}, as after the first; "
            f"{best_pass}"
        )
    verb = "fell" if last < first else "rose"
    return (
        f"the validation error {verb} from {first:.2%} after the first pass to {last:.2%} after "
        f"pass {len(errors)}; {best_pass}"
    )


def _trend(errors: list[float]) -> str:
    """Say what more passes would bring, as far as the last third of them tells."""
    third = len(errors) // 3
    if not third:
        return ""
    before, after = min(errors[:-third]), min(errors[-third:])
    if after < before * (1 - FALLING):
        return "it was still falling in the last third; more passes may help (--epochs)"
    if (worst := max(errors[len(errors) // 2 :])) > SWING * min(errors):
        return (
            f"it has not settled: the best pass had {min(errors):.2%}, one of the later half "
            f"{worst:.2%}; lower --rates towards the end may help"
        )
    return "it has settled: the last third of the passes brought little"


def _gap(
    training: float, validation: float, count: int, classes: int, untaught: int, remedy: str
) -> str:
    p = max(validation, 1 / count)
    text = (
        f"of training samples {training:.2%} are mistaken now, of validation samples "
        f"{validation:.2%}"
    )
    if untaught:
        return (
            f"{text}: {untaught} of {count} validation samples are of classes that no training "
            "sample has; take samples of all classes for training"
        )
    # What it mistakes itself, it does not know.
    known = training < KNOWN * (1 - 1 / classes)
    if known and validation > training + max(GAP, DEVIATIONS * math.sqrt(p * (1 - p) / count)):
        return f"{text}: it knows its samples by heart; {remedy}"
    return text
