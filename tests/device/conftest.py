"""Machines to open: the golden model, and one whose power fails when it is asked to."""

from __future__ import annotations

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.presets import preset
from erbium.scripts.device.simulated import ModelTransport

from .line import BAUD


class Machine(ModelTransport):
    """The golden model, which can lose its power or its cable.

    Attributes
    ----------
    fails_after : int or None
        Commands after which the power fails and comes back.
    """

    def __init__(self, config: Config) -> None:
        super().__init__(config, BAUD)
        self.fails_after: int | None = None

    def fail(self) -> None:
        """Lose the power, and have it again."""
        self.registers.reset()
        self.frames.reset()

    def write(self, data: bytes) -> None:
        if self.fails_after is not None:
            self.fails_after -= 1
            if self.fails_after == 0:
                self.fail()
        super().write(data)


@pytest.fixture
def machine() -> Machine:
    """A machine of preset tiny."""
    return Machine(preset("tiny"))


def drawn(config: Config, count: int, seed: int = 1) -> tuple[list, np.ndarray]:
    """Draw samples and labels for a machine."""
    draw = np.random.default_rng(seed)
    inputs, labels = config.layers[0], draw.integers(0, config.layers[-1], count)
    if config.encoder == "events":
        fires = draw.random((count, config.ticks, inputs)) < 0.1
        return [[np.flatnonzero(tick).tolist() for tick in sample] for sample in fires], labels
    lit = draw.random((count, inputs)) < 0.5
    return list((draw.integers(0, 256, (count, inputs)) * lit).astype(np.uint8)), labels
