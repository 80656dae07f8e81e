"""Erbium: a generator of neuromorphic cores that learn on the chip.

The names below are the contract: they stay, with their meaning, through all versions 0.x, and what
changes in them is announced in the changelog. Everything else may move between versions.

================  =======================================================================
`Config`          The description of a machine: frozen, validated.
`preset`          A named configuration.
`Core`            The golden model, in NumPy.
`FastCore`        The same, compiled; needs the extra ``train``.
`NativeCore`      The same, as the emitted Verilog, compiled; needs the extra ``sim``.
`Classifier`      The machine as an estimator of scikit-learn; needs the extra ``train``.
`emit_verilog`    The circuit of a configuration, as text.
`DataError`       Data that a machine cannot take.
`ConfigError`     Values that make no machine.
================  =======================================================================

`erbium.golden` is the specification, executable; `erbium.hw` the circuit; `erbium.sim` compares
the two; `erbium.scripts` is the command ``erbium``. In the repository these are the folders
golden/, hw/, sim/ and scripts/.
"""

from __future__ import annotations

import importlib
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from erbium.extras import DISTRIBUTION, MissingExtra, extra_of, not_installed

if TYPE_CHECKING:
    from erbium.golden.config import Config, ConfigError
    from erbium.golden.core import Core
    from erbium.golden.fast import FastCore
    from erbium.golden.presets import preset
    from erbium.golden.validate import DataError
    from erbium.hw.verilog import emit_core as emit_verilog
    from erbium.scripts.estimator.classifier import Classifier
    from erbium.sim.engines.native import NativeCore

__all__ = [
    "Classifier",
    "Config",
    "ConfigError",
    "Core",
    "DataError",
    "FastCore",
    "NativeCore",
    "__version__",
    "emit_verilog",
    "preset",
]

__version__ = version(DISTRIBUTION)

#: Where each name lives. Nothing is imported before it is asked for: a host that only reads
#: `Config` loads neither the hardware description language nor a compiler.
_HOMES = {
    "Classifier": ("erbium.scripts.estimator.classifier", "Classifier"),
    "Config": ("erbium.golden.config", "Config"),
    "ConfigError": ("erbium.golden.config", "ConfigError"),
    "Core": ("erbium.golden.core", "Core"),
    "DataError": ("erbium.golden.validate", "DataError"),
    "FastCore": ("erbium.golden.fast", "FastCore"),
    "NativeCore": ("erbium.sim.engines.native", "NativeCore"),
    "emit_verilog": ("erbium.hw.verilog", "emit_core"),
    "preset": ("erbium.golden.presets", "preset"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'erbium' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        if extra_of(str(error.name)) is None:
            raise
        raise MissingExtra(f"erbium.{name}: {not_installed(str(error.name))}") from error


def __dir__() -> list[str]:
    return sorted(__all__)
