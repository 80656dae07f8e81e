"""docs/link.md: its examples are what the device answers, and its tables are the codec's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from erbium.golden.link.codec import HEADER, REPLY_HEADER, WRITE_LIMIT, LinkError, Status
from erbium.golden.link.device import RegisterModel
from erbium.golden.link.frames import FrameModel, Framer, decode_reply
from erbium.golden.link.uart import BAUD, CLOCK_HZ, LEAST_DIVIDER, TOLERANCE
from erbium.golden.presets import preset

TEXT = (Path(__file__).parents[2] / "docs" / "link.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^    > ((?:[0-9a-f]{2} ?)+)\n    < ((?:[0-9a-f]{2} ?)+)$", TEXT, re.M)


def test_every_example_is_answered_as_it_says() -> None:
    device = RegisterModel(preset("tiny"), clock_hz=CLOCK_HZ, baud=BAUD)
    model = FrameModel(device)
    statuses = set()
    for sent, reply in EXAMPLES:
        answered = model.feed(bytes.fromhex(sent))
        assert answered == bytes.fromhex(reply), sent
        (content,) = Framer().feed(answered)
        statuses.add(decode_reply(content).status)
    assert len(EXAMPLES) == 8
    assert statuses == {Status.OK, Status.SEQUENCE, Status.ADDRESS, Status.BROKEN}


@pytest.mark.parametrize("status", Status)
def test_every_status_is_explained(status: Status) -> None:
    assert f"| {status.value} | `{status.name}` |" in TEXT


def test_numbers_are_those_of_the_codec() -> None:
    for error in (LinkError.OVERRUN, LinkError.FRAMING):
        assert re.search(rf"`{error.name}`\s+\({error.value}\b", TEXT), error
    assert f"0 to {WRITE_LIMIT};" in TEXT
    assert f"at\nleast {LEAST_DIVIDER};" in TEXT
    assert f"more than {100 * TOLERANCE:g} %" in TEXT

    def sizes(kind: str) -> list[str]:
        table = re.search(rf"^\| {kind} \| bytes .*?\n\n", TEXT, re.M | re.S)[0]
        return re.findall(r"^\|[^|]*\| ([\w ]+) \|", table, re.M)[1:]

    fields = [str(size) for size in (1, 2, 2, 2, 2)]
    assert sizes("command") == [*fields, "write length", "4"]
    assert sum(map(int, fields)) == HEADER.size
    assert sizes("reply") == ["1", "2", "length", "1", "4"]
    assert REPLY_HEADER.size == 3
