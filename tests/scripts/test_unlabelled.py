"""Samples without labels are answered: winners by name, and no error that nobody can know."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from .conftest import figures

NAMES = ("left", "middle", "right")
KINDS = np.arange(60) % 3
X = np.random.default_rng(2).normal(0, 0.3, (60, 2)) + np.array([[-4, 1], [0, 3], [4, -2]])[KINDS]


@pytest.fixture
def port(erbium) -> tuple[object, ...]:
    """Learn a table; return the options that say so."""
    np.savez("own.npz", x=X, y=np.array(NAMES)[KINDS])
    result = erbium("train", "--data", "own.npz", "--hidden", 8, "--inputs", "pairs,bias",
                    "--epochs", 8, "--out", "run")  # fmt: skip
    assert result.exit_code == 0, result.output
    erbium("export", "run", "--out", "out")
    return "--port", "model:out/own-8.toml", "--checkpoint", "run/run-0/checkpoint.npz"


def write(name: str) -> None:
    """Write all samples, and nothing of their labels."""
    rows = [f"{x!r},{y!r}" for x, y in X.tolist()]
    if name == "x.npz":
        np.savez(name, x=X)
    elif name == "X_test.npz":
        np.savez(name, X=X, about=np.arange(3))
    elif name in ("new.npy", "x.npy"):
        np.save(name, X)
    elif name == "names.csv":
        Path(name).write_text("\n".join(["across,up", *rows]))
    else:
        Path(name).write_text("\n".join(rows))


def test_winners_are_named(port: tuple[object, ...], erbium) -> None:
    # What those that have labels win.
    y = np.array(NAMES)[KINDS]
    np.savez("all.npz", x=X, y=y, x_test=X, y_test=y)
    erbium("device", "classify", *port, "--data", "all.npz", "--json", "all.json")
    winners = figures("all")["winners"]
    assert len(set(winners)) > 1
    for name in ("x.npz", "X_test.npz", "new.npy", "x.npy", "names.csv", "plain.csv"):
        write(name)
        result = erbium("device", "classify", *port, "--data", name, "--json", "a.json")
        assert result.exit_code == 0, result.output
        found = figures("a")
        assert (found["error"], found["part"], found["samples"]) == (None, None, 60)
        assert found["winners"] == winners
        assert found["names"] == [NAMES[k] for k in winners]
        assert f"sample 2: {found['names'][1]}\n" in result.output
        assert "not recognised" not in result.output
    few = erbium("device", "classify", *port, "--data", name, "--samples", 5, "--json", "a.json")
    assert few.exit_code == 0
    assert figures("a")["winners"] == winners[:5]


def test_what_cannot_be_shown_is_refused(port: tuple[object, ...], erbium) -> None:
    def refused(*args: object) -> str:
        result = erbium("device", "classify", *port, "--data", *args)
        assert result.exit_code == 2, result.output
        return " ".join(result.stderr.split())

    write("x.npz")
    assert "'x.npz' has no labels, and so it has no parts" in refused("x.npz", "--part", "test")
    assert "cannot take 61 of 60 samples" in refused("x.npz", "--samples", 61)
    assert "take no label, not 'last'" in refused("x.npz", "--label", "last")
    np.savez("more.npz", x=np.ones((4, 3)))
    assert "'more.npz' have 3 numbers and no label, but 2 were learned" in refused("more.npz")
    Path("bad.csv").write_text("up,across\n1,2\n3,\n")
    assert "'bad.csv' row 3, column 2 ('across') is empty" in refused("bad.csv")


def test_intensities_need_no_training(erbium, tiny_data: Path) -> None:
    np.savez("x.npz", x=np.random.default_rng(1).integers(0, 256, (4, 12)))
    result = erbium("device", "classify", "--port", "model:tiny", "--data", "x.npz", "--json", "a")
    assert result.exit_code == 0, result.output
    assert f"sample 4: {json.loads(Path('a').read_text())['winners'][3]}\n" in result.output
    np.savez("x.npz", x=np.full((4, 12), 256))
    result = erbium("device", "classify", "--port", "model:tiny", "--data", "x.npz")
    assert result.exit_code == 2
    assert "'x.npz': x[0, 0] is 256, but values are taken as they are" in result.stderr
