"""The small tables that scikit-learn brings along, by name; nothing is fetched."""

from __future__ import annotations

from erbium.scripts.data import raw
from erbium.scripts.data.raw import Raw

#: Their names, and what scikit-learn calls what loads them.
LOADERS = {
    "wine": "load_wine",
    "breast-cancer": "load_breast_cancer",
    "iris": "load_iris",
}

#: Other names of theirs.
ALIASES = {"cancer": "breast-cancer"}

NAMES = (*LOADERS, *ALIASES)


def read(name: str) -> Raw:
    """Return the table called `name`, one of `NAMES`."""
    # Imported here: it takes a second, and most commands do without.
    from sklearn import datasets

    name = ALIASES.get(name, name)
    found = getattr(datasets, LOADERS[name])()
    return raw.from_arrays(name, found.data, found.target_names[found.target])
