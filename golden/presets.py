"""Named configurations, and nothing else."""

from __future__ import annotations

from erbium.golden.config import PER_LAYER, Config, ConfigError

_DIGITS = Config(
    name="digits",
    layers=(64, 64, 10),
    lanes=4,
    ticks=40,
    burn_in=8,
    threshold=(512, 358),
    weight_init=(32, 32),
    gate_low=(-1024, -2048),
    gate_high=(1024, 2048),
    learning_shift=7,
    rate_shift=1,
)

#: Chosen by the error on the validation samples; docs/results.md says what each value buys.
_MNIST = Config(
    name="mnist-100",
    layers=(784, 100, 10),
    ticks=100,
    burn_in=20,
    threshold=(1024, 716),
    gain=1,
    dendrite_leak=5,
    gate_low=(-512, -4096),
    gate_high=(2048, 4096),
    feedback=(63, 32),
    weight_init=(16, 32),
    error_threshold=2,
)


def _with_hidden(name: str, hidden: tuple[int, ...]) -> Config:
    """Return the MNIST machine with other hidden layers.

    The second gets many more events than the first: a weight counts half as much there, and the
    membrane keeps twice as long.
    """
    changes = {
        field: (getattr(_MNIST, field)[0],) * len(hidden) + getattr(_MNIST, field)[-1:]
        for field in PER_LAYER
    }
    if len(hidden) > 1:
        changes |= {"gain": (1, 0, 1), "membrane_leak": (4, 5, 4)}
    return _MNIST.replace(name=name, layers=(784, *hidden, 10), **changes)


def _of_twelve_bits(coarse: Config) -> Config:
    """Return the machine with weights of twelve bits, whose unit is a sixteenth.

    A gain of 0 takes up one of the four bits more, membranes take the others.
    """
    deep = len(coarse.layers) > 3
    second = ((16384, -8192, 32767),) if deep else ()
    threshold, gate_low, gate_high = zip(
        (8192, -4096, 16384), *second, (5728, -32767, 32767), strict=True
    )
    return coarse.replace(
        name=f"{coarse.name}-12",
        weight_bits=12,
        state_bits=18,
        gain=0,
        threshold=threshold,
        gate_low=gate_low,
        gate_high=gate_high,
        weight_init=tuple(16 * limit for limit in coarse.weight_init),
        learning_shift=7 if deep else 6,
    )


def _with_margin(base: Config, ticks: int, shift: int, lead: int) -> Config:
    """Return the machine whose weights rest while the true class leads clearly.

    Weights change in the last `ticks` only, when dendrites have gathered a sample's errors.
    Output neurons rest until the label fires again: errors of both signs, which cancel each
    other, are fewer then.
    """
    hidden = len(base.layers) - 2
    return base.replace(
        name=f"{base.name}-margin",
        refractory=(1,) * hidden + (2,),
        learning_start=base.ticks - ticks,
        learning_shift=shift,
        learning_margin=lead,
    )


_EIGHT_BITS = (
    _MNIST,
    _with_hidden("mnist-200", (200,)),
    _with_hidden("mnist-500", (500,)),
    _with_hidden("mnist-200-200", (200, 200)),
    _with_hidden("mnist-500-500", (500, 500)),
)

#: Last ticks in which weights change, shift of a change, and lead of the true class from which on
#: none changes. Chosen by the error on the validation samples.
_MARGINS = {
    "mnist-100": (20, 8, 12),
    "mnist-200": (20, 8, 12),
    "mnist-500": (40, 10, 16),
    "mnist-200-200": (40, 9, 16),
    "mnist-500-500": (40, 10, 16),
}

PRESETS: dict[str, Config] = {
    config.name: config
    for config in (
        Config(
            name="tiny",
            layers=(12, 6, 3),
            lanes=2,
            ticks=12,
            burn_in=2,
            rate_shift=0,
            threshold=(96, 64),
            gate_low=-512,
            gate_high=512,
            learning_shift=6,
            weight_init=48,
        ),
        _DIGITS,
        *_EIGHT_BITS,
        *map(_of_twelve_bits, _EIGHT_BITS),
        *(_with_margin(config, *_MARGINS[config.name]) for config in _EIGHT_BITS),
    )
}


def preset(name: str) -> Config:
    """Return the preset called `name`.

    Raises
    ------
    ConfigError
        If there is none; the message lists the names.
    """
    if name not in PRESETS:
        raise ConfigError(f"unknown preset {name!r}; choose one of: {', '.join(PRESETS)}")
    return PRESETS[name]
