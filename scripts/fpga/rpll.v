// The PLL of a Gowin chip in a simulation without time: its input is the clock that it makes.
module rPLL(
  input CLKIN, input CLKFB, input RESET, input RESET_P, input [5:0] FBDSEL, input [5:0] IDSEL,
  input [5:0] ODSEL, input [3:0] PSDA, input [3:0] DUTYDA, input [3:0] FDLY,
  output CLKOUT, output LOCK
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
