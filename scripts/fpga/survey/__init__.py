"""The survey of FPGAs: cores on devices, measured and written down.

Reading order: `description` (what is measured: docs/fpga.toml), `measure` (doing it, once for
each core and device), `document` (docs/fpga.md and its figures).
"""
