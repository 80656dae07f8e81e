"""Workers for a sweep: processes of this machine, or those of a scheduler on any other."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any

import dask
from distributed import Client, LocalCluster
from distributed.core import rpc
from distributed.utils import silence_logging_cmgr

from erbium.scripts.sweep.job import SweepError

#: Seconds to wait for a scheduler to answer.
CONNECT = 5

#: A level above all of Dask's. What matters is reported by who runs the jobs; the rest is about
#: connections to processes that are meant to end, some of it "critical".
SILENT = logging.CRITICAL + 1

#: No dashboard; its server runs anyway, at a port that is free and for this machine only.
QUIET = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}


@contextmanager
def connected(scheduler: str | None, workers: int) -> Iterator[Client]:
    """Yield a client of the scheduler at an address, or else of `workers` processes of its own.

    Raises
    ------
    SweepError
        If the scheduler does not answer, or has no workers.
    """
    with silence_logging_cmgr(SILENT):
        if scheduler is None:
            with local_cluster(workers) as cluster, Client(cluster, set_as_default=False) as it:
                yield it
        else:
            _check_scheduler(scheduler)
            with Client(scheduler, timeout=CONNECT, set_as_default=False) as it:
                yield it


def _check_scheduler(address: str) -> None:
    """Refuse an address without a scheduler, where a `Client` may wait forever."""
    try:
        found = asyncio.run(asyncio.wait_for(_identity(address), CONNECT))
    except Exception as error:
        # What another program answers can raise nearly anything.
        raise SweepError(
            f"no scheduler answers at {address!r}; give the address that `dask scheduler` prints, "
            "such as tcp://host:8786"
        ) from error
    if not found.get("workers"):
        raise SweepError(
            f"the scheduler at {address!r} has no workers; start some: dask worker {address} "
            "--nthreads 1"
        )


async def _identity(address: str) -> dict[str, Any]:
    async with rpc(address, timeout=CONNECT) as scheduler:
        return await scheduler.identity()


def local_cluster(workers: int) -> LocalCluster:
    """Return a cluster of processes on this machine that Ctrl-C does not reach.

    A terminal sends it to every process. Workers inherit the signals that are blocked here, and so
    do those that replace a worker later; they are told to end when the cluster is closed.
    """
    # It unblocks the signal in the thread that starts it, so it has to run before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        # A job in a worker's queue would be blamed, too, when the one before it kills the worker.
        with dask.config.set({"distributed.scheduler.worker-saturation": 1.0}):
            # Jobs keep what memory they take until they are done, so there is no limit: a worker
            # that Dask pauses to save some would wait forever.
            return LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, memory_limit=None,
                silence_logs=SILENT, scheduler_kwargs=QUIET,
            )  # fmt: skip
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
