"""Processes become functions: what they drive and read, and what is refused."""

import re

import pytest
from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.hw.verilog.emission import emit
from erbium.hw.verilog.functions import without_processes


class Parts(wiring.Component):
    """Signals of which parts are assigned in conditions, and others without."""

    i: In(3)
    o: Out(4)
    p: Out(2)

    def elaborate(self, platform):
        m = Module()
        m.d.comb += [self.o[3].eq(1), self.o[0].eq(self.i[2]), self.p[1].eq(1)]
        with m.If(self.i[0]):
            m.d.comb += self.o[1:3].eq(self.i[1:])
        with m.Switch(self.i):
            with m.Case(5):
                m.d.comb += self.p[0].eq(1)
        return m


def test_parts_of_a_signal_have_their_own_assignments():
    text = emit(Parts(), "parts")
    assigned = set(re.findall(r"^  assign (.*) = ", text, re.M))
    assert assigned == {"o [2:1]", "p [0:0]", "o[0]", "o[3]", "p[1]"}
    assert "function [2:1] choose_o;" in text
    assert "function [0:0] choose_p;" in text
    assert "choose_o[2:1] = 2'h0;" in text
    assert "always" not in text
    assert "reg" not in text
    # Every case has a default.
    assert text.count("casez") == text.count("default: ;\n      endcase") == 1


class Counter(wiring.Component):
    """A register, and a signal that is called as its function would be."""

    en: In(1)
    choose_count: Out(1)
    count: Out(8)

    def elaborate(self, platform):
        m = Module()
        with m.If(self.en):
            m.d.comb += self.choose_count.eq(self.count[0])
            m.d.sync += self.count.eq(self.count + 1)
        return m


def test_functions_are_named_after_registers_and_unlike_everything_else():
    text = emit(Counter(), "counter")
    assert set(re.findall(r"function (?:\[7:0\] )?(\w+);", text)) == {
        "choose_count_2",
        "choose_choose_count",
    }
    assert re.search(r"reg \[7:0\] count = 8'h00;", text)
    assert re.findall(r"always .*", text) == ["always @(posedge clk)"]


class ReadsItself(wiring.Component):
    """A signal of which a part depends on another part."""

    i: In(1)
    o: Out(2)

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o[1].eq(self.i)
        with m.If(self.o[1]):
            m.d.comb += self.o[0].eq(1)
        return m


def test_process_that_reads_what_it_drives_is_refused():
    # Verilator can take the old value of a part that another process drives.
    with pytest.raises(ValueError, match=r"a process drives o in part, and reads it; use another"):
        emit(ReadsItself(), "reads")


MODULE = """module some(a, b);
  input [3:0] a;
  output [3:0] b;
  reg [3:0] b;
  reg [3:0] c;
  reg \\$auto$verilog_backend.cc:1:dump_module$1  = 0;
  always @* begin
    if (\\$auto$verilog_backend.cc:1:dump_module$1 ) begin end
    b = 4'h0;
    if (a[0]) begin
      b = a;
    end
  end
endmodule
"""


def test_starter_is_gone_and_what_is_driven_is_a_wire():
    text = without_processes(MODULE)
    assert "dump_module" not in text
    assert "  wire [3:0] b;\n  reg [3:0] c;\n" in text
    assert "    input [3:0] a;\n    begin\n      choose_b = 4'h0;\n" in text
    assert "  assign b = choose_b(a);\n" in text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("      b = a;", "      c = a;", "drives b and something else"),
        ("    b = 4'h0;", "    b[3] = 1'h0;\n    b[0] = 1'h0;", None),
        ("b = 4'h0;\n    if (a[0]) begin\n      b = a;\n    end",
         "b[3] = 1'h0;\n    b[0] = 1'h0;", "not bits next to each other"),
        ("always @* begin", "always @(a) begin", None),
        ("always @* begin", "always @* begin : named", "process is left"),
    ],
    ids=["two signals", "whole after all", "two parts", "a list", "a name"],
)  # fmt: skip
def test_processes_of_other_kinds_are_refused(old, new, message):
    assert old in MODULE
    if message is None:
        without_processes(MODULE.replace(old, new))
        return
    with pytest.raises(ValueError, match=message):
        without_processes(MODULE.replace(old, new))


def test_every_case_has_one_default():
    body = "".join(
        f"    {line}\n"
        for line in (
            "y = 2'h0;",
            "casez ({ a, b })",
            "  2'b1?:",
            "      y = 2'h1;",
            "  default:",
            "      case (c)",
            "        1'h1:",
            "            y = 2'h2;",
            "      endcase",
            "endcase",
        )
    )
    declared = "  input a;\n  input b;\n  input c;\n  output [1:0] y;\n  reg [1:0] y;\n"
    text = without_processes(f"module m(a, b, c, y);\n{declared}  always @* begin\n{body}  end\n")
    assert text.count("default") == 2
    inner = text.index("case (c)")
    assert inner < text.index("default: ;") < text.index("endcase", inner)
