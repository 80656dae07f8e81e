"""The text about networks of twelve bits: what each choice is worth, and how much is written."""

from __future__ import annotations

from erbium.scripts.common.markdown import rows
from erbium.scripts.results.columns import augmented
from erbium.scripts.results.described import files
from erbium.scripts.results.figures import change
from erbium.scripts.results.records import Record, Spread, grouped, spread

#: Records by preset and by what was changed; nothing for the preset itself.
Kinds = dict[tuple[str, str], list[Record]]


def ingredients(records: list[Record], folder: str) -> str:
    """Write the section about the networks of twelve bits."""
    lines, kinds = [], grouped(records, _kind)
    for (preset, changed), members in kinds.items():
        counts = (_mean(members, key) for key in ("changed_weights", "error_spikes"))
        errors = (spread(members, key).percent() for key in ("test_error", "validation_error"))
        lines.append([preset, changed, members[0].config.weight_bits, *errors, *counts])
    headings = ["preset", "set otherwise", "bits of a weight", "test error (%)",
                "validation error (%)", "changed weights", "error spikes"]  # fmt: skip
    watched = records[0].result["watched_samples"]
    return f"""## Twelve bits, and fewer changes

784-100-10, and what was set otherwise than in its preset; values with a slash are those of the
hidden and of the output layer. The last two columns are means over {watched} training samples at
full learning rate, with the weights of the end. A weight of twelve bits has a unit of a sixteenth,
and so changes more often. (Two rows are one machine: `mnist-100`, and the same written as
`mnist-100-12` with other values.)

With eight bits, most changes cancel each other: they are rounded at random to whole units, which
makes weights walk at random. Finer units make smaller steps of it. Three choices can make fewer:

* Output neurons rest until the label fires again (`refractory` of the last layer one less than
  `label_period`). Where they may fire faster, as in both presets, the *right* class is "too active"
  and "too quiet" in turn; most error spikes are gone when outputs rest.
* Weights change only late in a sample (`learning_start`), in larger steps (a smaller
  `learning_shift`): errors of both signs cancel in the dendrite before they reach a weight. With
  twelve bits weights change less often for it; with eight, alone, they do not.
* Weights rest while the true class leads all others by `learning_margin` spikes. Without that, a
  sample that is answered well still sends errors of both signs, which change weights and teach
  nothing.

{rows(headings, lines)}

{_chosen(kinds)}

{files(records, folder, "ingredients")}"""


def _chosen(kinds: Kinds) -> str:
    """Say which change of each preset has the lowest validation error, and what it changes.

    Only those with as many bits count, and that see the same images.
    """
    said = []
    for (preset, changed), base in kinds.items():
        if changed:
            continue
        bits = base[0].config.weight_bits
        alike = {
            name: members
            for (other, name), members in kinds.items()
            if other == preset and members[0].config.weight_bits == bits
            and not augmented(members[0])
        }  # fmt: skip
        if len(alike) < 2:
            continue
        best = min(alike, key=lambda name: spread(alike[name], "validation_error").mean)
        if not best:
            said.append(
                f"* With {bits} bits, nothing that was tried has a lower validation error than "
                f"`{preset}`."
            )
            continue
        errors = [spread(members).percent() for members in (alike[best], base)]
        writes = [_mean(members, "changed_weights") for members in (alike[best], base)]
        said.append(
            f"* With {bits} bits, {best} has the lowest validation error: a test error of "
            f"{errors[0]} where `{preset}` has {errors[1]}, and {writes[0]} changed weights for "
            f"{writes[1]}."
        )
    return "\n".join(said)


def _kind(record: Record) -> tuple[str, str]:
    name = change(record)
    return record.job["preset"], "" if name == "the preset" else name


def _mean(members: list[Record], key: str) -> str:
    mean = Spread.of(record.result["trained"][key] for record in members).mean
    return f"{mean:,.0f}" if mean >= 100 else f"{mean:.1f}"
