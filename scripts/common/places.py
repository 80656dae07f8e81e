"""Parts of a text that are generated, between the text that people write."""

from __future__ import annotations

import re


class DocumentError(ValueError):
    """The document lacks a place for a table; the message names it."""


def insert(text: str, parts: dict[str, str]) -> str:
    """Return `text` with each part in its place, instead of what was there.

    The place of a part is between the lines ``<!-- NAME -->`` and ``<!-- end of NAME -->``.
    """
    for name, part in parts.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text, found = place.subn(lambda match, part=part: f"{match[1]}\n{part}\n\n{match[2]}", text)
        if found != 1:
            raise DocumentError(
                f"the document needs one place for {name!r}: '<!-- {name} -->' and, on a later "
                f"line, '<!-- end of {name} -->'"
            )
    return text
