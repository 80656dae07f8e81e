"""Deliberate faults in the circuit, to show that the benches find them.

A fault changes what is emitted, in the process that emits; the golden model, which runs in the
simulator's process, stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

from amaranth import Const

import hw.datapath
import hw.neuron
import hw.plasticity
import hw.spikes
from golden import rng
from golden.config import Config


def _plus_one(values: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(value + 1 for value in values)


#: The circuit is built with one wrong constant.
CONSTANTS: dict[str, Callable[[Config], dict[str, object]]] = {
    "threshold one too high": lambda c: {"threshold": _plus_one(c.threshold)},
    "gate closes one too late": lambda c: {"gate_high": _plus_one(c.gate_high)},
    "refractory a tick too long": lambda c: {"refractory": _plus_one(c.refractory)},
    "label fires too seldom": lambda c: {"label_period": c.label_period + 1},
    "errors a tick too early": lambda c: {"burn_in": c.burn_in - 1},
    "inputs fire too seldom": lambda c: {"rate_shift": c.rate_shift + 1},
    "other random numbers": lambda c: {"seed": c.seed + 1},
}

#: A part of the circuit is replaced: target, and what takes its place.
PATCHES: dict[str, tuple[object, str, object]] = {
    "weights wrap": (hw.plasticity, "saturate", lambda value, bits: value[:bits].as_signed()),
    "leak rounds down": (hw.neuron, "rounds_away", lambda value, shift: Const(0, 1)),
    "no forwarding of states": (
        hw.datapath.Datapath,
        "_forward",
        staticmethod(lambda from_x, x_state, from_w, w_state, r_state: r_state),
    ),
    "spikes in the wrong order": (hw.spikes, "reversed", lambda lanes: lanes),
    "generator of another kind": (rng, "xorshift", rng.xorshift_lanes),
}

FAULTS = (*CONSTANTS, *PATCHES)


@contextmanager
def planted(name: str | None, config: Config) -> Iterator[Config]:
    """Plant fault `name` (None plants nothing); yields the configuration to build from."""
    if name is None:
        yield config
    elif name in CONSTANTS:
        yield config.replace(**CONSTANTS[name](config))
    else:
        target, attribute, replacement = PATCHES[name]
        with mock.patch.object(target, attribute, replacement, create=attribute == "reversed"):
            yield config
