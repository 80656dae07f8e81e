"""Learning rates, one for each pass over the training samples: 0 to 256, of 256.

They are written one after another, with how often each is repeated: "256x3,128x3,64x3,32x2,16" is
a long and calm course of twelve passes. What is recorded is the list that this stands for.
"""

from __future__ import annotations

import re

from erbium.golden.config import FULL_RATE
from erbium.golden.validate import DataError

#: How rates are written.
EXAMPLE = "256x3,128x3,64"

#: A rate, and for how many passes.
PART = re.compile(r"([0-9]{1,6})(?:x([0-9]{1,6}))?")


def parsed(text: str) -> list[int]:
    """Return the rate of each pass that `text` stands for.

    Raises
    ------
    DataError
        If it is written otherwise. Whether a rate is in range, a training finds out.
    """
    rates: list[int] = []
    for part in text.split(","):
        found = PART.fullmatch(part.strip())
        passes = int(found[2] or 1) if found else 0
        if not passes:
            raise DataError(
                f"{text!r} is no list of integers from 0 to {FULL_RATE}, such as 256,256,128, or "
                f"with the number of passes of each, {EXAMPLE}"
            )
        rates += [int(found[1])] * passes
    return rates
