"""Deliberate faults in the circuit, to show that the benches find them.

A fault changes what is emitted, in the process that emits; the golden model, which runs in the
simulator's process, stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest import mock

from amaranth import Const, Module, Mux, Signal
from amaranth.lib.data import View

import erbium.hw.fixed
import erbium.hw.spikes
from erbium.golden import rng
from erbium.golden.config import Config, ConfigError
from erbium.golden.enums import Phase
from erbium.hw import accumulators
from erbium.hw.control import Control
from erbium.hw.encoder import Encoder
from erbium.hw.plasticity import Saturation
from erbium.hw.schedule import Schedule

#: The circuit is built with one constant that is another by this; the other way round where the
#: right one is the last that there is.
CONSTANTS: dict[str, tuple[str, int]] = {
    "threshold one too high": ("threshold", 1),
    "gate closes one too late": ("gate_high", 1),
    "refractory a tick too long": ("refractory", 1),
    "label fires too seldom": ("label_period", 1),
    "errors a tick too early": ("burn_in", -1),
    "weights change a tick too late": ("learning_start", 1),
    "weights rest a spike too late": ("learning_margin", 1),
    "inputs fire too seldom": ("rate_shift", 1),
    "other random numbers": ("seed", 1),
}


def _wraps(saturation: Saturation, platform: object) -> Module:
    """Drop the high bits of a weight that has learned."""
    m = Module()
    learned = Mux(saturation.learns, saturation.moved[: len(saturation.weight)], 0)
    m.d.comb += saturation.weight.eq((learned | saturation.load.as_unsigned()).as_signed())
    return m


def _holds_nobody(control: Control, platform: object, elaborate=Control.elaborate) -> Module:
    """Listen to another wire, which is always 0."""
    control.hold = Signal(name="another_hold")
    return elaborate(control, platform)


def _hastens(schedule: Schedule, m: Module, feed_back=Schedule._feed_back) -> None:
    """End the phase with the last group."""
    feed_back(schedule, m)
    with m.If(schedule.issued.all_end):
        m.d.sync += schedule.ports.phase.eq(Phase.READOUT)


def _starts_early(schedule: Schedule, m: Module, clear=Schedule._clear) -> None:
    """Deliver events as soon as the last group has been issued."""
    clear(schedule, m)
    with m.If(schedule.issued.all_end):
        m.d.sync += schedule.ports.phase.eq(Phase.SYNAPSE)


def _one_too_far(
    m: Module, config: Config, x: View, membrane: Signal, total: Signal, latest=accumulators.latest
) -> object:
    """Take the sum of the operation before the right one."""
    late = Signal.like(total, name="late")
    with m.If(x.operation.synapse | x.operation.neuron):
        m.d.sync += late.eq(total)
    return latest(m, config, x, membrane, late)


def _loses_second(
    encoder: Encoder, m: Module, fires: object, sources: list, put_out=Encoder._put_out
) -> None:
    """Put out one event of a word, even if there are two."""
    put_out(encoder, m, fires, sources)
    m.d.sync += encoder.o.payload.more.eq(0)


#: A part of the circuit is replaced: target, and what takes its place.
PATCHES: dict[str, tuple[object, str, object]] = {
    "weights wrap": (Saturation, "elaborate", _wraps),
    "leak rounds down": (erbium.hw.fixed, "rounds_away", lambda value, shift: Const(0, 1)),
    "no forwarding of sums": (accumulators, "find", lambda m, config, issue, forward: None),
    "sums from the wrong distance": (accumulators, "latest", _one_too_far),
    "hold of single-port memory ignored": (Control, "elaborate", _holds_nobody),
    "errors without a cycle between them": (Schedule, "_feed_back", _hastens),
    "first event before neurons are clear": (Schedule, "_clear", _starts_early),
    "second of two inputs lost": (Encoder, "_put_out", _loses_second),
    "spikes in the wrong order": (erbium.hw.spikes, "reversed", lambda lanes: lanes),
    "generator of another kind": (rng, "xorshift", rng.xorshift_lanes),
}

FAULTS = (*CONSTANTS, *PATCHES)


def with_another(config: Config, constant: str, step: int) -> Config:
    """Return the configuration with another value of a constant, or of each layer's one."""
    right = getattr(config, constant)
    if not isinstance(right, tuple):
        return _valid(config, constant, (right + step, right - step))
    for layer in range(len(right)):
        now = getattr(config, constant)
        wrong = ((*now[:layer], now[layer] + change, *now[layer + 1 :]) for change in (step, -step))
        config = _valid(config, constant, wrong)
    return config


def _valid(config: Config, constant: str, values: Iterable[object]) -> Config:
    """Return the configuration with the first of these values that makes a machine."""
    for value in values:
        try:
            return config.replace(**{constant: value})
        except ConfigError as error:
            failed = error
    raise failed


@contextmanager
def planted(name: str | None, config: Config) -> Iterator[Config]:
    """Plant fault `name` (None plants nothing); yields the configuration to build from."""
    if name is None:
        yield config
    elif name in CONSTANTS:
        yield with_another(config, *CONSTANTS[name])
    else:
        target, attribute, replacement = PATCHES[name]
        with mock.patch.object(target, attribute, replacement, create=attribute == "reversed"):
            yield config
