"""What the classifier makes of its parameters, and what it refuses."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_wine

import erbium
from erbium import Classifier, ConfigError, DataError

X, Y = load_wine(return_X_y=True)
QUICK = {"hidden_layer_sizes": (8,), "epochs": 2}


def test_constants_come_from_a_configuration(tmp_path: Path) -> None:
    base = dataclasses.replace(
        erbium.preset("digits"), name="mine", layers=(5, 9, 4, 2), threshold=(500, 400, 300),
        **{name: (value[0], value[0], value[1]) for name, value in
           erbium.preset("digits").as_dict().items()
           if isinstance(value, (list, tuple)) and len(value) == 2 and name != "threshold"},
    )  # fmt: skip
    made = Classifier(config=base, epochs=1).fit(X, Y).state_.config
    # Each layer keeps what is its own.
    assert made.layers == (27, 9, 4, 3)
    assert made.threshold == (500, 400, 300)
    file = tmp_path / "mine.toml"
    file.write_text(erbium.golden.config_file.dump(base))
    assert Classifier(config=str(file), epochs=1).fit(X, Y).state_.config == made
    made = Classifier(6, config=base, epochs=1).fit(X, Y).state_.config
    assert (made.layers, made.threshold) == ((27, 6, 3), (500, 300))


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"epochs": 0}, "epochs must be whole numbers from 1, not 0"),
        ({"epochs": 2.5}, "not 2.5"),
        ({"changes": "threshold=256"}, "changes must be a dict such as {'threshold': 256}, not 't"),
        ({"changes": 256}, "changes must be a dict"),
        ({"config": {"threshold": 256}}, "config must be a Config, .* give single values as chang"),
        ({"epochs": 2, "rates": [256]}, "both say how many passes"),
        ({"rates": []}, "rates are empty"),
        ({"rates": [300]}, "300"),
        ({"rates": "fast"}, "'fast' is no list"),
        ({"hidden_layer_sizes": (8, 0)}, "hidden_layer_sizes must be whole numbers from 1, not 0"),
        ({"hidden_layer_sizes": 2.0}, "not 2.0"),
        ({"inputs": ("bais",)}, "inputs may be pairs and bias, not 'bais'"),
        ({"inputs": "pairs,bais"}, "not 'bais'"),
        ({"scaling": "log"}, "scaling must be one of"),
        ({"engine": "gpu"}, "engine must be one of fast, numpy, not 'gpu'"),
        ({"random_state": -1}, "random_state must be an integer from 0"),
        ({"validation_fraction": 1.0}, "validation_fraction must lie in 0 to 1"),
        ({"validation_fraction": "some"}, "not 'some'"),
        ({"config": "digit"}, "unknown preset 'digit'"),
        ({"changes": {"treshold": 3}}, "treshold"),
        ({"changes": {"layers": (27, 3)}}, "give hidden_layer_sizes"),
        ({"changes": {"encoder": "events"}}, "takes events, not intensities"),
        ({"augment": 1}, "augment 1 is no NAME=VALUE, such as shift=1"),
        ({"augment": "shift=1"}, "other inputs beside them; take no inputs such as pairs"),
        ({"augment": "shift=1", "inputs": ()}, "columns of 'arrays' were scaled one by one"),
        ({"changes": {"learning": False}}, "its learning is false"),
    ],
)
def test_what_makes_no_training_is_refused(parameters: dict[str, object], text: str) -> None:
    with pytest.raises((DataError, ConfigError), match=text):
        Classifier(**parameters).fit(X, Y)


@pytest.mark.parametrize("threshold", [
    np.int64(300), np.uint16(300), np.array([300, 200]), (np.int64(300), 200), [300, np.int32(200)],
])  # fmt: skip
def test_values_of_numpy_are_numbers(threshold: object, tmp_path: Path) -> None:
    # As a search draws them: they have to be written, too.
    made = Classifier((8,), rates=np.array([256, 64]), changes={"threshold": threshold}).fit(X, Y)
    plain = Classifier((8,), rates=[256, 64], changes={"threshold": np.array(threshold).tolist()})
    assert made.state_.config == plain.fit(X, Y).state_.config
    loaded = Classifier.load(made.save(tmp_path / "run"))
    assert loaded.state_.plan.rates == (256, 64)
    assert all(map(np.array_equal, loaded.state_.weights, plain.state_.weights))
    one = Classifier((8,), rates=np.array([128])).partial_fit(X, Y, classes=np.arange(3))
    assert one.save(tmp_path / "one").exists()


def test_a_file_may_be_a_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(erbium.golden.config_file.dump(erbium.preset("tiny")))
    made = Classifier(config=file, epochs=1).fit(X, Y).state_.config
    assert made == Classifier(config=str(file), epochs=1).fit(X, Y).state_.config


def test_bad_data_are_refused() -> None:
    made = Classifier(**QUICK).fit(X, Y)
    bad = X.copy()
    bad[3, 4] = np.nan
    with pytest.raises(ValueError, match="Input X contains NaN"):
        made.predict(bad)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        Classifier().fit(bad, Y)
    with pytest.raises(ValueError, match="13 features"):
        made.predict(X[:, :4])
    with pytest.raises(ValueError, match="one class only, 0"):
        Classifier().fit(X[Y == 0], Y[Y == 0])
    with pytest.raises(ValueError, match="continuous"):
        Classifier().fit(X, X[:, 0])
    with pytest.raises(DataError, match="training and validation need one each"):
        Classifier(validation_fraction=0.5).fit(X[:60], Y[:60])
