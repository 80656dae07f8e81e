"""Every word on a wire or in a memory that has fields, and every code: the bit positions."""

from amaranth import *
from amaranth.lib import data, enum

from golden.config import FULL_RATE
from golden.cycle.record import address_bits
from golden.layout import SUMS_UNDER_WAY, Layout


class Phase(enum.Enum, shape=3):
    """What the sequencer is doing; see docs/specification.md, "Schedule"."""

    IDLE = 0
    CLEAR = 1
    SYNAPSE = 2
    NEURON = 3
    READOUT = 4
    FEEDBACK = 5
    RESULT = 6
    READ = 7


class Operation(enum.Enum, shape=3):
    """What the datapath does with one group of neurons in one cycle."""

    NONE = 0
    CLEAR = 1
    SYNAPSE = 2
    NEURON = 3
    FEEDBACK = 4
    READ = 5


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
        super().__init__({"intensity": 8, "last": 1})


class EventLayout(data.StructLayout):
    """A firing source, or (`end`) the end of a tick's events."""

    def __init__(self, config):
        super().__init__({"source": unsigned(Layout(config).source_bits), "end": 1})


class OutsideEventLayout(data.StructLayout):
    """An event from outside, and whether it is the last of its sample."""

    def __init__(self, config):
        source = unsigned(Layout(config).source_bits)
        super().__init__({"source": source, "end": 1, "last": 1})


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
        groups = max(layer.groups for layer in Layout(config).layers)
        super().__init__({"mask": unsigned(config.lanes), "group": address_shape(groups), "end": 1})


class RequestLayout(data.StructLayout):
    """Start a sample: its label, and its learning rate (0 to 256; 0 is plain inference)."""

    def __init__(self, config):
        super().__init__({"label": address_shape(config.layers[-1]), "rate": rate_shape()})


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


class RandomLayout(data.StructLayout):
    """States of the three random generators; see `golden.rng.RandomState`."""

    def __init__(self):
        super().__init__({"event": unsigned(32), "blank": unsigned(32), "encoder": unsigned(32)})


class InputLayout(data.StructLayout):
    """A stored input that is not 0: its number and its intensity."""

    def __init__(self, config):
        super().__init__({"value": unsigned(8), "source": address_shape(config.layers[0])})


#: Bits of an operation on its way, and the operation that each one is; all 0 is none.
KINDS = {
    "clears": Operation.CLEAR,
    "synapse": Operation.SYNAPSE,
    "neuron": Operation.NEURON,
    "feeds": Operation.FEEDBACK,
    "read": Operation.READ,
}


def operation(stage):
    """Return the operation of an `IssueLayout` or `StageLayout`, to be observed."""
    code = Const(Operation.NONE)
    for name, kind in KINDS.items():
        code = Mux(stage[name], kind, code)
    return code


class IssueLayout(data.StructLayout):
    """What the sequencer hands to the datapath in a cycle: one operation at most.

    Its kind has a bit for each, as a code would stand between the sequencer's registers and the
    enables of all memories.
    """

    def __init__(self, config):
        layout = Layout(config)
        super().__init__(
            dict.fromkeys(KINDS, unsigned(1))
            | {
                "layer": address_shape(len(layout.layers)),
                "group": SpikeLayout(config)["group"].shape,
                "last": 1,
                "state": address_shape(layout.state_depth),
                "weight": address_shape(layout.weight_depth),
                "feedback": address_shape(layout.feedback_depth),
                "negative": 1,
                "learn": 1,
                "fraction": fraction_shape(config),
                "transmit": unsigned(config.lanes),
            }
        )


class StageLayout(data.StructLayout):
    """An operation on its way through the datapath.

    `negative`, and `fraction` of a feedback operation, turn the feedback into its complement. Bit
    d - 1 of `forward` says that the membrane was in the lanes d operations ago.
    """

    def __init__(self, config):
        issue = IssueLayout(config)
        carried = ("layer", "group", "last", "state", "weight", "learn", "transmit")
        carried += ("negative", "fraction")
        super().__init__(
            dict.fromkeys(KINDS, unsigned(1))
            | {name: issue[name].shape for name in carried}
            | {"forward": unsigned(SUMS_UNDER_WAY)}
        )
