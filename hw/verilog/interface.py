"""The ports of a core: their names, and which bits are which field, read from the layouts."""

import enum
from dataclasses import dataclass

from amaranth.hdl import Const, Shape, ValueCastable
from amaranth.lib import data, stream
from amaranth.lib.wiring import In, Signature

from erbium.hw.core import core_members
from erbium.hw.verilog.names import check_different, port_name

#: What a member of the core is for, and the wires that have no member.
MEANINGS = {
    "clk": "clock; everything happens at its rising edge",
    "rst": "synchronous reset; weights are kept",
    "i_pixel": "a sample, input by input, the `last` one marked; two samples are stored",
    "i_event": "an input event of the sample that runs, or the `end` of a tick, `last` of a sample",
    "i_request": "run the oldest stored sample; rate 0 classifies, 256 learns in full",
    "o_result": "the class that wins, and the spikes of every class",
    "i_access": "write or read one word of weights, before the first sample or between samples",
    "o_access": "words that were read",
    "i_random": "replace the states of the random generators, to continue a training",
    "o_random": "states of the random generators",
    "o_spikes": "every spike as it happens, to watch",
    "phase": "what the machine is doing, to watch",
    "o_counters": "performance counters since reset",
    "i_drop": "forget what has been sent of an unfinished sample; no error, and not a sample",
    "i_clear": "forget the errors that were raised before this cycle",
    "o_errors": "errors that the guard has raised, the first one, how many; samples dropped",
}


@dataclass(frozen=True)
class Field:
    """Some bits of a port; `name` is empty if they are all of it.

    Attributes
    ----------
    name : str
    high, low : int
        Bits, both included.
    signed : bool
    count : int or None
        The field is an array of so many elements, the first one lowest.
    """

    name: str
    high: int
    low: int
    signed: bool = False
    count: int | None = None

    @property
    def bits(self):
        """Its place, as Verilog writes it."""
        return f"[{self.high}:{self.low}]" if self.high != self.low else f"[{self.low}]"

    def __str__(self):
        text = f"{self.name} {self.bits}".strip()
        if self.count is not None:
            text += f" = {self.count} x {(self.high - self.low + 1) // self.count}"
        return f"{text} signed" if self.signed else text


@dataclass(frozen=True)
class Port:
    """A port of a core.

    Attributes
    ----------
    member : str
        Member of the core, such as "i_pixel".
    name : str
        In Verilog, such as "i_pixel_payload".
    signal : Signal or None
        None for clock and reset.
    is_output : bool
    width : int
    contents : tuple
        Each `Field`, highest bits first, as Verilog's concatenation has them; or what each code
        means.
    """

    member: str
    name: str
    signal: object
    is_output: bool
    width: int
    contents: tuple = ()


def signals(component):
    """Return path, signal and direction of what a component's ports are made of.

    A wire that is constant, such as the `ready` of a stream that is always ready, is left out.
    """
    for path, member, value in component.signature.flatten(component):
        signal = value.as_value() if isinstance(value, ValueCastable) else value
        if not isinstance(signal, Const):
            yield path, signal, member


def core_ports(core, named=port_name):
    """Return the ports of a component, clock and reset first, then in the order of its members.

    Parameters
    ----------
    core : Component
    named : callable
        Returns the name of a port, from the path of its signal.

    Raises
    ------
    ValueError
        If a name is not legal in Verilog, VHDL and C++, or if two are the same.
    """
    found = [Port(name, name, None, False, 1) for name in ("clk", "rst")]
    for path, signal, member in signals(core):
        is_output, contents = member.flow != In, _contents(member.shape)
        found.append(Port(path[0], named(path), signal, is_output, len(signal), contents))
    check_different([port.name for port in found], "ports")
    return found


def interface(config):
    """Return an object with the members of a core, without the core."""
    return Signature(core_members(config)).create()


def _contents(shape):
    """Return the fields of a shape, highest bits first, or its codes."""
    if isinstance(shape, type) and issubclass(shape, enum.Enum):
        return tuple(f"{one.value} {one.name}" for one in shape)
    if isinstance(shape, data.ArrayLayout):
        return (_field("", 0, shape),)
    if isinstance(shape, data.StructLayout):
        return tuple(_field(name, one.offset, one.shape) for name, one in reversed([*shape]))
    return ()


def _field(name, offset, shape):
    high = offset + Shape.cast(shape).width - 1
    if isinstance(shape, data.ArrayLayout):
        signed = Shape.cast(shape.elem_shape).signed
        return Field(name, high, offset, signed, shape.length)
    return Field(name, high, offset, Shape.cast(shape).signed)


def members_table(config):
    """Return a table in Markdown: each member of a core, its direction and its payload.

    Fields stand as in Verilog's concatenation, highest bits first, each with its bits.
    """
    lines = ["| port | direction | payload | what it is for |", "|---|---|---|---|"]
    for name, member in Signature(core_members(config)).members.items():
        is_stream = member.is_signature and isinstance(member.signature, stream.Signature)
        shape = member.signature.members["payload"].shape if is_stream else member.shape
        payload = ", ".join(f"`{one}`" for one in _contents(shape))
        direction = f"{'stream ' if is_stream else ''}{'in' if member.flow == In else 'out'}"
        lines.append(f"| `{name}` | {direction} | {payload} | {MEANINGS[name]} |")
    return "\n".join(lines)
