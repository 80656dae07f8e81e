"""Emission: nothing that depends on what happens first at the start of a simulation."""

import re

import pytest

from erbium.golden.presets import preset
from erbium.hw.verilog.emission import check_portable, emit_core

TINY = preset("tiny")

#: The form in which a generator starts processes with a register that only has a start value.
STARTER = """  reg \\starter  = 0;
  always @* begin
    if (\\starter ) begin end
    some = 1'h0;
  end
"""


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"encoder": "events", "lanes": 1, "error_threshold": 3},
        pytest.param({"encoder": "bernoulli", "transmit": 9, "lanes": 16}, marks=pytest.mark.slow),
        {"memory": "spram", "counters": True},
        {"learning": False},
    ],
    ids=str,
)
def test_cores_have_only_assignments_and_clocked_processes(changes):
    text = emit_core(TINY.replace(**changes))
    assert set(re.findall(r"^ *always.*?(?= begin$|$)", text, re.M)) == {"  always @(posedge clk)"}
    assert not re.search(r"\binitial\b", text)
    assert not re.search(r"\b(?:full|parallel)_case\b", text)
    check_portable(text)


@pytest.mark.parametrize(
    ("planted", "message"),
    [
        (STARTER, r"a process waits for no clock edge: always @\* begin"),
        ("  reg \\starter  = 0;\n", r"register \\starter has a start value, but no clock edge"),
        ("  reg [7:0] starter = 8'h00;\n", r"register starter has a start value, but no clock"),
        ("  always_comb some = 1'h0;\n", "a process waits for no clock edge: always_comb"),
        ("  always @(a) some = a;\n", "a process waits for no clock edge"),
    ],
    ids=["process", "escaped", "plain", "SystemVerilog", "list"],
)
def test_what_depends_on_the_start_is_found(planted, message):
    text = emit_core(TINY)
    end = text.rindex("endmodule")
    with pytest.raises(ValueError, match=message):
        check_portable(text[:end] + planted + text[end:])
