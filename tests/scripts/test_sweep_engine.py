"""Sweeps at work: whatever ends in the middle, each job's result is stored once, and the same."""

from __future__ import annotations

import csv
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from distributed import Client, Future, LocalCluster

from erbium.scripts.common.interrupt import Stopped
from erbium.scripts.sweep import Failure, Job, Store, Sweep, SweepError, read
from erbium.scripts.sweep import cluster as connection
from erbium.scripts.sweep import running as engine
from erbium.scripts.sweep.cluster import local_cluster
from erbium.scripts.sweep.running import Work
from erbium.scripts.sweep.work import run_job

SWEEP = """
name = "few"
[defaults]
preset = "tiny"
rates = [256, 256, 128]
runs = 2
[[jobs]]
grid = { transmit = [12, 14, 16] }
"""

#: Figures that depend on the machine and the moment.
TIMES = ("cpu_seconds", "cpu_ms_per_training_sample", "seconds")


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two processes; starting them takes longer than any test."""
    with local_cluster(2) as found:
        yield found


@pytest.fixture
def sweep(tmp_path: Path, tiny_data: Path) -> Sweep:
    """Six jobs: three settings, two runs."""
    path = tmp_path / "sweep.toml"
    path.write_text(SWEEP)
    return read(path, str(tiny_data))


@pytest.fixture
def run(cluster: LocalCluster, sweep: Sweep, tmp_path: Path) -> Callable[..., list[Failure]]:
    """Run the jobs with the results of all calls in one folder."""

    def call(**options: object) -> list[Failure]:
        # Those that a test killed need a while to come back.
        with Client(cluster, set_as_default=False) as client:
            client.wait_for_workers(2)
        options = {"scheduler": cluster.scheduler_address} | options
        return engine.run(sweep, Store(tmp_path / "run"), **options)

    return call


def _without_times(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_times(item) for key, item in value.items() if key not in TIMES}
    return [_without_times(item) for item in value] if isinstance(value, list) else value


def _assert_complete(sweep: Sweep, folder: Path) -> None:
    """Demand every job's result exactly once, and that of a sweep nobody disturbed."""
    lines = (folder / "results.jsonl").read_text().splitlines()
    records = {record["key"]: record for record in map(json.loads, lines)}
    assert len(lines) == len(records) == len(sweep.jobs)
    for job in sweep.jobs:
        record = records[job.key]
        assert record["job"] == job.as_dict()
        assert _without_times(record["result"]) == _without_times(run_job(job, sweep.data))
    with (folder / "results.csv").open() as file:
        assert [row["key"] for row in csv.DictReader(file)] == list(records)


def counting(folder: Path) -> Work:
    """Return what runs a job and leaves a file of its key in `folder`."""
    folder.mkdir()

    # A function in a function is sent to workers whole; they could not import this file.
    def work(job: Job, data: str) -> dict[str, object]:
        with (folder / job.key).open("x"):
            return run_job(job, data)

    return work


def dying(transmit: int, marker: Path | None = None) -> Work:
    """Return what kills its worker in the middle of jobs of a kind; with `marker`, only once."""

    def work(job: Job, data: str) -> dict[str, object]:
        from erbium.scripts.sweep import work as module

        def report(phase: str, done: int, total: int, correct: int | None) -> None:
            if phase.startswith("epoch 2") and done == 17 and not (marker and marker.exists()):
                if marker:
                    marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)

        if job.config["transmit"] != transmit:
            return run_job(job, data)
        train = module.train
        module.train = functools.partial(train, report=report)
        try:
            return run_job(job, data)
        finally:
            module.train = train

    return work


def test_every_job_is_run_once(run, sweep: Sweep, tmp_path: Path) -> None:
    reports = []
    assert run(work=counting(tmp_path / "ran"), report=lambda *args: reports.append(args)) == []
    _assert_complete(sweep, tmp_path / "run")
    assert len(list((tmp_path / "ran").iterdir())) == 6
    assert reports == [("jobs", done, 6, None) for done in range(7)]
    before = (tmp_path / "run" / "results.jsonl").read_bytes()
    # Not even a scheduler is asked for when there is nothing to do.
    assert run(work=counting(tmp_path / "again"), scheduler="nowhere") == []
    assert not list((tmp_path / "again").iterdir())
    assert (tmp_path / "run" / "results.jsonl").read_bytes() == before


def test_ctrl_c_keeps_what_is_finished(run, sweep: Sweep, tmp_path: Path) -> None:
    def press(phase: str, done: int, total: int, correct: int | None) -> None:
        if done == 2:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Stopped, match="stopped after 2 of 6 jobs; run the same command to go on"):
        run(report=press)
    kept = Store(tmp_path / "run").records
    assert len(kept) == 2
    assert (tmp_path / "run" / "results.csv").exists()
    # Half a line, as a crash would have left it.
    with (tmp_path / "run" / "results.jsonl").open("a") as file:
        file.write('{"key": "0123')
    run(work=counting(tmp_path / "ran"))
    repeated = {path.name for path in (tmp_path / "ran").iterdir()}
    assert repeated == {job.key for job in sweep.jobs} - set(kept)
    _assert_complete(sweep, tmp_path / "run")


def test_another_version_of_the_program_is_refused(sweep: Sweep) -> None:
    outcome = engine._attempt(run_job, sweep.jobs[0], "0123", sweep.data)
    assert outcome["error"].startswith("SweepError: a worker has another version of this program")


def test_a_killed_worker_costs_nothing(run, sweep: Sweep, tmp_path: Path) -> None:
    assert run(work=dying(14, tmp_path / "marker")) == []
    assert (tmp_path / "marker").exists()
    _assert_complete(sweep, tmp_path / "run")


def test_a_result_lost_with_its_worker_is_found_again(
    run, sweep: Sweep, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(engine, "GATHER", 0.01)
    pids, outcomes, look = tmp_path / "pids", [], engine._outcome
    pids.mkdir()

    def outcome(future: Future) -> dict[str, object] | None:
        # The worker dies when its job is done, and before anybody looks at the first result.
        if not outcomes:
            worker = psutil.Process(int((pids / future.key).read_text()))
            worker.kill()
            psutil.wait_procs([worker])
        outcomes.append(look(future))
        return outcomes[-1]

    def work(job: Job, data: str) -> dict[str, object]:
        (pids / f"erbium-{job.key}").write_text(str(os.getpid()))
        return run_job(job, data)

    monkeypatch.setattr(engine, "_outcome", outcome)
    assert run(work=work) == []
    assert None in outcomes
    _assert_complete(sweep, tmp_path / "run")


def test_a_job_that_kills_its_workers_fails(
    run, cluster: LocalCluster, sweep: Sweep, tmp_path: Path, monkeypatch
) -> None:
    # Each worker takes its time to come back.
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 2)
    failures = run(work=dying(12))
    assert sorted(failure.job.label for failure in failures) == [
        "tiny transmit=12 run 0",
        "tiny transmit=12 run 1",
    ]
    assert {failure.error for failure in failures} == {
        "every worker that tried it was killed; is there enough memory for so many?"
    }
    assert run() == []
    _assert_complete(sweep, tmp_path / "run")


def test_a_sweep_whose_workers_stay_away_ends(
    sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WORKERLESS", 1)
    store = Store(tmp_path / "run")
    with local_cluster(1) as cluster:

        def report(_phase: str, done: int, _total: int, _correct: object) -> None:
            if done == 1:
                # As if the process that starts workers anew had given up.
                cluster.scale(0)

        with pytest.raises(SweepError, match="no worker has been there for 1 seconds; finished"):
            engine.run(sweep, store, scheduler=cluster.scheduler_address, report=report)
    assert 1 <= len(Store(tmp_path / "run").records) < len(sweep.jobs)


def test_a_failing_job_is_reported_and_tried_again(run, sweep: Sweep, tmp_path: Path) -> None:
    def failing(job: Job, data: str) -> dict[str, object]:
        if job.config["transmit"] == 14 and job.run == 1:
            raise ZeroDivisionError("no luck")
        # JSON knows no sets.
        return run_job(job, data) | ({"set": {1}} if job.config["transmit"] == 12 else {})

    told = []
    failures = run(work=failing, failed=told.append)
    assert told == failures
    assert sorted(map(str, failures)) == [
        "tiny transmit=12 run 0: TypeError: Object of type set is not JSON serializable",
        "tiny transmit=12 run 1: TypeError: Object of type set is not JSON serializable",
        "tiny transmit=14 run 1: ZeroDivisionError: no luck",
    ]
    assert len(Store(tmp_path / "run").records) == 3
    assert run(work=counting(tmp_path / "ran")) == []
    assert len(list((tmp_path / "ran").iterdir())) == 3
    _assert_complete(sweep, tmp_path / "run")


def test_data_of_any_folder_are_found(run, sweep: Sweep, tmp_path: Path, monkeypatch) -> None:
    # The workers have started elsewhere.
    monkeypatch.chdir(tmp_path)
    relative = read(tmp_path / "sweep.toml", "data")
    assert engine.run(relative, Store(tmp_path / "other"), workers=1) == []
    assert run() == []
    _assert_complete(relative, tmp_path / "other")


def test_a_scheduler_must_answer(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(connection, "CONNECT", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        for address in ("nonsense", "foo://x:1", mute, "tcp://127.0.0.1:1"):
            with pytest.raises(SweepError, match=f"no scheduler answers at '{address}'; give the"):
                run(scheduler=address)
    with (
        local_cluster(0) as empty,
        pytest.raises(SweepError, match=r"has no workers; start some: dask worker tcp://.* --nth"),
    ):
        run(scheduler=empty.scheduler_address)
    assert not (tmp_path / "run").exists()


def test_a_scheduler_that_goes_away_is_missed(run, sweep: Sweep, tmp_path: Path) -> None:
    with local_cluster(1) as other:

        def close(phase: str, done: int, total: int, correct: int | None) -> None:
            if done == 1:
                other.close()

        with pytest.raises(SweepError, match="the scheduler is gone; finished jobs are"):
            run(scheduler=other.scheduler_address, report=close)
    assert Store(tmp_path / "run").records
    assert run() == []
    _assert_complete(sweep, tmp_path / "run")


def test_the_command_prints_and_writes_what_it_found(
    erbium, sweep: Sweep, tmp_path: Path, tiny_data: Path, monkeypatch
) -> None:
    def failing(job: Job, data: str) -> dict[str, object]:
        if job.config["transmit"] == 14:
            raise ZeroDivisionError("no luck")
        return run_job(job, data)

    command = ("sweep", tmp_path / "sweep.toml", "--data", tiny_data, "--workers", 1)
    monkeypatch.setattr("erbium.scripts.sweep.run", functools.partial(engine.run, work=failing))
    result = erbium(*command)
    assert result.exit_code == 1
    assert "failed: tiny transmit=14 run 0: ZeroDivisionError: no luck" in result.stdout
    assert result.stderr.endswith(
        "2 of 6 jobs failed, see above; run the same command to try them again\n"
    )
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path / "work")
    result = erbium(*command, "--json", "figures.json")
    assert result.exit_code == 0, result.stderr
    assert "transmit 16" in result.stdout
    _assert_complete(sweep, Path("runs", "sweep-few"))
    figures = json.loads(Path("figures.json").read_text())
    assert (figures["name"], figures["failed"]) == ("few", [])
    assert [entry["finished"] for entry in figures["settings"]] == [2, 2, 2]
    # Workers leave nothing where they were started.
    assert {path.name for path in Path.cwd().iterdir()} == {"runs", "figures.json"}


def test_bad_calls_are_refused(refused, tmp_path: Path, tiny_data: Path) -> None:
    path = tmp_path / "sweep.toml"
    assert f"'{path}': No such file or directory" in refused("sweep", path)
    path.write_text(SWEEP.replace("tiny", "huge"))
    line = refused("sweep", path, "--data", tiny_data)
    assert f"'{path}', job 1: unknown preset 'huge'; choose one of: tiny, digits" in line
    path.write_text(SWEEP)
    line = refused("sweep", path, "--scheduler", "tcp://a:1", "--workers", 2)
    assert "--workers starts its own; with --scheduler, leave it out" in line
    line = refused("sweep", path, "--data", tiny_data, "--scheduler", "nowhere")
    assert "no scheduler answers at 'nowhere'; give the address that `dask scheduler`" in line


def test_ctrl_c_in_a_terminal_ends_everything(tmp_path: Path, tiny_data: Path) -> None:
    path, out = tmp_path / "sweep.toml", tmp_path / "run"
    path.write_text(SWEEP.replace("runs = 2", "runs = 200"))
    erbium = shutil.which("erbium", path=str(Path(sys.executable).parent))
    # A terminal sends the signal to all processes of a group.
    process = subprocess.Popen(
        [erbium, "sweep", path, "--data", tiny_data, "--workers", "1", "--out", out],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not Store(out).records and time.monotonic() < deadline:
        time.sleep(0.05)
    workers = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors.startswith("erbium: stopped after ")
    assert errors.endswith(" of 600 jobs; run the same command to go on\n")
    assert errors.count("\n") == 1
    assert f" {len(Store(out).records)} of 600 jobs" in errors
    assert workers
    # Python's own helper ends a moment after its parent.
    deadline = time.monotonic() + 10
    while any(map(_lives, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [worker for worker in workers if _lives(worker)]


def _lives(process: psutil.Process) -> bool:
    try:
        # Where nobody collects orphans, the dead stay in the list.
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
