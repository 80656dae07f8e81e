"""Commands that traffic for a link is made of, with values drawn at random."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from erbium.golden.config import FULL_RATE
from erbium.golden.layout import Layout
from erbium.golden.link.codec import SEQUENCES, encode_command
from erbium.golden.link.description import RegisterMap
from erbium.golden.link.identity import word_bytes

#: Most dark inputs that a number after a 0 stands for.
LONGEST_RUN = 255

#: Registers that say the same whether a sample has ended or still runs.
STEADY = ("MAGIC", "LAYERS", "CONTROL", "LABEL", "RATE", "WEIGHT_ADDRESS", "OPTIONS", "BAUD")


@dataclass(frozen=True)
class Step:
    """Something that is sent, and what is done meanwhile.

    Attributes
    ----------
    kind : str
        A key of `GOOD` or `BAD`.
    data : bytes
    broken : frozenset of int
        Places of bytes whose stop bit is missing.
    pauses : dict of int to int
        Clock cycles of silence before the byte at a place.
    reset : int or None
        Clock cycles until the reset wire goes up.
    hurry : bool
        The next step begins when the reply is there, though a sample may still run.
    """

    kind: str
    data: bytes
    broken: frozenset[int] = frozenset()
    pauses: dict[int, int] = field(default_factory=dict)
    reset: int | None = None
    hurry: bool = False


class Commands:
    """Draw commands for a device.

    Parameters
    ----------
    registers : RegisterMap
        Of a machine that takes intensities.
    seed : int
    byte_cycles : int
        Clock cycles of a byte, for pauses and resets.

    Attributes
    ----------
    sequence : int
        Sequence number that the device keeps; to be set before each step.
    counts_known : bool
        The class counts are those of a sample that has ended, and may be looked at; to be set, too.
    """

    def __init__(self, registers: RegisterMap, seed: int, byte_cycles: int) -> None:
        config = registers.config
        if config.encoder == "events":
            raise ValueError(f"{config.name!r} takes events; traffic is drawn for intensities")
        self._layout = Layout(config)
        self._map = registers
        self._word_bytes, self._weight_bits = word_bytes(config), config.weight_bits
        self._rng = random.Random(seed)
        self._byte_cycles = byte_cycles
        self.sequence = 0
        self.counts_known = True

    def chance(self, probability: float) -> bool:
        """Draw whether something happens."""
        return self._rng.random() < probability

    def look(self, *names: str) -> bytes:
        """Return a command that reads registers, from the first one to the last."""
        first, last = self._map[names[0]], self._map[names[-1]]
        return self._command(
            self._rng.randrange(SEQUENCES),
            read_address=first.address,
            read_length=last.end - first.address,
        )

    def _words(self, address: int, words: list[int]) -> bytes:
        """Return the next command, one that writes words of weights."""
        data = address.to_bytes(4, "little")
        data += b"".join(word.to_bytes(self._word_bytes, "little") for word in words)
        return self._write("WEIGHT_ADDRESS", data)

    def _command(self, ahead: int, **command: object) -> bytes:
        return encode_command((self.sequence + ahead) % SEQUENCES, **command)

    def _write(self, name: str, data: bytes, ahead: int = 1) -> bytes:
        """Return a command that writes from a register on; often it reads one, too."""
        read = self._map[self._rng.choice(STEADY)]
        length = read.size if self._rng.random() < 0.4 else 0
        return self._command(
            ahead, write_address=self._map[name].address, write=data,
            read_address=read.address, read_length=length,
        )  # fmt: skip

    # Good commands.

    def _pixels(self, count: int) -> bytes:
        """Draw the code of so many intensities, a third of them dark."""
        rng, code = self._rng, bytearray()
        while count:
            if rng.random() < 0.2:
                run = rng.randrange(1, min(count, LONGEST_RUN) + 1)
                code += bytes([0, run])
                count -= run
            else:
                code.append(rng.randrange(1, 256))
                count -= 1
        return bytes(code)

    def _whole(
        self, *, label: int | None = None, rate: int | None = None, code: bytes | None = None
    ) -> bytes:
        """Return a command with a whole sample; good where nothing else is said."""
        rng = self._rng
        label = rng.randrange(self._layout.classes) if label is None else label
        rate = rng.choice([0, FULL_RATE, rng.randrange(FULL_RATE)]) if rate is None else rate
        code = self._pixels(self._layout.inputs) if code is None else code
        return self._write("LABEL", bytes([label]) + rate.to_bytes(2, "little") + code)
