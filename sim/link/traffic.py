"""Traffic for a link, drawn at random: good commands, and everything that can be wrong with bytes.

What is drawn depends on a seed and on the sequence number that the device keeps, and on nothing
that takes time, so it is the same on every engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from erbium.golden.config import FULL_RATE
from erbium.golden.link.codec import ESCAPE, FLAG, HEADER, SEQUENCES, frame
from erbium.golden.link.registers import CLEAR, DROP, LEARN, LOCK, RESET, SEEN
from erbium.sim.link.commands import Commands, Step

#: What is drawn, and how often.
GOOD = {"sample": 6, "weights": 3, "random": 2, "control": 2, "look": 6}
BAD = {
    "garbage": 4, "cut": 5, "flipped": 6, "no_stop": 4, "overrun": 4, "skipped": 2, "repeated": 4,
    "short_sample": 4, "long_sample": 3, "bad_label": 2, "bad_rate": 2, "unfinished": 3,
    "bad_weight": 2, "bad_random": 2, "address": 4, "read_only": 4, "wrong_length": 2,
    "reset_wire": 5, "reset_command": 3,
}  # fmt: skip

#: What may follow a sample at once: all of it is done after the sample.
IN_HURRY = {"sample": 3, "short_sample": 2, "long_sample": 1, "reset_wire": 3, "reset_command": 2}


class Traffic(Commands):
    """Draw steps for a device; see `Commands` for its parameters."""

    def step(self, kinds: dict[str, int]) -> Step:
        """Draw a step of some kinds, and how it is sent."""
        rng = self._rng
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        step: Step = getattr(self, f"_{kind}")()
        pauses = {}
        if rng.random() < 0.3:
            for _ in range(rng.randrange(1, 4)):
                pauses[rng.randrange(len(step.data))] = rng.randrange(3 * self._byte_cycles)
        # A host that reads while it is still being answered is one of `overrun`.
        return replace(step, kind=kind, pauses=pauses)

    def all_weights(self, address: int, words: list[list[int]]) -> Step:
        """Return a step that writes words of weights, given lane by lane."""
        bits = self._weight_bits
        packed = [sum((w % (1 << bits)) << bits * lane for lane, w in enumerate(x)) for x in words]
        return Step("all weights", self._words(address, packed))

    def looking_at_all(self) -> list[Callable[[], Step]]:
        """Return what makes steps that read all that can be read, weights included, after a reset
        that unlocks them.
        """
        ranges = [("CONTROL", "CONTROL"), ("STATUS", "RESULTS"), ("MAGIC", "BAUD"),
                  ("GUARD_ERRORS", "GUARD_CODE"), ("LINK_ERRORS", "LINK_CODE"),
                  ("RANDOM_EVENT", "RANDOM_ENCODER")]  # fmt: skip
        return [*(partial(self._all, first, last) for first, last in ranges), self._unlock,
                self._all_weights]  # fmt: skip

    def _sample(self) -> Step:
        return Step("", self._whole(), hurry=self._rng.random() < 0.3)

    def _weights(self) -> Step:
        address = self._rng.randrange(self._layout.weight_depth - 3)
        return Step("", self._words(address, [self._word() for _ in range(3)]))

    def _word(self) -> int:
        return self._rng.randrange(1 << 8 * self._word_bytes)

    def _random(self) -> Step:
        name = self._rng.choice(["RANDOM_EVENT", "RANDOM_BLANK", "RANDOM_ENCODER"])
        return Step("", self._write(name, self._rng.randrange(1, 1 << 32).to_bytes(4, "little")))

    def _control(self) -> Step:
        if self._rng.random() < 0.5:
            return Step("", self._write("CONTROL", bytes([self._rng.choice([0, LEARN, LEARN])])))
        return Step("", self._write("COMMAND", bytes([self._rng.choice([DROP, CLEAR, SEEN])])))

    def _look(self) -> Step:
        first, last = self._rng.choice(
            [("CONTROL", "CONTROL"), ("STATUS", "RESULTS"), ("GUARD_ERRORS", "GUARD_CODE"),
             ("LINK_ERRORS", "LINK_CODE"), ("RANDOM_EVENT", "RANDOM_ENCODER"), ("MAGIC", "NAME"),
             ("LABEL", "RATE"), ("WEIGHT_ADDRESS", "WEIGHT_ADDRESS"), ("COUNTS", "COUNTS")]
        )  # fmt: skip
        if first == "COUNTS" and not self.counts_known:
            first = last = "STATUS"
        return Step("", self.look(first, last))

    # Bytes of which something is wrong.

    def _some(self) -> bytes:
        """Return a command that would do something."""
        return getattr(self, self._rng.choice(["_sample", "_weights", "_random"]))().data

    def _garbage(self) -> Step:
        rng = self._rng
        data = bytearray(rng.randbytes(rng.randrange(1, 40)))
        if rng.random() < 0.7:
            data = data.replace(bytes([FLAG]), b"!")
        return Step("", bytes(data) + bytes([FLAG]))

    def _cut(self) -> Step:
        """Lose some bytes at the beginning, in the middle or at the end."""
        data, rng = self._some(), self._rng
        start, end = sorted(rng.choices(range(len(data) + 1), k=2))
        if rng.random() < 0.2:
            return Step("", data[:-1] + bytes([ESCAPE, FLAG]))
        return Step("", data[:start] + data[end:] + bytes([FLAG]))

    def _flipped(self) -> Step:
        data, rng = bytearray(self._some()), self._rng
        for _ in range(rng.choice([1, 1, 1, 2, 5])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        return Step("", bytes(data) + bytes([FLAG]))

    def _no_stop(self) -> Step:
        data, rng = self._some(), self._rng
        places = rng.sample(range(len(data)), rng.randrange(1, 3))
        return Step("", data + bytes([FLAG]), broken=frozenset(places))

    def _overrun(self) -> Step:
        # What is read must not depend on whether bytes have been lost already.
        first = self._rng.choice([self._some(), self.look("MAGIC", "NAME")])
        return Step("", first + self._some())

    def _wrong_length(self) -> Step:
        rng = self._rng
        data = rng.randbytes(rng.randrange(8))
        length = (len(data) + rng.choice([-1, 1, 256, 0x400])) % (1 << 16)
        header = HEADER.pack((self.sequence + 1) % SEQUENCES, length, 0, 0, 0)
        return Step("", frame(header + data))

    # Commands that are whole, and wrong.

    def _skipped(self) -> Step:
        code = self._pixels(self._layout.inputs)
        ahead = self._rng.randrange(2, SEQUENCES)
        return Step("", self._write("LABEL", bytes([0, 0, 1]) + code, ahead))

    def _repeated(self) -> Step:
        """Repeat the number of the last command, with something else in it."""
        code = self._pixels(self._layout.inputs)
        return Step("", self._write("LABEL", bytes([0, 0, 1]) + code, 0))

    def _short_sample(self) -> Step:
        count = self._rng.randrange(self._layout.inputs)
        return Step("", self._whole(code=self._pixels(count)))

    def _long_sample(self) -> Step:
        count = self._layout.inputs + self._rng.randrange(1, 300)
        return Step("", self._whole(code=self._pixels(count)))

    def _bad_label(self) -> Step:
        return Step("", self._whole(label=self._rng.randrange(self._layout.classes, 256)))

    def _bad_rate(self) -> Step:
        return Step("", self._whole(rate=self._rng.randrange(FULL_RATE + 1, 1 << 16)))

    def _unfinished(self) -> Step:
        code = self._pixels(self._rng.randrange(1, self._layout.inputs + 4))
        return Step("", self._write("SAMPLE_PART", code))

    def _bad_weight(self) -> Step:
        depth = self._layout.weight_depth
        address = self._rng.choice([depth - 1, depth, depth + 1, 1 << 16, (1 << 32) - 1])
        return Step("", self._words(address, [self._word(), self._word()]))

    def _bad_random(self) -> Step:
        name = self._rng.choice(["RANDOM_EVENT", "RANDOM_BLANK", "RANDOM_ENCODER"])
        return Step("", self._write(name, bytes(4)))

    def _address(self) -> Step:
        rng = self._rng
        address = rng.choice([self._map.end, 0x1000, 0xFFFF, rng.randrange(0x400, 0x10000)])
        if rng.random() < 0.5:
            return Step("", self._command(1, read_address=address, read_length=rng.randrange(1, 9)))
        return Step("", self._command(1, write_address=address, write=rng.randbytes(3)))

    def _read_only(self) -> Step:
        """Write what can only be read, or read what can only be written."""
        rng = self._rng
        if rng.random() < 0.5:
            name = rng.choice(["COMMAND", "SAMPLE", "SAMPLE_PART"])
            return Step("", self.look(name))
        name = rng.choice(["MAGIC", "STATUS", "RESULTS", "GUARD_ERRORS", "COUNTS"])
        return Step("", self._write(name, rng.randbytes(3)))

    # Resets at any moment.

    def _reset_wire(self) -> Step:
        data = self._some()
        cycles = self._rng.randrange((len(data) + 30) * self._byte_cycles)
        return Step("", data, reset=cycles)

    def _reset_command(self) -> Step:
        return Step("", self._write("COMMAND", bytes([RESET])))

    # What a lock forbids, and what a host looks at in the end.

    def locking(self, most: int) -> list[Callable[[], Step]]:
        """Return what makes steps that lock the device, try to write and to read weights, and
        unlock it by a reset.
        """
        return [self._lock, *[self._locked] * self._rng.randrange(1, most), self._unlock]

    def _lock(self) -> Step:
        return Step("lock", self._write("CONTROL", bytes([LEARN | LOCK])))

    def _locked(self) -> Step:
        if self.chance(0.3):
            return Step("locked", self.look("WEIGHT_DATA"))
        kinds = GOOD | {name: BAD[name] for name in ("unfinished", "bad_random", "reset_command")}
        return replace(self.step(kinds), kind="locked", hurry=False)

    def _unlock(self) -> Step:
        return Step("unlock", bytes([FLAG]), reset=self._byte_cycles)

    def _all(self, first: str, last: str) -> Step:
        return Step("look", self.look(first, last))

    def _all_weights(self) -> Step:
        """Read the whole weight memory, from its first word on."""
        address, port = self._map["WEIGHT_ADDRESS"], self._map["WEIGHT_DATA"]
        return Step(
            "look",
            self._command(
                1, write_address=address.address, write=bytes(address.size),
                read_address=port.address,
                read_length=self._layout.weight_depth * self._word_bytes,
            ),
        )  # fmt: skip
