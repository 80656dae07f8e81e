"""Keywords: complete enough to hold those that ports are likely to be called."""

import pytest

from erbium.hw.verilog.keywords import CPP, KEYWORDS, SYSTEM_VERILOG, VHDL


@pytest.mark.parametrize(
    ("words", "some"),
    [
        (SYSTEM_VERILOG, "reg wire event logic bit byte rand priority table do final global"),
        (VHDL, "signal label out in next range select process entity buffer of to"),
        (CPP, "class int new private this union volatile and export register"),
    ],
)
def test_keywords_are_known(words, some):
    assert set(some.split()) <= words


def test_keywords_are_lower_case():
    for words in KEYWORDS.values():
        assert all(word == word.lower() for word in words)
        assert len(words) > 90
