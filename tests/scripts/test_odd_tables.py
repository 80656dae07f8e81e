"""Tables for a machine that has learned: what is odd about them is refused before an answer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import click
import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.cli.data_options import with_data_or_checkpoint
from erbium.scripts.cli.questions import Questions, questions
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.source import Source
from erbium.scripts.train.checkpoint import Checkpoint, Plan

TINY = preset("tiny")

#: As a training on intensities made it, with an input for each of the machine's.
LEARNED = Preparation(12, tuple("abc"), (0.0,) * 12, (255.0,) * 12)

ROW = ",".join(["9"] * 12)
NUMBERED = ",".join(map(str, range(12)))


def ask(
    text: str, *options: object, learned: Preparation | None = LEARNED, source: Source | None = None
) -> Questions:
    """Return what `erbium device classify` shows of a file, after a training or without one."""
    Path("new.csv").write_text(text)
    machine = SimpleNamespace(config=TINY, preparation=learned)
    state = Checkpoint.start(TINY, Plan("own.csv", "0", (1,), 0, preparation=learned,
                                        source=source))  # fmt: skip
    found = []

    @click.command()
    @click.option("--part", default="test")
    @with_data_or_checkpoint
    def command(data: Source, part: str) -> None:
        trained = (None, None) if learned is None else (state, Path("checkpoint.npz"))
        found.append(questions(machine, data, *trained, part, None, lambda *_: None))

    command.main(["--data", "new.csv", *map(str, options)], standalone_mode=False)
    return found[0]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["label", "Class", "target", "kind"])
def test_labels_are_no_column_of_a_sample(name: str) -> None:
    names = ",".join([*"abcdefghijk", name])
    with pytest.raises(DataError, match=f"labels in column 12, for it is called '{name}', and 11"):
        ask(f"{names}\n{ROW}\n", source=Source("own.csv", label="kind"))
    # A place says nothing of a name.
    if name == "kind":
        assert len(ask(f"{names}\n{ROW}\n", source=Source("own.csv", label="last")).samples) == 1


def test_the_first_row_is_taken_as_in_the_training() -> None:
    text = f"{NUMBERED}\n{ROW}\n{ROW}\n"
    found = ask(text, source=Source("own.csv", header=True))
    assert (found.labels, found.samples.tolist()) == (None, [[9] * 12] * 2)
    assert len(ask(text, "--no-header", source=Source("own.csv", header=True)).samples) == 3
    for learned in (LEARNED, None):
        with pytest.warns(DataWarning, match=r"row 1 \(0, 1, 2, 3, ...\) is taken for a sample"):
            assert len(ask(text, learned=learned).samples) == 3
        assert len(ask(text, "--header", learned=learned).samples) == 2


@pytest.mark.parametrize("learned", [LEARNED, None])
def test_names_alone_are_no_sample(learned: Preparation | None) -> None:
    with pytest.raises(DataError, match=r"'new.csv' has names of columns, but no sample; give"):
        ask(",".join("abcdefghijkl") + "\n", learned=learned)
    with pytest.raises(DataError, match="several columns called 'a'"):
        ask(",".join("abcdefghijka") + f"\n{ROW}\n", learned=learned)


@pytest.mark.parametrize(
    "option",
    [("--inputs", "bias"), ("--scaling", "columns"), ("--full-scale", 10)],
    ids=lambda option: option[0],
)
def test_another_way_to_scale_is_refused(option: tuple[str, object]) -> None:
    name = option[0][2:].replace("-", "_")
    with pytest.raises(DataError, match=rf"{name} .* is not that of the training"):
        ask(f"{ROW}\n", *option)
    with pytest.raises(DataError, match=rf"{name} .* needs a training, but samples of 'new.csv'"):
        ask(f"{ROW}\n", *option, learned=None)


def test_the_same_way_to_scale_may_be_repeated() -> None:
    source = Source("own.csv", scaling="common")
    np.testing.assert_array_equal(ask(f"{ROW}\n", "--scaling", "common", source=source).samples, 9)
    with pytest.raises(DataError, match="scaling 'none' is not that of the training"):
        ask(f"{ROW}\n", "--scaling", "none", source=source)
    assert len(ask(f"{ROW}\n", "--scaling", "none", learned=None).samples) == 1
