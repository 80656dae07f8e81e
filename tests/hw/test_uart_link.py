"""UART link: a core behind two wires; what it does there is tested in tests/cosim."""

import pytest

from erbium.golden.link.registers import linked
from erbium.golden.presets import preset
from erbium.hw.link.uart_link import LinkedCore

TINY = preset("tiny")


def test_the_core_has_a_guard():
    core = LinkedCore(TINY, clock_hz=24_000_000, baud=3_000_000)
    assert core.config == linked(TINY)
    assert core.config.guard
    assert core.core.config == core.registers.map.config == core.config
    assert (core.registers.map.clock_hz, core.registers.map.baud) == (24_000_000, 3_000_000)


def test_a_rate_that_the_clock_cannot_make_is_refused():
    with pytest.raises(ValueError, match=r"2\.5e\+07 Hz makes 3125000 baud.*another clock"):
        LinkedCore(TINY, clock_hz=25_000_000, baud=3_000_000)
