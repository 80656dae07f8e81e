// Behaviour of ECP5's block RAM, of which Yosys knows only the ports.
//
// Modelled is what Yosys maps memories to: both ports on one clock, no output registers. Whatever
// else a netlist asks for gives unknown values or ends the simulation, and so does what the chip
// leaves open: a port that reads a byte while the other one writes it reads unknown bits.

module DP16KD (
  input DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0,
  input DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0,
  input ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0,
  input ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0,
  input CEA, OCEA, CLKA, WEA, RSTA, CSA2, CSA1, CSA0,
  input CEB, OCEB, CLKB, WEB, RSTB, CSB2, CSB1, CSB0,
  output DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0,
  output DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0
);
  parameter DATA_WIDTH_A = 18, DATA_WIDTH_B = 18;
  parameter WRITEMODE_A = "NORMAL", WRITEMODE_B = "NORMAL";
  parameter REGMODE_A = "NOREG", REGMODE_B = "NOREG";
  parameter CSDECODE_A = "0b000", CSDECODE_B = "0b000";
  parameter CLKAMUX = "CLKA", CLKBMUX = "CLKB";
  // Without effect here: resets are refused below, and start values are always loaded.
  parameter RESETMODE = "SYNC", ASYNC_RESET_RELEASE = "SYNC", GSR = "ENABLED";
  parameter INIT_DATA = "STATIC";
  parameter [319:0] INITVAL_00 = 0, INITVAL_01 = 0, INITVAL_02 = 0, INITVAL_03 = 0;
  parameter [319:0] INITVAL_04 = 0, INITVAL_05 = 0, INITVAL_06 = 0, INITVAL_07 = 0;
  parameter [319:0] INITVAL_08 = 0, INITVAL_09 = 0, INITVAL_0A = 0, INITVAL_0B = 0;
  parameter [319:0] INITVAL_0C = 0, INITVAL_0D = 0, INITVAL_0E = 0, INITVAL_0F = 0;
  parameter [319:0] INITVAL_10 = 0, INITVAL_11 = 0, INITVAL_12 = 0, INITVAL_13 = 0;
  parameter [319:0] INITVAL_14 = 0, INITVAL_15 = 0, INITVAL_16 = 0, INITVAL_17 = 0;
  parameter [319:0] INITVAL_18 = 0, INITVAL_19 = 0, INITVAL_1A = 0, INITVAL_1B = 0;
  parameter [319:0] INITVAL_1C = 0, INITVAL_1D = 0, INITVAL_1E = 0, INITVAL_1F = 0;
  parameter [319:0] INITVAL_20 = 0, INITVAL_21 = 0, INITVAL_22 = 0, INITVAL_23 = 0;
  parameter [319:0] INITVAL_24 = 0, INITVAL_25 = 0, INITVAL_26 = 0, INITVAL_27 = 0;
  parameter [319:0] INITVAL_28 = 0, INITVAL_29 = 0, INITVAL_2A = 0, INITVAL_2B = 0;
  parameter [319:0] INITVAL_2C = 0, INITVAL_2D = 0, INITVAL_2E = 0, INITVAL_2F = 0;
  parameter [319:0] INITVAL_30 = 0, INITVAL_31 = 0, INITVAL_32 = 0, INITVAL_33 = 0;
  parameter [319:0] INITVAL_34 = 0, INITVAL_35 = 0, INITVAL_36 = 0, INITVAL_37 = 0;
  parameter [319:0] INITVAL_38 = 0, INITVAL_39 = 0, INITVAL_3A = 0, INITVAL_3B = 0;
  parameter [319:0] INITVAL_3C = 0, INITVAL_3D = 0, INITVAL_3E = 0, INITVAL_3F = 0;

  localparam [64*320-1:0] INIT = {
    INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C, INITVAL_3B, INITVAL_3A,
    INITVAL_39, INITVAL_38, INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34,
    INITVAL_33, INITVAL_32, INITVAL_31, INITVAL_30, INITVAL_2F, INITVAL_2E,
    INITVAL_2D, INITVAL_2C, INITVAL_2B, INITVAL_2A, INITVAL_29, INITVAL_28,
    INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24, INITVAL_23, INITVAL_22,
    INITVAL_21, INITVAL_20, INITVAL_1F, INITVAL_1E, INITVAL_1D, INITVAL_1C,
    INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18, INITVAL_17, INITVAL_16,
    INITVAL_15, INITVAL_14, INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10,
    INITVAL_0F, INITVAL_0E, INITVAL_0D, INITVAL_0C, INITVAL_0B, INITVAL_0A,
    INITVAL_09, INITVAL_08, INITVAL_07, INITVAL_06, INITVAL_05, INITVAL_04,
    INITVAL_03, INITVAL_02, INITVAL_01, INITVAL_00
  };
  localparam BYTES_A = DATA_WIDTH_A > 9 ? DATA_WIDTH_A / 9 : 1;
  localparam BYTES_B = DATA_WIDTH_B > 9 ? DATA_WIDTH_B / 9 : 1;

  // A port of 1, 2 or 4 bits sees the lower 8 bits of each byte.
  reg [8:0] memory [0:2047];
  reg [35:0] out_a, out_b;

  wire [35:0] in_a = {DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0,
                      DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3, DIA2, DIA1, DIA0};
  wire [35:0] in_b = {18'b0,
                      DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3, DIB2, DIB1, DIB0};
  wire [13:0] at_a = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0};
  wire [13:0] at_b = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0};
  wire [10:0] byte_a = at_a[13:3] & ~(BYTES_A - 1), byte_b = at_b[13:3] & ~(BYTES_B - 1);
  wire [2:0] bit_a = DATA_WIDTH_A < 9 ? at_a[2:0] & ~(DATA_WIDTH_A - 1) : 3'd0;
  wire [2:0] bit_b = DATA_WIDTH_B < 9 ? at_b[2:0] & ~(DATA_WIDTH_B - 1) : 3'd0;
  wire [8:0] mask_a = (DATA_WIDTH_A < 9 ? (1 << DATA_WIDTH_A) - 1 : 9'h1ff) << bit_a;
  wire [8:0] mask_b = (DATA_WIDTH_B < 9 ? (1 << DATA_WIDTH_B) - 1 : 9'h1ff) << bit_b;
  // The lowest address bits of a port of several bytes choose which of them are written.
  wire [3:0] write_a = {4{CEA & WEA}} & (BYTES_A > 1 ? at_a[3:0] : 4'b0001);
  wire [3:0] write_b = {4{CEB & WEB}} & (BYTES_B > 1 ? at_b[3:0] : 4'b0001);
  wire selected = ~|{CSA2, CSA1, CSA0, CSB2, CSB1, CSB0, RSTA, RSTB};

  // Whether port A writes byte `at`; certainly not while nothing is written, at whatever address.
  function hit_a(input [10:0] at);
    hit_a = |write_a && at - byte_a < BYTES_A && write_a[at - byte_a & 3];
  endfunction
  function hit_b(input [10:0] at);
    hit_b = |write_b && at - byte_b < BYTES_B && write_b[at - byte_b & 3];
  endfunction

  integer i, j;
  always @(posedge CLKA)
    if (CEA)
      for (i = 0; i < BYTES_A; i = i + 1) begin
        if (write_a[i])
          memory[byte_a + i] <= (memory[byte_a + i] & ~mask_a) | (in_a[9*i +: 9] << bit_a & mask_a);
        if (!WEA || WRITEMODE_A == "READBEFOREWRITE")
          out_a[9*i +: 9] <= hit_b(byte_a + i) ? 9'bx : (memory[byte_a + i] & mask_a) >> bit_a;
        else if (WRITEMODE_A == "WRITETHROUGH")
          out_a[9*i +: 9] <= in_a[9*i +: 9];
      end
  always @(posedge CLKB)
    if (CEB)
      for (j = 0; j < BYTES_B; j = j + 1) begin
        if (write_b[j])
          memory[byte_b + j] <= (memory[byte_b + j] & ~mask_b) | (in_b[9*j +: 9] << bit_b & mask_b);
        if (!WEB || WRITEMODE_B == "READBEFOREWRITE")
          out_b[9*j +: 9] <= hit_a(byte_b + j) ? 9'bx : (memory[byte_b + j] & mask_b) >> bit_b;
        else if (WRITEMODE_B == "WRITETHROUGH")
          out_b[9*j +: 9] <= in_b[9*j +: 9];
      end

  // 36 bits are written at port A and read at port B, and take the data pins of both.
  wire [35:0] pins = DATA_WIDTH_B == 36 ? out_b : {out_b[17:0], out_a[17:0]};
  assign {DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3, DOB2, DOB1, DOB0,
          DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3, DOA2, DOA1, DOA0} = selected ? pins : 36'bx;

  integer row;
  initial begin
    for (row = 0; row < 1024; row = row + 1)
      {memory[2*row + 1], memory[2*row]} = INIT[20*row +: 18];
    if (REGMODE_A != "NOREG" || REGMODE_B != "NOREG" || CSDECODE_A != "0b000" ||
        CSDECODE_B != "0b000" || CLKAMUX != "CLKA" || CLKBMUX != "CLKB") begin
      $display("DP16KD: a mode that is not modelled");
      $finish;
    end
  end
endmodule
