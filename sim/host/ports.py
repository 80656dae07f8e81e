"""The port map: which ports a core has, how their payloads are packed, and what stands for each
in the golden model's cycle view.

Names, widths and fields are those of `hw.verilog.interface`. Whatever drives or compares a core's
ports asks here: benches, scripts, the compiled driver, tapes and the prediction of cycles. A port
that is not in the map is an error, so none goes undriven or uncompared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from erbium.golden.config import Config
from erbium.golden.cycle.core import CycleCore, Host, Record
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.ports import Access, Request
from erbium.golden.cycle.spikes import Spikes
from erbium.golden.rng import RandomState
from erbium.golden.words import pack
from erbium.hw.verilog.interface import Field, core_ports, interface

#: Values of ports by name.
Ports = dict[str, int]


@dataclass(frozen=True)
class Source:
    """A stream into the core.

    Attributes
    ----------
    offer : str
        Attribute of `golden.cycle.core.Host` that holds what is offered.
    ready : (unit, field) or None
        What a cycle's record calls its `ready`; None if the stream is always ready.
    """

    offer: str
    ready: tuple[str, str] | None


@dataclass(frozen=True)
class Sink:
    """A stream out of the core.

    Attributes
    ----------
    ready : str or None
        Attribute of `golden.cycle.core.Host`; None if the stream is always ready.
    valid : (unit, field) or None
        What a cycle's record calls its `valid`, if it is there.
    """

    ready: str | None
    valid: tuple[str, str] | None


#: By member of the core; the host's stalls are drawn in this order.
SOURCES = {
    "i_pixel": Source("pixel", ("samples", "ready")),
    "i_event": Source("event", ("core", "inputs_ready")),
    "i_request": Source("request", ("control", "request_ready")),
    "i_access": Source("access", ("control", "access_ready")),
    "i_random": Source("random", None),
}
SINKS = {
    "o_result": Sink("result_ready", ("control", "result_valid")),
    "o_access": Sink("access_ready", ("control", "read_valid")),
    "o_spikes": Sink(None, None),
}

#: Inputs that are no stream: attributes of `golden.cycle.core.Host`.
WIRES = {"i_drop": "drop", "i_clear": "clear"}

#: Outputs that are no stream.
STATES = ("o_random", "phase", "o_counters", "o_errors")


def _flag(record: Record, place: tuple[str, str]) -> int:
    """Return a flag of a record. A guard stands before the other units: what it says counts."""
    unit, field = place
    return int(record.get("guard", {}).get(field, record.get(unit, {}).get(field, 0)))


def word_read(host: Host, record: Record) -> bool:
    """Whether the host takes a word that it has read in a cycle."""
    return bool(_flag(record, SINKS["o_access"].valid) and host.access_ready)


def taken(host: Host, record: Record) -> Iterator[str]:
    """Yield the streams into the core (those that may have to wait) on which a cycle has a
    transfer.
    """
    for member, source in SOURCES.items():
        if source.ready and getattr(host, source.offer) is not None and _flag(record, source.ready):
            yield member


def waiting(host: Host, record: Record) -> Iterator[str]:
    """Yield the streams on which one side waits for the other in a cycle."""
    for member, source in SOURCES.items():
        offered = getattr(host, source.offer) is not None
        if source.ready and offered and not _flag(record, source.ready):
            yield member
    for member, sink in SINKS.items():
        if sink.valid and _flag(record, sink.valid) and not getattr(host, sink.ready):
            yield member


def signals(core: object) -> tuple[dict[str, object], dict[str, object]]:
    """Return the signals of a core's inputs and outputs by the names of their ports, without
    clock and reset, which have none.
    """
    ports = [port for port in core_ports(core) if port.signal is not None]
    inputs, outputs = (
        {port.name: port.signal for port in ports if port.is_output is kind}
        for kind in (False, True)
    )
    return inputs, outputs


def trace_path(unit: str) -> str:
    """Return the path, below the core, of what a unit observes; see `golden.cycle.record`."""
    return "trace" if unit == "core" else f"{unit}.trace"


class PortMap:
    """The ports of a configuration's core.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    ports : dict of str to hw.verilog.interface.Port
        By name, without the clock.
    inputs, outputs : dict of str to int
        Widths, in the order of the ports; inputs begin with the reset wire.
    sources : dict of str to Source
    sinks : dict of str to Sink
    wires : dict of str to str
        Inputs that are no stream, but for the reset wire.

    Raises
    ------
    ValueError
        If the core has a port that the map does not know.
    """

    def __init__(self, config: Config) -> None:
        found = [port for port in core_ports(interface(config)) if port.name != "clk"]
        members = {port.member for port in found}
        self.ports = {port.name: port for port in found}
        self.inputs = {port.name: port.width for port in found if not port.is_output}
        self.outputs = {port.name: port.width for port in found if port.is_output}
        self.sources = {name: one for name, one in SOURCES.items() if name in members}
        self.sinks = {name: one for name, one in SINKS.items() if name in members}
        self.wires = {name: one for name, one in WIRES.items() if name in members}
        self._states = [name for name in STATES if name in members]
        if unknown := set(self.ports) ^ {"rst", *self._names()}:
            raise ValueError(
                f"ports {sorted(unknown)} are not those of the port map; mend sim/host/ports.py"
            )

    def _names(self) -> Iterator[str]:
        """Yield the names of all ports but the reset wire, as the tables above have them."""
        for name in (*self.sources, *self.sinks):
            yield f"{name}_valid"
            yield f"{name}_payload"
        for name, source in self.sources.items():
            if source.ready:
                yield f"{name}_ready"
        for name, sink in self.sinks.items():
            if sink.ready:
                yield f"{name}_ready"
        yield from self.wires
        yield from self._states

    @property
    def input_stream(self) -> str:
        """The member that a sample's inputs come through."""
        return "i_event" if "i_event" in self.sources else "i_pixel"

    def inputs_word(self, values: Ports) -> int:
        """Return the values of all inputs as one word, the first one lowest."""
        return pack(self.inputs, values)

    def fields(self, member: str) -> tuple[Field, ...]:
        """Return the fields of a member's payload, or of a member that is no stream."""
        return self.ports[member if member in self.ports else f"{member}_payload"].contents

    def pack(self, member: str, values: Mapping[str, object] | Sequence[int]) -> int:
        """Return a payload as a word.

        Parameters
        ----------
        member : str
        values : dict, or sequence of int if the whole payload is an array

        Raises
        ------
        ValueError
            If a value needs more bits than its field has, or an array is too long or too short.
        """
        word = 0
        for field in self.fields(member):
            value = values[field.name] if field.name else values
            elements = (value,) if field.count is None else value
            if len(elements) != (field.count or 1):
                raise ValueError(f"{member} takes {field}, not {len(elements)} elements")
            width = element_bits(field)
            for place, element in enumerate(elements):
                number = int(element)
                least = -(1 << width - 1) if field.signed else 0
                if not least <= number < least + (1 << width):
                    raise ValueError(f"{number} does not fit {member}, {field}")
                word |= (number & (1 << width) - 1) << field.low + place * width
        return word

    def unpack(self, member: str, word: int) -> dict[str, object]:
        """Undo `pack`; a payload that is an array as a whole has the name ""."""
        values = {}
        for field in self.fields(member):
            width = element_bits(field)
            elements = []
            for place in range(field.count or 1):
                number = word >> field.low + place * width & (1 << width) - 1
                sign = 1 << width - 1 if field.signed else 0
                elements.append((number ^ sign) - sign)
            values[field.name] = elements[0] if field.count is None else elements
        return values

    def payload(self, member: str, offer: int | Event | Request | Access | RandomState) -> int:
        """Return what the host offers on a stream as a word. Pixels are words already."""
        if isinstance(offer, int):
            return offer
        values = vars(offer)
        if isinstance(offer, Access):
            lanes = next(field.count for field in self.fields(member) if field.name == "data")
            data, write = offer.data or (0,) * lanes, offer.data is not None
            values = {"address": offer.address, "write": write, "data": data}
        return self.pack(member, values)

    def driven(self, host: Host) -> Ports:
        """Return what the host drives in a cycle; payloads only of what is offered."""
        ports = {}
        for name, source in self.sources.items():
            offer = getattr(host, source.offer)
            ports[f"{name}_valid"] = int(offer is not None)
            if offer is not None:
                ports[f"{name}_payload"] = self.payload(name, offer)
        for name, sink in self.sinks.items():
            if sink.ready:
                ports[f"{name}_ready"] = int(getattr(host, sink.ready))
        for name, attribute in self.wires.items():
            ports[name] = int(getattr(host, attribute))
        return ports

    def step(self, golden: CycleCore, host: Host) -> tuple[Record, Ports]:
        """Let the cycle view live through a cycle; return its record, and every output that the
        core must show in it. A payload means nothing unless it is valid, and is left out.
        """
        # They stand in registers: this cycle shows what they held before it.
        spikes, read = golden.datapath.spikes, golden.datapath.read_weights
        counters, errors = golden.counters.word, golden.guard.errors.word
        record = golden.step(host)
        shown = {
            f"{name}_ready": _flag(record, source.ready)
            for name, source in self.sources.items()
            if source.ready
        }
        payloads = {
            "o_result": lambda: record["control"]["result"],
            "o_access": lambda: self.pack("o_access", read),
            "o_spikes": lambda: self.pack("o_spikes", vars(spikes)),
        }
        for name, sink in self.sinks.items():
            valid = _flag(record, sink.valid) if sink.valid else _visible(spikes)
            shown[f"{name}_valid"] = valid
            if valid:
                shown[f"{name}_payload"] = payloads[name]()
        states = {"phase": record["control"]["phase"], "o_counters": counters, "o_errors": errors}
        states["o_random"] = self.pack("o_random", self.random(record))
        return record, shown | {name: states[name] for name in self._states}

    def random(self, record: Record) -> dict[str, int]:
        """Return the states of the random generators in a cycle, by their names."""
        core = record["core"]
        return {field.name: core[f"{field.name}_random"] for field in self.fields("o_random")}


def element_bits(field: Field) -> int:
    """Return the bits of a field, or of an element if it is an array."""
    return (field.high - field.low + 1) // (field.count or 1)


def _visible(spikes: Spikes | None) -> int:
    return int(spikes is not None and spikes.mask != 0)
