"""Numbers: what a host reads of the registers that change."""

from amaranth import *

from erbium.golden.link.identity import word_bytes

#: Bits of an address that tell apart the first bytes of the registers that can be read here.
ADDRESS_BITS = 8


def read_number(m, ports, units, control, restarted):
    """Return what is read: the number of the register whose first byte is addressed.

    Parameters
    ----------
    m : Module
    ports : Registers
    units : Units
    control, restarted : Value
        Bits of CONTROL and STATUS.
    """
    core, requests, line = ports.core, units.requests, units.line
    errors = (core.o_errors.code != 0) | (line.code != 0)
    busy = requests.busy
    # A byte each; they belong together.
    results = Signal(32)
    parts = units.results.number, core.o_errors.dropped, units.results.winner
    for place, part in enumerate((*parts, units.results.before)):
        m.d.comb += results.word_select(place, 8).eq(part)
    values = {
        "CONTROL": control,
        "STATUS": Cat(core.phase, busy, control[1], restarted, errors),
        "SEQUENCE": ports.sequence,
        "RESULTS": results,
        "GUARD_ERRORS": core.o_errors.flags,
        "GUARD_COUNT": core.o_errors.count,
        "GUARD_CODE": core.o_errors.code,
        "LINK_ERRORS": line.flags,
        "LINK_COUNT": line.count,
        "LINK_CODE": line.code,
        "WEIGHT_ADDRESS": units.weights.address,
        "WEIGHT_DATA": core.o_access.payload.as_value(),
        "LABEL": requests.label,
        "RATE": requests.rate,
    }
    for name, _ in core.o_random.shape():
        values[f"RANDOM_{name.upper()}"] = core.o_random[name]
    leaves = {ports.map[name].address: value for name, value in values.items()}
    if ports.map.config.counters:
        start = ports.map["COUNTERS"].address
        for number in range(ports.map["COUNTERS"].count):
            leaves[start + 4 * number] = core.o_counters.as_value().word_select(number, 32)
    return _chosen(ports.bus.request.payload.address, leaves, word_bytes(ports.map.config))


def _chosen(address, leaves, bytes_of_word):
    """Choose a number by the address of its first byte; for other addresses, it may be any.

    Each byte is chosen by itself, among the numbers that have one there, and is 0 if the one that
    is addressed has none: this takes little more than a choice among as many bits as there are.
    """
    found = []
    for place in range(max(4, bytes_of_word)):
        parts = {one: value[8 * place : 8 * place + 8] for one, value in leaves.items()}
        having = {one: part for one, part in parts.items() if len(part)}
        byte = _among(address, having, ADDRESS_BITS) if having else C(0, 8)
        has = _among(address, {one: int(one in having) for one in leaves}, ADDRESS_BITS)
        found.append((Cat(byte, C(0, 8))[:8]) & has.replicate(8))
    return Cat(found)


def _among(address, leaves, bits):
    """Choose a value by the lowest bits of an address, which must be that of a leaf."""
    values = list(leaves.values())
    if all(value is values[0] for value in values):
        return Value.cast(values[0])
    bit = bits - 1
    high = {one: value for one, value in leaves.items() if one >> bit & 1}
    low = {one: value for one, value in leaves.items() if not one >> bit & 1}
    if not high or not low:
        return _among(address, high or low, bit)
    return Mux(address[bit], _among(address, high, bit), _among(address, low, bit))
