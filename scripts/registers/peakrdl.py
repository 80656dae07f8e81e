"""What PeakRDL's packages make of a map in SystemRDL: HTML, Markdown, C header, IP-XACT."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from erbium.extras import require
from erbium.golden.version import VERSION

#: Who answers for the map, in IP-XACT.
VENDOR = "erbium"


def compiled(source: Path) -> Any:
    """Return the elaborated map in a SystemRDL file.

    Raises
    ------
    MissingExtra
        If the extra `registers` is not installed.
    """
    require("systemrdl")
    from systemrdl import RDLCompiler

    compiler = RDLCompiler()
    compiler.compile_file(str(source))
    return compiler.elaborate().top


def html(top: Any, folder: Path) -> None:
    """Write a site: many files in a folder."""
    require("peakrdl_html")
    from peakrdl_html import HTMLExporter

    HTMLExporter().export(top, str(folder))


def markdown(top: Any, file: Path) -> None:
    """Write a manual of one page."""
    require("peakrdl_markdown")
    from peakrdl_markdown import MarkdownExporter

    MarkdownExporter().export(top, str(file))


def c_header(top: Any, file: Path) -> None:
    """Write a packed structure, whose offsets are the addresses, and masks of all fields."""
    require("peakrdl_cheader")
    from peakrdl_cheader.exporter import CHeaderExporter

    CHeaderExporter().export(top, str(file))


def ip_xact(top: Any, file: Path) -> None:
    """Write a component of IEEE 1685-2014."""
    require("peakrdl_ipxact")
    from peakrdl_ipxact import IPXACTExporter

    IPXACTExporter(vendor=VENDOR, library=VENDOR, version=VERSION).export(top, str(file))


#: Formats by their names: what writes one, and where, after the name of the map.
EXPORTS: dict[str, tuple[Callable[[Any, Path], None], str]] = {
    "html": (html, "_html"),
    "markdown": (markdown, ".md"),
    "c": (c_header, ".h"),
    "ip-xact": (ip_xact, ".xml"),
}
