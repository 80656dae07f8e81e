"""Emission: nothing that simulators understand differently."""

import re

import pytest

from golden.presets import preset
from hw.verilog import emit_core

#: A name in Verilog, escaped or not.
NAME = r"(\\\S+|[A-Za-z_$][\w$]*)"


def feeds_itself(verilog):
    """Return the names that a combinational block drives in part and also reads."""
    found = set()
    for block in re.findall(r"^  always @\*\s*(begin\n.*?^  end\n|.*?;\n)", verilog, re.M | re.S):
        writes = [re.match(rf"\s*{NAME}\s*(?:\[[^\]]*\])?\s*=", line) for line in block.split("\n")]
        for name in {write[1] for write in writes if write}:
            reads = re.sub(rf"^\s*{re.escape(name)}\s*(?:\[[^\]]*\])?\s*=", "", block, flags=re.M)
            if re.search(rf"(?<![\w$\\.]){re.escape(name)}(?![\w$.])", reads):
                found.add(name)
    return found


@pytest.mark.parametrize("changes", [{}, {"encoder": "events", "lanes": 1}, {"memory": "spram"}])
def test_no_block_reads_what_it_drives(changes):
    """Verilator can take the old value of a part that another block drives."""
    assert feeds_itself(emit_core(preset("tiny").replace(**changes))) == set()


def test_block_that_reads_what_it_drives_is_found():
    inner = "    a[3:0] = b;\n    if (a[4]) begin\n      a[3:0] = 0;\n    end\n"
    block = f"  always @* begin\n{inner}  end\n"
    assert feeds_itself(block) == {"a"}
    assert feeds_itself(block.replace("a[4]", "c")) == set()
