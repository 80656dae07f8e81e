"""An explanation on the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from erbium.scripts.common.tables import facts
from erbium.scripts.diagnosis.activity import Activity, LayerActivity
from erbium.scripts.diagnosis.explanation import Explanation


def layer_rows(layer: LayerActivity) -> list[tuple[str, str]]:
    """Return what is told of a layer: what it is called, and the figure."""

    def of_all(neurons: int) -> str:
        return f"{neurons} ({neurons / layer.neurons:.0%})"

    return [
        ("neurons", str(layer.neurons)),
        ("spikes of a neuron in a sample", f"{layer.spikes:.2f}"),
        ("spikes of a neuron in a tick", f"{layer.rate:.4f}"),
        ("neurons that never spike", of_all(layer.silent)),
        ("neurons that spike whenever they can", of_all(layer.saturated)),
        ("membranes excited beyond their range", f"{layer.clipped:.2%}"),
        ("gates open, of all ticks", f"{layer.gate_open:.1%}"),
        ("neurons with a gate that never opens", of_all(layer.gates_closed)),
        ("neurons with a gate that never closes", of_all(layer.gates_open)),
        ("weights at their limits", f"{layer.weights_at_limits:.1%}"),
        ("weights that a sample changes", f"{layer.updates:.1f}"),
    ]


def machine_rows(activity: Activity) -> list[tuple[str, str]]:
    """Return what is told of the whole machine."""
    return [
        ("training samples watched", str(activity.samples)),
        ("of these mistaken", f"{activity.mistakes:.2%}"),
        ("input spikes of a sample", f"{activity.input_spikes:.1f}"),
        ("inputs that never spike", str(activity.silent_inputs)),
        ("label spikes of a sample", f"{activity.label_spikes:.0f}"),
        ("output spikes of a sample", f"{activity.output_spikes:.1f}"),
        ("error spikes of a sample", f"{activity.error_spikes:.1f}"),
        ("label and output spikes that are errors", f"{activity.unanswered:.0%}"),
    ]


def head_rows(found: Explanation) -> list[tuple[str, str]]:
    """Return the errors of a run."""
    test = found.state.test_error
    return [
        ("validation error", f"{found.validation_error:.2%}"),
        ("test error", "not tested yet" if test is None else f"{test:.2%}"),
    ]


def title(found: Explanation) -> str:
    """Return what the run is called."""
    config, plan = found.state.config, found.state.plan
    layers = "-".join(map(str, config.layers))
    return f"{config.name} ({layers}), {plan.data}, run {plan.run} (seed {config.seed})"


def short_names(activity: Activity) -> list[str]:
    """Return the names of the layers, short enough to head a column."""
    return [layer.name.replace(" layer", "") for layer in activity.layers]


def show(console: Console, found: Explanation) -> None:
    """Print an explanation."""
    activity = found.examination.activity
    console.print(facts(title(found), head_rows(found) + machine_rows(activity)))
    console.print(_layers(activity))
    for heading, lines in (
        ("How it learned", found.curve),
        ("What it confuses (validation samples)", found.confused or ["nothing"]),
        ("What is wrong", list(map(str, found.examination.findings)) or ["nothing found"]),
    ):
        console.print(heading, style="bold")
        for line in lines:
            console.print(f"- {line}", markup=False, highlight=False)
        console.print()


def _layers(activity: Activity) -> Table:
    table = Table(box=box.SIMPLE)
    table.add_column("layer")
    for name in short_names(activity):
        table.add_column(name, justify="right", no_wrap=True)
    for rows in zip(*map(layer_rows, activity.layers), strict=True):
        table.add_row(rows[0][0], *(text for _, text in rows))
    return table
