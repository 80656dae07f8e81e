"""The statements that can be proved of any machine, for the one that somebody builds."""

from __future__ import annotations

import dataclasses

from erbium.golden.config import ALWAYS_TRANSMITS, Config
from erbium.golden.config_file import label
from erbium.sim.formal.catalogue import find
from erbium.sim.formal.proof import Proof

#: Proofs whose statement and length depend on no value of the configuration.
ANY = (
    "vocabulary", "neuron", "plasticity", "loading", "lane", "generator", "read-out", "ticks",
    "membranes", "dendrites",
)  # fmt: skip

#: Those about what a machine that never learns does not have.
OF_LEARNING = ("plasticity", "loading", "lane", "dendrites", "errors")


def proofs_of(config: Config) -> dict[str, Proof]:
    """Return proofs about a machine with the numbers of `config`, by their names.

    What needs a machine with few bits, such as the whole sequence, is proved of `catalogue`'s own.
    """
    names = {name: name for name in ANY}
    names["errors"] = "errors-1" if config.error_threshold == 1 else "errors-2"
    if config.transmit < ALWAYS_TRANSMITS and config.lanes > 1:
        names["blank-out"] = "blank-out-8"
    if not config.learning:
        names = {name: like for name, like in names.items() if name not in OF_LEARNING}
    return {
        name: dataclasses.replace(
            find(like), name=f"{name}-of-{label(config)}", config=config,
            statement=_ending(find(like).statement, config),
        )
        for name, like in names.items()
    }  # fmt: skip


def _ending(statement: str, config: Config) -> str:
    """Return a statement that names the machine in the place of the catalogue's numbers."""
    return f"{statement.partition(', with ')[0]} ({label(config)})"
