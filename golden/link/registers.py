"""The register map: every address, width, access, value after reset and meaning, defined here once.

The decoder (`hw.link.registers`), its twin (`golden.link.device`), the driver and every file that
`erbium registers` writes take them from here. Numbers of several bytes begin with the lowest.
"""

from __future__ import annotations

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.cycle.counters import COUNTERS
from erbium.golden.enums import GuardError, Phase
from erbium.golden.layout import Layout
from erbium.golden.link.codec import LinkError
from erbium.golden.link.description import Field, Register, RegisterMap
from erbium.golden.link.identity import IDENTITY_BYTES, identity_registers
from erbium.golden.rng import RandomState

__all__ = [
    "CLEAR",
    "CONTROL",
    "COUNTS",
    "DROP",
    "IDENTITY_BYTES",
    "LEARN",
    "LOCK",
    "RESET",
    "SEEN",
    "linked",
    "register_map",
]

#: Bits of CONTROL.
LEARN, LOCK = 1, 2

#: Bits of COMMAND.
RESET, DROP, CLEAR, SEEN = 1, 2, 4, 8

#: Where registers that are no constants begin, and where those of a class each do.
CONTROL, COUNTS = 0x0100, 0x0200


#: What the errors mean that a device keeps, in words.
GUARD_MEANINGS = {
    GuardError.SHORT: "a sample ended too early",
    GuardError.LONG: "a sample did not end in time",
    GuardError.LABEL: "a label is no class",
    GuardError.RATE: f"a rate is above {FULL_RATE}",
    GuardError.ADDRESS: "there is no such weight word",
    GuardError.PADDING: "a weight in a padding lane is not 0",
    GuardError.ORDER: "sources of a tick do not ascend",
    GuardError.SOURCE: "a source is no input",
    GuardError.TICKS: "a sample has the wrong number of ticks",
    GuardError.RANDOM: "a random state is 0, or came inside a sample",
    GuardError.OVERFLOW: "a sample has more events than the guard can hold",
}
LINK_MEANINGS = {
    LinkError.ADDRESS: "there is no such register",
    LinkError.LOCKED: "the device is locked",
    LinkError.READ_ONLY: "a register cannot be written, or not be read",
    LinkError.SEQUENCE: "a command came before the one that it follows",
    LinkError.BROKEN: "a frame is no command, or its CRC is wrong",
    LinkError.OVERRUN: "bytes came while a command was answered, and are lost",
    LinkError.FRAMING: "a byte had no stop bit",
}


def linked(config: Config) -> Config:
    """Return the configuration of the core that a link contains: guarded."""
    return config.replace(guard=True)


def register_map(config: Config, *, clock_hz: int, baud: int) -> RegisterMap:
    """Return the map of a linked core.

    Parameters
    ----------
    config : Config
        With `guard` or without: a link has one.
    clock_hz, baud : int
        Frequency of the clock, and bits a second on the line.
    """
    config = linked(config)
    found = identity_registers(config, clock_hz, baud)
    found += _state() + _errors() + _random(config) + _weights() + _sample()
    if config.counters:
        text = "Performance counters since reset: " + ", ".join(COUNTERS)
        found.append(Register("COUNTERS", 0x0160, 4, "ro", text, len(COUNTERS)))
    text = "Spikes of each class in the last sample that was answered"
    found.append(Register("COUNTS", COUNTS, 2, "ro", text, Layout(config).classes))
    return RegisterMap(config, clock_hz, baud, tuple(found))


def _state() -> list[Register]:
    control = (
        Field("learn", 0, 1, "Samples learn at their rate; 0 takes every rate for 0"),
        Field("lock", 1, 1, "Nothing can be written, and no weight read, until the next reset"),
    )
    command = (
        Field("reset", 0, 1, "Reset the core: a sample is aborted, weights stay"),
        Field("drop", 1, 1, "Forget the sample that is being sent"),
        Field("clear", 2, 1, "Clear errors, their counts and codes"),
        Field("seen", 3, 1, "Clear STATUS.restarted"),
    )
    status = (
        Field("phase", 0, 3, "What the core is doing", tuple(p.name.lower() for p in Phase)),
        Field("busy", 3, 1, "A sample has been sent and not been answered yet"),
        Field("locked", 4, 1, "CONTROL.lock is set"),
        Field("restarted", 5, 1, "There was a reset, and no host has noticed it"),
        Field("errors", 6, 1, "GUARD_ERRORS or LINK_ERRORS is not 0"),
    )
    return [
        Register("CONTROL", CONTROL, 1, "rw", "What the device may do", reset=(LEARN,),
                 fields=control),
        Register("COMMAND", 0x0101, 1, "wo", "Do something now, once", fields=command),
        Register("STATUS", 0x0102, 1, "ro", "What the device is doing", reset=(1 << 5,),
                 fields=status),
        Register("SEQUENCE", 0x0103, 1, "ro", "Sequence number of the last write, as kept"),
        Register("RESULTS", 0x0104, 1, "ro", "Samples answered since reset; 0 again after 255"),
        Register("DROPPED", 0x0105, 1, "ro", "Bad samples dropped since reset; 0 again after 255"),
        Register("WINNER", 0x0106, 1, "ro", "Winning class of the last sample that was answered"),
        Register("WINNER_BEFORE", 0x0107, 1, "ro", "Winning class of the sample before that"),
    ]  # fmt: skip


def meaning(error: GuardError | LinkError) -> str:
    """Return what an error means, in a few words."""
    return (GUARD_MEANINGS if isinstance(error, GuardError) else LINK_MEANINGS)[error]


def _errors() -> list[Register]:
    found: list[Register] = []
    for source, codes, address, text in (
        ("GUARD", GuardError, 0x0108, "What the guard has refused; bits stay set"),
        ("LINK", LinkError, 0x0110, "What was wrong on the line, or with a command; bits stay set"),
    ):
        bits = tuple(Field(e.name.lower(), e - 1, 1, f"Code {int(e)}: {meaning(e)}") for e in codes)
        names = ("none", *(error.name.lower() for error in codes))
        code = Field("code", 0, 8, "Code of the first error since they were cleared", names)
        count = "Errors since they were cleared; stays at its highest value"
        found += [
            Register(f"{source}_ERRORS", address, 2, "ro", text, fields=bits),
            Register(f"{source}_COUNT", address + 2, 2, "ro", count),
            Register(f"{source}_CODE", address + 4, 1, "ro", code.text, fields=(code,)),
        ]
    return found


def _random(config: Config) -> list[Register]:
    return [
        Register(
            f"RANDOM_{name.upper()}", 0x0120 + 4 * number, 4, "rw",
            f"State of the random generator `{name}`; loaded with the last byte", reset=(seed,),
        )
        for number, (name, seed) in enumerate(vars(RandomState.seeded(config.seed)).items())
    ]  # fmt: skip


def _weights() -> list[Register]:
    return [
        Register("WEIGHT_ADDRESS", 0x0130, 4, "rw", "Word of the weight memory; loaded with the "
                 "last byte"),
        Register("WEIGHT_DATA", 0x0134, 1, "rw", "Words of the weight memory from WEIGHT_ADDRESS "
                 "on, WORD_BYTES bytes each; after each word the address goes up", port=True),
    ]  # fmt: skip


def _sample() -> list[Register]:
    return [
        Register("LABEL", 0x013C, 1, "rw", "Class of the sample"),
        Register("RATE", 0x013D, 2, "rw", f"Learning rate of the sample, 0 to {FULL_RATE}"),
        Register("SAMPLE", 0x013F, 1, "wo", "A sample, coded; it starts after the last byte of "
                 "the burst", port=True),
        Register("SAMPLE_PART", 0x0140, 1, "wo", "A part of a sample, to be continued", port=True),
    ]  # fmt: skip
