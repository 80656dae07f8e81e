"""Sweeps on paper: what a description means, what is refused, and what a store keeps."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import pytest

from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.data.augment import Augment
from erbium.scripts.data.source import Source, load
from erbium.scripts.results import records
from erbium.scripts.sweep import Job, Store, Sweep, SweepError, read, summary, work
from erbium.scripts.sweep.description import absolute
from erbium.scripts.sweep.work import run_job
from erbium.scripts.train import baseline
from erbium.scripts.train.training import metrics, seeded, train

HEAD = 'name = "few"\n'
TINY = 'preset = "tiny"\nrates = [256, 128]\n'
BP = "preset = 'tiny'\nrule = 'bp'\nepochs = 1\n"


@pytest.fixture
def described(tmp_path: Path, tiny_data: Path):
    """Read a sweep of the tiny data from a text."""

    def call(text: str) -> Sweep:
        path = tmp_path / "sweep.toml"
        path.write_text(HEAD + text)
        return read(path, str(tiny_data))

    return call


def _record(key: str, **result: object) -> dict[str, object]:
    return {"key": key, "job": {"run": 1}, "result": result, "seconds": 0.5, "worker": "0"}


def test_a_grid_is_all_combinations_and_all_runs(described) -> None:
    sweep = described(
        f"[defaults]\n{TINY}runs = 2\n"
        "[[jobs]]\ngrid = { weight_bits = [7, 9], threshold = [[96, 64], [90, 60]] }\n"
        '[[jobs]]\nruns = 1\nrule = "bp"\nepochs = 3\n'
    )
    settings = [(job.config["weight_bits"], job.config["threshold"]) for job in sweep.jobs[:8:2]]
    assert settings == [(7, [96, 64]), (7, [90, 60]), (9, [96, 64]), (9, [90, 60])]
    assert [job.run for job in sweep.jobs] == [0, 1] * 4 + [0]
    assert sweep.jobs[0].machine.weight_bits == 7
    assert sweep.jobs[2].machine.threshold == (90, 60)
    # A baseline leaves the defaults alone that it has no use for.
    assert (sweep.jobs[8].rule, sweep.jobs[8].epochs, sweep.jobs[8].rates) == ("bp", 3, None)
    assert len({job.key for job in sweep.jobs}) == 9


def test_a_job_goes_before_the_defaults(described) -> None:
    sweep = described(
        "[defaults]\nrates = [256]\nepochs = 2\npreset = 'tiny'\nsamples = 20\n"
        "config = { transmit = 14, ticks = 13 }\ngrid = { weight_bits = [7, 9] }\n"
        "[[jobs]]\nconfig = { transmit = 15 }\n"
        "[[jobs]]\nconfig = { weight_bits = 8 }\nrates = [128]\nsamples = 10\n"
        "[[jobs]]\ngrid = { transmit = [1, 2] }\n"
    )
    found = [(job.config["weight_bits"], job.config["transmit"]) for job in sweep.jobs]
    assert found == [(7, 15), (9, 15), (8, 14), (7, 1), (7, 2), (9, 1), (9, 2)]
    assert {job.config["ticks"] for job in sweep.jobs} == {13}
    assert [job.rates for job in sweep.jobs[1:3]] == [(256,), (128,)]
    assert [job.samples for job in sweep.jobs[1:3]] == [20, 10]


def test_keys_are_of_what_matters(described) -> None:
    first, other = "[[jobs]]\nconfig = { transmit = 14, ticks = 13 }\n", "[[jobs]]\nruns = 2\n"
    a = described(f"[defaults]\n{TINY}{first}{other}").jobs
    b = described(f"[defaults]\n{TINY}{other}{first}").jobs
    assert [job.key for job in a] == [b[2].key, b[0].key, b[1].key]
    same = {
        "name": "other",
        "config": {"ticks": 13, "transmit": 14, "weight_bits": 8, "lanes": 1},
        # All of the data, said in so many words; `read` takes the fingerprint of what is left.
        "samples": 30,
    }
    assert dataclasses.replace(a[0], **same).key == a[0].key
    for change in (
        {"run": 1},
        {"rates": (256, 127)},
        {"rates": (256,)},
        {"config": {"transmit": 14}},
        {"data_sha256": "0"},
        {"measure": "faults"},
        {"measure": "faults", "options": {"rate": 0.1}},
        {"rule": "bp", "rates": None, "epochs": 2, "config": {}},
        {"rule": "rbp", "rates": None, "epochs": 2, "config": {}},
        {"rule": "rbp", "rates": None, "epochs": 2, "config": {"layers": [12, 7, 3]}},
    ):
        keys = {job.key for job in (a[0], a[1], a[2])}
        assert dataclasses.replace(a[0], **change).key not in keys, change


def test_a_baseline_is_known_by_its_recipe(monkeypatch) -> None:
    job = Job(name="any", preset="tiny", rule="bp", epochs=3)
    before = job.key
    recipe = dataclasses.replace(baseline.RECIPES["bp"], rate=0.3)
    monkeypatch.setattr(baseline, "RECIPES", {"bp": recipe})
    assert job.key != before


def test_a_baseline_learns_with_constants_of_its_own(described, tiny_data: Path) -> None:
    machine, usual, same, slow = described(
        f"[defaults]\n{TINY}epochs = 2\nrecipe = {{ rate = 0.2 }}\n[[jobs]]\n"
        "[[jobs]]\nrule = 'bp'\n[[jobs]]\nrule = 'bp'\nrecipe = { batch = 100 }\n"
        "[[jobs]]\nrule = 'bp'\nrecipe = { rate = 0.5, batch = 5 }\n"
    ).jobs
    assert machine.recipe == {}
    assert "recipe" not in machine.as_dict()
    plain = Job(name="any", preset="tiny", rule="bp", epochs=2, data_sha256=usual.data_sha256)
    assert "recipe" not in plain.as_dict()
    assert plain.key == usual.key == same.key != slow.key
    assert slow.as_dict()["recipe"] == {"rate": 0.5, "batch": 5}
    assert dataclasses.replace(slow, recipe={"rate": 1, "batch": 100}).recipe == {"rate": 1.0}
    dataset = load(str(tiny_data), preset("tiny"))
    recipe = dataclasses.replace(baseline.RECIPES["bp"], rate=0.5, batch=5)
    expected = baseline.train_baseline("bp", (12, 6, 3), dataset, 2, 0, recipe=recipe)
    found = run_job(slow, Source(str(tiny_data)))
    assert found["recipe"] == expected["recipe"] == dataclasses.asdict(recipe)
    errors = [[e["train_error"] for e in x["epochs"]] for x in (found, expected)]
    assert errors[0] == errors[1]
    assert errors[0] != [e["train_error"] for e in run_job(usual, Source(str(tiny_data)))["epochs"]]


def test_random_feedback_has_more_constants_than_the_gradient(described) -> None:
    random, exact = described(
        f"[defaults]\n{TINY}epochs = 2\nrecipe = {{ rate = 0.3, feedback = 0.1 }}\n"
        "[[jobs]]\nrule = 'rbp'\n[[jobs]]\nrule = 'bp'\n"
    ).jobs
    assert (random.recipe, exact.recipe) == ({"rate": 0.3, "feedback": 0.1}, {"rate": 0.3})


def test_results_are_found_whichever_way_a_recipe_was_written(tmp_path: Path) -> None:
    plain, changed = (Job(name="any", preset="tiny", rule="bp", epochs=1, recipe=recipe)
                      for recipe in ({}, {"rate": 1}))  # fmt: skip
    store = Store(tmp_path)
    with store.writing():
        for job in (plain, changed):
            store.append(_record(job.key, test_error=0.5) | {"job": job.as_dict()})
    same = [dataclasses.replace(plain, recipe={"batch": 100}),
            dataclasses.replace(plain, recipe={"rate": 1.0, "momentum": 0.9})]  # fmt: skip
    found = records.load(tmp_path, same)
    assert [record.job.get("recipe") for record in found] == [None, {"rate": 1.0}]


def test_no_faults_are_no_difference() -> None:
    job = Job(name="any", preset="tiny", rates=(256,))
    assert dataclasses.replace(job, faults={"stuck": 0}).key == job.key
    one, other = (dataclasses.replace(job, faults={"flipped": share}) for share in (1, 1.0))
    assert one.key == other.key != job.key


def test_moved_images_are_another_job(described, tiny_data: Path) -> None:
    plain, moved, off, baseline = described(
        f"[defaults]\n{TINY}epochs = 1\n[[jobs]]\n[[jobs]]\naugment = {{ shift = 1 }}\n"
        "[[jobs]]\naugment = { shift = 0 }\n[[jobs]]\nrule = 'bp'\n"
    ).jobs
    assert off.key == plain.key != moved.key
    assert "augment" not in off.as_dict()
    assert moved.as_dict()["augment"] == {"shift": 1}
    assert moved.label == "tiny shift=1 run 0"
    dataset = load(str(tiny_data), preset("tiny"))
    expected = metrics(train(preset("tiny"), dataset, [256, 128], augment=Augment(1)))
    result = run_job(moved, Source(str(tiny_data)))
    assert result["confusion"] == expected["confusion"]
    assert result["epochs"][0]["taught_error"] == expected["epochs"][0]["taught_error"]
    # The job says so already.
    assert "augment" not in result
    assert dataclasses.replace(baseline, augment={"shift": 0}).key == baseline.key


def test_defaults_move_images_of_the_machine_only(described) -> None:
    jobs = described(
        f"[defaults]\n{TINY}epochs = 1\naugment = {{ shift = 2 }}\n"
        "[[jobs]]\n[[jobs]]\naugment = { shift = 1 }\n[[jobs]]\naugment = { shift = 0 }\n"
        "[[jobs]]\nrule = 'bp'\n"
    ).jobs
    assert [job.augment for job in jobs] == [{"shift": 2}, {"shift": 1}, {}, {}]


def test_a_summary_tells_moved_images_apart(described, tmp_path: Path) -> None:
    sweep = described(f"[defaults]\n{TINY}[[jobs]]\n[[jobs]]\naugment = {{ shift = 1 }}\n")
    settings = summary.summarize(sweep, Store(tmp_path))
    assert [entry["setting"] for entry in settings] == [
        {"preset": "tiny", "shift": 0}, {"preset": "tiny", "shift": 1},
    ]  # fmt: skip


def test_keys_follow_the_data_within_the_limits(described, tiny_data: Path) -> None:
    all_of_it, limited, fewer = described(
        f"[defaults]\n{TINY}[[jobs]]\n[[jobs]]\nsamples = 30\ntest = 9\n[[jobs]]\nsamples = 29\n"
    ).jobs
    assert all_of_it.data_sha256 == load(str(tiny_data), preset("tiny")).sha256
    assert all_of_it.key == limited.key != fewer.key


def test_a_run_has_the_seed_of_a_training_with_runs() -> None:
    job = Job(name="a", preset="tiny", rates=(256,), run=3, config={"seed": 2**32 - 2})
    assert job.machine == seeded(preset("tiny").replace(seed=2**32 - 2), 3)


#: (text after the name, what the line must say about it)
REFUSED = [
    ("jobs = 3", ": jobs must be one table [[jobs]] or more, not 3"),
    ("", ": jobs must be one table [[jobs]] or more, not []"),
    ("= 3", " is no TOML file: Invalid statement (at line 2, column 1)"),
    ("jops = 3", ": unknown key 'jops'; choose from: name, data, full_scale, ke"),
    ("data = 3", ": jobs must be one table"),
    ("[defaults]\npresets = 'tiny'\n[[jobs]]", ", defaults: unknown key 'presets'; choose from: "),
    ("[[jobs]]\n[[jobs]]\nseed = 1", ", job 1: there is no preset; give one here or in the defa"),
    ("[[jobs]]\nTINY[[jobs]]\nseed = 1", ", job 2: unknown key 'seed'; choose from: preset, rule"),
    ("jobs = [3]", ", job 1: must be a table, such as { preset = 'tiny' }, not 3"),
    ("[[jobs]]\npreset = 'huge'\nrates = [256]", ", job 1: unknown preset 'huge'; choose one of"),
    ("[[jobs]]\npreset = ['tiny']\nrates = [256]", ", job 1: preset must be a name, not ['tiny']"),
    ("[[jobs]]\npreset = 'tiny'", ", job 1: rates must list an integer from 0 to 256 for each ep"),
    ("[[jobs]]\npreset = 'tiny'\nrates = [256, 257]", "such as [256, 256, 128], not [256, 257]"),
    ("[[jobs]]\npreset = 'tiny'\nrates = [true]", "not [True]"),
    ("[[jobs]]\npreset = 'tiny'\nrates = 256", "not 256"),
    ("[[jobs]]\nTINYepochs = 2", ", job 1: rule 'erbp' has no epochs, not 2; give rates"),
    ("[[jobs]]\nTINYrule = 'bpp'", ", job 1: rule must be one of erbp, rbp, bp, not 'bpp'"),
    ("[[jobs]]\nTINYrule = 'bp'", ", job 1: rule 'bp' has no rates, not [256, 128]; give epochs"),
    ("[[jobs]]\npreset = 'tiny'\nrule = 'bp'", "epochs must be an integer from 1 for rule 'bp', n"),
    ("[[jobs]]\nTINYconfig = 3", ", job 1: config must be a table of names and values, not 3"),
    ("[[jobs]]\nTINYconfig = { bits = 3 }", ", job 1: unknown configuration value 'bits'; "),
    ("[[jobs]]\nTINYconfig = { lanes = 3 }", ", job 1: lanes must be one of (1, 2, 4, 8, 16, 32)"),
    (
        "[[jobs]]\nTINYconfig = { ticks = [9] }",
        "ticks must be one value, not [9]; several belong i",
    ),
    ("[[jobs]]\nTINYconfig = { seed = 'a' }", ", job 1: seed must be an integer from 0 to 42949"),
    ("[[jobs]]\nTINYconfig = { encoder = 'events' }", "encoder must be 'phase' or 'bernoulli' to"),
    ("[[jobs]]\nTINYgrid = { ticks = 9 }", ", job 1: ticks of grid must list one value or more,"),
    ("[[jobs]]\nTINYgrid = { ticks = [] }", "ticks of grid must list one value or more, not []"),
    ("[[jobs]]\nTINYgrid = { weight_bits = [8, 1] }", "weight_bits must be an integer from 2 to 1"),
    ("[[jobs]]\nTINYgrid = { ticks = [9] }\nconfig = { ticks = 9 }", "ticks is both in config an"),
    ("[[jobs]]\nTINYruns = 0", ", job 1: runs must be an integer from 1, not 0"),
    ("[[jobs]]\nTINYruns = [1]", ", job 1: runs must be an integer from 1, not [1]"),
    ("[[jobs]]\nTINYsamples = 0", ", job 1: samples must be an integer from 1, not 0"),
    ("[[jobs]]\nTINYtest = 10", ", job 1: cannot take 10 of 9 test samples; choose 1 to 9"),
    (
        "[[jobs]]\nTINYconfig = { layers = [9, 6, 3] }",
        "have 12 intensities, but preset 'tiny'",
    ),
    (
        "[[jobs]]\nTINYmeasure = 'x'",
        ", job 1: unknown measure 'x'; choose one of: readout, faults, writes",
    ),
    (
        "[[jobs]]\nTINYmeasure = [1]",
        ", job 1: unknown measure [1]; choose one of: readout, faults, writes",
    ),
    ("[[jobs]]\nTINYoptions = { x = 1 }", "options {'x': 1} belong to a measure; name it"),
    ("[[jobs]]\nTINYrecipe = { rate = 0.1 }", "{'rate': 0.1} needs rule 'rbp' or 'bp', not 'erbp'"),
    (
        f"[[jobs]]\n{BP}recipe = {{ pace = 1 }}",
        "rule 'bp' has no 'pace' in its recipe; choose from: ",
    ),
    (f"[[jobs]]\n{BP}recipe = {{ feedback = 1 }}", "rule 'bp' has no 'feedback' in its recipe; "),
    (f"[[jobs]]\n{BP}recipe = {{ rate = -1 }}", "rate of recipe must be a number from 0 to 1000, "),
    (
        f"[[jobs]]\n{BP}recipe = {{ rate = 1{'0' * 400} }}",
        "rate of recipe must be a number from 0 ",
    ),
    (f"[[jobs]]\n{BP}recipe = {{ decay = nan }}", "decay of recipe must be a number from 0 to "),
    (f"[[jobs]]\n{BP}recipe = {{ momentum = 1 }}", "must be a number from 0 to 0.9999, not 1"),
    (
        f"[[jobs]]\n{BP}recipe = {{ batch = 0.5 }}",
        "batch of recipe must be an integer from 1, not 0",
    ),
    ("[[jobs]]\nTINYaugment = 'shift=1'", ", job 1: augment must be a table of names and values"),
    ("[[jobs]]\nTINYaugment = { turn = 1 }", ", job 1: unknown augment 'turn'; choose from: shift"),
    ("[[jobs]]\nTINYaugment = { shift = true }", "a number of pixels from 0, not True"),
    ("[[jobs]]\nTINYaugment = { shift = 3 }", "which are 3 x 4 pixels, out of sight; choose a sh"),
    (
        "[[jobs]]\npreset = 'tiny'\nrule = 'bp'\nepochs = 1\naugment = { shift = 1 }",
        ", job 1: augment shift=1 needs the golden model, not rule 'bp'; remove it",
    ),
    (
        "[[jobs]]\npreset = 'tiny'\nrule = 'rbp'\nepochs = 1\nconfig = { transmit = 3 }",
        ", job 1: rule 'rbp' takes only layers from a configuration, not transmit; remove it or",
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_bad_descriptions_are_refused(described, tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SweepError) as refused:
        described(text.replace("TINY", TINY))
    assert str(refused.value).startswith(f"'{tmp_path / 'sweep.toml'}'")
    assert message in str(refused.value)


@pytest.mark.parametrize("name", ["", 'name = "../x"', 'name = "a b"', "name = 3"])
def test_names_become_folders(tmp_path: Path, name: str) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text(name)
    with pytest.raises(SweepError, match="name must start with a letter and hold letters, digits"):
        read(path)


def test_data_are_named_somewhere(tmp_path: Path, tiny_data: Path) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text(f"{HEAD}[[jobs]]\n{TINY}")
    with pytest.raises(SweepError, match="or a folder, not None; name it in the file or with --da"):
        read(path)
    path.write_text(f"{HEAD}data = 'absent'\n[[jobs]]\n{TINY}")
    with pytest.raises(SweepError, match=r"job 1: there is no data '.*/absent'; give 'digits"):
        read(path)
    assert read(path, str(tiny_data)).data.name == str(tiny_data)


def test_data_mean_the_same_in_every_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute("data") == str(tmp_path / "data")
    assert [absolute(name) for name in ("digits", "mnist")] == ["digits", "mnist"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"run": -1}, "run must be an integer from 0, not -1"),
        ({"measure": "a", "options": {"x": "y"}}, "option x must be a number, not 'y'"),
        ({"measure": "a", "rule": "bp", "rates": None, "epochs": 1}, "needs the golden model, not"),
    ],
)
def test_bad_jobs_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(SweepError, match=message):
        Job(**{"name": "a", "preset": "tiny", "rates": (256,)} | values)


def test_a_job_is_a_training(described, tiny_data: Path, monkeypatch) -> None:
    job = described(f"[[jobs]]\n{TINY}runs = 3\nsamples = 20\n").jobs[2]
    dataset = load(str(tiny_data), preset("tiny")).limited(20, None, None)
    state = train(seeded(preset("tiny"), 2), dataset, [256, 128], run=2)
    loads = []
    monkeypatch.setattr(work, "load", lambda *args: loads.append(args) or load(*args))
    monkeypatch.setitem(work.MEASURES, "size", lambda state, data, options: {
        "size": len(data.train) * options["factor"] * state.epoch
    })  # fmt: skip
    job = dataclasses.replace(job, measure="size", options={"factor": 10})
    result = run_job(job, Source(str(tiny_data)))
    assert result.pop("size") == 400
    assert result.pop("cpu_seconds") >= 0
    assert (result.pop("training_samples"), result.pop("test_samples")) == (20, 9)
    expected = metrics(state)
    # The rest is in the job.
    assert {"preset", "config", "run", "seed"} <= set(expected) - set(result)
    for key, value in result.items():
        if key not in ("epochs", "cpu_ms_per_training_sample"):
            assert value == expected[key], key
    assert "test_error" in result
    run_job(job, Source(str(tiny_data)))
    assert len(loads) == 1


def test_a_worker_refuses_other_data(described, tiny_data: Path) -> None:
    (job,) = described(f"[[jobs]]\n{TINY}").jobs
    with pytest.raises(DataError, match="are not those that the sweep was read with; give every w"):
        run_job(dataclasses.replace(job, data_sha256="0"), Source(str(tiny_data)))


def test_runs_may_be_called_seeds(described) -> None:
    new = described(f"[defaults]\n{TINY}runs = 3\n[[jobs]]\n[[jobs]]\nruns = 1\ntest = 4\n")
    for name in ("seeds", "runs"):
        text = f"[defaults]\n{TINY}{name} = 3\n[[jobs]]\n[[jobs]]\nseeds = 1\ntest = 4\n"
        assert described(text).jobs == new.jobs
    with pytest.raises(SweepError, match="job 1: seeds is the old name of runs; remove one of the"):
        described(f"[[jobs]]\n{TINY}seeds = 3\nruns = 3\n")


def test_old_records_are_those_of_todays_jobs(described, tmp_path: Path) -> None:
    """Published results and stores on disk call the number of a run its seed."""
    sweep = described(f"[[jobs]]\n{TINY}runs = 2\n")
    job = sweep.jobs[1]
    values = job.as_dict()
    assert (values["run"], values["machine"]["seed"]) == (1, 2)
    assert "seed" not in values
    old = {"seed" if key == "run" else key: value for key, value in values.items()}
    record = _record(job.key, test_error=0.5) | {"job": old}
    (tmp_path / "results.jsonl").write_text(json.dumps(record) + "\n")
    store = Store(tmp_path)
    assert store.records[job.key]["job"] == json.loads(json.dumps(values))
    assert summary.summarize(sweep, store)[0]["finished"] == 1
    (found,) = records.load(tmp_path, sweep.jobs)
    assert found.run == 1


@pytest.mark.parametrize(("rule", "name"), [("erbp", "taught_error"), ("bp", "train_error")])
def test_old_records_call_the_training_error_of_the_machine_another_name(
    rule: str, name: str, tmp_path: Path
) -> None:
    record = _record("a", test_error=0.5, train_error=0.25) | {"job": {"rule": rule}}
    (tmp_path / "results.jsonl").write_text(json.dumps(record) + "\n")
    assert Store(tmp_path).records["a"]["result"] == {"test_error": 0.5, name: 0.25}


def test_a_published_key_stays() -> None:
    """The first record of docs/results/table is of this job."""
    job = Job(
        name="table", preset="mnist-100", run=1,
        rates=(256,) * 6 + (128,) * 3 + (64,) * 2 + (32,) * 2 + (16,),
        data_sha256="5b539f35a624f2db2a4c0c25f279ef34b42bc37d8478351ae936bd7d2fcce925",
    )  # fmt: skip
    assert job.key == "8f32cd168be9fd3e96ee401f64bde6c4c1098b2a9a7c738eed1ed0ea71640431"


def test_a_machine_without_learning_is_not_swept(described) -> None:
    with pytest.raises(SweepError, match="job 1: 'tiny' cannot be trained at rate 256: its learn"):
        described(f"[[jobs]]\n{TINY}config = {{ learning = false }}\n")


def test_data_are_taken_as_described(described, tiny_data: Path) -> None:
    text = f"[[jobs]]\n{TINY}"
    plain, kept = described(text), described(f"keep_order = true\n{text}")
    source = Source(str(tiny_data), keep_order=True)
    assert plain.data == Source(str(tiny_data))
    assert kept.data == source
    expected = load(source, preset("tiny")).sha256
    assert kept.jobs[0].data_sha256 == expected != plain.jobs[0].data_sha256
    assert run_job(kept.jobs[0], kept.data)["test_samples"] == 9
    for value in ("0", "256", "'a'", "true"):
        with pytest.raises(SweepError, match="full_scale must be an integer from 1 to 255, not"):
            described(f"full_scale = {value}\n{text}")
    with pytest.raises(SweepError, match="keep_order must be true or false, not 1"):
        described(f"keep_order = 1\n{text}")
    with pytest.raises(SweepError, match="job 1: full scale must be the largest intensity of"):
        described(f"full_scale = 9\n{text}")


def test_a_store_keeps_what_it_is_given(tmp_path: Path) -> None:
    store = Store(tmp_path / "run")
    assert not store.records
    assert not store.path.parent.exists()
    with store.writing():
        store.append(_record("a", test_error=0.25))
        store.append(_record("b", test_error=0.5, epochs=[{"epoch": 1}], sizes=[1, 2]))
        store.append(_record("a", test_error=0.75))
        store.write_table()
    again = Store(tmp_path / "run")
    assert again.records == store.records
    assert [record["result"]["test_error"] for record in again.records.values()] == [0.25, 0.5]
    assert len(store.path.read_text().splitlines()) == 2
    with (tmp_path / "run" / "results.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["result.test_error"] for row in rows] == ["0.25", "0.5"]
    assert [row["result.sizes"] for row in rows] == ["", "1 2"]
    assert {"key", "job.run", "seconds", "worker"} < set(rows[0])
    assert "result.epochs" not in rows[0]


@pytest.mark.parametrize("kept", [1, 20, -1])
def test_half_a_line_is_cut_off(tmp_path: Path, kept: int) -> None:
    store = Store(tmp_path)
    with store.writing():
        store.append(_record("a"))
        store.append(_record("b"))
    whole = store.path.read_bytes()
    first = whole.index(b"\n") + 1
    store.path.write_bytes(whole[:first] + whole[first:][:kept])
    store = Store(tmp_path)
    assert list(store.records) == ["a"]
    with store.writing():
        store.append(_record("b"))
    assert store.path.read_bytes() == whole


@pytest.mark.parametrize("line", ['{"key": "a', "[]", '{"key": "a", "job": {}}', "\udc80"])
def test_other_damage_is_named(tmp_path: Path, line: str) -> None:
    content = f"{json.dumps(_record('a'))}\n{line}\n{json.dumps(_record('b'))}\n"
    (tmp_path / "results.jsonl").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(SweepError, match=r"line 2 of '.*/results.jsonl' is no result; remove it"):
        Store(tmp_path)


def test_one_sweep_writes_at_a_time(tmp_path: Path) -> None:
    store, other = Store(tmp_path), Store(tmp_path)
    with store.writing():
        store.append(_record("a"))
        with pytest.raises(
            SweepError, match=r"another sweep is writing to .*; wait for it, or cho"
        ):
            other.writing().__enter__()
    with other.writing():
        # It knows what was written since it was made.
        other.append(_record("a"))
        other.append(_record("b"))
    assert list(Store(tmp_path).records) == ["a", "b"]
    assert len(store.path.read_text().splitlines()) == 2


def test_a_summary_is_over_the_runs(described, tmp_path: Path) -> None:
    sweep = described(
        f"[defaults]\n{TINY}runs = 3\n[[jobs]]\ngrid = {{ transmit = [14, 15, 12] }}\n"
        "[[jobs]]\n[[jobs]]\nrule = 'bp'\nepochs = 2\n[[jobs]]\nruns = 2\n"
    )
    store = Store(tmp_path)
    with store.writing():
        for job, error in zip(sweep.jobs[:7], (0.1, 0.2, 0.6, 0.5, 0.5, 0.5, 0.25), strict=True):
            store.append(_record(job.key, test_error=error, validation_error=0.7 - error))
    settings = summary.summarize(sweep, store)
    assert [entry["setting"] for entry in settings] == [
        *({"preset": "tiny", "rule": "erbp", "transmit": n} for n in (14, 15, 12, 16)),
        {"preset": "tiny", "rule": "bp"},
    ]
    # Two ways to write one setting are one line, of the jobs that there are.
    assert [(entry["finished"], entry["jobs"]) for entry in settings] == [
        (3, 3), (3, 3), (1, 3), (0, 3), (0, 3)
    ]  # fmt: skip
    assert settings[0]["test_error"] == pytest.approx(0.3)
    assert settings[0]["test_error_deviation"] == pytest.approx(0.07**0.5)
    assert settings[1]["test_error_deviation"] == 0
    assert (settings[2]["test_error"], settings[2]["test_error_deviation"]) == (0.25, None)
    assert settings[3]["test_error"] is None
    assert settings[0]["validation_error"] == pytest.approx(0.4)
    assert settings[0]["validation_error_deviation"] == pytest.approx(0.07**0.5)


def test_settings_are_ranked_by_validation(described, tmp_path: Path) -> None:
    """The test error is that of the chosen setting, and no other's is printed."""
    sweep = described(
        f"[defaults]\n{TINY}runs = 2\n[[jobs]]\ngrid = {{ transmit = [12, 13, 14, 15, 16] }}\n"
    )
    store = Store(tmp_path)
    # In the order of the sweep: validation and test errors that contradict each other.
    errors = (
        (0.4, 0.11),
        (0.4, 0.13),
        (0.3, 0.61),
        (0.1, 0.63),
        (0.35, 0.21),
        (0.35, 0.23),
        (0, 0),
    )
    with store.writing():
        for job, (validation, test) in zip(sweep.jobs, errors, strict=False):
            store.append(_record(job.key, validation_error=validation, test_error=test))
    settings = summary.summarize(sweep, store)
    best = summary.chosen(settings)
    # Transmit 15 has a better one, of half its runs.
    assert best == settings[1]
    assert best["setting"] == {"preset": "tiny", "transmit": 13}
    assert [entry["test_error"] for entry in settings[:3]] == pytest.approx([0.12, 0.62, 0.22])
    table = summary.table("few", settings)
    cells = [list(column.cells) for column in table.columns]
    assert cells[0] == [f"tiny, transmit {n}" for n in (15, 13, 14, 12, 16)]
    assert cells[1] == ["1 of 2", "2", "2", "2", "0 of 2"]
    assert cells[2] == ["0.00%", "20.00%", "35.00%", "40.00%", "-"]
    assert cells[3] == ["-", "14.14%", "0.00%", "0.00%", "-"]
    assert [column.header for column in table.columns] == [
        "setting", "runs", "validation error", "deviation",
    ]  # fmt: skip
    assert table.caption == "chosen: tiny, transmit 13; its test error: 62.00% +- 1.41%"
    assert summary.chosen(settings[3:]) is None
    assert summary.table("few", settings[3:]).caption is None
