"""Campaign: small mistakes in the tools around the core, made by `mutation_python`."""

from __future__ import annotations

from functools import partial

from erbium.scripts.verify import mutation_python
from erbium.scripts.verify.mutation_python import failure, summary, text

__all__ = ["TITLE", "failure", "run", "summary", "text"]

TITLE = "Mistakes in the tools around the core"

run = partial(mutation_python.run, "tools")
