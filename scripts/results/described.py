"""What was run for a result, in words."""

from __future__ import annotations

from erbium.scripts.common.markdown import count_range
from erbium.scripts.results.records import Record, grouped


def _setting(record: Record) -> tuple[object, ...]:
    """Return what jobs that differ only in their runs have in common."""
    job = record.job
    return record.config, *(str(job.get(key)) for key in ("rates", "faults", "augment"))


def files(records: list[Record], folder: str, name: str) -> str:
    """Say what was run, and where description and results are."""
    ours = [record for record in records if record.rule == "erbp"]
    settings = grouped(ours, _setting)
    seeds = count_range(len(members) for members in settings.values())
    passes = count_range(len(record.job["rates"]) for record in ours)
    images = count_range(record.result["training_samples"] for record in ours)
    return (
        f"Seeds for each setting of this machine: {seeds}. Its passes: {passes} over {images} "
        "images. "
        f"[Description]({folder}/{name}.toml), [results]({folder}/{name}/results.jsonl), "
        f"[as a table]({folder}/{name}/results.csv)."
    )
