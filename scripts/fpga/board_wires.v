// Cells between a chip and its board, as wires: pins have one direction each, and the clock that a
// PLL makes is the one that comes in. Everything else of a netlist stays what it is.

module SB_PLL40_PAD(input PACKAGEPIN, RESETB, BYPASS, output PLLOUTGLOBAL, LOCK);
  parameter FEEDBACK_PATH = "SIMPLE";
  parameter [3:0] DIVR = 4'b0000;
  parameter [6:0] DIVF = 7'b0000000;
  parameter [2:0] DIVQ = 3'b000;
  parameter [2:0] FILTER_RANGE = 3'b000;
  assign PLLOUTGLOBAL = PACKAGEPIN;
  assign LOCK = RESETB;
endmodule

module SB_PLL40_CORE(input REFERENCECLK, RESETB, BYPASS, output PLLOUTGLOBAL, LOCK);
  parameter FEEDBACK_PATH = "SIMPLE";
  parameter [3:0] DIVR = 4'b0000;
  parameter [6:0] DIVF = 7'b0000000;
  parameter [2:0] DIVQ = 3'b000;
  parameter [2:0] FILTER_RANGE = 3'b000;
  assign PLLOUTGLOBAL = REFERENCECLK;
  assign LOCK = RESETB;
endmodule

module SB_IO(inout PACKAGE_PIN, input CLOCK_ENABLE, OUTPUT_ENABLE, D_OUT_0, output D_IN_0);
  parameter [5:0] PIN_TYPE = 6'b000000;
  parameter [0:0] PULLUP = 1'b0;
  parameter IO_STANDARD = "";
  generate if (PIN_TYPE[5:2] == 4'b0000) assign D_IN_0 = PACKAGE_PIN;
  else assign PACKAGE_PIN = D_OUT_0; endgenerate
endmodule

module SB_GB_IO(inout PACKAGE_PIN, input CLOCK_ENABLE, output GLOBAL_BUFFER_OUTPUT);
  parameter [5:0] PIN_TYPE = 6'b000000;
  parameter [0:0] PULLUP = 1'b0;
  parameter IO_STANDARD = "";
  assign GLOBAL_BUFFER_OUTPUT = PACKAGE_PIN;
endmodule

module EHXPLLL(
  input CLKI, CLKFB, RST, STDBY, ENCLKOP, PHASESEL0, PHASESEL1, PHASEDIR, PHASESTEP, PHASELOADREG,
  PLLWAKESYNC, output CLKOP, LOCK
);
  parameter CLKI_DIV = 1;
  parameter CLKFB_DIV = 1;
  parameter CLKOP_DIV = 8;
  parameter CLKOP_ENABLE = "ENABLED";
  parameter CLKOP_CPHASE = 0;
  parameter FEEDBK_PATH = "CLKOP";
  assign CLKOP = CLKI;
  assign LOCK = !RST;
endmodule

module TRELLIS_IO(inout B, input I, T, output O);
  parameter DIR = "INPUT";
  generate if (DIR == "INPUT") assign O = B;
  else assign B = I; endgenerate
endmodule

module rPLL(
  input CLKIN, CLKFB, RESET, RESET_P, input [5:0] FBDSEL, IDSEL, ODSEL,
  input [3:0] PSDA, DUTYDA, FDLY, output CLKOUT, LOCK
);
  parameter DEVICE = "";
  parameter FCLKIN = "";
  parameter DYN_IDIV_SEL = "false";
  parameter IDIV_SEL = 0;
  parameter DYN_FBDIV_SEL = "false";
  parameter FBDIV_SEL = 0;
  parameter DYN_ODIV_SEL = "false";
  parameter ODIV_SEL = 8;
  parameter CLKFB_SEL = "internal";
  assign CLKOUT = CLKIN;
  assign LOCK = !RESET;
endmodule

module IBUF(input I, output O);
  assign O = I;
endmodule

module OBUF(input I, output O);
  assign O = I;
endmodule

module TBUF(input I, OEN, output O);
  assign O = I;
endmodule
