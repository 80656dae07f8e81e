"""A network for one's own data: what is proposed, tried and left behind."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import make_classification

from erbium.golden import config_file
from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.data.dataset import Split
from erbium.scripts.data.source import Source, read
from erbium.scripts.fit import fitting, journal, objective, proposal, search
from erbium.scripts.fit.baselines import behind
from erbium.scripts.fit.looks import classes_of, learnable, look
from erbium.scripts.fit.problem import pose
from erbium.scripts.fit.proposal import configuration
from erbium.scripts.fit.space import INPUTS, RANGES, SPACE, Factor, proposed
from erbium.scripts.fit.starts import as_preset, starts
from erbium.scripts.fpga.device import DEVICES
from erbium.scripts.fpga.plan import fits
from erbium.scripts.train import training
from erbium.scripts.train.checkpoint import load

from .conftest import figures


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make trainings short: what is tested is not how well they end."""
    monkeypatch.setattr(proposal, "MOST_PASSES", 8)
    monkeypatch.setattr(proposal, "FEWEST_PASSES", 1)
    monkeypatch.setattr(search, "AGAIN", 1)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Write three classes that noise hardly hides."""
    random = np.random.default_rng(4)
    y = np.arange(90) % 3
    x = random.normal(0, 0.3, (90, 4)) + np.eye(3, 4)[y] * 2
    path = tmp_path / "own.npz"
    np.savez(path, x=x, y=y)
    return path


@pytest.fixture
def fitted(erbium, table: Path) -> dict[str, object]:
    """Fit the table in two trials."""
    result = erbium("fit", table, "--trials", 2, "--hidden", 12, "--out", "fit", "--json", "f.json")
    assert result.exit_code == 0, result.output
    return figures("f")


def test_a_fit_says_what_it_found_and_leaves_it_behind(fitted, table: Path, erbium) -> None:
    assert fitted["trials"] == 2
    assert set(fitted["baseline_errors"]) == {"logistic_regression", "mlp"}
    for error in (fitted["validation_error"], fitted["test_error"]):
        assert 0 <= error < 0.3
    assert fitted["seconds"] > 0
    config = config_file.load(Path(fitted["config"]))
    state = load(Path(fitted["run"], "checkpoint.npz"))
    # The file is the machine that was trained; it learned from all but the test samples.
    assert state.config == config
    assert list(config.layers) == fitted["layers"]
    assert state.test_error == fitted["test_error"]
    whole = read(Source(str(table), inputs=tuple(filter(None, fitted["inputs"].split(",")))))
    assert state.plan.data_sha256 == whole.refitted.sha256
    assert sum(map(sum, state.confusion)) == len(whole.test)
    assert len(whole.refitted.train) == 90 - len(whole.test)
    page = Path("fit", "fit.html").read_text()
    assert f"{fitted['test_error']:.2%}" in page
    assert "own.npz" in page
    # Other commands know the samples that it learned from.
    result = erbium("diagnose", fitted["run"], "--data", table, "--json", "d.json")
    assert result.exit_code == 0, result.output
    assert figures("d")["same_data"]


def test_the_same_seed_finds_the_same(fitted, table: Path, erbium) -> None:
    result = erbium("fit", table, "--trials", 2, "--hidden", 12, "--out", "b", "--json", "b.json")
    assert result.exit_code == 0, result.output
    changing = ("seconds", "config", "run", "page")
    assert {k: v for k, v in figures("b").items() if k not in changing} == {
        k: v for k, v in fitted.items() if k not in changing
    }


def test_a_search_goes_on_as_if_it_had_not_been_stopped(
    fitted, table: Path, erbium, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = ("fit", table, "--trials", 2, "--hidden", 12, "--out", "c", "--json", "c.json")
    calls, error = [], objective.error

    def stopping(*given: object) -> float:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return error(*given)

    with monkeypatch.context() as context:
        context.setattr(search.objective, "error", stopping)
        result = erbium(*args)
    assert result.exit_code == 130
    assert "stopped after 1 trials; add --resume to the same command" in result.stderr
    assert not Path("c.json").exists()
    # Neither by mistake nor as another search.
    result = erbium(*args)
    assert "add --resume" in result.output
    result = erbium(*args, "--resume", "--seed", 5)
    assert "with seed 1, not 5" in result.output
    result = erbium(*args, "--resume")
    assert result.exit_code == 0, result.output
    assert figures("c")["test_error"] == fitted["test_error"]
    assert figures("c")["chosen"]["inputs"] == fitted["chosen"]["inputs"]
    assert figures("c")["validation_error"] == fitted["validation_error"]
    # Nothing is left to do, and test samples are not looked at again.
    monkeypatch.setattr(training, "_test", None)
    result = erbium(*args, "--resume")
    assert result.exit_code == 0, result.output
    assert figures("c")["test_error"] == fitted["test_error"]
    assert "is over after 2 trials, and its machine is tested" in result.stderr


def test_a_search_of_another_version_is_refused(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = pose(Source(str(table)))
    journal.opened(tmp_path, problem, resume=False)
    journal.opened(tmp_path, problem, resume=True)
    # Other layers have other thresholds, and are no other version.
    with pytest.raises(DataError, match=r"a search with hidden \[.*\], not \[7\]; repeat it"):
        journal.opened(tmp_path, pose(Source(str(table)), hidden=(7,)), resume=True)
    wider = (dataclasses.replace(SPACE[0], high=9.0), *SPACE[1:])
    monkeypatch.setattr(journal.space, "SPACE", wider)
    with pytest.raises(DataError, match=r"of another version of Erbium, with choices '.*, not '"):
        journal.opened(tmp_path, problem, resume=True)


def test_test_samples_decide_nothing(fitted, table: Path, erbium, tmp_path: Path) -> None:
    whole = np.load(table)
    kept = read(str(table))
    # With a test part of its own, whatever its labels are.
    for name, labels in (("one", kept.test.labels), ("two", (kept.test.labels + 1) % 3)):
        np.savez(tmp_path / f"{name}.npz", x=whole["x"], y=whole["y"],
                 x_test=whole["x"][: len(labels)], y_test=labels)  # fmt: skip
        result = erbium("fit", tmp_path / f"{name}.npz", "--trials", 2, "--hidden", 12,
                        "--json", f"{name}.json")  # fmt: skip
        assert result.exit_code == 0, result.output
    one, two = figures("one"), figures("two")
    assert one["chosen"] == two["chosen"]
    assert one["validation_error"] == two["validation_error"]


def test_a_device_bounds_the_network() -> None:
    device = DEVICES["up5k"]
    problem = pose(Source("digits"), hidden=None, device=device)
    for inputs in problem.inputs:
        assert fits(problem.config(proposed(inputs)), device)


def test_a_device_that_is_too_small_is_refused(erbium) -> None:
    result = erbium("fit", "digits", "--hidden", 4000, "--device", "up5k", "--trials", 1)
    assert result.exit_code != 0
    assert "smaller layers with --hidden" in result.output


@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("name", ["wine", "digits"])
def test_proposals_are_machines(name: str, inputs: str) -> None:
    data = read(Source(name, inputs=tuple(filter(None, inputs.split(",")))))
    part = learnable(data)
    config = configuration(name, look(part, classes_of(data)), (16,), proposed(inputs))
    assert config.layers[0] == part.samples.shape[1]
    assert config.layers[-1] == classes_of(data)
    assert config.gate_high[0] > config.threshold[0]


def test_more_drive_needs_more_threshold() -> None:
    dim = Split(np.full((9, 10), 60, np.uint8), np.arange(9) % 3)
    bright = Split(np.full((9, 10), 240, np.uint8), np.arange(9) % 3)
    low, high = (
        configuration("x", look(part, 3), (8,), proposed("")).threshold[0] for part in (dim, bright)
    )
    # In proportion to the intensities, but for rounding.
    assert high == pytest.approx(4 * low, rel=0.02)


def test_folds_set_each_sample_aside_once() -> None:
    labels = np.arange(100) % 3
    found = objective.folds(labels, 0)
    aside = np.concatenate([part for _, part in found])
    assert sorted(aside) == list(range(100))
    for rest, part in found:
        assert not set(rest) & set(part)
        assert set(labels[part]) == {0, 1, 2}
    assert not np.array_equal(found[0][1], objective.folds(labels, 1)[0][1])


@pytest.mark.parametrize("range_", RANGES)
def test_bits_of_weights_change_their_unit_only(range_: int) -> None:
    part = Split(np.full((9, 40), 200, np.uint8), np.arange(9) % 3)
    made = {bits: configuration("x", look(part, 3), (8,), proposed("") | {"range": range_}, 1, bits)
            for bits in proposal.WEIGHT_BITS}  # fmt: skip
    fine = made[12]
    limit = 512 * 2.0**range_
    for bits, config in made.items():
        # What a weight adds to a membrane, and what a step adds to a weight, stay the same.
        unit = 2 ** (bits - 1) / limit
        assert config.weight_bits == bits
        assert config.threshold[0] / (unit * 2 ** config.gain[0]) == pytest.approx(
            fine.threshold[0] / (2048 / limit), rel=0.01
        )
        assert config.weight_init[0] / unit == pytest.approx(32, rel=0.5)
        assert 2**config.learning_shift * unit == 2**fine.learning_shift * 2048 / limit
        assert max(config.gate_high) < 2 ** (config.state_bits - 1)
        # A few of the largest weights at once do not make a membrane leave its range.
        assert config.state_bits - bits - config.gain[0] == 8


def test_a_search_begins_with_rules_and_the_preset() -> None:
    problem = pose(Source("digits"))
    found = starts(problem)
    assert found[0] == proposed(problem.inputs[0])
    assert all(proposed(inputs) in found for inputs in problem.inputs)
    assert as_preset(problem) in found
    for values in found:
        for each in SPACE:
            value = values[each.name]
            within = each.low <= value <= each.high if isinstance(each, Factor) else (
                value in each.options)  # fmt: skip
            assert within, f"{each.name}: {value}"
    # In units of weights sixteen times as fine.
    base, config = preset("digits"), problem.config(as_preset(problem))
    assert config.threshold == pytest.approx([16 * size for size in base.threshold], abs=2)
    assert config.gate_high == pytest.approx([16 * size for size in base.gate_high], rel=0.01)
    assert config.weight_init == tuple(16 * size for size in base.weight_init)
    assert config.learning_shift == base.learning_shift - 4
    assert (config.ticks, config.rate_shift) == (base.ticks, base.rate_shift)


def test_what_is_stopped_at_its_end_goes_on(
    table: Path, erbium, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = ("fit", table, "--trials", 1, "--hidden", 4, "--out", "c")

    def stopping(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(fitting, "baseline_errors", stopping)
        result = erbium(*args)
    assert result.exit_code == 130
    assert "add --resume to the same command" in result.stderr
    assert erbium(*args, "--resume").exit_code == 0


def test_one_class_to_learn_from_is_refused_before_the_search(tmp_path: Path, erbium) -> None:
    # As a table lies that was sorted by its classes.
    words = np.array(["oak", "elm"])[(np.arange(60) >= 50).astype(int)]
    np.savez(tmp_path / "sorted.npz", x=np.arange(240.0).reshape(60, 4), y=words)
    args = ("fit", tmp_path / "sorted.npz", "--trials", 1, "--hidden", 4, "--out", "c")
    result = erbium(*args, "--keep-order")
    assert result.exit_code == 2
    assert "has samples of class 'oak' only to learn from" in result.stderr
    assert "leave out --keep-order" in result.stderr
    assert not Path("c").exists()


def test_little_time_is_not_spent_on_trying_again(fitted, table: Path, tmp_path: Path) -> None:
    def count(seconds: float, trials: int | None = None) -> int:
        return search.Budget(seconds, trials, 0.0).finalists(longest=10)

    assert [count(30), count(600), count(30, trials=5)] == [0, search.FINALISTS, search.FINALISTS]
    problem = pose(Source(str(table)), hidden=(12,))
    study = journal.opened(Path("fit"), problem, resume=True)
    (only,) = search.again(study, problem, search.Budget(1, None, 0.0), longest=10)
    assert only.number == search.finished(study)[0].number
    assert only.again == only.found == search.finished(study)[0].value


def test_many_classes_in_few_directions_need_large_weights() -> None:
    """What all neurons of a layer have in common is taken away by weights, not by thresholds."""
    x, y = make_classification(400, 20, n_informative=10, n_classes=4, flip_y=0, class_sep=1.5,
                               random_state=1)  # fmt: skip
    low, high = np.percentile(x, (2, 98), axis=0)
    bright = np.clip((x - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    part = Split(np.hstack([bright, 255 - bright]), y)
    looks = look(part, 4)
    wide, narrow = (
        objective.error(configuration("x", looks, (64,), values), part, 12, 0)
        for values in (proposed(""), proposed("") | {"range": -2})
    )
    assert wide < narrow - 0.02


def test_a_small_set_has_its_passes_however_late_it_is(table: Path) -> None:
    problem = pose(Source(str(table)))
    late = search.Budget(1, None, 0.0)
    assert fitting._passes(problem, late, needed=100) == problem.passes


def test_who_is_far_behind_is_told(table: Path, erbium, monkeypatch: pytest.MonkeyPatch) -> None:
    assert behind(0.049, {"mlp": 0.03, "logistic_regression": 0.09}, 100) is None
    found = behind(0.0501, {"mlp": 0.03, "logistic_regression": 0.09}, 1000)
    assert found is not None
    assert "of 1000 test samples, 20 more are misread than by scikit-learn's mlp (5.0%" in str(
        found
    )
    # The command says so, and its page does.
    monkeypatch.setattr(
        fitting, "baseline_errors", lambda *_: {"logistic_regression": 0.5, "mlp": -0.5}
    )
    result = erbium("fit", table, "--trials", 1, "--hidden", 6, "--out", "far", "--json", "f.json")
    assert result.exit_code == 0, result.output
    assert "scikit-learn's mlp" in " ".join(result.output.split())
    assert figures("f")["warnings"][-1]["rule"] == "behind"
    assert "more are misread" in Path("far", "fit.html").read_text()


def test_what_begins_slowly_is_not_cut_short(table: Path, tmp_path: Path) -> None:
    problem = pose(Source(str(table)), hidden=(12,))
    study = journal.opened(tmp_path / "slow", problem, resume=False)
    for _ in range(8):
        trial = study.ask()
        for number in range(problem.passes):
            trial.report(0.1, number)
        study.tell(trial, 0.1)
    slow = study.ask()
    cut = []
    for number in range(problem.passes):
        slow.report(0.5, number)
        cut.append(slow.should_prune())
    half = problem.passes // 2
    assert cut == [number >= half for number in range(problem.passes)]
