"""All sweeps of the published results, and what is made of them."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.files import write_json, write_text
from scripts.progress import Report, silent
from scripts.results import figures, report
from scripts.results.records import Record, load
from scripts.sweep import Failure, Store, Sweep, read, run

#: Where the descriptions of the sweeps are, and their results.
FOLDER = Path("docs", "results")


@dataclass(frozen=True)
class Part:
    """One sweep of the campaign: its name, and the figures drawn from it."""

    name: str
    figures: dict[str, figures.Draw]


PARTS = (
    Part("table", {"table": figures.table, "cost": figures.cost}),
    Part("weight-bits", {"weight-bits": figures.weight_bits}),
    Part("state-bits", {"state-bits": figures.state_bits}),
    Part("blank-out", {"blank-out": figures.blank_out}),
    Part("faults", {"faults": figures.faults}),
    Part("early", {"early": figures.early}),
    Part("depth", {}),
    Part("ablation", {"ablation": figures.ablation}),
)

#: Limits of the reduced campaign, which shows that everything works.
QUICK_RATES, QUICK_SAMPLES, QUICK_JUDGED = (256, 64), 2000, 500


def reduced(sweep: Sweep) -> Sweep:
    """Return a small sweep with the same settings: one seed, few samples, two passes."""
    jobs = []
    for job in sweep.jobs:
        if job.seed:
            continue
        length = {"rates": QUICK_RATES} if job.rates else {"epochs": len(QUICK_RATES)}
        jobs.append(
            dataclasses.replace(
                job, samples=QUICK_SAMPLES, validation=QUICK_JUDGED, test=QUICK_JUDGED, **length
            )
        )
    return dataclasses.replace(sweep, jobs=tuple(jobs))


def measure(
    out: Path,
    *,
    data: str | None = None,
    quick: bool = False,
    scheduler: str | None = None,
    started: Callable[[str], Report] = lambda name: silent,
    failed: Callable[[Failure], None] = lambda failure: None,
) -> list[Failure]:
    """Run what is missing of every sweep, and return the jobs that failed.

    Parameters
    ----------
    out : Path
        Folder of the results, one folder for each sweep.
    data : str, optional
        Data to use instead of what the sweeps name.
    quick : bool
        Run the reduced campaign.
    scheduler : str, optional
        Address of a Dask scheduler.
    started : callable
        Told the name of each sweep; returns the report of its progress.
    failed : callable
        Told of each failure.
    """
    # Everything is read before anything runs, so that a mistake costs no time.
    sweeps = [(part, read(FOLDER / f"{part.name}.toml", data)) for part in PARTS]
    failures: list[Failure] = []
    for part, sweep in sweeps:
        chosen = reduced(sweep) if quick else sweep
        failures += run(
            chosen, Store(out / part.name), scheduler=scheduler, report=started(part.name),
            failed=failed,
        )  # fmt: skip
    return failures


def publish(out: Path, text: Path) -> list[Path]:
    """Draw all figures of the results in `out`, write `text`, and return the files."""
    found: dict[str, list[Record]] = {part.name: load(out / part.name) for part in PARTS}
    written = []
    for part in PARTS:
        for name, draw in part.figures.items():
            if found[part.name]:
                written.append(out / f"{name}.png")
                figures.save(draw(found[part.name]), written[-1])
    write_json(out / "results.json", report.summary(found))
    write_text(text, report.text(found, Path(os.path.relpath(out, text.parent)).as_posix()))
    return [*written, out / "results.json", text]
