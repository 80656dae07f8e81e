"""The command line: good calls do their work, bad ones end in one line and status 2."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import numpy as np
import pytest

from erbium.golden.fast import FastCore
from erbium.golden.presets import PRESETS, preset
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.scripts.cli import main
from erbium.scripts.data import idx
from erbium.scripts.data.augment import Augment, shown
from erbium.scripts.data.idx import name
from erbium.scripts.data.source import load
from erbium.scripts.train import checkpoint
from erbium.scripts.verify.document import CAMPAIGNS
from erbium.sim.benches import suite

from .conftest import idx_bytes


def test_presets_are_listed(erbium) -> None:
    result = erbium("presets")
    assert result.exit_code == 0
    assert all(preset_name in result.stdout for preset_name in PRESETS)


def test_help_names_every_command(erbium) -> None:
    result = erbium("--help")
    assert result.exit_code == 0
    for command in (
        "presets", "train", "cosim", "verilog", "plan", "synth", "synth-all", "bitstream", "sim",
        "export", "gates", "waves", "demo", "formal",
    ):  # fmt: skip
        assert f"  {command} " in result.stdout
        assert erbium(command, "--help").exit_code == 0


def test_verilog_is_written_whole(erbium) -> None:
    result = erbium("verilog", "tiny", "--lanes", 4)
    config = preset("tiny").replace(lanes=4)
    path = Path("build", "verilog", f"{module_name(config)}.v")
    assert result.exit_code == 0
    assert str(path) in result.stdout
    assert path.read_text() == emit_core(config)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.slow
def test_netlist_learns_a_training(erbium, tiny_data: Path) -> None:
    args = ("--gates", "ice40", "--samples", 20, "--json", "figures.json")
    result = erbium("cosim", "tiny", "--data", tiny_data, *args)
    assert result.exit_code == 0, result.stderr
    figures = json.loads(Path("figures.json").read_text())
    assert (figures["equal"], figures["family"], figures["samples"]) == (True, "ice40", 20)
    # What the units inside do cannot be seen.
    assert (figures["words"], figures["word_utilisation"]) == (None, None)
    assert figures["words_expected"] > 0


@pytest.mark.slow
def test_netlist_passes_the_bench(erbium) -> None:
    args = ("--family", "ecp5", "--simulator", "icarus", "--samples", 1, "--json", "figures.json")
    result = erbium("gates", "tiny", *args)
    assert result.exit_code == 0, result.stderr
    figures = json.loads(Path("figures.json").read_text())
    assert (figures["family"], figures["cells"]["DP16KD"]) == ("ecp5", 7)
    assert figures["benches"][0]["mismatches"] == 0
    assert result.stdout.startswith("ecp5   core")


def test_unknown_family_is_refused(refused) -> None:
    for args in (("gates", "tiny", "--family"), ("cosim", "tiny", "--gates")):
        assert "unknown family 'ice4'; choose one of: ice40, ecp5" in refused(*args, "ice4")


def test_training_leaves_figures_and_pictures(erbium, tiny_data: Path) -> None:
    args = ("train", "tiny", "--data", tiny_data, "--rates", "256,100", "--json", "figures.json")
    result = erbium(*args, "--samples", 12, "--validation", 3, "--test", 5, "--run", 9)
    assert result.exit_code == 0, result.stderr
    assert {path.name for path in Path("runs", "tiny").iterdir()} == {"metrics.json", "run-9"}
    run = Path("runs", "tiny", "run-9")
    pictures = {"spikes.png", "learning.png", "weights.png", "confusion.png"}
    files = {"checkpoint.npz", "metrics.json", "epochs.csv"} | pictures
    assert {path.name for path in run.iterdir()} == files
    figures = json.loads(Path("figures.json").read_text())
    assert figures == json.loads((run / "metrics.json").read_text())
    assert figures == json.loads(Path("runs", "tiny", "metrics.json").read_text())
    assert (figures["rates"], len(figures["epochs"])) == ([256, 100], 2)
    # The seed of the machine is that of the configuration and the number of the run together.
    assert (figures["run"], figures["seed"], figures["config"]["seed"]) == (9, 10, 10)
    assert figures["config_sha256"] == preset("tiny").replace(seed=10).sha256
    for key in ("test_error", "validation_error"):
        assert 0 <= figures[key] <= 1
        assert f"{figures[key]:.2%}" in result.stdout
    for key in ("cpu_ms_per_training_sample", "synaptic_operations_per_sample"):
        assert figures[key] > 0
    heading, *rows = (run / "epochs.csv").read_text().splitlines()
    assert heading.startswith("run,seed,epoch,rate,")
    assert [row.split(",")[:4] for row in rows] == [
        ["9", "10", "1", "256"],
        ["9", "10", "2", "100"],
    ]
    assert checkpoint.load(run / "checkpoint.npz").epoch == 2


def test_runs_are_trainings_of_their_own(erbium, tiny_data: Path) -> None:
    common = ("train", "tiny", "--data", tiny_data, "--epochs", 2, "--json", "figures.json")
    assert erbium(*common, "--runs", 3, "--out", "all").exit_code == 0
    figures = json.loads(Path("figures.json").read_text())
    assert (figures["run"], figures["seed"]) == ([0, 1, 2], [1, 2, 3])
    errors = [run["test_error"] for run in figures["runs"]]
    assert figures["test_error"] == pytest.approx(sum(errors) / 3)
    assert figures["test_error_deviation"] == pytest.approx(np.std(errors, ddof=1))
    assert len(set(figures["config_sha256"])) == 3
    result = erbium(*common, "--run", 2, "--engine", "numpy", "--out", "one")
    assert result.exit_code == 0
    one, all_ = (checkpoint.load(Path(out, "run-2", "checkpoint.npz")) for out in ("one", "all"))
    assert one.random == all_.random
    for a, b in zip(one.weights, all_.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    more = erbium(*common, "--runs", 4, "--out", "all", "--resume")
    assert more.exit_code == 0
    assert json.loads(Path("figures.json").read_text())["run"] == [0, 1, 2, 3]


#: (arguments, what the line must say); DATA stands for a good data folder.
REFUSED = [
    ((), "Missing command. (see erbium --help)"),
    (("tran",), "No such command 'tran'"),
    (("train",), "Missing argument 'PRESET', or --hidden SIZES for a network that fits the data."),
    (("train", "huge"), "unknown preset 'huge'; choose one of: tiny, digits"),
    (("verilog", "huge"), "unknown preset 'huge'; choose one of: tiny, digits"),
    (("sim", "--preset", "huge"), "unknown preset 'huge'; choose one of: tiny, digits"),
    (("train", "tiny", "--epochs", "0"), "'--epochs': 0 is not in the range x>=1"),
    (("train", "tiny", "--epochs", "ten"), "'--epochs': 'ten' is not a valid integer"),
    (("train", "tiny", "--rates", "256,x"), "'256,x' is no list of integers from 0 to 256"),
    (("train", "tiny", "--data", "DATA", "--rates", "999"), "not 999"),
    (("train", "tiny", "--data", "absent"), "there is no data 'absent'; give 'digits', 'mnist'"),
    (("train", "tiny"), "samples of 'digits' have 64 intensities, but preset 'tiny' takes 12"),
    (("train", "tiny", "--data", "DATA", "--samples", "31"), "31 of 30 training samples; choose"),
    (("train", "tiny", "--data", "DATA", "--test", "-1"), "-1 of 9 test samples; choose 1 to 9"),
    (("train", "tiny", "--data", "DATA", "--resume"), "start without --resume"),
    (("cosim", "tiny", "--data", "DATA", "--samples", "99"), "99 of 30 training samples; choose"),
    (("cosim", "tiny", "--checkpoint", "no.npz"), "there is no checkpoint 'no.npz'; make one"),
    (("train", "tiny", "--set", "ticks"), "'ticks' is no NAME=VALUE, such as layers=140,100,10"),
    (
        ("train", "tiny", "--set", "tick=9"),
        "unknown configuration value 'tick'; did you mean 'ticks'? known:",
    ),
    (("verilog", "tiny", "--set", "ticks=x"), "ticks must be an integer from 1 to 65535, not 'x'"),
    (("cosim", "tiny", "--lanes", "5"), "lanes must be one of (1, 2, 4, 8, 16, 32), not 5"),
    (("verilog", "tiny", "--lanes", "0"), "lanes must be one of (1, 2, 4, 8, 16, 32), not 0"),
    (("verilog", "tiny", "--out", "/dev/null/x.v"), "'/dev/null/x.v': Not a directory; choose"),
    (("synth", "tiny", "--device", "virtex"), "unknown device 'virtex'; choose one of: ecp5-25"),
    (("bitstream", "arty"), "unknown board 'arty'; choose one of: icebreaker"),
    (("bitstream", "icebreaker", "--preset", "huge"), "unknown preset 'huge'; choose one of: tiny"),
    (
        ("bitstream", "icebreaker", "--mhz", "5"),
        "can be made from 12 MHz; ask for 16.125 MHz",
    ),
    (
        ("bitstream", "icebreaker", "--baud", "5000000"),
        "4800000 baud, which is -4.0% off 5e+06",
    ),
    (
        ("bitstream", "icebreaker", "--link", "exerciser", "--weights", "initial"),
        "--weights initial is of no use with --link exerciser, which writes weights of its own;",
    ),
    (
        ("bitstream", "icebreaker", "--weights", "initial"),
        "mnist-100 has memory='spram', and single-port RAM holds no words at power-up: take memory",
    ),
    (("sim", "--simulator", "vcs"), "unknown simulator 'vcs'; choose one of: verilator, icarus"),
]


@pytest.mark.parametrize(("args", "message"), REFUSED, ids=[" ".join(args) for args, _ in REFUSED])
def test_bad_calls_are_refused(refused, tiny_data: Path, args: tuple[str], message: str) -> None:
    line = refused(*(tiny_data if arg == "DATA" else arg for arg in args))
    assert message in line


def test_truncated_data_are_refused(refused, tiny_data: Path) -> None:
    path = tiny_data / name("test", "labels")
    path.write_bytes(path.read_bytes()[:-1])
    line = refused("train", "tiny", "--data", tiny_data)
    assert f"'{path}' has 16 bytes, but its header promises 17, for 9 of them" in line


def test_damaged_checkpoints_are_refused(refused, tiny_data: Path, tmp_path: Path) -> None:
    (tmp_path / "run-0").mkdir()
    (tmp_path / "run-0" / "checkpoint.npz").write_bytes(b"PK")
    line = refused("train", "tiny", "--data", tiny_data, "--out", tmp_path, "--resume")
    assert "is no checkpoint or damaged; start anew with another --out" in line


@pytest.mark.parametrize(
    ("args", "tool"),
    [
        (("sim", "--simulator", "icarus"), "iverilog was not found on PATH; install it with:"),
        (("sim", "--simulator", "verilator"), "perl was not found on PATH; install it with:"),
        (("cosim", "digits", "--samples", "1"), "perl was not found on PATH; install it with:"),
        (("waves", "tiny"), "iverilog was not found on PATH; install it with:"),
    ],
)
def test_missing_tools_are_named(refused, monkeypatch, args: tuple[str], tool: str) -> None:
    monkeypatch.setenv("PATH", "")
    assert tool in refused(*args)


def test_ctrl_c_leaves_a_checkpoint_to_resume(tmp_path: Path, tiny_data: Path) -> None:
    erbium = shutil.which("erbium", path=str(Path(sys.executable).parent))
    out = tmp_path / "run"
    command = [erbium, "train", "tiny", "--data", tiny_data, "--epochs", "100000", "--out", out]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (out / "run-0" / "metrics.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors.startswith("erbium: stopped after ")
    assert errors.endswith("add --resume to the same command to go on\n")
    assert errors.count("\n") == 1
    assert checkpoint.load(out / "run-0" / "checkpoint.npz").epoch > 0


def test_runs_that_exist_are_refused_before_any_trains(erbium, tiny_data: Path) -> None:
    common = ("train", "tiny", "--data", tiny_data, "--epochs", 1)
    assert erbium(*common, "--run", 2).exit_code == 0
    result = erbium(*common, "--runs", 3)
    assert result.exit_code == 2
    assert "run-2/checkpoint.npz' exists; add --resume to go on" in result.stderr
    assert not Path("runs", "tiny", "run-0").exists()
    # Killed before its first checkpoint, a run leaves its folder.
    Path("runs", "tiny", "run-0").mkdir()
    assert erbium(*common, "--runs", 3, "--resume").exit_code == 0
    assert len(list(Path("runs", "tiny").glob("run-*/checkpoint.npz"))) == 3


def test_images_of_any_size_are_learned(erbium, tmp_path: Path) -> None:
    folder = tmp_path / "wide"
    folder.mkdir()
    draw = np.random.default_rng(0)
    for part, count in (("train", 18), ("test", 5)):
        images, labels = draw.integers(0, 256, (count, 5, 9)), np.arange(count) % 4
        (folder / idx.name(part, "images")).write_bytes(idx_bytes(idx.IMAGES_MAGIC, images))
        (folder / idx.name(part, "labels")).write_bytes(idx_bytes(idx.LABELS_MAGIC, labels))
    changes = ("--set", "layers=45,7,4", "--set", "transmit=12")
    result = erbium("train", "tiny", "--data", folder, "--epochs", 1, *changes)
    assert result.exit_code == 0, result.stderr
    state = checkpoint.load(Path("runs", "tiny", "run-0", "checkpoint.npz"))
    assert state.config == preset("tiny").replace(layers=(45, 7, 4), transmit=12)
    result = erbium("verilog", "tiny", *changes)
    assert result.exit_code == 0
    file = Path("build", "verilog", f"{module_name(state.config)}.v")
    assert file.read_text() == emit_core(state.config)


def test_a_checkpoint_goes_on_in_the_circuit(erbium, tiny_data: Path) -> None:
    common = ("--data", tiny_data, "--json", "figures.json")
    assert erbium("train", "tiny", "--epochs", 2, "--run", 5, *common).exit_code == 0
    file = Path("runs", "tiny", "run-5", "checkpoint.npz")
    result = erbium("cosim", "tiny", "--checkpoint", file, "--samples", 20, *common)
    assert result.exit_code == 0, result.output
    figures = json.loads(Path("figures.json").read_text())
    assert figures["weights_equal"]
    assert figures["random_equal"]
    state = checkpoint.load(file)
    core = FastCore(state.config, state.weights)
    core.random = state.random
    part = load(str(tiny_data), state.config).train.first(20, "samples")
    seen = core.run_many(part.samples, part.labels)
    assert figures["synaptic_operations"] == seen.synaptic_operations
    other = erbium("cosim", "digits", "--checkpoint", file)
    assert other.exit_code == 2
    assert f"'{file}' was trained with layers [12, 6, 3], not [64, 64, 10]; leave" in other.stderr


def test_moved_images_go_on_in_the_circuit(
    erbium, tiny_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both sides learn what the next pass of the training would show, unless told otherwise."""
    from erbium.sim.compare import cosim

    seen: list[np.ndarray] = []
    whole = cosim.cosimulate

    def cosimulate(config, samples, *args, **kwargs):
        seen.append(samples)
        return whole(config, samples, *args, **kwargs)

    monkeypatch.setattr(cosim, "cosimulate", cosimulate)
    common = ("--data", tiny_data, "--json", "figures.json")
    moving = ("--augment", "shift=1")
    assert erbium("train", "tiny", "--epochs", 2, "--run", 5, *moving, *common).exit_code == 0
    file = Path("runs", "tiny", "run-5", "checkpoint.npz")
    part = load(str(tiny_data), preset("tiny")).train.first(8, "samples")
    for args, expected, told in (
        (("--checkpoint", file), shown(Augment(1), part, 5, 2), ({"shift": 1}, 3)),
        (("--checkpoint", file, "--augment", "shift=2"), shown(Augment(2), part, 5, 2),
         ({"shift": 2}, 3)),
        (("--checkpoint", file, "--augment", "shift=0"), part.samples, (None, None)),
        (("tiny", *moving), shown(Augment(1), part, 0, 0), ({"shift": 1}, 1)),
        (("tiny",), part.samples, (None, None)),
    ):  # fmt: skip
        result = erbium("cosim", *args, "--samples", 8, *common)
        assert result.exit_code == 0, result.output
        np.testing.assert_array_equal(seen.pop(), expected)
        figures = json.loads(Path("figures.json").read_text())
        assert figures["equal"]
        assert figures["samples"] == 8
        assert (figures.get("augment"), figures.get("epoch")) == told
    assert (part.samples != shown(Augment(1), part, 5, 2)).any()


def test_every_command_writes_its_figures(erbium, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    erbium("presets", "--json", str(file))
    assert json.loads(file.read_text())["digits"]["layers"] == [64, 64, 10]
    erbium("verilog", "tiny", "--json", str(file))
    figures = json.loads(file.read_text())
    assert figures["module"] == module_name(preset("tiny"))
    assert figures["config_sha256"] == preset("tiny").sha256
    erbium("lint", "tiny", "--json", str(file))
    assert json.loads(file.read_text())["warnings"] == 0
    campaigns = {campaign.command.split()[-1] for campaign in CAMPAIGNS.values()}
    groups = [main, main.commands["coverage"], main.commands["device"]]
    for command in (command for group in groups for command in group.commands.values()):
        # Saving and loading moves weights, and finds no figures.
        if not isinstance(command, click.Group) and command.name not in ("save", "load"):
            names = [name for option in command.params for name in option.opts]
            # Figures of campaigns of verification go to a file of the report anyway.
            assert ("--out" if command.name in campaigns else "--json") in names, command.name


def test_sim_runs_the_benches_and_leaves_figures(erbium, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = preset("tiny")
    assert ("blank", tiny) not in suite.preset_suite(tiny)
    assert ("blank", tiny.replace(transmit=9)) in suite.preset_suite(tiny.replace(transmit=9))
    assert {("core", tiny), ("encoder", tiny)} <= set(suite.preset_suite(tiny))
    monkeypatch.setattr(suite, "preset_suite", lambda config: [("rng", config)])
    result = erbium("sim", "--preset", "tiny", "--json", "figures.json")
    assert result.exit_code == 0, result.output
    benches = json.loads(Path("figures.json").read_text())["benches"]
    assert [one["simulator"] for one in benches] == ["icarus", "verilator"]
    assert all(one["bench"] == "rng" and one["values"] > 100 for one in benches)
    assert result.stdout.count("mismatches 0") == 2
    assert erbium("sim", "--simulator", "questa").exit_code == 2


def test_verilog_can_have_another_name_old_names_and_a_harness(erbium) -> None:
    result = erbium("verilog", "tiny", "--module", "my_core", "--harness", "--json", "figures.json")
    assert result.exit_code == 0, result.output
    folder = Path("build", "verilog")
    assert (folder / "my_core.v").read_text() == emit_core(preset("tiny"), name="my_core")
    harness = (folder / "my_core_harness.v").read_text()
    assert "\nmodule my_core_harness(clk, rst, o, i);\n" in harness
    assert "  my_core core (\n" in harness
    assert json.loads(Path("figures.json").read_text())["files"] == [
        str(folder / "my_core.v"),
        str(folder / "my_core_harness.v"),
    ]
    assert erbium("verilog", "tiny", "--old-names", "--rom", "memory").exit_code == 0
    assert (folder / "erbium_tiny.v").read_text() == emit_core(
        preset("tiny"), old_names=True, keep_roms=True
    )


@pytest.mark.parametrize("name", ["a__b", "2fast", "entity", "net_", "größe"])
def test_verilog_refuses_names_that_are_not_legal_everywhere(erbium, name: str) -> None:
    result = erbium("verilog", "tiny", "--module", name)
    assert result.exit_code == 2
    assert f"module name '{name}' is" in " ".join(result.stderr.split())
    assert not Path("build", "verilog").exists()
