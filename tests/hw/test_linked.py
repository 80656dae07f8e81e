"""Emission of a core behind its UART: four ports, and a header that explains them."""

import pytest

from erbium.golden.link.registers import linked
from erbium.golden.presets import preset
from erbium.hw.verilog.linked import emit_linked, linked_name
from erbium.hw.verilog.names import module_name

TINY = preset("tiny")
RATES = {"clock_hz": 24_000_000, "baud": 3_000_000}


@pytest.fixture(scope="module")
def text():
    return emit_linked(TINY, **RATES)


def test_its_name_says_what_it_is(text):
    name = linked_name(TINY)
    assert name == f"{module_name(linked(TINY))}_uart"
    assert linked_name(linked(TINY)) == name
    assert f"module {name}(\n  clk,\n  rst,\n  rx,\n  tx\n);" in text


def test_the_header_explains_the_ports(text):
    header = text.partition("module ")[0]
    assert "behind a UART: 3,000,000 baud with a clock of 24 MHz" in header
    assert "8 bits, no parity, 1 stop bit" in header
    assert "docs/link.md" in header
    assert '"guard": true' in header
    for line in (
        "clk  input      1",
        "rst  input      1",
        "rx   input      1",
        "tx   output     1",
    ):
        assert f"// {line}\n" in header
    assert "valid and ready" not in header


def test_a_name_that_is_not_legal_is_refused():
    with pytest.raises(ValueError, match="module name 'end' is a keyword"):
        emit_linked(TINY, name="end", **RATES)
