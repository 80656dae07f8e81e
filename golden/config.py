"""The one configuration object: what the user chooses, checked at construction.

Everything else (golden model, circuit, simulation, Verilog, FPGA flow) takes this object.
What *follows* from the choice (groups, addresses, widths) is in `golden.layout`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from dataclasses import dataclass

from erbium.golden.config_error import ConfigError as ConfigError
from erbium.golden.config_error import check, is_integer, nearest

#: Encoders: how a sample becomes input spikes (see `golden.encoder`).
ENCODERS = ("phase", "bernoulli", "events")

#: How a changed weight is rounded (see `golden.plasticity`).
ROUNDINGS = ("stochastic", "nearest")

#: Kinds of weight memory: dual-port block RAM, or the single-port RAM of an iCE40 UltraPlus.
MEMORIES = ("block", "spram")

#: Values that change the circuit, but no result of it.
CIRCUIT_ONLY = ("name", "lanes", "memory", "learning", "counters", "guard", "event_buffer")

#: Values that are younger than published results, and what stands for their absence.
LATER = {"learning_start": 0, "learning_margin": 0}

#: Numbers of synapse lanes that the circuit can have.
LANES = (1, 2, 4, 8, 16, 32)

#: Names; '-' becomes '_' in Verilog, so '_' itself would let two names collide.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")

#: Rate of a sample that learns from every event; 0 switches learning off.
FULL_RATE = 256

#: `transmit` of synapses that transmit always: blank-out is off, and takes no part in the circuit.
ALWAYS_TRANSMITS = 16

#: Fields that hold one value per layer of neurons; a single number stands for all layers.
PER_LAYER = (
    "threshold",
    "refractory",
    "membrane_leak",
    "dendrite_leak",
    "gain",
    "gate_low",
    "gate_high",
    "feedback",
    "weight_init",
)


def _digest(values: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Config:
    """A network, its learning rule and the circuit that runs it.

    Values "per layer" are tuples with one entry for each layer of neurons (hidden layers first,
    the output layer last); a plain number is repeated for every layer.

    Parameters
    ----------
    name : str
        Name of the preset; becomes part of the Verilog module's name.
    layers : tuple of int
        Sizes n0, n1, ..., nL: inputs, one to three hidden layers, classes.
    lanes : int
        Synapses processed in a clock cycle: 1, 2, 4, 8, 16 or 32. Results do not depend on it.
    weight_bits, state_bits : int
        Bits of a weight (2 to 16) and of a saturated membrane or dendrite (8 to 24), both signed.
    ticks, burn_in, label_period, learning_start, learning_margin : int
        Ticks of a sample; first tick in which outputs count and errors flow; ticks between two
        spikes of the true class's label neuron; first tick in which weights change; lead of the
        true class over all others, in spikes, from which on they rest (0: they never do).
    threshold, refractory : per layer
        A neuron fires at ``membrane >= threshold`` unless it fired in the last `refractory` ticks.
    membrane_leak, dendrite_leak : per layer
        Shift v of the leak ``x - x / 2**v`` in every tick; rounded so that x reaches 0.
    gain : per layer
        A weight is added to a membrane as ``weight << gain``.
    gate_low, gate_high : per layer
        Plasticity is open while ``gate_low < membrane < gate_high``.
    feedback : per layer
        Largest random feedback weight (hidden layers), or the fixed one-to-one weight (output).
    weight_init : per layer
        Initial weights are uniform in ``-weight_init ... weight_init``.
    learning_shift : int
        A step: a weight moves by ``2**-learning_shift`` units per unit of dendrite.
    rounding : str
        "stochastic", or "nearest", which loses every change below half a weight unit.
    error_threshold : int
        Unanswered label or prediction spikes that make an error neuron fire.
    transmit : int
        A synapse transmits with probability ``transmit / 16``; 16 switches blank-out off.
    encoder : str
        "phase" (evenly spaced spikes), "bernoulli" (random spikes) or "events" (from outside).
    rate_shift : int
        An input of intensity x (0 to 255) fires ``x / (256 << rate_shift)`` times a tick.
    seed : int
        Seed of initial weights, random feedback and every random number in the machine.
    memory : str
        Weight memory: "block" reads and writes in the same cycle; "spram", which cannot, waits
        while a changed word is written. Results do not depend on it.
    learning : bool
        False leaves out everything that only learning needs: the core takes every rate for 0.
    counters : bool
        True adds performance counters for the host.
    guard : bool
        True adds a guard: what the host sends amiss is dropped whole, and raises an error.
    event_buffer : int
        Words of the guard's buffer for samples of encoder "events", a power of 2: every event and
        every end of a tick takes one. Without a guard it means nothing.

    Raises
    ------
    ConfigError
        If a value is out of range; the message names it and says what is possible.
    """

    name: str
    layers: tuple[int, ...]
    lanes: int = 8
    weight_bits: int = 8
    state_bits: int = 16
    ticks: int = 60
    burn_in: int = 12
    label_period: int = 3
    learning_start: int = 0
    learning_margin: int = 0
    threshold: tuple[int, ...] | int = 512
    refractory: tuple[int, ...] | int = 1
    membrane_leak: tuple[int, ...] | int = 4
    dendrite_leak: tuple[int, ...] | int = 4
    gain: tuple[int, ...] | int = 0
    gate_low: tuple[int, ...] | int = -1024
    gate_high: tuple[int, ...] | int = 1024
    feedback: tuple[int, ...] | int = 64
    weight_init: tuple[int, ...] | int = 16
    learning_shift: int = 10
    rounding: str = "stochastic"
    error_threshold: int = 1
    transmit: int = ALWAYS_TRANSMITS
    encoder: str = "phase"
    rate_shift: int = 2
    seed: int = 1
    memory: str = "block"
    learning: bool = True
    counters: bool = False
    guard: bool = False
    event_buffer: int = 1024

    def __post_init__(self) -> None:
        self._check_network()
        for field in PER_LAYER:
            object.__setattr__(self, field, self._per_layer(field))
        self._check_numbers()
        self._check_schedule()
        self._check_layers()

    def _per_layer(self, field: str) -> tuple[int, ...]:
        value, count = getattr(self, field), len(self.layers) - 1
        if is_integer(value):
            return (value,) * count
        check(
            isinstance(value, (tuple, list)) and len(value) == count,
            f"{field} must be one integer or {count} of them, one per layer of neurons, "
            f"not {value!r}",
        )
        return tuple(value)

    def _check_network(self) -> None:
        check(
            isinstance(self.name, str) and NAME.fullmatch(self.name) is not None,
            f"name must start with a letter and hold letters, digits and '-' only, "
            f"not {self.name!r}",
        )
        check(
            isinstance(self.layers, (tuple, list)) and 3 <= len(self.layers) <= 5,
            "layers must list inputs, one to three hidden layers and classes, "
            f"such as (64, 32, 10), not {self.layers!r}",
        )
        object.__setattr__(self, "layers", tuple(self.layers))
        for size in self.layers:
            check(
                is_integer(size) and 1 <= size <= 65536,
                f"every layer must have 1 to 65536 neurons, not {size!r}",
            )
        check(
            2 <= self.layers[-1] <= 256,
            f"the last of layers is the number of classes and must be 2 to 256, "
            f"not {self.layers[-1]!r}",
        )

    def _range(self, field: str, low: int, high: int) -> None:
        value = getattr(self, field)
        for item in value if field in PER_LAYER else (value,):
            check(
                is_integer(item) and low <= item <= high,
                f"{field} must be an integer from {low} to {high}, not {item!r}",
            )

    def _in_a_sample(self, field: str) -> None:
        value, last = getattr(self, field), self.ticks - 1
        check(
            is_integer(value) and 0 <= value <= last,
            f"{field} must be an integer from 0 to ticks - 1 = {last}, not {value!r}",
        )

    def _check_numbers(self) -> None:
        check(self.lanes in LANES, f"lanes must be one of {LANES}, not {self.lanes!r}")
        for field, known in (("encoder", ENCODERS), ("rounding", ROUNDINGS), ("memory", MEMORIES)):
            value = getattr(self, field)
            check(value in known, f"{field} must be one of {', '.join(known)}, not {value!r}")
        for field in ("learning", "counters", "guard"):
            value = getattr(self, field)
            check(isinstance(value, bool), f"{field} must be true or false, not {value!r}")
        self._range("weight_bits", 2, 16)
        self._range("state_bits", 8, 24)
        self._range("learning_shift", 0, 20)
        self._range("error_threshold", 1, 255)
        self._range("learning_margin", 0, 255)
        self._range("transmit", 1, ALWAYS_TRANSMITS)
        self._range("rate_shift", 0, 8)
        self._range("seed", 0, 2**32 - 1)

    def _check_schedule(self) -> None:
        self._range("ticks", 1, 65535)
        self._in_a_sample("burn_in")
        self._range("label_period", 1, 255)
        self._in_a_sample("learning_start")
        self._range("event_buffer", 2, 65536)
        size = self.event_buffer
        check(size & (size - 1) == 0, f"event_buffer must be a power of 2, not {size}")
        check(
            not (self.guard and self.encoder == "events") or self.ticks <= size,
            f"event_buffer must hold the ends of all {self.ticks} ticks of a sample, and its "
            f"events; it has {size} words",
        )

    def _check_layers(self) -> None:
        top = 2 ** (self.state_bits - 1) - 1
        self._range("threshold", 1, top)
        self._range("refractory", 0, 255)
        self._range("membrane_leak", 1, self.state_bits - 1)
        self._range("dendrite_leak", 1, self.state_bits - 1)
        self._range("gain", 0, 12)
        self._range("gate_low", -top - 1, top)
        self._range("gate_high", -top - 1, top)
        for low, high in zip(self.gate_low, self.gate_high, strict=True):
            check(
                low < high,
                f"gate_low must be below gate_high in every layer, not {low} and {high}",
            )
        self._range("feedback", 0, top)
        self._range("weight_init", 0, 2 ** (self.weight_bits - 1) - 1)

    def replace(self, **changes: object) -> Config:
        """Return a copy with some values changed, checked again."""
        return dataclasses.replace(self, **changes)

    def as_dict(self) -> dict[str, object]:
        """Return every value, ready for JSON."""
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in dataclasses.asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: dict[str, object]) -> Config:
        """Build a configuration from `as_dict`'s output; unknown names are refused."""
        known = {field.name for field in dataclasses.fields(cls)}
        for key in values:
            check(key in known, f"unknown configuration value {key!r}; {nearest(key, known)}")
        return cls(**{key: tuple(v) if isinstance(v, list) else v for key, v in values.items()})

    def effective(self, rate: int) -> int:
        """Return the rate of a sample that asks for `rate`: 0 in a machine without learning."""
        return rate if self.learning else 0

    @property
    def sha256(self) -> str:
        """Digits that differ between machines whose results can differ."""
        values = {k: v for k, v in self.as_dict().items() if k not in CIRCUIT_ONLY}
        return _digest({k: v for k, v in values.items() if v != LATER.get(k)})

    @property
    def fingerprint(self) -> str:
        """Digits that differ if anything does; without defaults, so new options change none."""
        named = {"name": self.name, "layers": list(self.layers)}
        usual = Config(**named).as_dict()
        return _digest(named | {k: v for k, v in self.as_dict().items() if v != usual[k]})
