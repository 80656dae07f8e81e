"""Results as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.markup import escape
from rich.table import Table

from erbium.golden.config import Config
from erbium.golden.layout import Layout
from erbium.scripts.common.classes import name_of

if TYPE_CHECKING:
    from erbium.scripts.fpga import FpgaResult
    from erbium.scripts.fpga.bitstream import BitstreamResult


def facts(title: str, rows: Iterable[tuple[str, object]]) -> Table:
    """Return a table of names and values."""
    table = Table(title=escape(title), title_justify="left", box=box.SIMPLE, show_header=False)
    for name, value in rows:
        table.add_row(name, _readable(value))
    return table


def _readable(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_readable(item)}" for key, item in value.items())
    return str(value)


def presets(configs: Iterable[Config]) -> Table:
    """Return what distinguishes the named configurations."""
    # A name that is cut is no name: close columns leave room for all in 80 characters.
    table = Table(
        box=box.SIMPLE, collapse_padding=True, pad_edge=False, caption_justify="left",
        caption="margin: weights change late in a sample, and rest while the answer is sure",
    )  # fmt: skip
    table.add_column("preset", no_wrap=True)
    table.add_column("layers", no_wrap=True)
    for heading in ("synapses", "weight\nbits", "weights\nKibit", "lanes", "ticks"):
        table.add_column(heading, justify="right", no_wrap=True)
    for config in configs:
        layers = Layout(config).layers
        synapses = sum(layer.sources * layer.targets for layer in layers)
        table.add_row(
            config.name,
            "-".join(map(str, config.layers)),
            f"{synapses:,}",
            str(config.weight_bits),
            f"{synapses * config.weight_bits / 1024:,.0f}",
            str(config.lanes),
            str(config.ticks),
        )
    return table


def synthesis(result: FpgaResult) -> Table:
    """Return area and clock of a core on a device."""
    rows: list[tuple[str, object]] = [("4-input LUTs", result.luts), ("flip-flops", result.ffs)]
    rows += [(f"block RAMs {kind}", count) for kind, count in result.brams.items()]
    rows += [("multipliers", result.dsps)]
    if result.fmax_mhz is not None:
        low, high = result.fmax_range
        rows.append(("clock", f"{result.fmax_mhz} MHz, {low} to {high} over {result.seeds}"))
    if (path := result.critical_path) is not None:
        rows.append(("critical path", f"{path.source} to {path.sink}, {path.levels} cells"))
    if result.bitstream is not None:
        rows.append(("bitstream", result.bitstream))
    return facts(f"{result.preset}, {result.lanes} lanes, on {result.device}", rows)


def bitstream(result: BitstreamResult) -> Table:
    """Return a bitstream's file, its clock and what it uses."""
    rows: list[tuple[str, object]] = [
        ("file", result.bitstream),
        ("bytes", result.size),
        ("clock asked", f"{result.asked_mhz:g} MHz"),
        ("clock made", f"{result.clock_mhz:g} MHz"),
        ("clock reached", f"{result.fmax_mhz:g} MHz"),
        ("4-input LUTs", result.luts),
        ("flip-flops", result.ffs),
    ]
    rows += [(f"block RAMs {kind}", count) for kind, count in result.brams.items()]
    return facts(f"{result.preset}, {result.lanes} lanes, on {result.board}", rows)


def confusion(counts: Mapping[tuple[int, int], int], classes: Sequence[str]) -> Table:
    """Return how often samples of each class were recognised as which, from counts by both: a row
    for each class.
    """
    table = Table(title="class, and what it was recognised as", title_justify="left",
                  box=box.SIMPLE, show_header=False)  # fmt: skip
    for label in sorted({label for (label, _), count in counts.items() if count}):
        row = [(n, winner) for (other, winner), n in counts.items() if n and other == label]
        text = ", ".join(
            f"{count} {name_of(winner, classes)}"
            for count, winner in sorted(row, key=lambda one: -one[0])
        )
        # Names are the user's: brackets in them are no markup.
        table.add_row(escape(name_of(label, classes)), escape(text))
    return table


#: Errors of a training. While the label teaches, it corrects the answer that is counted.
TITLES = {
    "test_error": "test error",
    "validation_error": "validation error",
    "taught_error": "error while being taught",
}


def training(figures: dict[str, object]) -> Table:
    """Return the figures of a training, or of several with their deviation."""
    rows: list[tuple[str, object]] = []
    for key in TITLES:
        text = f"{figures[key]:.2%}"
        if f"{key}_deviation" in figures:
            text += f" +- {figures[f'{key}_deviation']:.2%}"
        rows.append((TITLES[key], text))
    rows.append(("synaptic operations per sample", figures["synaptic_operations_per_sample"]))
    rows.append(("processor time per sample (ms)", figures["cpu_ms_per_training_sample"]))
    seeds = f"run {figures['run']} (seed {figures['seed']})"
    return facts(f"{figures['preset']}, {figures['data']}, {seeds}", rows)


def training_on_machine(figures: Mapping[str, Any]) -> Table:
    """Return the figures of a training on a machine, and what the line carried."""
    shown = [
        ("test error", f"{figures['test_error']:.2%}"),
        ("error while being taught", f"{figures['taught_error']:.2%}"),
        ("weights as the golden model's", figures["weights_equal"]),
        ("samples", figures["samples"]),
    ]
    if figures["samples"]:
        shown += [
            ("bytes to the machine per sample", figures["bytes_per_sample"]),
            ("bytes back per sample", figures["reply_bytes_per_sample"]),
            ("samples a second of a line of 3 Mbaud", figures["link_samples_per_second_3mbaud"]),
        ]
    shown += [("commands sent again", figures["retries"]),
              ("errors reported", figures["errors_reported"])]  # fmt: skip
    return facts(f"{figures['preset']} at {figures['port']}, {figures['data']}", shown)
