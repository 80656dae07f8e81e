"""Every word on a wire or in a memory that has fields: the bit positions."""

from amaranth import *
from amaranth.lib import data

from erbium.golden.config import FULL_RATE
from erbium.golden.layout import Layout
from erbium.golden.words import (
    INTENSITY_BITS,
    address_bits,
    errors_word,
    event_word,
    input_word,
    outside_event_word,
    spikes_word,
)


def address_shape(depth):
    """Shape of an address of `depth` words; at least one bit."""
    return unsigned(address_bits(depth))


def fraction_shape(config):
    """Shape of an event's random fraction; one bit, always 0, if there is none."""
    return unsigned(max(1, config.learning_shift))


def rate_shape():
    """Shape of a sample's learning rate."""
    return unsigned(FULL_RATE.bit_length())


class PixelLayout(data.StructLayout):
    """An input's intensity, and whether it is the last of its sample."""

    def __init__(self):
        super().__init__({"intensity": INTENSITY_BITS, "last": 1})


class EventLayout(data.StructLayout):
    """A firing source, or (`end`) the end of a tick's events."""

    def __init__(self, config):
        super().__init__(event_word(config))


class OutsideEventLayout(data.StructLayout):
    """An event from outside, and whether it is the last of its sample."""

    def __init__(self, config):
        super().__init__(outside_event_word(config))


class EventsLayout(data.StructLayout):
    """What the encoder puts out at once: one event or more in ascending order, or an end. With
    one input a cycle, the same as an `EventLayout`.
    """

    def __init__(self, config):
        layout = Layout(config)
        sources = data.ArrayLayout(unsigned(layout.source_bits), layout.encoder_lanes)
        more = {"more": 1} if layout.encoder_lanes > 1 else {}
        super().__init__({"sources": sources} | more | {"end": 1})


class InputsLayout(data.ArrayLayout):
    """A word of kept inputs, encoded in the same cycle."""

    def __init__(self, config):
        super().__init__(InputLayout(config), Layout(config).encoder_lanes)


class DendriteLayout(data.StructLayout):
    """What the dendrite memory holds for a neuron: dendrite and gate, if the machine learns, and
    the refractory counter.
    """

    def __init__(self, config):
        fields = dict(Layout(config).dendrite_fields)
        if "dendrite" in fields:
            fields["dendrite"] = signed(fields["dendrite"])
        super().__init__(fields)


class WeightLayout(data.ArrayLayout):
    """A word of the weight memory: one weight per lane, lane 0 lowest."""

    def __init__(self, config):
        super().__init__(signed(config.weight_bits), config.lanes)


class FeedbackLayout(data.ArrayLayout):
    """A word of the feedback memory: one feedback weight per lane."""

    def __init__(self, config):
        super().__init__(signed(Layout(config).feedback_bits), config.lanes)


class MembranesLayout(data.ArrayLayout):
    """A word of the membrane memory: one membrane per lane."""

    def __init__(self, config):
        super().__init__(signed(Layout(config).membrane_bits), config.lanes)


class DendritesLayout(data.ArrayLayout):
    """A word of the dendrite memory: one neuron per lane."""

    def __init__(self, config):
        super().__init__(DendriteLayout(config), config.lanes)


class SpikeLayout(data.StructLayout):
    """Spikes of one group: a bit per lane; `end` marks the last group of the layer."""

    def __init__(self, config):
        super().__init__(spikes_word(config))


class RequestLayout(data.StructLayout):
    """Start a sample: its label, and its learning rate (0 to 256; 0 is plain inference). A guard
    has wires for labels that are too high, whatever the number of classes.
    """

    def __init__(self, config):
        classes = config.layers[-1]
        label = range(classes + 1) if config.guard else address_shape(classes)
        super().__init__({"label": label, "rate": rate_shape()})


class ResultLayout(data.StructLayout):
    """Outcome of a sample: the winning class and the spikes of every class."""

    def __init__(self, config):
        layout = Layout(config)
        super().__init__(
            {
                "winner": address_shape(layout.classes),
                "counts": data.ArrayLayout(unsigned(layout.count_bits), layout.classes),
            }
        )


class AccessLayout(data.StructLayout):
    """Host access to one word of the weight memory."""

    def __init__(self, config):
        super().__init__(
            {
                "data": WeightLayout(config),
                "address": address_shape(Layout(config).weight_depth),
                "write": 1,
            }
        )


class ErrorsLayout(data.StructLayout):
    """What the guard has raised: a flag for each `GuardError`, the lowest one for 1; the first
    error since they were cleared, or 0; how many; samples dropped with their requests.
    """

    def __init__(self):
        super().__init__(errors_word())


class DebtsLayout(data.StructLayout):
    """What the host waits for, a result or a weight word; and whether events from outside are
    still to come, where there are any. An upset may change the phase, but no answer must be lost.
    """

    def __init__(self, config):
        events = {"events": 1} if config.encoder == "events" else {}
        super().__init__({"result": 1, "word": 1} | events)


class TurnLayout(data.StructLayout):
    """Banks of the sample memory: which hold a whole sample, which is filled, which is read; with a
    guard also which of the samples are bad.
    """

    def __init__(self, config):
        bad = {"bad": 2} if config.guard else {}
        super().__init__({"complete": 2, "fill": 1, "read": 1} | bad)


class RandomLayout(data.StructLayout):
    """States of the three random generators; see `golden.rng.RandomState`."""

    def __init__(self):
        super().__init__({"event": unsigned(32), "blank": unsigned(32), "encoder": unsigned(32)})


class InputLayout(data.StructLayout):
    """A stored input that is not 0: its number and its intensity."""

    def __init__(self, config):
        super().__init__(input_word(config))
