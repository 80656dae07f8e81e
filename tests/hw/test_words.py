"""Words of the circuit are the model's: the same fields, at the same bits."""

import pytest
from amaranth.lib import data

from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.words import (
    event_word,
    events_word,
    input_word,
    result_word,
    spikes_word,
    unpack,
    word_bits,
)
from erbium.hw.words import (
    DendriteLayout,
    EventLayout,
    EventsLayout,
    InputLayout,
    ResultLayout,
    SpikeLayout,
)

TINY = preset("tiny")
CONFIGS = [TINY.replace(lanes=lanes) for lanes in (1, 4, 32)] + [TINY.replace(learning=False)]


def flat(layout, bits):
    """Return all numbers of a word, the lowest first, as plain numbers without sign."""
    if isinstance(layout, data.Layout):
        parts = (flat(field.shape, bits >> field.offset) for _, field in layout)
        return [number for part in parts for number in part]
    width = layout.width if hasattr(layout, "width") else layout
    return [bits & ((1 << width) - 1)]


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize(
    ("layout", "word"),
    [
        (EventLayout, event_word),
        (EventsLayout, events_word),
        (InputLayout, input_word),
        (ResultLayout, result_word),
        (SpikeLayout, spikes_word),
        (DendriteLayout, lambda config: Layout(config).dendrite_fields),
    ],
)
def test_words_are_the_same(layout, word, config):
    circuit, model = layout(config), word(config)
    assert circuit.size == word_bits(model)
    for bit in range(circuit.size):
        assert flat(circuit, 1 << bit) == list(unpack(model, 1 << bit).values())
