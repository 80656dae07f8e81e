"""The process of one bench: emit, build, run. Started by `sim.engines.runner` with a folder."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType

import cocotb_tools.config
import cocotb_tools.runner
import find_libpython
from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

from erbium.golden.config import Config
from erbium.hw.core import Core
from erbium.hw.verilog.emission import emit, emit_core, module_name
from erbium.sim.engines.paths import is_plain, plain
from erbium.sim.engines.runner import BUILD_ARGS
from erbium.sim.faults.circuit import planted

#: Second top module that records all waveforms (Icarus).
DUMP = """module dump;
  initial begin
    $dumpfile("{name}.fst");
    $dumpvars(0, {name});
  end
endmodule
"""

#: What benches see of a circuit: its ports and, of a core, traces and memories. Were all wires
#: visible, Verilator could not optimise, and the compiler would take twice as long; of a netlist
#: with its thousands of wires, minutes.
VISIBLE = """`verilator_config
public_flat_rw -module "{name}" -var "clk"
public_flat_rw -module "{name}" -var "rst"
public_flat_rw -module "{name}" -var "phase"
public_flat_rw -module "{name}" -var "i_*"
public_flat_rw -module "{name}" -var "o_*"
public_flat_rw -module "*" -var "trace"
public_flat_rw -module "*" -var "words"
"""
VISIBLE_ARGS = ["--no-public-flat-rw"]

#: Models of cells have delays, of no use here.
NETLIST_ARGS = ["--no-timing"]


def main(folder: Path) -> int:
    """Run the job in `folder`; return the number of failed tests, or 1 if none ran."""
    job = json.loads((folder / "job.json").read_text())
    config = Config.from_dict(job["config"])
    bench = importlib.import_module(f"erbium.sim.benches.{job['bench']}")
    if job["netlist"]:
        name, verilog = module_name(config), Path(job["netlist"])
    else:
        name = f"bench_{job['bench']}"
        verilog = folder / f"{name}.v"
        with planted(job["fault"], config) as hardware_config:
            verilog.write_text(_emitted(bench, hardware_config, name))
    sources, build_args = [verilog], list(BUILD_ARGS[job["simulator"]])
    if job["language"]:
        build_args = [f"-g{job['language']}"]
    if job["netlist"] and job["simulator"] == "verilator":
        build_args += NETLIST_ARGS
    if job["bench"] == "core" and job["simulator"] == "verilator":
        visible = folder / "visible.vlt"
        visible.write_text(VISIBLE.format(name=name))
        build_args += [*VISIBLE_ARGS, str(visible)]
    if job["waves"]:
        # cocotb builds this in by itself, but in SystemVerilog, which -g2005 refuses.
        dump = folder / "dump.v"
        dump.write_text(DUMP.format(name=name))
        sources.append(dump)
        build_args += ["-s", "dump"]
    _give_plain_names()
    runner = get_runner(job["simulator"])
    runner.build(
        sources=sources,
        hdl_toplevel=name,
        build_dir=folder,
        always=True,
        timescale=("1ns", "1ps"),
        build_args=build_args,
    )
    results = runner.test(
        hdl_toplevel=name,
        test_module=f"erbium.sim.benches.{job['bench']}",
        build_dir=folder,
        test_dir=folder,
        test_filter=job["only"],
        results_xml=str(folder / "results.xml"),
        seed=job["seed"],
        waves=job["waves"],
        extra_env={"ERBIUM_BENCH": str(folder)},
    )
    tests, failures = get_results(results)
    compared = json.loads((folder / "counts.json").read_text())["tests"]
    # A test that ends without `Scoreboard.passed` has left something out.
    return failures or int(tests == 0 or compared != tests)


def _emitted(bench: ModuleType, config: Config, name: str) -> str:
    """Return the Verilog of a bench's design: a core as users get it."""
    if bench.component is Core:
        return emit_core(config, name=name)
    return emit(bench.component(config), name)


def _give_plain_names() -> None:
    """Keep cocotb from following the links that stand for folders with blanks in their names."""
    libraries = cocotb_tools.config.libs_dir
    entry, _, function = cocotb_tools.config.pygpi_entry_point().rpartition(",")
    if not is_plain(libraries):
        cocotb_tools.config.libs_dir = plain(libraries)
        cocotb_tools.config.share_dir = plain(cocotb_tools.config.share_dir)
        # A list of libraries, separated by ";", each with its function behind a ",".
        users = (Path(find_libpython.find_libpython()), Path(entry))
        parts = [str(plain(user.parent) / user.name) for user in users]
        os.environ["GPI_USERS"] = f"{parts[0]};{parts[1]},{function}"
    cocotb_tools.runner.get_abs_path = lambda path: Path(os.path.abspath(path))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
