"""What `import erbium` promises, and that it costs nothing before it is used."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version

import pytest

import erbium
from erbium.extras import DISTRIBUTION, MissingExtra

#: What must not be loaded along with it.
HEAVY = ("amaranth", "numba", "cocotb", "matplotlib", "sklearn", "distributed", "click", "rich",
         "serial")  # fmt: skip


def python(program: str) -> str:
    """Run a program in a process of its own, and return what it printed."""
    return subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_every_name_is_there_and_described() -> None:
    described = re.findall(r"^`(\w+)` ", erbium.__doc__, re.MULTILINE)
    assert sorted([*described, "__version__"]) == sorted(erbium.__all__) == dir(erbium)
    for name in erbium.__all__:
        assert getattr(erbium, name) is not None
    assert erbium.__version__ == version(DISTRIBUTION)


def test_each_name_is_the_one_thing() -> None:
    from erbium.golden.core import Core
    from erbium.hw.verilog.emission import emit_core

    assert erbium.Core is Core
    config = erbium.preset("tiny")
    assert erbium.emit_verilog(config) == emit_core(config)


def test_nothing_heavy_is_loaded_before_it_is_asked_for() -> None:
    program = f"import erbium, sys; print([name for name in {HEAVY} if name in sys.modules])"
    assert python(program) == "[]"
    program = program.replace("import erbium, sys;", "import erbium, sys; erbium.preset('tiny');")
    assert python(program) == "[]"
    # It would see them.
    program = program.replace("erbium.preset('tiny')", "erbium.emit_verilog")
    assert python(program) == "['amaranth']"


def test_devices_are_part_of_it() -> None:
    import erbium.device

    described = re.findall(r"^`(\w+)` ", erbium.device.__doc__, re.MULTILINE)
    assert sorted(described) == sorted(erbium.device.__all__) == dir(erbium.device)
    for name in described:
        assert getattr(erbium.device, name).__name__ == name
    with pytest.raises(AttributeError, match=r"module 'erbium\.device' has no attribute 'Cable'"):
        _ = erbium.device.Cable
    program = f"import erbium.device, sys; print([name for name in {HEAVY} if name in sys.modules])"
    assert python(program) == "[]"


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError("No module named 'numba'", name="numba")

    monkeypatch.setattr(erbium.importlib, "import_module", absent)
    text = r"erbium.FastCore: numba is not installed; .*'erbium-hdl\[train\]'"
    with pytest.raises(MissingExtra, match=text):
        _ = erbium.FastCore
    with pytest.raises(ImportError):
        _ = erbium.FastCore


def test_names_that_are_not_there_are_no_attributes() -> None:
    with pytest.raises(AttributeError, match="module 'erbium' has no attribute 'Netlist'"):
        _ = erbium.Netlist


def test_no_part_is_loaded_by_two_names() -> None:
    parts = "('golden', 'hw', 'sim', 'scripts')"
    assert python(f"import importlib.util as u; print([u.find_spec(n) for n in {parts}])") == (
        "[None, None, None, None]"
    )
