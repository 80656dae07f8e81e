"""Numbers: what a host reads of the registers that change."""

from amaranth import *

from erbium.golden.link.identity import word_bytes
from erbium.hw.link.decoder import register_codes


def read_number(m, ports, units, control, restarted):
    """Return what is read: the number of the register to which the byte belongs.

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
    values = {
        "CONTROL": control,
        "STATUS": Cat(core.phase, busy, control[1], restarted, errors),
        "SEQUENCE": ports.sequence,
        "RESULTS": units.results.number,
        "DROPPED": core.o_errors.dropped,
        "WINNER": units.results.winner,
        "WINNER_BEFORE": units.results.before,
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
    if ports.map.config.counters:
        number = (ports.bus.request.payload.address - ports.map["COUNTERS"].address)[2:6]
        values["COUNTERS"] = core.o_counters.as_value().word_select(number, 32)
    found = Signal(max(32, 8 * word_bytes(ports.map.config)))
    codes = register_codes(ports.map)
    with m.Switch(units.decoder.register):
        for name, value in values.items():
            with m.Case(codes[name]):
                m.d.comb += found.eq(value)
        with m.Default():
            # Nobody looks.
            m.d.comb += found.eq(values["SEQUENCE"])
    return found
