"""The survey of FPGAs: cores on devices, measured and written down.

Reading order: `entries` (what is measured: docs/fpga.toml), `measurement` (doing it, once for
each core and device), `document` (docs/fpga.md and its figures).
"""
