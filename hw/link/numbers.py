"""Numbers: what a host reads of the registers that change."""

from amaranth import *

from erbium.hw.link.decoder import PAGE_BITS


def read_number(m, ports, units, control, restarted, fills):
    """Return what is read: the number of the register whose first byte is addressed, and 0 unless
    it was to be filled in the cycle before.

    Parameters
    ----------
    m : Module
    ports : Registers
    units : Units
    control, restarted : Value
        Bits of CONTROL and STATUS.
    fills : Value
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
    leaves = {one % (1 << PAGE_BITS): value for one, value in leaves.items()}
    bits = max(leaves).bit_length()
    return _chosen(m, ports.bus.request.payload.address[:bits], leaves, fills)


def _chosen(m, address, leaves, fills):
    """Choose a number by its address, in the cycle after `fills`; all others, and 0, are or-ed.

    Two of about the same width share a flip-flop that lets them pass; a bit of the address tells
    them apart. A LUT of four inputs does that for a bit of both, and a tree of choices takes more.
    """
    order = sorted(leaves, key=lambda one: -len(leaves[one]))
    found = C(0, 1)
    for number, start in enumerate(range(0, len(order), 2)):
        pair = order[start : start + 2]
        opened = Signal(name=f"opened_{number}")
        m.d.sync += opened.eq(fills & Cat(address == one for one in pair).any())
        low, high = min(pair), max(pair)
        bit = (low ^ high).bit_length() - 1
        value = leaves[low] if low == high else Mux(address[bit], leaves[high], leaves[low])
        found |= value & opened.replicate(len(value))
    return found
