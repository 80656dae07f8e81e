"""Verilog that means the same to every tool.

Start with `emission`, which joins the rest: Amaranth's text without processes that wait
(`functions`) and ``initial`` blocks (`initial`), with legal names (`names`, `keywords`) and a
header that explains the ports (`header`, `interface`).
"""

from erbium.hw.verilog.emission import emit, emit_core, module_name

__all__ = ["emit", "emit_core", "module_name"]
