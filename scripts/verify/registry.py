"""All campaigns, in the order of the report: the one list that report and command line walk.

A campaign is a module of this folder (or a package, where it is long) that has ``TITLE``, ``run``,
which returns its figures, ``failure(figures)``, which says what the command fails with, ``summary``
for the README and ``text`` for the section of docs/verification.md.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

#: Where the figures are, as NAME.json.
FOLDER = Path("docs", "verification")


@dataclass(frozen=True)
class Campaign:
    """One campaign.

    Attributes
    ----------
    name : str
        Of its figures and, but for the hyphen, of its module.
    command : str
        Words after `erbium` that run it.
    verb : str
        Of `make`, that runs it as it was published.
    """

    name: str
    command: str
    verb: str

    @property
    def file(self) -> Path:
        """Where the published figures are."""
        return FOLDER / f"{self.name}.json"

    def module(self) -> ModuleType:
        """Import what runs and tells the campaign; some need tools that others do not."""
        return importlib.import_module(f"erbium.scripts.verify.{self.name.replace('-', '_')}")


#: Proofs, comparisons, what the comparisons would find, faults.
CAMPAIGNS = {
    one.name: one
    for one in (
        Campaign("formal", "formal", "formal-full"),
        Campaign("agree", "agree", "agree"),
        Campaign("replay", "replay", "replay"),
        Campaign("epoch", "epoch-equal", "epoch-equal"),
        Campaign("soak", "soak", "soak"),
        Campaign("mutation", "mutation", "mutation"),
        Campaign("mutation-python", "mutation-python", "mutation-python"),
        Campaign("mutation-tools", "mutation-python --of tools", "mutation-tools"),
        Campaign("functional", "coverage functional", "coverage"),
        Campaign("toggle", "coverage toggle", "coverage"),
        Campaign("python-coverage", "coverage python", "coverage-python"),
        Campaign("upsets", "upsets", "upsets"),
    )
}
