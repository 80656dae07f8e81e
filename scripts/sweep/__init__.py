"""Sweeps: many trainings of one description, on this machine or on many.

Reading order: `job` (one training), `description` (a TOML file becomes jobs), `work` (what a
worker does with a job), `store` (results that survive any end), `cluster` (Dask's workers),
`running` (jobs go to workers, results to the store), `summary` (a table over the runs).
"""

from erbium.scripts.sweep.description import Fingerprints, Instead, Sweep, data_of, jobs_of, read
from erbium.scripts.sweep.job import Job, SweepError
from erbium.scripts.sweep.running import Failure, run
from erbium.scripts.sweep.store import Store

__all__ = [
    "Failure", "Fingerprints", "Instead", "Job", "Store", "Sweep", "SweepError", "data_of",
    "jobs_of", "read", "run",
]  # fmt: skip
