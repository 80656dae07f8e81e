"""What a board shows its core when no host is there: small weights, then noisy patterns for ever.

Every class has a fixed pattern of lit inputs, which a generator makes anew each time, so that no
memory holds it. A second generator makes the weights and then the noise: it flips some inputs,
and varies how strongly the lit ones shine. So no two samples are the same, and to know a pattern
means more than to remember a sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.layout import Layout
from erbium.golden.rng import WEIGHTS, stream_seed, xorshift

#: Start of the generator of patterns; its four bytes differ, so no class can turn it into 0.
PATTERN_SEED = 0x9E3779B9

#: An input is lit where this many bits of the generator are 0, one of 2**LIT_BITS inputs ...
LIT_BITS = 2

#: ... but flipped where this many bits of the noise are 0.
FLIP_BITS = 4

#: Passes over the classes with learning on, before one with learning off.
PASSES = 64


@dataclass(frozen=True)
class Shown:
    """A sample, its class, and the learning rate it is shown with."""

    sample: np.ndarray
    label: int
    rate: int


def weight_draw_bits(config: Config) -> tuple[int, ...]:
    """Return for each layer how many random bits, read as a signed number, make a weight."""
    return tuple(limit.bit_length() for limit in config.weight_init)


def pattern_seed(label: int) -> int:
    """Return the start of a class's pattern: its number, in each byte of a constant."""
    return PATTERN_SEED ^ (label * 0x01010101)


class Exerciser:
    """The weights and the samples that ``hw.link.exerciser.Exerciser`` sends, in order.

    Parameters
    ----------
    config : Config
    passes : int
        Passes over the classes with learning on, before each pass with learning off.

    Attributes
    ----------
    weights : list of int array [sources, targets]
        The first weights.
    """

    def __init__(self, config: Config, passes: int = PASSES) -> None:
        self._config = config
        self._passes = passes
        self._noise = stream_seed(config.seed, WEIGHTS)
        self.weights = self._draw_weights()

    def _step(self) -> int:
        drawn, self._noise = self._noise, xorshift(self._noise)
        return drawn

    def _draw_weights(self) -> list[np.ndarray]:
        layout = Layout(self._config)
        words = np.zeros((layout.weight_depth, self._config.lanes), dtype=np.int64)
        address = 0
        for layer, bits in zip(layout.layers, weight_draw_bits(self._config), strict=True):
            for group in range(layer.groups):
                for _ in range(layer.sources):
                    for lane in range(self._config.lanes):
                        drawn = self._step() & ((1 << bits) - 1)
                        if group * self._config.lanes + lane < layer.targets:
                            words[address, lane] = drawn - (drawn >> max(0, bits - 1) << bits)
                    address += 1
        return layout.unpack(words)

    def _sample(self, label: int) -> np.ndarray:
        pattern, values = pattern_seed(label), []
        for _ in range(self._config.layers[0]):
            noise = self._step()
            lit = pattern >> (32 - LIT_BITS) == 0
            flipped = noise >> (32 - FLIP_BITS) == 0
            values.append(128 | (noise & 127) if lit != flipped else 0)
            pattern = xorshift(pattern)
        return np.array(values)

    def samples(self) -> Iterator[Shown]:
        """Yield samples, class after class, for ever."""
        while True:
            for number in range(self._passes + 1):
                rate = FULL_RATE if number < self._passes else 0
                for label in range(self._config.layers[-1]):
                    yield Shown(self._sample(label), label, rate)
