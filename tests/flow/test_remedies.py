"""Remedies for a core that does not fit: another chip, the smallest that will do."""

from __future__ import annotations

import pytest

from erbium.golden.config import Config
from erbium.golden.presets import preset
from erbium.scripts.fpga.device import DEVICES, find_device
from erbium.scripts.fpga.plan import fits, plan

MNIST = preset("mnist-100")


@pytest.mark.parametrize("config", [MNIST, preset("mnist-200")], ids=lambda one: one.name)
def test_the_smallest_chip_that_will_do_is_named(config: Config) -> None:
    found = plan(config, find_device("hx8k"))
    assert not found.fits
    larger = [chip for chip in DEVICES.values() if fits(config, chip)]
    assert larger
    least = min(larger, key=lambda chip: chip.block_rams)
    assert [one for one in found.remedies if "device" in one] == [f"--device {least.name}"]


def test_no_chip_is_named_where_none_will_do() -> None:
    config = MNIST.replace(layers=(784, 4000, 10))
    assert not any(fits(config, chip) for chip in DEVICES.values())
    found = plan(config, find_device("ecp5-85"))
    assert not [one for one in found.remedies if "device" in one]
    assert any("layers=" in one for one in found.remedies)
