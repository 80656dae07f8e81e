"""Operation: what the datapath is told to do in a cycle."""

from __future__ import annotations

from dataclasses import dataclass

from erbium.golden.enums import Operation


@dataclass
class Issue:
    """An operation with its operands; those without meaning are 0."""

    operation: Operation = Operation.NONE
    layer: int = 0
    group: int = 0
    last: bool = False
    state: int = 0
    weight: int = 0
    feedback: int = 0
    negative: bool = False
    learn: bool = False
    fraction: int = 0
    transmit: int = 0
