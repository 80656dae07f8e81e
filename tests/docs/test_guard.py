"""docs/specification.md, section 12.11: errors of the guard, and an example of its cycles."""

from __future__ import annotations

from erbium.golden.cycle.core import CycleCore, Host
from erbium.golden.cycle.ports import Request
from erbium.golden.cycle.sample import LAST
from erbium.golden.enums import GuardError, Phase
from erbium.golden.presets import preset
from erbium.golden.words import errors_word, word_bits

SMALL = preset("tiny").replace(name="small", layers=(3, 4, 3), guard=True)
PIXELS = [5, 5 | LAST, 5, 0, 5, 5 | LAST, 9, 0, 9 | LAST, 9, 8, 7 | LAST]
REQUESTS = [Request(0, 256), Request(1, 300), Request(3, 256), Request(1, 256)]
COLUMNS = ["cycle", "i_pixel", "i_pixel_ready", "i_request", "i_request_ready", "phase"]


def example() -> list[list[str]]:
    """Return the rows of the table: three bad samples or requests, then a good one."""
    core, pixels, requests = CycleCore(SMALL), list(PIXELS), list(REQUESTS)
    rows = [[*COLUMNS, "flags", "code", "count", "dropped"]]
    while len(rows) < 2 or rows[-1][5] != "CLEAR":
        errors = [str(value) for value in vars(core.guard.errors).values()]
        pixel, request = (queue[0] if queue else None for queue in (pixels, requests))
        record = core.step(Host(pixel=pixel, request=request))
        ready, asks = record["samples"]["ready"], record["control"]["request_ready"]
        sent = "-" if pixel is None else f"{pixel % LAST}{', last' * (pixel >= LAST)}"
        asked = "-" if request is None else f"{request.label}, {request.rate}"
        phase = Phase(record["control"]["phase"]).name
        rows.append([str(len(rows) - 1), sent, str(ready), asked, str(asks), phase, *errors])
        pixels, requests = pixels[ready:], requests[asks:]
    return rows


def test_cycles_of_a_guard(specification) -> None:
    rows = example()
    text = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    assert specification.table("cycles of a guard") == rows, f"it must read:\n{text}"


def test_errors_have_the_stated_numbers(specification) -> None:
    stated = [(row[0], row[1]) for row in specification.table("errors")[1:]]
    assert stated == [(str(error.value), f"`{error.name}`") for error in GuardError] or stated == [
        (str(error.value), error.name) for error in GuardError
    ]


def test_errors_have_the_stated_bits(specification) -> None:
    bits = errors_word()
    assert f"section 12.11 | {word_bits(bits)} |" in specification.text
    assert list(bits) == ["flags", "code", "count", "dropped"]
    assert list(bits.values()) == [11, 4, 16, 8]
