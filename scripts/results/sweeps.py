"""All sweeps of the published results, and what is made of them."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from erbium.scripts.common.files import write_csv, write_json, write_text
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.results import document as report
from erbium.scripts.results import exports, figures
from erbium.scripts.results.records import Record, load
from erbium.scripts.sweep import (
    Failure,
    Fingerprints,
    Instead,
    Job,
    Store,
    Sweep,
    SweepError,
    data_of,
    jobs_of,
    read,
    run,
)

#: Where the descriptions of the sweeps are, and their results.
FOLDER = Path("docs", "results")

#: The jobs of every sweep, by its name.
Described = dict[str, list[Job]]


@dataclass(frozen=True)
class Part:
    """One sweep of the campaign: its name, and the figures drawn from it."""

    name: str
    figures: dict[str, figures.Draw]


PARTS = (
    Part("table", {"table": figures.table, "cost": figures.cost}),
    Part("fashion", {"fashion": figures.fashion}),
    Part("ingredients", {}),
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


def reduced(jobs: Iterable[Job]) -> list[Job]:
    """Return small jobs with the same settings: one run, few samples, two passes."""
    limits = {"samples": QUICK_SAMPLES, "validation": QUICK_JUDGED, "test": QUICK_JUDGED}
    return [dataclasses.replace(job, **limits, **_short(job)) for job in jobs if job.run == 0]


def _short(job: Job) -> dict[str, object]:
    return {"rates": QUICK_RATES} if job.rates else {"epochs": len(QUICK_RATES)}


def _reduced_sweep(sweep: Sweep, loaded: Fingerprints) -> Sweep:
    jobs = (
        dataclasses.replace(job, data_sha256=loaded.of(sweep.data, job))
        for job in reduced(sweep.jobs)
    )
    return dataclasses.replace(sweep, jobs=tuple(jobs))


def measure(
    out: Path,
    *,
    data: Instead = None,
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
    data : str or dict, optional
        Data to use instead of what the sweeps name, for all of them or by name.
    quick : bool
        Run the reduced campaign.
    scheduler : str, optional
        Address of a Dask scheduler.
    started : callable
        Told the name of each sweep; returns the report of its progress.
    failed : callable
        Told of each failure.

    Raises
    ------
    SweepError
        If one set of data would be published under several names.
    """
    if isinstance(data, str) and not quick:
        _check_single(data)
    # Everything is read before anything runs, so that a mistake costs no time.
    sweeps = [(part, read(FOLDER / f"{part.name}.toml", data)) for part in PARTS]
    failures: list[Failure] = []
    loaded = Fingerprints(silent)
    for part, sweep in sweeps:
        chosen = _reduced_sweep(sweep, loaded) if quick else sweep
        failures += run(
            chosen, Store(out / part.name), scheduler=scheduler, report=started(part.name),
            failed=failed,
        )  # fmt: skip
    return failures


def _check_single(data: str) -> None:
    names = list(dict.fromkeys(data_of(FOLDER / f"{part.name}.toml") for part in PARTS))
    if len(names) > 1:
        raise SweepError(
            f"'{data}' cannot stand for {' and '.join(names)} at the same time; say for which: "
            f"--data {names[0]}={data}"
        )


def described(quick: bool = False) -> Described:
    """Return the jobs of every sweep, as they are described today."""
    jobs = {part.name: jobs_of(FOLDER / f"{part.name}.toml") for part in PARTS}
    return {name: reduced(found) if quick else found for name, found in jobs.items()}


def found(out: Path, jobs: Described | None = None) -> dict[str, list[Record]]:
    """Return the finished ones of `jobs`; of those that are described today, if none are given.

    Raises
    ------
    SweepError
        If there is none.
    """
    jobs = described() if jobs is None else jobs
    records = {name: load(out / name, members) for name, members in jobs.items()}
    if not any(records.values()):
        raise SweepError(f"nothing is measured in '{out}' yet; leave out --draw")
    return records


def missing(jobs: Described, records: dict[str, list[Record]]) -> int:
    """Return how many of `jobs` are not finished."""
    return sum(map(len, jobs.values())) - sum(map(len, records.values()))


def publish(
    records: dict[str, list[Record]], out: Path, text: Path, unfinished: int = 0
) -> list[Path]:
    """Draw all figures of `records` into `out`, write `text`, and return the files.

    The table beside each sweep's results is written again, too: they may have come from elsewhere.
    """
    written = []
    for part in PARTS:
        if (store := Store(out / part.name)).records:
            written.append(store.write_table())
        for name, draw in part.figures.items():
            if records[part.name]:
                written.append(out / f"{name}.png")
                figures.save(draw(records[part.name]), written[-1])
        if rows := exports.curves(records[part.name]):
            written.append(out / f"{part.name}-curves.csv")
            write_csv(written[-1], rows)
    write_json(out / "results.json", exports.summary(records))
    folder = Path(os.path.relpath(out, text.parent)).as_posix()
    write_text(text, report.text(records, folder, unfinished))
    return [*written, out / "results.json", text]
