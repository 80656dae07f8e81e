"""The text about the networks that were compared: errors, depth, and the cost of learning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from erbium.golden.config import ALWAYS_TRANSMITS
from erbium.scripts.common.markdown import figure, rows
from erbium.scripts.results.columns import NAMES, column, columns, heading
from erbium.scripts.results.described import files
from erbium.scripts.results.figures import layers_text, learning_cost
from erbium.scripts.results.paper import PAPER, WITNESS
from erbium.scripts.results.records import Record, Spread, grouped
from erbium.scripts.results.second_layer import error, fit, passes_of, second_layer

#: Validation errors whose cost is stated, and the columns of whose networks.
GOALS = (0.05, 0.03, 0.025)
COSTED = ("plain", "plain, margin", "plain, 12 bits", "rbp", "bp")


def table(records: list[Record], folder: str) -> str:
    """Write the section about the networks."""
    return f"""## Test error of five networks

Test error in percent ± deviation (number of seeds) / the paper's figure.

{_errors(records, columns(records), PAPER)}

The paper's figures (Neftci et al. 2017) are recalled from memory and must be checked before they
are quoted. {_witness()}
The paper's columns are eRBP with additive noise, eRBP with blank-out synapses, and artificial
networks with random feedback and with the exact gradient. The networks in floating point have
biases and learn from mini-batches. Passes over the training samples: {_passes(records)}. Columns
with fewer passes are at a disadvantage.{_explained(records)}

{figure(folder, "table", "Dots for the test error of five networks, one for each column")}

{_second(records, "the test error")}

In floating point, a second layer helps with the exact gradient, and does not with random feedback,
which is all that this machine has. See also "What depth buys" below.

{_fits(records)}

{_cost(records, folder)}

{files(records, folder, "table")}"""


def fashion(records: list[Record], folder: str) -> str:
    """Write the section about the same networks and another data set."""
    return f"""## Test error on Fashion-MNIST

Test error in percent ± deviation (number of seeds) of the same networks on pictures of clothes
(Xiao et al. 2017, arXiv 1708.07747). This machine has the constants that were chosen on MNIST.
Those of the networks in floating point were chosen here, on validation samples: with MNIST's,
random feedback diverges.

{_errors(records, columns(records, ()), None)}

Passes over the training samples: {_passes(records)}.{_explained(records)}

{figure(folder, "fashion", "Dots for the test error of the networks on Fashion-MNIST")}

{_second(records, "the test error")}

{_fits(records)}

{files(records, folder, "fashion")}"""


def _fits(records: list[Record]) -> str:
    return f"""### Training errors

The error in percent on the training samples (moved, where it says so), counted while they were
learned in the last pass. While the label teaches this machine, it also pushes the outputs, so its
columns are too low to be compared with the others. In floating point, a second hidden layer learns
the training samples better with the exact gradient, and worse with random feedback, by recipes that
validation samples chose: with random feedback, weights of two layers decay faster.

{_errors(records, columns(records, ()), None, fit)}

{_second(records, "this error", fit)}"""


def _second(records: list[Record], what: str, figure_of: Callable[[Record], float] = error) -> str:
    return f"""A second hidden layer as large as the first changes {what}, in points (± the standard
error of the difference, where there are more seeds than one), by

{second_layer(records, figure_of)}"""


def _errors(
    records: list[Record],
    kinds: Iterable[str],
    paper: Mapping[tuple[int, ...], Mapping[str, float]] | None,
    figure_of: Callable[[Record], float] = error,
) -> str:
    """Write the errors of all networks, with the paper's if there is one."""
    kinds, lines = list(kinds), []
    for layers, members in grouped(records, lambda record: tuple(record.config.layers)).items():
        cells: list[str] = [layers_text(layers)]
        for kind in kinds:
            chosen = [record for record in members if column(record) == kind]
            found = list(map(figure_of, chosen))
            ours = f"{Spread.of(found).percent()} ({len(found)})" if found else "-"
            recalled = (paper or {}).get(layers, {}).get(kind)
            theirs = f"{recalled:.2f}" if recalled else "-"
            # The paper has only standing columns.
            cells.append(ours if paper is None or kind not in NAMES else f"{ours} / {theirs}")
        lines.append(cells)
    return rows(["network", *map(heading, kinds)], lines)


def _passes(records: list[Record]) -> str:
    """Say how often each column's networks saw the training samples."""
    passes = []
    for kind, members in grouped(records, column).items():
        passes.append(f"{heading(kind)} {passes_of(members)}")
    return "; ".join(passes)


def _explained(records: list[Record]) -> str:
    """Say what words of columns mean, where there are such columns."""
    told = {
        "shifted": """
Where it says "shifted", each training image was moved by up to a pixel (or so many) in x and in y,
at random and anew in every pass; so the network was told something of how pixels lie.""",
        "margin": """
Where it says "margin", weights change only while the true class leads all others by fewer spikes
than `learning_margin` says: what is answered well teaches nothing. Its presets change more than
that: weights change late in a sample, and outputs rest until the label fires again. The values
differ between networks (`erbium new NAME --like mnist-100-margin` writes them to a file).""",
        "blank": f"""
With blank-out, a synapse transmits an event with a probability of {_probabilities(records)}.""",
    }
    seen = {word for record in records for word in column(record).split(", ")}
    return "".join(text for word, text in told.items() if any(one.startswith(word) for one in seen))


def _probabilities(records: list[Record]) -> str:
    """Say with which probability synapses of each network transmit, where some do not."""
    blank = [record for record in records if record.config.transmit < ALWAYS_TRANSMITS]
    found = []
    for layers, members in grouped(blank, lambda record: record.config.layers).items():
        values = sorted({record.config.transmit for record in members}, reverse=True)
        found.append(f"{' or '.join(f'{v}/{ALWAYS_TRANSMITS}' for v in values)} in "
                     f"{layers_text(layers)}")  # fmt: skip
    return ", ".join(found)


def _witness() -> str:
    """Say which figure of the paper another publication quotes."""
    layers, kind, accuracy = WITNESS
    return f"""One of them has a public witness: Tavanaei et al. 2018 (arXiv 1804.08150,
Table I) give an accuracy of {accuracy:.2f} % for "event-driven random backpropagation, Neftci
2017", which is the error of {PAPER[layers][kind]:.2f} % of {layers_text(layers)} with blank-out."""


def _cost(records: list[Record], folder: str) -> str:
    lines = []
    networks = grouped(records, lambda record: tuple(record.config.layers))
    for layers, members in networks.items():
        for kind in COSTED:
            chosen = [record for record in members if column(record) == kind]
            if not chosen:
                continue
            operations, errors = learning_cost(chosen)
            cells = [layers_text(layers), heading(kind)]
            for goal in GOALS:
                reached = [o for o, error in zip(operations, errors, strict=True) if error <= goal]
                cells.append(f"{reached[0] / 1e9:.1f}" if reached else "-")
            lines.append(cells)
    headings = ["network", "rule", *(f"to {100 * goal:g} %" for goal in GOALS)]
    return f"""### What learning costs

Billions of operations until the validation error (its mean over seeds) was first at a goal, checked
after every pass, so that the cost of a single pass is the least there is. Each network ran one
whole course of learning rates, and a course made for a goal could be shorter.

Operations of this machine and of floating point are not the same work. A synaptic operation of this
machine is one event at one synapse: the addition of a weight to a membrane and, where it learns, of
a change to the weight. Synapses that blank-out silences are counted, the feedback of errors (at
most one addition per neuron and error spike) is not. An operation of a floating-point network is a
multiply-accumulate, counted forward, backward and for the update of the weights.

{rows(headings, lines)}

{figure(folder, "cost", "Validation error over the number of operations in training")}"""
