"""The emitted Verilog as users take it: every language version, Verilator as it is, Yosys."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.hw import core as hardware
from erbium.hw.verilog.emission import converted, emit_core, module_name
from erbium.hw.verilog.interface import core_ports, interface
from erbium.hw.words import AccessLayout, PixelLayout, RequestLayout, ResultLayout
from erbium.sim.engines.languages import LANGUAGES, icarus_languages
from erbium.sim.engines.runner import BenchError, run_bench
from erbium.sim.engines.toolchain import environment, find
from erbium.sim.mutation.netlist import yosys
from tests.slow import slow_but

#: Few cycles, and all of the machine.
SMALL = preset("tiny").replace(name="small", ticks=6, burn_in=2)

#: A test of the core bench that resets, learns and reads weights.
BENCH = {"only": "resets_in_a_sample", "seed": 1}


def as_amaranth_writes(config: Config) -> str:
    """Return a core's Verilog before its processes become functions."""
    core = hardware.Core(config)
    ports = {port.name: port.signal for port in core_ports(core) if port.signal is not None}
    return converted(core, module_name(config), ports)


def rewritten(text: str, folder: Path, commands: str) -> str:
    """Return Verilog that Yosys has read and written again."""
    (folder / "core.v").write_text(text)
    yosys(folder, f"{commands}; write_verilog -noattr again.v")
    return (folder / "again.v").read_text()


def test_icarus_knows_the_languages() -> None:
    assert set(LANGUAGES) <= set(icarus_languages())


@pytest.mark.parametrize(
    "language", slow_but(lambda language: language in ("2005", "2012"), icarus_languages())
)
def test_core_bench_in_every_language(language: str, tmp_path: Path) -> None:
    result = run_bench("core", SMALL, "icarus", build_dir=tmp_path, language=language, **BENCH)
    assert result.values > 10_000


@pytest.mark.slow
@pytest.mark.parametrize(("language", "works"), [("2005", True), ("2005-sv", False)])
def test_bench_finds_processes_that_nothing_starts(
    language: str, works: bool, tmp_path: Path
) -> None:
    old = tmp_path / "old.v"
    old.write_text(as_amaranth_writes(SMALL))
    assert "dump_module$1  = 0;" in old.read_text()
    args = {"build_dir": tmp_path, "netlist": old, "language": language} | BENCH
    if works:
        assert run_bench("core", SMALL, "icarus", **args).mismatches == 0
    else:
        with pytest.raises(BenchError):
            run_bench("core", SMALL, "icarus", **args)


@pytest.mark.parametrize(
    "language", slow_but(lambda language: language == "2005", ["2005", "2012"])
)
def test_core_bench_without_start_values_and_initial_blocks(language: str, tmp_path: Path) -> None:
    text = emit_core(SMALL)
    found, count = re.subn(r"^(  reg [^;=]*?) ?= \d+'\w+;$", r"\1;", text, flags=re.M)
    assert count > 50
    assert not re.search(r"\binitial\b", found)
    bare = tmp_path / "bare.v"
    bare.write_text(found)
    args = {"build_dir": tmp_path, "netlist": bare, "language": language} | BENCH
    assert run_bench("core", SMALL, "icarus", **args).values > 1000


# Without "proc", Yosys warns that what it writes may behave differently, whatever it has read.
@pytest.mark.parametrize(
    "language", slow_but(lambda language: language == "2012", ["2005", "2012"])
)
def test_core_bench_on_what_yosys_writes(language: str, tmp_path: Path) -> None:
    again = tmp_path / "again.v"
    again.write_text(rewritten(emit_core(SMALL), tmp_path, "read_verilog -sv core.v; proc"))
    args = {"build_dir": tmp_path, "netlist": again, "language": language} | BENCH
    assert run_bench("core", SMALL, "icarus", **args).values > 1000


def test_yosys_reads_the_same_in_both_languages(tmp_path: Path) -> None:
    text = emit_core(SMALL)
    texts = [rewritten(text, tmp_path, f"read_verilog {sv} core.v; proc") for sv in ("", "-sv")]
    assert texts[0] == texts[1]


MAIN = """#include "VNAME.h"
#include <cstdio>

static VNAME core;
static void cycle() { core.clk = 0; core.eval(); core.clk = 1; core.eval(); }
template <class Ready> static void take(Ready& ready) {
    for (core.clk = 0, core.eval(); !ready; core.clk = 0, core.eval()) cycle();
    cycle();
}
int main() {
    core.rst = 1; cycle(); core.rst = 0;
    for (int word : {WORDS}) {
        core.i_access_payload = word; core.i_access_valid = 1; take(core.i_access_ready);
    }
    core.i_access_valid = 0;
    for (int pixel : {PIXELS}) {
        core.i_pixel_payload = pixel; core.i_pixel_valid = 1; take(core.i_pixel_ready);
    }
    core.i_pixel_valid = 0;
    core.i_request_payload = REQUEST; core.i_request_valid = 1; take(core.i_request_ready);
    core.i_request_valid = 0;
    while (!core.o_result_valid) cycle();
    std::printf("%u\\n", (unsigned)core.o_result_payload);
}
"""


def written(words: list[int]) -> str:
    return ", ".join(map(str, words))


def test_verilator_as_a_user_calls_it(tmp_path: Path) -> None:
    config, layout, name = SMALL, Layout(SMALL), module_name(SMALL)
    weights, label = initial_weights(config), 1
    sample = np.random.default_rng(3).integers(0, 256, config.layers[0])
    words = [
        AccessLayout(config).const({"write": 1, "address": at, "data": data.tolist()}).as_bits()
        for at, data in enumerate(layout.pack(weights))
    ]
    pixels = [
        PixelLayout().const({"intensity": int(x), "last": at == len(sample) - 1}).as_bits()
        for at, x in enumerate(sample)
    ]
    request = RequestLayout(config).const({"label": label, "rate": 256}).as_bits()
    (tmp_path / f"{name}.v").write_text(emit_core(config))
    main = MAIN.replace("NAME", name).replace("WORDS", written(words))
    main = main.replace("PIXELS", written(pixels)).replace("REQUEST", str(request))
    (tmp_path / "main.cpp").write_text(main)
    command = [find("verilator").path, "--cc", "--build", "--exe", "main.cpp", f"{name}.v"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment("verilator", optimise="-O0", library="-O0"),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "%Warning" not in done.stderr + done.stdout
    seen = subprocess.run([tmp_path / "obj_dir" / f"V{name}"], capture_output=True, check=True)
    result = ResultLayout(config).from_bits(int(seen.stdout))
    expected = Core(config).run(sample, label)
    assert result.winner == expected.winner
    assert [result.counts[k] for k in range(layout.classes)] == list(expected.counts)


def instance(config: Config, name: str) -> str:
    """Return an instance of a core whose inputs are shared, and whose `phase` is seen."""
    pins = []
    for port in core_ports(interface(config)):
        if port.name in ("clk", "rst"):
            pins.append(f".{port.name}({port.name})")
        elif port.name == "i_request_ready":
            pins.append(f".{port.name}({name}_ready)")
        else:
            zeros = "" if port.is_output else f"{port.width}'h0"
            pins.append(f".{port.name}({zeros})")
    return f"  {module_name(config)} {name}({', '.join(pins)});\n"


def design(configs: list[Config]) -> str:
    """Return a module with an instance of each configuration."""
    names = [f"core_{number}" for number in range(len(configs))]
    wires = "".join(f"  wire {name}_ready;\n" for name in names)
    cores = "".join(map(instance, configs, names))
    ready = " & ".join(f"{name}_ready" for name in names)
    return f"module both(clk, rst, ready);\n  input clk, rst;\n  output ready;\n{wires}" + (
        f"{cores}  assign ready = {ready};\nendmodule\n"
    )


def test_several_cores_in_one_design(tmp_path: Path) -> None:
    one, four = SMALL.replace(lanes=1), SMALL.replace(lanes=4)
    other = SMALL.replace(lanes=4, seed=2)
    for config in (one, four, other):
        (tmp_path / f"{module_name(config)}.v").write_text(emit_core(config))
    (tmp_path / "both.v").write_text(design([one, four, four, other]))
    files = sorted(path.name for path in tmp_path.glob("*.v"))
    assert len(files) == 4
    names = re.findall(r"^module (\S+)", "".join((tmp_path / f).read_text() for f in files), re.M)
    assert len({name.strip("(").lower() for name in names}) == len(names)
    for language in LANGUAGES:
        subprocess.run(
            [find("icarus").path, f"-g{language}", "-Wall", "-o", "both", *files],
            cwd=tmp_path, env=environment("icarus"), check=True,
        )  # fmt: skip
    done = subprocess.run(
        [find("verilator").path, "--lint-only", "--top-module", "both", "-Wno-PINCONNECTEMPTY",
         *files],
        cwd=tmp_path, env=environment("verilator"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, re.findall("%Warning.*", done.stderr)) == (0, [])
    for option in ("", "-sv"):
        yosys(
            tmp_path, f"read_verilog {option} {' '.join(files)}; hierarchy -check -top both; proc"
        )
