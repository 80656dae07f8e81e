"""Processes that work for a campaign."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor


def workers(jobs: int, *, tasks: int | None = None) -> ProcessPoolExecutor:
    """Return a pool of new interpreters.

    A process forked from one that has threads inherits their locks, and may wait for them for ever.

    Parameters
    ----------
    jobs : int
        Processes.
    tasks : int, optional
        Tasks after which a process is replaced by a new one.
    """
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=tasks)
