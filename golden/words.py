"""Words: what goes through wires, queues and memories. Their fields, lowest first, and the bits.

Widths of addresses and depths of queues stand here, too. `hw.words` makes the circuit's words
of these, so that a width is written down once.
"""

from __future__ import annotations

from collections.abc import Mapping

from erbium.golden.config import Config
from erbium.golden.enums import GuardError
from erbium.golden.fixed import bits_for_unsigned
from erbium.golden.layout import Layout

Fields = dict[str, int]

#: Bits of an input's intensity.
INTENSITY_BITS = 8

#: Words of input events that wait between encoder and synapses.
INPUT_QUEUE_DEPTH = 17


#: Bits of the guard's count of errors, and of its count of samples that it has dropped.
ERROR_COUNT_BITS, DROPPED_BITS = 16, 8


def spike_queue_depth(config: Config) -> int:
    """Return the groups that the spike queue holds: all of the largest layer, and one more.

    At least three, so that the ring behind the output register has an address.
    """
    return max(3, *(layer.groups + 1 for layer in Layout(config).layers))


def address_bits(depth: int) -> int:
    """Bits of an address of `depth` words; at least one."""
    return max(1, bits_for_unsigned(depth - 1))


def input_address_bits(config: Config) -> int:
    """Bits of the number of a word of kept inputs."""
    return address_bits(-(-config.layers[0] // Layout(config).encoder_lanes))


def input_word(config: Config) -> Fields:
    """A kept input: its intensity and its number."""
    return {"value": INTENSITY_BITS, "source": address_bits(config.layers[0])}


def event_word(config: Config) -> Fields:
    """A firing source, or the end of a tick's events."""
    return {"source": Layout(config).source_bits, "end": 1}


def outside_event_word(config: Config) -> Fields:
    """An event from outside, and whether it is the last of its sample."""
    return event_word(config) | {"last": 1}


def events_word(config: Config) -> Fields:
    """What leaves the encoder at once: sources, whether there are more than one, end."""
    layout = Layout(config)
    sources = {f"source_{n}": layout.source_bits for n in range(layout.encoder_lanes)}
    return sources | ({"more": 1} if layout.encoder_lanes > 1 else {}) | {"end": 1}


def spikes_word(config: Config) -> Fields:
    """A group's spikes: a bit for each lane, number of the group, whether it is the last."""
    groups = max(layer.groups for layer in Layout(config).layers)
    return {"mask": config.lanes, "group": address_bits(groups), "end": 1}


def result_word(config: Config) -> Fields:
    """A sample's result: the winner, and the count of each class."""
    layout = Layout(config)
    counts = {f"count_{k}": layout.count_bits for k in range(layout.classes)}
    return {"winner": address_bits(layout.classes)} | counts


def errors_word() -> Fields:
    """What the guard has raised: a flag for each error, the first error since they were cleared,
    how many there were, and how many samples have been dropped with their requests.
    """
    code = max(GuardError).bit_length()
    counts = {"count": ERROR_COUNT_BITS, "dropped": DROPPED_BITS}
    return {"flags": len(GuardError), "code": code} | counts


def word_bits(fields: Fields) -> int:
    """Return the bits of a word."""
    return sum(fields.values())


def pack(fields: Fields, values: Mapping[str, int]) -> int:
    """Return the values of all fields as one word."""
    word = offset = 0
    for name, width in fields.items():
        word |= values[name] << offset
        offset += width
    return word


def unpack(fields: Fields, word: int) -> dict[str, int]:
    """Undo `pack`."""
    values = {}
    for name, width in fields.items():
        values[name] = word & ((1 << width) - 1)
        word >>= width
    return values
