"""Outputs of all commands: standard output, and refusals before the work begins."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from erbium.golden.presets import PRESETS, preset
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.scripts.cli import main
from erbium.scripts.cli.options import FILE, FOLDER, OUTPUT

#: Options that name what a command reads.
READ = {"--checkpoint", "--file"}


def commands(
    group: click.Group = main, *above: str
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield (*above, name), command


#: (words, command, option) of everything that a command writes where the user says.
WRITTEN = [
    (words, command, option)
    for words, command in commands()
    for option in command.params
    if option.type in (OUTPUT, FOLDER)
]
IDS = [" ".join((*words, option.opts[0])) for words, _, option in WRITTEN]


def arguments(command: click.Command, folder: Path) -> list[str]:
    """Return a value for each argument and each option that a command demands."""
    needed = [
        p
        for p in command.params
        if isinstance(p, click.Argument) and (p.required or p.name == "name")
    ]
    name = "mine" if command.name == "new" else "tiny"
    values = [str(folder) if p.type is FILE else name for p in needed]
    for option in command.params:
        if isinstance(option, click.Option) and option.required:
            value = "serial:///dev/absent" if option.name == "name" else str(folder)
            values += [option.opts[0], value]
    return values


def test_every_option_that_writes_is_checked() -> None:
    for words, command in commands():
        for option in command.params:
            # Of a training, --runs is how many there are.
            written = {"--json", "--out"} | (set() if words == ("train",) else {"--runs"})
            if written & set(option.opts):
                assert option.type in (OUTPUT, FOLDER), (words, option.name)
            elif isinstance(option.type, click.Path) and isinstance(option, click.Option):
                assert set(option.opts) <= READ, (words, option.name)


@pytest.mark.parametrize(("words", "command", "option"), WRITTEN, ids=IDS)
def test_outputs_are_refused_before_the_work(
    erbium, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words, command, option
) -> None:
    def work(**_: object) -> None:
        raise AssertionError("the command has begun")

    monkeypatch.setattr(command, "callback", work)
    (tmp_path / "file").write_text("mine")
    inputs = arguments(command, tmp_path / "absent.toml")
    wrong = tmp_path / "file" if option.type is FOLDER else tmp_path
    for path in (wrong, tmp_path / "file" / "below", ""):
        result = erbium(*words, *inputs, option.opts[0], path)
        assert result.exit_code == 2, result.output
        assert result.stderr.count("\n") == 1
        assert str(path) in result.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_no_output_but_a_file_has_the_name_of_standard_output(refused) -> None:
    assert "'-' is no folder; give its name" in refused("train", "tiny", "--out", "-")
    line = refused("verilog", "tiny", "--out", "-", "--json", "/dev/stdout")
    assert "'--json': only one output can be standard output" in line


def test_a_name_that_ends_like_a_folder_is_refused(refused) -> None:
    assert "'figures/' is a folder" in refused("presets", "--json", "figures/")


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "link"])
def test_standard_output_holds_nothing_but_the_figures(erbium, name: str) -> None:
    Path("link").symlink_to("/dev/stdout")
    result = erbium("presets", "--json", name)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout).keys() == PRESETS.keys()
    assert "mnist-500-500" in result.stderr
    assert Path("link").is_symlink()
    assert [path.name for path in Path().iterdir()] == ["link"]


def test_verilog_is_written_to_standard_output(erbium) -> None:
    result = erbium("verilog", "tiny", "--out", "-")
    assert result.stdout == emit_core(preset("tiny"))
    assert "-: module erbium_tiny" in result.stderr
    # What follows prints as ever.
    assert f"{module_name(preset('tiny'))}.v: module" in erbium("verilog", "tiny").stdout


def started(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Call the command in a process of its own, whose standard output is a descriptor."""
    program = [sys.executable, "-c", "from erbium.scripts.cli import main; main()", *words]
    return subprocess.run(program, stderr=subprocess.PIPE, text=True, check=False, **options)


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_a_shell_can_pass_the_figures_on(tmp_path: Path, name: str) -> None:
    file = tmp_path / "figures"
    with file.open("w") as stream:
        stream.write("[")
        stream.flush()
        assert started("presets", "--json", name, stdout=stream).returncode == 0
        stream.write("]")
    assert json.loads(file.read_text())[0].keys() == PRESETS.keys()
    # Children print there, too.
    program = (
        "import subprocess; from pathlib import Path\n"
        "from erbium.scripts.common.files import write_text\n"
        "from erbium.scripts.common.outputs import kept_for_data\n"
        "with kept_for_data(): subprocess.run(['echo', 'noise']); write_text(Path('-'), 'data')\n"
        "print(', more')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"data, more\n", b"noise\n")


@pytest.mark.parametrize("args", [("--json", "-"), ("--json", "/dev/fd/1"), ()])
def test_a_full_disk_behind_standard_output_is_named(args: tuple[str, ...]) -> None:
    # It is opened by the shell, as a user would; nothing here can replace it.
    with Path("/dev/full").open("w") as full:
        done = started("presets", *args, stdout=full)
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    where = f"'{args[1]}'" if args else "standard output"
    assert last.startswith(f"erbium: {where}")
    assert last.endswith("No space left on device; make room, or choose another path")


def test_a_folder_without_room_is_named_by_every_picture(
    erbium, tiny_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("erbium.scripts.common.files.os.fsync", full)
    result = erbium("train", "tiny", "--data", tiny_data, "--epochs", 1, "--out", "runs")
    assert result.exit_code == 2
    assert "'runs/run-0/checkpoint.npz': No space left on device; make room" in result.stderr
    assert not [path for path in Path("runs").rglob("*") if path.is_file()]
