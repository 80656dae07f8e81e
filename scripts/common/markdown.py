"""Pieces of the text about the results: tables, figures, and what was run."""

from __future__ import annotations

from collections.abc import Iterable

from erbium.scripts.results.records import Record, grouped


def rows(headings: Iterable[str], cells: Iterable[Iterable[object]]) -> str:
    """Return a table."""
    headings = list(headings)
    lines = [headings, ["---"] * len(headings), *cells]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def figure(folder: str, name: str, alternative: str) -> str:
    """Return a figure, with words for those who cannot see it."""
    return f"![{alternative}]({folder}/{name}.png)"


def files(records: list[Record], folder: str, name: str) -> str:
    """Say what was run, and where description and results are."""
    ours = [record for record in records if record.rule == "erbp"]
    settings = grouped(ours, lambda r: (r.config, str(r.job["rates"]), str(r.job["faults"])))
    seeds = count_range(len(members) for members in settings.values())
    passes = count_range(len(record.job["rates"]) for record in ours)
    images = count_range(record.result["training_samples"] for record in ours)
    return (
        f"Seeds: {seeds}. Passes: {passes} over {images} images. "
        f"[Description]({folder}/{name}.toml), [results]({folder}/{name}/results.jsonl), "
        f"[as a table]({folder}/{name}/results.csv)."
    )


def count_range(counts: Iterable[int]) -> str:
    """Write the smallest and the largest number, or the only one."""
    found = sorted(set(counts))
    return " to ".join(f"{count:,}" for count in found[:: max(1, len(found) - 1)])
