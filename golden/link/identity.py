"""Identity: what a device says of itself. Constants, from which a host builds the configuration."""

from __future__ import annotations

from erbium.golden.config import ENCODERS, MEMORIES, PER_LAYER, ROUNDINGS, Config
from erbium.golden.layout import Layout
from erbium.golden.link.description import Field, Register
from erbium.golden.version import VERSION

#: First bytes of every device.
MAGIC = b"ERBM"

#: Version of the map; another one means that addresses or meanings have moved.
MAP_VERSION = 1

#: Bytes of all constants, from address 0 on.
IDENTITY_BYTES = 0xC0

#: Most layers, inputs and classes included; layers that are not there have size 0.
LAYERS = 5

#: Bytes of the name; a longer one is cut.
NAME_BYTES = 28

#: Bytes of the fingerprint that are kept.
FINGERPRINT_BYTES = 8

#: Values that are words, as the number of the word.
WORDS = {"encoder": ENCODERS, "rounding": ROUNDINGS, "memory": MEMORIES}

#: Values that are true or false, as bits of OPTIONS, the first lowest.
OPTIONS = ("learning", "counters", "guard")

#: Values of the configuration: name, bytes, whether they are signed; in order of addresses.
_VALUES = (
    ("seed", 4, False),
    ("gate_low", 4, True),
    ("gate_high", 4, True),
    ("threshold", 4, False),
    ("feedback", 4, False),
    ("weight_init", 2, False),
    ("ticks", 2, False),
    ("burn_in", 2, False),
    ("refractory", 1, False),
    ("membrane_leak", 1, False),
    ("dendrite_leak", 1, False),
    ("gain", 1, False),
    ("lanes", 1, False),
    ("weight_bits", 1, False),
    ("state_bits", 1, False),
    ("label_period", 1, False),
    ("learning_shift", 1, False),
    ("error_threshold", 1, False),
    ("transmit", 1, False),
    ("rate_shift", 1, False),
)


def identity_registers(config: Config, clock_hz: int, baud: int) -> list[Register]:
    """Return the constants of an instance, without gaps, with their values."""
    layout, found = Layout(config), []

    def add(name, size, values, text, **more):
        address = found[-1].end if found else 0
        values = tuple(values)
        more |= {"count": len(values), "reset": values, "constant": True}
        found.append(Register(name, address, size, "ro", text, **more))

    add("MAGIC", 1, MAGIC, 'The letters "ERBM": this is Erbium')
    add("MAP_VERSION", 1, [MAP_VERSION], "Version of this map")
    add("VERSION", 1, map(int, VERSION.split(".")), "Version of Erbium: major, minor, patch")
    fingerprint = bytes.fromhex(config.fingerprint)[:FINGERPRINT_BYTES]
    add("FINGERPRINT", 1, fingerprint, "First bytes of the configuration's fingerprint")
    name = config.name.encode()[:NAME_BYTES].ljust(NAME_BYTES, b"\0")
    add("NAME", 1, name, "Name of the configuration, filled up with 0")
    sizes = config.layers + (0,) * (LAYERS - len(config.layers))
    add("LAYERS", 4, sizes, "Sizes of the layers: inputs, hidden ones, classes; 0: none")
    for value, size, signed in _VALUES:
        given = getattr(config, value)
        if value in PER_LAYER:
            given += (0,) * (LAYERS - 1 - len(given))
            text = f"`{value}` of each layer of neurons; 0 where there is none"
        else:
            given, text = (given,), f"`{value}` of the configuration"
        add(value.upper(), size, given, text, signed=signed)
    for value, words in WORDS.items():
        number = words.index(getattr(config, value))
        field = Field(value, 0, 8, f"`{value}` of the configuration", words)
        add(value.upper(), 1, [number], field.text, fields=(field,))
    bits = [Field(name, n, 1, f"`{name}` of the configuration") for n, name in enumerate(OPTIONS)]
    options = sum(getattr(config, name) << n for n, name in enumerate(OPTIONS))
    add("OPTIONS", 1, [options], "What the configuration has or leaves out", fields=tuple(bits))
    add(
        "EVENT_BUFFER",
        4,
        [getattr(config, "event_buffer", 1024)],
        "Events that the guard can hold of a sample",
    )
    add("WEIGHT_DEPTH", 4, [layout.weight_depth], "Words of the weight memory")
    add("WORD_BYTES", 1, [word_bytes(config)], "Bytes of a word of the weight memory")
    for value, size in (("learning_margin", 1), ("learning_start", 2)):
        add(value.upper(), size, [getattr(config, value)], f"`{value}` of the configuration")
    add("CLOCK_HZ", 4, [clock_hz], "Frequency of the clock, in Hz")
    add("BAUD", 4, [baud], "Bits a second on the line")
    assert found[-1].end == IDENTITY_BYTES
    return found


def word_bytes(config: Config) -> int:
    """Return the bytes that a word of the weight memory takes on the link."""
    return -(-config.lanes * config.weight_bits // 8)
