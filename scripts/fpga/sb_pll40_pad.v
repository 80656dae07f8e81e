// The PLL of an iCE40 beside its pin, in a simulation without time: the pin's clock is the one it makes.
module SB_PLL40_PAD(
  input PACKAGEPIN, output PLLOUTCORE, output PLLOUTGLOBAL, input EXTFEEDBACK,
  input [7:0] DYNAMICDELAY, output LOCK, input BYPASS, input RESETB, input LATCHINPUTVALUE,
  output SDO, input SDI, input SCLK
);
  parameter FEEDBACK_PATH = "SIMPLE";
  parameter DIVR = 4'b0000;
  parameter DIVF = 7'b0000000;
  parameter DIVQ = 3'b000;
  parameter FILTER_RANGE = 3'b000;
  assign PLLOUTCORE = PACKAGEPIN;
  assign PLLOUTGLOBAL = PACKAGEPIN;
  assign LOCK = RESETB;
  assign SDO = 1'b0;
endmodule
