"""Waveforms of one learned sample, with a view file that shows the signals that matter."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from vcd.gtkw import GTKWColor, GTKWSave

from erbium.golden.config import Config
from erbium.golden.config_file import label
from erbium.golden.layout import Layout
from erbium.golden.validate import check_sample
from erbium.sim.engines.runner import bench_folder, run_bench

#: Groups of the view, each with paths below the core.
GROUPS: dict[str, tuple[str, ...]] = {
    "clock": ("clk", "rst"),
    "phase": ("phase", "control.ticks.tick", "control.layer"),
    "host": ("i_request_valid", "i_request_ready", "o_result_valid", "o_result_payload"),
    "input events": ("inputs.o__valid", "inputs.o__ready", "inputs.o__payload"),
    "operation": (
        "control.issue_clear",
        "control.issue_synapse",
        "control.issue_neuron",
        "control.issue_feedback",
        "control.state",
        "control.weight",
        "control.event_step",
    ),
    "weights": (
        "datapath.weights",
        "datapath.weight_memory.write",
        "datapath.weight_memory.write_address",
        "datapath.weight_memory.write_data",
    ),
    "lane 0": (
        "datapath.lane_0.membrane",
        "datapath.lane_0.total",
        "datapath.lane_0.w_membrane",
        "datapath.lane_0.dendrite",
        "datapath.lane_0.x_weight",
        "datapath.lane_0.w_weight",
        "datapath.lane_0.fires",
    ),
    "spikes": ("o_spikes_valid", "o_spikes_payload"),
    "errors": ("control.judge.error", "control.judge.negative", "control.judge.k"),
    "random": ("o_random",),
}

#: GTKWave's zoom, an exponent of two, at which some 200 clock cycles fill the window.
ZOOM = -18.5


def record_waves(config: Config, *, out: Path, sample: Sequence[int] | None = None) -> list[Path]:
    """Run one learned sample in Icarus, checked in every cycle, and keep its waveforms.

    Parameters
    ----------
    config : Config
    out : Path
        Folder for ``NAME.fst`` and ``NAME.gtkw`` (open the second with ``gtkwave``).
    sample : sequence of int, optional
        Intensities to show; random ones if left out.

    Returns
    -------
    list of Path
        The two files.

    Raises
    ------
    BenchError, ToolError
        As `sim.engines.runner.run_bench`.
    """
    if sample is not None:
        check_sample(Layout(config), sample)
    extra = {"waves": True, "sample": None if sample is None else [int(x) for x in sample]}
    run_bench("waves", config, "icarus", build_dir=out, extra=extra)
    folder = bench_folder("waves", config, "icarus", out)
    dump, view = out / f"{label(config)}.fst", out / f"{label(config)}.gtkw"
    shutil.move(folder / "bench_waves.fst", dump)
    widths = json.loads((folder / "widths.json").read_text())
    _write_view(view, dump, widths)
    return [dump, view]


def _write_view(view: Path, dump: Path, widths: dict[str, int]) -> None:
    """Write a GTKWave save file with one group per entry of `GROUPS`."""
    with view.open("w") as file:
        save = GTKWSave(file)
        save.dumpfile(dump.name, abspath=False)
        save.size(1600, 900)
        save.treeopen("bench_waves.")
        save.zoom_markers(ZOOM)
        for group, paths in GROUPS.items():
            with save.group(group):
                for path in paths:
                    vector = f"[{widths[path] - 1}:0]" if widths[path] > 1 else ""
                    save.trace(
                        f"bench_waves.{path}{vector}",
                        color=GTKWColor.yellow if group == "phase" else None,
                        datafmt="dec" if group in ("phase", "operation") else "hex",
                    )
