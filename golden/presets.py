"""Named configurations, and nothing else."""

from __future__ import annotations

from golden.config import Config, ConfigError

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

_MNIST = Config(
    name="mnist-100",
    layers=(784, 100, 10),
    threshold=(512, 358),
    weight_init=(16, 32),
    gate_low=(-1024, -2048),
    gate_high=(1024, 2048),
)

_DEEP = {
    "threshold": (512, 512, 358),
    "weight_init": (16, 24, 32),
    "gate_low": (-1024, -1024, -2048),
    "gate_high": (1024, 1024, 2048),
    "gain": 0,
    "refractory": 1,
    "membrane_leak": 4,
    "dendrite_leak": 4,
    "feedback": 64,
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
        _MNIST,
        _MNIST.replace(name="mnist-200", layers=(784, 200, 10)),
        _MNIST.replace(name="mnist-500", layers=(784, 500, 10)),
        _MNIST.replace(name="mnist-200-200", layers=(784, 200, 200, 10), **_DEEP),
        _MNIST.replace(name="mnist-500-500", layers=(784, 500, 500, 10), **_DEEP),
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
