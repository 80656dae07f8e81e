"""Data of one's own from the file to the machine: what prepares samples goes along everywhere."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.link.sample_code import PixelDecoder
from erbium.golden.validate import DataError
from erbium.scripts.data.arrays import from_arrays
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.source import Source, load, read
from erbium.scripts.device.device import Device
from erbium.scripts.device.encoding import encode_intensities
from erbium.scripts.train.checkpoint import load as load_checkpoint

from .conftest import figures

NAMES = ("on", "off", "stop")


def rows(count: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of numbers far from 0 to 255, and words."""
    random = np.random.default_rng(8)
    which = np.arange(count) % 3
    centres = np.array([[-2.0, 1e-3, 900], [0.0, 3e-3, 500], [2.0, 1e-3, 100]])
    x = centres[which] + random.normal(0, (0.4, 3e-4, 90), (count, 3))
    return x, np.array(NAMES)[which]


@pytest.fixture
def trained(erbium) -> tuple[Path, Path]:
    """Write a table and train a network on it; return the table and the checkpoint."""
    x, y = rows()
    lines = [",".join([*map(repr, row), name]) for row, name in zip(x.tolist(), y, strict=True)]
    path = Path("my.csv")
    path.write_text("\n".join(["a,b,c,word", *lines]))
    result = erbium("train", "--data", path, "--hidden", 9, "--inputs", "pairs,bias",
                    "--epochs", 6, "--json", "figures.json")  # fmt: skip
    assert result.exit_code == 0, result.output
    return path, Path("runs", "my-9", "run-0", "checkpoint.npz")


def test_a_table_is_learned_without_counting(trained) -> None:
    found = figures("figures")
    assert found["config"]["layers"] == [7, 9, 3]
    assert (found["preset"], found["data"]) == ("my-9", "my.csv")
    assert found["classes"] == sorted(NAMES)
    assert found["test_error"] < 0.2
    assert np.sum(found["confusion"]) == 18
    assert Path("runs", "my-9", "run-0", "confusion.png").is_file()


def test_a_checkpoint_prepares_other_rows(trained, erbium) -> None:
    path, start = trained
    made = load_checkpoint(start).plan.preparation
    assert made == read(Source(str(path), inputs=("pairs", "bias"))).preparation
    # In another file, rows have another range, and words another order.
    x, y = rows(30)
    keep = x[:, 0] < np.median(x[:, 0]) + 0.5
    lines = [",".join([*map(repr, row), name])
             for row, name in zip(x[keep].tolist(), y[keep], strict=True)]  # fmt: skip
    Path("other.csv").write_text("\n".join(lines))
    machine = load_checkpoint(start).config
    Path("machine.toml").write_text(_toml(machine))
    result = erbium("device", "classify", "--port", "model:machine.toml", "--checkpoint", start,
                    "--data", "other.csv", "--part", "training", "--json", "seen.json")  # fmt: skip
    assert result.exit_code == 0, result.output
    seen = figures("seen")
    assert seen["classes"] == sorted(NAMES)
    assert seen["error"] < 0.2
    assert any(name in result.output for name in NAMES)
    # With a range of its own it would have been something else.
    assert read("other.csv").preparation != made


def _toml(config: Config) -> str:
    from erbium.golden.config_file import dump

    return dump(config)


def test_other_ways_to_prepare_are_refused(trained) -> None:
    path, start = trained
    state = load_checkpoint(start)
    for options, name in (
        ({"inputs": ("bias",)}, r"inputs \('bias',\)"),
        ({"scaling": "common"}, "scaling 'common'"),
        ({"full_scale": 9}, "full_scale 9"),
    ):
        with pytest.raises(
            DataError, match=f"{name} is not that of the training, whose checkpoint"
        ):
            load(Source(str(path), **options), state.config, preparation=state.plan.preparation)
    same = Source(str(path), inputs=("pairs", "bias"))
    assert (
        load(same, state.config, preparation=state.plan.preparation).sha256
        == state.plan.data_sha256
    )


def test_the_driver_takes_rows(trained) -> None:
    _, start = trained
    Path("machine.toml").write_text(_toml(load_checkpoint(start).config))
    x, y = rows()
    with Device.open("model:machine.toml") as device:
        assert device.classes == ()
        with pytest.raises(DataError, match="it is not known how rows become samples; load the ch"):
            device.classify(x, raw=True)
        device.load_weights(start)
        winners = device.classify(x, y, raw=True)
        made = device.preparation
        # With the same random states.
        device.load_weights(start)
        assert winners.tolist() == device.classify(made.apply(x), made.numbers_of(y)).tolist()
        assert np.mean([device.classes[winner] != name for winner, name in
                        zip(winners, y, strict=True)]) < 0.2  # fmt: skip
        device.train(x[:3], y[:3], raw=True)
        device.save_weights("saved.npz")
    assert load_checkpoint(Path("saved.npz")).plan.preparation == made


def test_device_trainings_keep_what_prepares(trained, erbium) -> None:
    path, start = trained
    Path("machine.toml").write_text(_toml(load_checkpoint(start).config))
    result = erbium("device", "train", "--port", "model:machine.toml", "--data", path, "--inputs",
                    "pairs,bias", "--epochs", 1, "--out", "there", "--json", "t.json")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert figures("t")["classes"] == sorted(NAMES)
    state = load_checkpoint(Path("there", "checkpoint.npz"))
    assert state.plan.preparation == load_checkpoint(start).plan.preparation


def test_an_export_prepares_as_the_training_did(trained, erbium) -> None:
    _, start = trained
    assert erbium("export", start, "--out", "out", "--json", "export.json").exit_code == 0
    made = load_checkpoint(start).plan.preparation
    found = figures("export")
    assert found["preparation"] == "out/preparation.json"
    assert Preparation.from_dict(json.loads(Path(found["preparation"]).read_text())) == made
    with np.load(found["npz"]) as file:
        assert file["offset"].tolist() == list(made.offset)
        assert file["scale"].tolist() == list(made.scale)
        assert file["classes"].tolist() == list(made.classes)
        assert (bool(file["pairs"]), bool(file["bias"])) == (True, True)


#: Ways to prepare, of which a C program does the same.
PREPARED = [
    Preparation.fit(*rows()),
    Preparation.fit(*rows(), pairs=True, bias=True),
    Preparation.fit(np.hstack([rows()[0], np.ones((90, 1))]), bias=True),
    Preparation.fit(np.eye(3, dtype=np.uint8), ["größe", 'a"b\\', "is it??/"], pairs=True),
]


@pytest.mark.parametrize("made", PREPARED, ids=range(len(PREPARED)))
def test_a_c_program_prepares_the_same_bits(made: Preparation, tmp_path: Path) -> None:
    from erbium.scripts.train.c_preparation import c_preparation

    x = np.random.default_rng(1).normal(0, 1, (50, made.columns))
    x = x * (made.scale or 1) * 1.5 + (made.offset or 0)
    if not made.offset:
        x = np.random.default_rng(1).integers(0, 256, (50, made.columns)).astype(float)
    elif 0.0 in made.scale:
        x[:, list(made.scale).index(0.0)] += 1
    # Halves, which round to even.
    if made.offset:
        x[0] = np.array(made.offset) + np.array(made.scale) * (2.5 / 255)
    names = "".join(f"puts(net_classes[{n}]);" for n in range(len(made.classes)))
    (tmp_path / "it.c").write_text("\n".join([
        "#include <stdint.h>", "#include <stdio.h>", *c_preparation(made, "net"),
        "int main(void) {", "  double row[NET_COLUMNS]; uint8_t sample[NET_INPUTS];",
        f"  {names}",
        "  for (;;) {", "    for (int i = 0; i < NET_COLUMNS; i++)",
        '      if (scanf("%lf", row + i) != 1) return 0;',
        "    net_prepare(row, sample);", "    for (int i = 0; i < NET_INPUTS; i++)",
        '      printf("%d ", sample[i]);', '    puts("");', "  }", "}",
    ]))  # fmt: skip
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "these tests need a C compiler"
    subprocess.run([compiler, "-std=c99", "-Wall", "-Werror", "-ffp-contract=off", "it.c", "-o",
                    "it", "-lm"], cwd=tmp_path, check=True)  # fmt: skip
    given = "\n".join(" ".join(map(repr, row)) for row in x.tolist())
    done = subprocess.run(
        [tmp_path / "it"], input=given, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert lines[: len(made.classes)] == list(made.classes)
    found = [list(map(int, line.split())) for line in lines[len(made.classes) :]]
    assert found == made.apply(x).tolist()


def test_todays_data_need_no_preparation() -> None:
    data = read("digits")
    assert (data.preparation, data.classes) == (None, ())
    # With complements it does, and the bytes come from the same pixels.
    paired = read(Source("digits", inputs=("pairs",)))
    np.testing.assert_array_equal(paired.test.samples[:, :64], data.test.samples)
    np.testing.assert_array_equal(paired.test.samples[:, 64:], 255 - data.test.samples)


def test_full_scale_goes_along(tiny_data: Path, erbium) -> None:
    for options in ((), ("--full-scale", 255)):
        erbium("train", "tiny", "--data", tiny_data, "--epochs", 1, *options, "--out", "plain")
    assert load_checkpoint(Path("plain/run-0/checkpoint.npz")).plan.preparation is None
    source = Source(str(tiny_data), full_scale=250)
    made = read(source).preparation
    assert (set(made.offset), set(made.scale)) == ({0.0}, {250.0})
    bytes_ = read(str(tiny_data)).train.samples
    table = np.rint(np.arange(251) * 255 / 250).astype(np.uint8)
    np.testing.assert_array_equal(read(source).train.samples, table[bytes_])


def test_moved_pixels_have_no_complements(erbium) -> None:
    result = erbium("train", "--data", "digits", "--hidden", 5, "--inputs", "pairs,bias",
                    "--augment", "shift=1")  # fmt: skip
    assert result.exit_code == 2
    assert "only pixels can be moved, but samples of 'digits' have other inputs" in result.stderr


def test_a_network_is_called_like_its_data(erbium) -> None:
    from erbium.scripts.data.fitted import fitted, named_after

    assert named_after("data/my words_2.csv", (64, 32)) == "my-words-2-64-32"
    assert named_after("mnist", (100,)) == "mnist-100-own"
    assert named_after("2020.csv", (3,)) == "data-2020-3"
    config = fitted("mnist-200-200", {"lanes": 4}, "wine", (13, 3), (8,))
    assert (config.layers, config.gain, config.lanes) == ((13, 8, 3), (1, 1), 4)
    deep = fitted(None, {"ticks": 50}, "wine", (13, 3), (8, 7, 6))
    assert (deep.threshold, deep.name) == ((512, 512, 512, 358), "wine-8-7-6")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--hidden", "0"), "'0' is no size of a layer; give one, or several as 64,32"),
        (("--hidden", "8", "--set", "layers=4,3,3"), "--hidden and --set layers both say the lay"),
        (("--hidden", "8", "--inputs", "square"), "inputs may be pairs and bias, not 'square'"),
        (("--hidden", "8", "--scaling", "log"), "scaling must be one of auto, none, common, colu"),
        (("--hidden", "8", "--full-scale", "9", "--scaling", "none"), "are two ways to scale; lea"),
        (("--hidden", "8", "--label", "x"), "data 'iris' take no label, not 'x'"),
        (("digits",), "samples of 'iris' have 4 intensities, but preset 'digits' takes 64"),
    ],
)
def test_bad_calls_are_refused(refused, args: tuple[str, ...], message: str) -> None:
    assert message in refused("train", *args, "--data", "iris")


def test_a_sweep_takes_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from erbium.scripts.sweep.description import SweepError
    from erbium.scripts.sweep.description import read as described
    from erbium.scripts.sweep.work import run_job

    x, y = rows()
    np.savez(tmp_path / "my.npz", x=x, y=y)
    monkeypatch.chdir(tmp_path)
    head = "name = 'few'\ndata = 'my.npz'\n"
    job = "[[jobs]]\npreset = 'tiny'\nconfig.layers = [6, 6, 3]\nrates = [256]\n"
    Path("sweep.toml").write_text(f"{head}inputs = ['pairs']\nsplit = 2\n{job}")
    sweep = described(Path("sweep.toml"))
    assert sweep.data == Source(str(tmp_path / "my.npz"), inputs=("pairs",), split=2)
    expected = read(sweep.data)
    assert sweep.jobs[0].data_sha256 == expected.sha256 != read("my.npz").sha256
    assert run_job(sweep.jobs[0], sweep.data)["test_samples"] == len(expected.test)
    for line, message in (
        ("inputs = 'pairs'", r"inputs must be a list, such as \['pairs', 'bias'\], not 'pairs'"),
        ("inputs = ['x']", "inputs may be pairs and bias, not 'x'"),
        ("label = 3", "label must be a text, such as 'last' or '3', not 3"),
        ("header = 1", "header must be true or false, not 1"),
        ("split = -1", "split must be an integer from 0, not -1"),
    ):
        Path("sweep.toml").write_text(f"{head}{line}\n{job}")
        with pytest.raises(SweepError, match=message):
            described(Path("sweep.toml"))


def test_arrays_in_memory_are_the_same_as_in_a_file(tmp_path: Path) -> None:
    x, y = rows()
    np.savez(tmp_path / "my.npz", x=x, y=y)
    assert from_arrays(x, y).sha256 == read(str(tmp_path / "my.npz")).sha256


def test_complements_cost_the_link_what_they_say() -> None:
    """docs/data.md says that complements about double the bytes of a sample: no run stays dark."""
    sample = read("digits").test.samples[0]
    plain, paired = (encode_intensities(one) for one in
                     (sample, np.hstack([sample, 255 - sample])))  # fmt: skip
    decoder = PixelDecoder()
    found = [one for at, byte in enumerate(paired) for one in
             decoder.feed(byte, at == len(paired) - 1)]  # fmt: skip
    assert found == [*sample.tolist(), *(255 - sample).tolist()]
    assert len(plain) < len(paired)
