"""Operation: what the datapath is told to do in a cycle, where it is made and where it goes."""

from amaranth import *
from amaranth.lib import data

from erbium.golden.enums import Operation
from erbium.golden.layout import SUMS_UNDER_WAY, Layout
from erbium.hw.fixed import by_layer, wrap
from erbium.hw.words import SpikeLayout, address_shape, fraction_shape

#: Operands that are registers of `Issued`.
OPERANDS = ("layer", "state", "weight", "feedback", "negative", "learn", "fraction")


class OperationLayout(data.StructLayout):
    """A bit for each operation, by its name; none of them is `Operation.NONE`.

    A code would stand between the sequencer's registers and the enables of all memories.
    """

    def __init__(self):
        super().__init__({kind.name.lower(): 1 for kind in Operation if kind != Operation.NONE})


def operation_code(operation):
    """Return the number of the operation whose bit is set, to be observed."""
    code = Const(Operation.NONE)
    for name in OperationLayout().members:
        code = Mux(operation[name], Operation[name.upper()], code)
    return code


class IssueLayout(data.StructLayout):
    """What the sequencer hands to the datapath in a cycle: one operation at most."""

    def __init__(self, config):
        layout = Layout(config)
        super().__init__(
            {
                "operation": OperationLayout(),
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
        carried = ("operation", "layer", "group", "last", "state", "weight", "learn", "transmit")
        carried += ("negative", "fraction")
        super().__init__(
            {name: issue[name].shape for name in carried} | {"forward": unsigned(SUMS_UNDER_WAY)}
        )


class Issued:
    """The operation that is issued: registers of its operands, and what follows from the layer.

    The schedule has it, and stands in the module of `Control`.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    kind : dict of str to Signal
        A bit for each operation, by its name; at most one is 1.
    layer, state, weight, feedback, negative, learn, fraction : Signal
        Operands, as in `IssueLayout`.
    first_layer, last_layer : Value
        Whether it is at this layer.
    state_base, weight_base, stride : Value
        First addresses of the layer, and how far apart the words of an event are.
    layer_end, all_end : Value
        It is at the last group of the layer, or of all.
    """

    def __init__(self, config):
        layout = Layout(config)
        # Not a field assigned in a condition: that would put all of `issue` into Verilog
        # processes, and the process of a constant field (`transmit`) never runs.
        self.kind = {name: Signal(name=f"issue_{name}") for name in OperationLayout().members}
        self.layer = Signal(address_shape(len(layout.layers)), name="layer")
        self.state = Signal(address_shape(layout.state_depth), name="state")
        self.weight = Signal(address_shape(layout.weight_depth), name="weight")
        self.feedback = Signal(address_shape(layout.feedback_depth), name="feedback")
        self.negative = Signal(name="negative")
        self.learn = Signal(name="learn")
        self.fraction = Signal(fraction_shape(config), name="fraction")
        self._constants(layout.layers)

    def _constants(self, layers):
        layer = self.layer
        self.first_layer, self.last_layer = layer == 0, layer == len(layers) - 1
        self.state_base = by_layer([one.state_base for one in layers], layer)
        self.weight_base = by_layer([one.weight_base for one in layers], layer)
        self.stride = by_layer([one.sources for one in layers], layer)
        ends = [one.state_base + one.groups - 1 for one in layers]
        self.layer_end = self.state == by_layer(ends, layer)
        self.all_end = self.state == ends[-1]

    def drive(self, m, issue, transmit):
        """Drive an `IssueLayout`, with the blank-out draws of the current word."""
        # Only neuron operations have their group read. The others may be at a state of another
        # layer, where it wraps.
        group = wrap(self.state - self.state_base, len(issue.group))
        m.d.comb += [
            *(issue.operation[name].eq(bit) for name, bit in self.kind.items()),
            *(issue[name].eq(getattr(self, name)) for name in OPERANDS),
            issue.group.eq(group),
            issue.last.eq(self.layer_end),
            issue.transmit.eq(transmit),
        ]
