"""Ports of the control: what it sees in a cycle, and what it does."""

from __future__ import annotations

from dataclasses import dataclass, field

from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.operation import Issue
from erbium.golden.enums import Phase


@dataclass(frozen=True)
class Request:
    """Start a sample: its label and its learning rate, 0 to 256."""

    label: int
    rate: int


@dataclass(frozen=True)
class Access:
    """Write (`data` given) or read a word of the weight memory."""

    address: int
    data: tuple[int, ...] | None = None


@dataclass
class Seen:
    """What the control sees in a cycle."""

    request: Request | None = None
    access: Access | None = None
    result_ready: bool = False
    access_ready: bool = False
    sample_ready: bool = False
    input: Event | None = None
    spike: Event | None = None
    event_random: int = 0
    transmit: int = 0
    read_done: bool = False
    hold: bool = False
    drained: bool = True


@dataclass
class Outputs:
    """What the control does in a cycle."""

    phase: Phase
    tick: int = 0
    start: bool = False
    finish: bool = False
    request_ready: bool = False
    access_ready: bool = False
    result_valid: bool = False
    read_valid: bool = False
    inputs_ready: bool = False
    spikes_ready: bool = False
    event_step: bool = False
    issue: Issue = field(default_factory=Issue)
    count: bool = False
    error: int = 0
    k: int = 0
