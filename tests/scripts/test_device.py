"""`erbium device`: what each command does, on the golden model behind the bytes of a link."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.scripts.data import source as data
from erbium.scripts.data.augment import Augment
from erbium.scripts.device.compared import Compared
from erbium.scripts.device.device import Device
from erbium.scripts.train.checkpoint import load
from erbium.scripts.train.training import falling_rates, train

TINY = preset("tiny")
PORT = ("--port", "model:tiny")


def test_a_training_is_that_of_the_golden_model(erbium, tiny_data: Path) -> None:
    asked = ("--data", tiny_data, "--epochs", 3, "--json", "f.json", "--run", 2, "--out", "out")
    result = erbium("device", "train", *PORT, *asked)
    assert result.exit_code == 0, result.output
    found = json.loads(Path("f.json").read_text())
    dataset = data.load(str(tiny_data), TINY)
    state = train(TINY, dataset, falling_rates(3), run=2)
    mine = load(Path("out", "checkpoint.npz"))
    assert all(map(np.array_equal, mine.weights, state.weights))
    assert mine.random == state.random
    assert mine.plan == state.plan
    for key in ("weights_equal", "random_equal", "winners_equal"):
        assert found[key] is True
    assert found["first_difference"] is None
    assert (found["test_error"], found["confusion"]) == (state.test_error, state.confusion)
    assert [e["taught_error"] for e in found["epochs"]] == [
        e["taught_error"] for e in state.history
    ]
    assert (found["samples"], found["retries"], found["errors_reported"]) == (90, 0, 0)
    # Label, rate, 12 intensities and a frame around them; a few are escaped.
    assert 28 <= found["bytes_per_sample"] <= 31
    both = found["bytes_per_sample"] + found["reply_bytes_per_sample"]
    assert found["link_samples_per_second_3mbaud"] == pytest.approx(300_000 / both, rel=1e-3)
    assert re.search("weights as the golden model's +yes", result.output)


def test_a_machine_learns_moved_images_like_the_golden_model(erbium, tiny_data: Path) -> None:
    asked = ("device", "train", *PORT, "--data", tiny_data, "--epochs", 2, "--augment", "shift=1")
    result = erbium(*asked, "--run", 3, "--out", "out", "--json", "f.json")
    assert result.exit_code == 0, result.output
    dataset = data.load(str(tiny_data), TINY)
    moved = {"run": 3, "augment": Augment(1)}
    state = train(TINY, dataset, falling_rates(2), **moved)
    mine = load(Path("out", "checkpoint.npz"))
    assert all(map(np.array_equal, mine.weights, state.weights))
    assert (mine.random, mine.plan) == (state.random, state.plan)
    found = json.loads(Path("f.json").read_text())
    assert found["augment"] == {"shift": 1}
    assert found["weights_equal"]
    plain = train(TINY, dataset, falling_rates(2), run=3)
    assert not all(map(np.array_equal, mine.weights, plain.weights))
    other = erbium(*asked[:-2], "--run", 3, "--out", "out", "--resume")
    assert "made with augment shift=1, not none" in other.stderr


def test_a_row_that_is_taken_for_an_image_is_told_once(erbium) -> None:
    rows = "".join(f"0,{n},255,{255 - n},{'ab'[n % 2]}\n" for n in range(60))
    Path("rows.csv").write_text(rows)
    erbium("new", "mine", "--like", "tiny", "--set", "layers=4,3,2")
    asked = ("--data", "rows.csv", "--scaling", "none", "--epochs", 1, "--augment", "shift=1")
    result = erbium("device", "train", "--port", "model:mine.toml", *asked)
    assert result.exit_code == 0, result.output
    assert result.stderr.count("taking the 4 columns of 'rows.csv' for images of 2 x 2") == 1


def test_a_bad_line_changes_nothing(erbium, tiny_data: Path) -> None:
    asked = ("--data", tiny_data, "--epochs", 1)
    quiet = erbium("device", "train", *PORT, *asked, "--out", "a")
    noisy = erbium("device", "train", *PORT, *asked, "--noise", 0.01, "--out", "b", "--json", "n")
    assert (quiet.exit_code, noisy.exit_code) == (0, 0)
    one, other = (load(Path(out, "checkpoint.npz")) for out in "ab")
    assert all(map(np.array_equal, one.weights, other.weights))
    found = json.loads(Path("n").read_text())
    assert found["weights_equal"]
    assert found["retries"] > 0
    assert found["errors"]["link"]
    assert found["errors_reported"] == found["errors"]["link_count"] > 0


def test_a_stopped_training_goes_on(
    erbium, tiny_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("device", "train", *PORT, "--data", tiny_data, "--epochs", 2, "--out", "out")
    whole = erbium(*asked[:-1], "whole")
    assert whole.exit_code == 0
    real = Compared.run_many

    def stopped(self: Compared, *args: object, **more: object) -> object:
        if self.learned == 37:
            monkeypatch.setattr(Compared, "run_many", real)
            raise KeyboardInterrupt
        return real(self, *args, **more)

    monkeypatch.setattr(Compared, "run_many", stopped)
    result = erbium(*asked)
    assert result.exit_code == 130
    assert "stopped after 1 of 2 epochs and 7 samples; add --resume" in result.stderr
    result = erbium(*asked)
    assert result.exit_code == 2
    assert "exists; add --resume to go on, or choose another --out" in result.stderr
    result = erbium(*asked, "--resume", "--json", "f.json")
    assert result.exit_code == 0, result.output
    assert json.loads(Path("f.json").read_text())["samples"] == 23
    one, other = (load(Path(out, "checkpoint.npz")) for out in ("whole", "out"))
    assert all(map(np.array_equal, one.weights, other.weights))
    assert one.random == other.random
    assert (one.test_error, one.confusion) == (other.test_error, other.confusion)


def test_a_machine_that_learns_otherwise_is_found_out(
    erbium, tiny_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Device.train

    def wrong(self: Device, samples: np.ndarray, *rest: object) -> object:
        return real(self, np.maximum(samples, 1), *rest)

    monkeypatch.setattr(Device, "train", wrong)
    result = erbium("device", "train", *PORT, "--data", tiny_data, "--epochs", 1, "--json", "f")
    assert result.exit_code == 1
    found = json.loads(Path("f").read_text())
    assert not found["weights_equal"]
    assert found["first_difference"]
    assert "machine and golden model differ: " in result.stderr


def test_weights_are_saved_loaded_and_used(erbium, tiny_data: Path) -> None:
    erbium("train", "tiny", "--data", tiny_data, "--epochs", 3, "--out", "runs")
    trained = Path("runs", "run-0", "checkpoint.npz")
    loaded = erbium("device", "load", *PORT, "--checkpoint", trained)
    assert loaded.exit_code == 0, loaded.output
    assert f"model:tiny has the weights of {trained}" in loaded.output
    saved = erbium("device", "save", *PORT, "--out", "w.npz")
    assert saved.exit_code == 0
    assert load(Path("w.npz")).config == TINY
    asked = ("--data", tiny_data, "--json", "c.json")
    shown = erbium("device", "classify", *PORT, "--checkpoint", trained, *asked)
    assert shown.exit_code == 0
    found = json.loads(Path("c.json").read_text())
    assert found["error"] == load(trained).test_error
    assert len(found["winners"]) == found["samples"] == 9
    # Other commands take what was saved.
    assert erbium("verilog", "--checkpoint", "w.npz").exit_code == 0


def test_a_simulated_machine_is_said_to_begin_anew(erbium, tiny_data: Path) -> None:
    anew = "model:tiny begins anew in every command, with weights of 0; what 'erbium device train'"
    remedy = f"such as {Path('runs', 'device-tiny', 'checkpoint.npz')}: give it with --checkpoint"
    for words in (("save", *PORT), ("classify", *PORT, "--data", tiny_data)):
        told = erbium("device", *words).stderr
        assert anew in told
        assert remedy in told
    erbium("train", "tiny", "--data", tiny_data, "--epochs", 1, "--out", "runs")
    trained = Path("runs", "run-0", "checkpoint.npz")
    shown = erbium("device", "classify", *PORT, "--data", tiny_data, "--checkpoint", trained)
    assert shown.exit_code == 0
    assert "anew" not in shown.stderr


def test_other_samples_than_those_of_the_training_are_told(erbium, tiny_data: Path) -> None:
    """A folder whose samples are split as they lie is known again; another split is told."""
    rows = "".join(f"{n},{9 * n % 7},{'ab'[n % 2]}\n" for n in range(60))
    Path("my.csv").write_text(rows)
    erbium("train", "tiny", "--data", tiny_data, "--keep-order", "--epochs", 1, "--out", "lying")
    erbium("train", "--data", "my.csv", "--hidden", 4, "--split", 1, "--epochs", 1, "--out", "my")
    erbium("new", "mine", "--like", "digits", "--set", "layers=2,4,2")
    told = {}
    for run, source, config, more in (
        ("lying", tiny_data, "tiny", ()),
        ("my", "my.csv", "mine.toml", ("--split", 0)),
    ):
        checkpoint = Path(run, "run-0", "checkpoint.npz")
        asked = ("--port", f"model:{config}", "--checkpoint", checkpoint)
        result = erbium("device", "classify", *asked, "--data", source, *more)
        assert result.exit_code == 0, result.output
        told[run] = "not the data that the run learned" in result.stderr
    assert told == {"lying": False, "my": True}
    # The checkpoint knows both, the data and how they were split.
    again = erbium("device", "classify", *asked, "--json", "c.json")
    assert "not the data" not in again.stderr
    assert json.loads(Path("c.json").read_text())["error"] == load(checkpoint).test_error


def test_nothing_is_built_for_data_that_do_not_fit(
    erbium, tiny_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built(*_: object, **__: object) -> None:
        raise AssertionError("it was built")

    monkeypatch.setattr("erbium.scripts.device.device.open_transport", built)
    train = ("device", "train", "--port", "sim:digits", "--data", tiny_data)
    result = erbium(*train)
    assert result.exit_code == 2
    assert "have 12 intensities, but preset 'digits' takes 64" in result.stderr
    assert "layers=12,64,3; for a machine at a port, give that to 'erbium new'" in result.stderr
    Path("there").mkdir()
    Path("there", "checkpoint.npz").touch()
    assert "exists; add --resume" in erbium(*train, "--out", "there").stderr


def test_monitor_shows_what_it_learns(erbium, tiny_data: Path) -> None:
    result = erbium(
        "device", "monitor", *PORT, "--data", tiny_data, "--epochs", 4, "--json", "f.json"
    )
    assert result.exit_code == 0, result.output
    for text in (
        r"tiny at model:tiny, ", r"right while taught +\d+\.\d% of the last 120",
        r"speed +[\d,.]+ samples a second",
        r"errors of samples +none", r"errors on the line +none", r"golden model +agrees so far",
        r"spikes of each class", r"inputs +[━╸╺ ]+ \d+", r"hidden 1", r"classes",
    ):  # fmt: skip
        assert re.search(text, result.output), text
    assert json.loads(Path("f.json").read_text())["weights_equal"]


def test_info_and_selftest(erbium) -> None:
    result = erbium("device", "info", *PORT, "--json", "i.json")
    assert result.exit_code == 0
    assert "12-6-3" in result.output
    assert json.loads(Path("i.json").read_text())["config"] == TINY.as_dict()
    result = erbium("device", "selftest", *PORT, "--json", "s.json")
    assert result.exit_code == 0, result.output
    assert set(json.loads(Path("s.json").read_text()).values()) == {"passed"}


def test_selftest_finds_a_broken_machine(erbium, monkeypatch: pytest.MonkeyPatch) -> None:
    from erbium.golden.link.window import WeightWindow

    real = WeightWindow.read
    monkeypatch.setattr(WeightWindow, "read", lambda self, a: real(self, a) & ~(a == 7))
    result = erbium("device", "selftest", *PORT, "--json", "s.json")
    assert result.exit_code == 1
    assert "weight memory" in result.stderr
    steps = json.loads(Path("s.json").read_text())
    assert re.search(r"weights of layer 0 are wrong, the first at", steps["weight memory"])
    assert steps["random states"] == "passed"


def test_the_wrong_machine_is_refused(refused, tmp_path: Path) -> None:
    line = refused("device", "info", *PORT, "--expect", "digits")
    assert "layers [12, 6, 3], not [64, 64, 10]" in line
    assert "is none; give serial:///dev/ttyUSB1" in refused("device", "info", "--port", "/dev/tty")


def test_events_are_not_trained_from_images(refused, tmp_path: Path) -> None:
    file = tmp_path / "e.toml"
    file.write_text('layers = [64, 6, 10]\nencoder = "events"\n')
    assert "takes events, not intensities" in refused("device", "train", "--port", f"model:{file}")
