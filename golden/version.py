"""The version of Erbium, for what is generated or built and has to say where it comes from."""

from __future__ import annotations

#: The same as the package's.
VERSION = "0.1.0"
