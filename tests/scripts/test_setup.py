"""The set-up script on machines that lack something, played by a folder of stand-ins."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "setup_tools.sh"
INSTALL = "apt-get install -y --no-install-recommends"

#: Creates .venv as a copy of itself and notes what pip was told; answers questions truthfully.
PYTHON = f"""case "$*" in
  "-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
  "-m pip"*) echo "pip $*" >> calls ;;
  *) exec {sys.executable} "$@" ;;
esac"""


class Machine:
    """A folder of programs, and a project with nothing but the set-up script."""

    def __init__(self, folder: Path) -> None:
        self._bin, self._project = folder / "bin", folder / "project"
        self._bin.mkdir()
        (self._project / "scripts").mkdir(parents=True)
        shutil.copy(SCRIPT, self._project / "scripts")
        for tool in ("bash", "cp", "dirname", "mkdir", "touch"):
            (self._bin / tool).symlink_to(shutil.which(tool))
        for tool in ("iverilog", "g++", "make", "perl", "ccache", "chromium", "chromedriver"):
            self.provide(tool, "exit 0")
        self.provide("id", "echo 0")
        self.provide("apt-get", 'echo "apt-get $*" >> calls')
        self.provide("python3", PYTHON)

    def provide(self, program: str, script: str) -> None:
        """Install a program."""
        path = self._bin / program
        path.unlink(missing_ok=True)
        path.write_text(f"#!{shutil.which('bash')}\n{script}\n")
        path.chmod(0o755)

    def lack(self, program: str) -> None:
        """Remove a program."""
        (self._bin / program).unlink()

    def set_up(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Call the script."""
        return subprocess.run(
            [self._project / "scripts" / SCRIPT.name],
            env={"PATH": str(self._bin)} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def programs(self) -> Path:
        """Where programs are found."""
        return self._bin

    @property
    def environment(self) -> Path:
        """Programs of the virtual environment."""
        return self._project / ".venv" / "bin"

    @property
    def calls(self) -> list[str]:
        """What was called to install something."""
        path = self._project / "calls"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def ready(self) -> bool:
        """Whether make would consider the set-up done."""
        return (self._project / ".venv" / "stamp").exists()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Return a machine that lacks nothing."""
    return Machine(tmp_path)


def test_nothing_but_python_packages_are_installed_if_the_rest_is_there(machine: Machine) -> None:
    result = machine.set_up()
    assert result.returncode == 0, result.stderr
    assert not any(call.startswith("apt-get") for call in machine.calls)
    assert machine.calls[-1].endswith("-e .[dev]")
    assert machine.ready


def test_root_installs_what_is_missing(machine: Machine) -> None:
    machine.lack("iverilog")
    machine.lack("g++")
    assert machine.set_up().returncode == 0
    assert machine.calls[:2] == ["apt-get update -qq", f"{INSTALL} iverilog build-essential"]
    assert machine.ready


def test_root_installs_what_is_only_wanted(machine: Machine) -> None:
    machine.lack("ccache")
    assert machine.set_up().returncode == 0
    assert machine.calls[:2] == ["apt-get update -qq", f"{INSTALL} ccache"]
    assert machine.ready


def test_what_is_only_wanted_stops_nobody(machine: Machine) -> None:
    machine.lack("ccache")
    machine.provide("apt-get", 'echo "apt-get $*" >> calls; exit 100')
    result = machine.set_up()
    assert result.returncode == 0
    assert "setup: tests take longer without ccache" in result.stderr
    assert machine.ready


def test_a_plain_user_is_not_asked_for_what_is_only_wanted(machine: Machine) -> None:
    machine.lack("ccache")
    machine.provide("id", "echo 1000")
    assert machine.set_up().returncode == 0
    assert not any(call.startswith("apt-get") for call in machine.calls)


def test_what_is_wanted_comes_with_what_is_missing(machine: Machine) -> None:
    machine.lack("ccache")
    machine.lack("perl")
    assert machine.set_up().returncode == 0
    assert machine.calls[1] == f"{INSTALL} perl ccache"


def test_root_installs_a_browser_alone(machine: Machine) -> None:
    machine.lack("perl")
    machine.lack("chromium")
    machine.lack("chromedriver")
    # Where there are no packages of these names, the others come all the same.
    machine.provide(
        "apt-get",
        """echo "apt-get $*" >> calls
case "$*" in *chromium*) exit 100 ;; esac""",
    )
    result = machine.set_up()
    assert result.returncode == 0
    assert machine.calls[1] == f"{INSTALL} perl"
    assert machine.calls[3] == f"{INSTALL} chromium chromium-driver"
    assert "setup: tests of pages are skipped without chromium chromium-driver" in result.stderr
    assert machine.ready


def test_a_plain_user_is_not_asked_for_a_browser(machine: Machine) -> None:
    machine.lack("chromium")
    machine.provide("id", "echo 1000")
    assert machine.set_up().returncode == 0
    assert not any(call.startswith("apt-get") for call in machine.calls)


def test_a_user_with_sudo_installs_what_is_missing(machine: Machine) -> None:
    machine.lack("perl")
    machine.provide("id", "echo 1000")
    machine.provide("sudo", 'shift; [ "$1" = true ] || "$@"')
    assert machine.set_up().returncode == 0
    assert machine.calls[1] == f"{INSTALL} perl"


@pytest.mark.parametrize("sudo", [None, "exit 1"])
def test_a_plain_user_is_told_what_to_type(machine: Machine, sudo: str | None) -> None:
    machine.lack("iverilog")
    machine.provide("id", "echo 1000")
    if sudo:
        machine.provide("sudo", sudo)
    result = machine.set_up()
    assert result.returncode == 2
    assert f"setup: sudo apt-get update && sudo {INSTALL} iverilog\n" in result.stderr
    assert not machine.calls
    assert not machine.ready


def test_missing_venv_is_installed(machine: Machine) -> None:
    missing = PYTHON.replace("*) exec", "*ensurepip*) exit 1 ;;\n  *) exec")
    machine.provide("python3", missing)
    assert machine.set_up().returncode == 0
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert machine.calls[1] == f"{INSTALL} python{version}-venv"


def test_old_python_is_refused(machine: Machine) -> None:
    machine.provide("python3", "exit 1")
    result = machine.set_up()
    assert result.returncode == 2
    assert "setup: no Python 3.11 or later found; install one and name it" in result.stderr


def test_systems_without_apt_are_told_what_is_missing(machine: Machine) -> None:
    machine.lack("iverilog")
    machine.lack("apt-get")
    result = machine.set_up()
    assert result.returncode == 2
    assert "missing: iverilog; install them with your system's packages" in result.stderr


@pytest.mark.parametrize("failing", ["apt-get", "pip"])
def test_failures_of_installers_stop_the_set_up(machine: Machine, failing: str) -> None:
    if failing == "apt-get":
        machine.lack("iverilog")
        machine.provide("apt-get", "exit 100")
    else:
        machine.provide("python3", PYTHON.replace('echo "pip $*" >> calls', '[ "$3" != install ]'))
    result = machine.set_up()
    assert result.returncode == 2
    assert "then call make again" in result.stderr
    assert not machine.ready


def test_a_named_python_is_taken_or_refused(machine: Machine) -> None:
    other = machine.programs / "my python"
    result = machine.set_up(PYTHON=str(other))
    assert result.returncode == 2
    assert f"setup: PYTHON={other} is no Python 3.11 or later; name another one" in result.stderr
    machine.provide(other.name, PYTHON)
    machine.provide("python3", "exit 1")
    assert machine.set_up(PYTHON=str(other)).returncode == 0
    assert machine.ready


def test_another_python_makes_the_environment_anew(machine: Machine) -> None:
    assert machine.set_up().returncode == 0
    before = (machine.environment / "python").read_text()
    machine.provide(
        "other", PYTHON.replace("exec", "case $2 in *prefix*) echo other; exit;; esac; exec")
    )
    # Who does not ask keeps what is there.
    machine.provide("python3", "echo other; exit 0")
    assert machine.set_up().returncode == 0
    assert (machine.environment / "python").read_text() == before
    assert machine.set_up(PYTHON="other").returncode == 0
    assert (machine.environment / "python").read_text() != before
