"""The text about networks of twelve bits: what each choice is worth, and how much is written."""

from __future__ import annotations

from erbium.scripts.common.markdown import rows
from erbium.scripts.results.described import files
from erbium.scripts.results.figures import change
from erbium.scripts.results.records import Record, Spread, grouped, spread


def ingredients(records: list[Record], folder: str) -> str:
    """Write the section about the networks of twelve bits."""
    lines = []
    for (preset, changed), members in grouped(records, _kind).items():
        counts = (_mean(members, key) for key in ("changed_weights", "error_spikes"))
        errors = (spread(members, key).percent() for key in ("test_error", "validation_error"))
        lines.append([preset, changed, members[0].config.weight_bits, *errors, *counts])
    headings = ["preset", "change", "bits of a weight", "test error (%)", "validation error (%)",
                "changed weights", "error spikes"]  # fmt: skip
    watched = records[0].result["watched_samples"]
    return f"""## Twelve bits, and fewer changes

784-100-10 with one change each. The last two columns are means over {watched} training samples at
full learning rate, with the weights of the end. A weight of twelve bits has a unit of a sixteenth,
and so changes more often.

With eight bits, most changes cancel each other: they are rounded at random to whole units, which
makes weights walk at random. Finer units make smaller steps of it. Three choices make fewer:

* Output neurons rest until the label fires again (`refractory` of the last layer one less than
  `label_period`). Where they may fire faster, as in `mnist-100-12`, the *right* class is "too
  active" and "too quiet" in turn, and half of all error spikes say so.
* Weights change only late in a sample (`learning_start`), in larger steps: errors of both signs
  cancel in the dendrite before they reach a weight, and only a part of the events writes weights.
* Weights rest while the true class leads all others by `learning_margin` spikes: what is answered
  well teaches nothing, but its errors of both signs go on changing weights.

{rows(headings, lines)}

{files(records, folder, "ingredients")}"""


def _kind(record: Record) -> tuple[str, str]:
    name = change(record)
    return record.job["preset"], "" if name == "the preset" else name


def _mean(members: list[Record], key: str) -> str:
    mean = Spread.of(record.result["trained"][key] for record in members).mean
    return f"{mean:,.0f}" if mean >= 100 else f"{mean:.1f}"
