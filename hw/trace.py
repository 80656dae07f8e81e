"""Observation: one wire per unit that gathers what is compared with the golden model.

Nothing reads these wires, so synthesis removes them; simulators see them in the very file that
is synthesised. Their fields are `golden.cycle.record`'s.
"""

from amaranth import *
from amaranth.lib import data


def observe(m, fields, **values):
    """Drive a signal called ``trace`` with the named values.

    A value may be a pair ``(valid, value)``: it is observed as 0 unless `valid`.

    Raises
    ------
    ValueError
        If the names are not exactly those of `fields`, or a value does not fit its field.
    """
    if list(fields) != list(values):
        raise ValueError(f"expected the fields {list(fields)}, not {list(values)}")
    trace = Signal(data.StructLayout({name: unsigned(bits) for name, bits in fields.items()}))
    for name, value in values.items():
        valid, value = value if isinstance(value, tuple) else (None, value)
        value = Value.cast(value)
        bits = Cat(value)
        if len(bits) > fields[name]:
            raise ValueError(f"{name} has {len(bits)} bits, more than the {fields[name]} observed")
        m.d.comb += trace[name].eq(bits if valid is None else Mux(valid, bits, 0))
