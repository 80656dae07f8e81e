"""Running a sweep: its unfinished jobs go to Dask's workers, their results into the store.

Only this process writes. A worker that dies costs the job it was at, which Dask gives to another
one; this process or this machine may stop at any moment, and the next start does what is missing.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any

from distributed import Client, Future, KilledWorker, as_completed, get_worker

from erbium.scripts.common.interrupt import CtrlC, Stopped
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data.source import Source
from erbium.scripts.sweep.cluster import connected
from erbium.scripts.sweep.description import Sweep
from erbium.scripts.sweep.job import Job, SweepError
from erbium.scripts.sweep.store import Store
from erbium.scripts.sweep.work import run_job

#: What a worker does with a job and its data.
Work = Callable[[Job, Source], dict[str, Any]]

#: Seconds between two looks for results and Ctrl-C, and to wait for a finished job's result.
POLL, GATHER = 0.05, 10

#: Seconds after which a sweep without any worker ends: those that died are not coming back.
WORKERLESS = 180


@dataclass(frozen=True)
class Failure:
    """A job that ended with an error; the next start tries it again."""

    job: Job
    error: str

    def __str__(self) -> str:
        return f"{self.job.label}: {self.error}"


def run(
    sweep: Sweep,
    store: Store,
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    report: Report = silent,
    failed: Callable[[Failure], None] = lambda failure: None,
    work: Work = run_job,
) -> list[Failure]:
    """Run all jobs of `sweep` whose results are not in `store`, and return those that failed.

    Parameters
    ----------
    sweep : Sweep
        The jobs; equal ones are run once.
    store : Store
        Where results are, and where they go.
    scheduler : str, optional
        Address of a Dask scheduler whose workers to use, such as "tcp://host:8786".
    workers : int, optional
        Number of processes to start on this machine instead; by default, one for each core.
    report : Report
        Told after every job.
    failed : callable
        Told of each failure at once.
    work : callable
        What to do with a job.

    Raises
    ------
    SweepError
        If there is no such scheduler, or it went away, or all workers did and none came back.
    Stopped
        After Ctrl-C; finished jobs are in the store.
    """
    jobs = {job.key: job for job in sweep.jobs}
    missing = {key: job for key, job in jobs.items() if key not in store.records}
    done, total = len(jobs) - len(missing), len(jobs)
    report("jobs", done, total, None)
    if not missing:
        return []
    count = min(workers or os.cpu_count() or 1, len(missing))
    failures: list[Failure] = []
    with CtrlC() as ctrl_c, connected(scheduler, count) as client, store.writing():
        try:
            for job, outcome in _outcomes(client, missing, sweep.data, work, ctrl_c):
                if "error" in outcome:
                    failures.append(Failure(job, outcome["error"]))
                    failed(failures[-1])
                else:
                    store.append({"key": job.key, "job": job.as_dict()} | outcome)
                done += 1
                report("jobs", done, total, None)
        except KeyboardInterrupt:
            raise Stopped(
                f"stopped after {done} of {total} jobs; run the same command to go on"
            ) from None
        finally:
            store.write_table()
    return failures


def _outcomes(
    client: Client, jobs: dict[str, Job], data: Source, work: Work, ctrl_c: CtrlC
) -> Iterator[tuple[Job, dict[str, Any]]]:
    """Yield each job with what `_attempt` returned for it, as they are done."""
    running = {
        client.submit(_attempt, work, job, key, data, key=f"erbium-{key}"): job
        for key, job in jobs.items()
    }
    done, workers = as_completed(running, loop=client.loop), _Workers(client)
    while not done.is_empty():
        for future in done.next_batch(block=False):
            ctrl_c.check()
            outcome = _outcome(future)
            if outcome is None:
                done.add(future)
            else:
                yield running.pop(future), outcome
        ctrl_c.check()
        workers.check()
        time.sleep(POLL)


class _Workers:
    """Notices that no worker is left, for which a scheduler would wait for ever."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._seen = time.monotonic()

    def check(self) -> None:
        """Raise a `SweepError` if there was no worker for `WORKERLESS` seconds."""
        now = time.monotonic()
        if self._client.scheduler_info()["workers"]:
            self._seen = now
        elif now - self._seen > WORKERLESS:
            raise SweepError(
                f"no worker has been there for {WORKERLESS} seconds; finished jobs are kept, run "
                "the same command to go on, perhaps with fewer --workers"
            )


def _outcome(future: Future) -> dict[str, Any] | None:
    """Return what a finished job returned; None if it was lost, and is being repeated."""
    try:
        return future.result(GATHER)
    except CancelledError:
        raise SweepError(
            "the scheduler is gone; finished jobs are kept, run the same command to go on"
        ) from None
    except TimeoutError:
        # Its worker has died before the result was fetched. To wait here would be deaf to Ctrl-C.
        return None
    except KilledWorker:
        message = "every worker that tried it was killed; is there enough memory for so many?"
        return {"error": message}
    except Exception as error:
        # Not the job's, which `_attempt` returns, but that of a worker which could not begin it.
        return {"error": f"no worker could begin it: {type(error).__name__}: {error}"}


def _attempt(work: Work, job: Job, key: str, data: Source) -> dict[str, Any]:
    """Run a job in a worker, and return what its record needs, or its error."""
    began = time.perf_counter()
    try:
        if job.key != key:
            raise SweepError("a worker has another version of this program; start it again")
        result = work(job, data)
        # What the store could not write is this job's failure, and not that of the whole sweep.
        json.dumps(result)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    seconds = round(time.perf_counter() - began, 3)
    return {"result": result, "seconds": seconds, "worker": str(get_worker().name)}
