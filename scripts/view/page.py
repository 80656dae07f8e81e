"""A run as one page: everything stands in the file, and nothing is asked of any network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
from threadpoolctl import threadpool_limits

from erbium.scripts.common.files import write_text
from erbium.scripts.diagnosis import printed
from erbium.scripts.diagnosis.explanation import Explanation
from erbium.scripts.view import pictures, samples, weights

#: What a page is called, beside the checkpoint that it shows.
PAGE = "view.html"

#: Sections and their names.
SECTIONS = (
    ("diagnosis", "Diagnosis"), ("learning", "How it learned"), ("layers", "Layers"),
    ("spikes", "Spikes"), ("traces", "Membranes and dendrites"), ("weights", "Weights"),
    ("confusion", "Confusion"), ("misread", "Misread samples"),
)  # fmt: skip


def write(found: Explanation, path: Path) -> None:
    """Write the page of a run to `path`."""
    write_text(path, text(found))


def text(found: Explanation) -> str:
    """Return the page of a run."""
    # What comes from data and configurations is escaped; a name that is missing is a mistake.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True,
    )  # fmt: skip
    page = environment.get_template("page.html.j2")
    with threadpool_limits(1, "blas"):
        drawings = _drawings(found)
    return page.render(_words(found) | drawings | _misread(found))


def _words(found: Explanation) -> dict[str, Any]:
    activity = found.examination.activity
    layers = [printed.layer_rows(layer) for layer in activity.layers]
    return {
        "title": printed.title(found),
        "sections": SECTIONS,
        "findings": found.examination.findings,
        "same_data": found.same_data,
        "head": printed.head_rows(found) + printed.machine_rows(activity),
        "curve_words": found.curve,
        "layer_headings": ["", *printed.short_names(activity)],
        "layer_rows": [
            [rows[0][0], *(value for _, value in rows)] for rows in zip(*layers, strict=True)
        ],
        "confused": found.confused,
        "classes": found.classes,
        "confusion": found.confusion.tolist(),
    }


def _drawings(found: Explanation) -> dict[str, Any]:
    config, shown = found.state.config, samples.shown(found)
    layers = range(len(found.state.weights))
    return {
        "curve": pictures.learning(found.state),
        "rates": pictures.rates(config, samples.spikes_of_neurons(found)),
        "rasters": [pictures.raster(config, sample, found.classes) for sample in shown],
        "traces": [pictures.traces(config, shown[0], layer) for layer in layers],
        "weights": weights.pictures(config, found.state.weights, found.dataset.validation.pixels),
    }


def _misread(found: Explanation) -> dict[str, Any]:
    part, outcomes = found.dataset.validation, found.validation
    image = part.pixels
    chosen = []
    for number in samples.misread(found):
        one = {
            "number": number, "label": found.classes[part.labels[number]],
            "winner": found.classes[outcomes.winners[number]],
            "answers": outcomes.counts[number, [part.labels[number], outcomes.winners[number]]],
        }  # fmt: skip
        if image is not None:
            one["source"] = pictures.pixels(part.samples[number].reshape(image))
        chosen.append(one)
    return {
        "misread": chosen,
        "misread_count": int((outcomes.winners != part.labels).sum()),
        "misread_rows": [
            [one["number"], one["label"], one["winner"], *one["answers"].tolist()]
            for one in chosen
        ],
        "has_images": image is not None,
    }  # fmt: skip
