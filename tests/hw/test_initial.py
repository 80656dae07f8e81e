"""Memories without initial blocks: those that can be written start unknown, others are a case."""

import pytest

from erbium.hw.verilog.initial import without_initial_blocks

READ = """  reg [4:0] _0_;
  always @(posedge clk) begin
    if (read__en) begin
      _0_ <= words[read__addr];
    end
  end
"""
WRITTEN = """  reg [4:0] words [2:0];
  initial begin
    words[0] = 5'h00;
    words[1] = 5'h00;
    words[2] = 5'h00;
  end
  always @(posedge clk) begin
    if (write)
      words[address] <= data;
  end
"""
ROM = """  (* rom_style = "block" *)
  reg [4:0] words [2:0];
  initial begin
    words[0] = 5'h00;
    words[1] = 5'h1f;
    words[2] = 5'd7;
  end
"""


@pytest.mark.parametrize(
    "number", ["5'h00", "32'd0", "144'h000000000000000000000000000000000000", "1'h0"]
)
def test_memory_that_is_written_starts_unknown(number):
    text = without_initial_blocks(WRITTEN.replace("5'h00", number) + READ)
    lines = WRITTEN.splitlines(keepends=True)
    assert text == "".join([lines[0], *lines[6:]]) + READ


def test_memory_that_is_only_read_becomes_a_case():
    assert (
        without_initial_blocks(ROM + READ)
        == """  (* rom_style = "block" *)
  reg [4:0] _0_;
  always @(posedge clk) begin
    if (read__en) begin
      (* rom_style = "block" *)
      case (read__addr)
        2'd0: _0_ <= 5'h00;
        2'd1: _0_ <= 5'h1f;
        2'd2: _0_ <= 5'd7;
        default: _0_ <= 5'h0;
      endcase
    end
  end
"""
    )


def test_memory_of_zeros_that_is_only_read_becomes_a_case():
    text = without_initial_blocks(ROM.replace("5'h1f", "5'h00").replace("5'd7", "5'h00") + READ)
    assert text.count("_0_ <= 5'h00;") == 3


def test_memory_that_is_only_read_is_kept_on_demand():
    assert without_initial_blocks(ROM + READ, keep_roms=True) == ROM + READ


#: A memory whose words at power-up matter, as it is emitted; what it becomes.
MARKED = f"""  (* no_rw_check = 32'd1 *)
  (* power_up = 32'd1 *)
  (* ram_style = "block" *)
{WRITTEN}"""
KEPT = MARKED.replace("  (* power_up = 32'd1 *)\n", "")


@pytest.mark.parametrize("keep_roms", [False, True])
@pytest.mark.parametrize("word", ["5'h00", "5'h15"])
def test_memory_whose_words_matter_keeps_them_even_if_they_are_0(word, keep_roms):
    one = "words[1] = 5'h00;"
    other = f"words[1] = {word};"
    text = MARKED.replace(one, other) + READ
    found = without_initial_blocks(text, keep_roms=keep_roms)
    assert found == KEPT.replace(one, other) + READ


def test_other_memories_beside_one_whose_words_matter_lose_theirs():
    other = WRITTEN.replace("words", "others")
    lines = other.splitlines(keepends=True)
    plain = "".join([lines[0], *lines[6:]])
    for text, expected in ((other + MARKED, plain + KEPT), (MARKED + other, KEPT + plain)):
        assert without_initial_blocks(text) == expected


def test_word_that_is_left_out_is_refused():
    with pytest.raises(ValueError, match="memory words is to hold 3 words at power-up, and has no"):
        without_initial_blocks(MARKED.replace("    words[1] = 5'h00;\n", ""))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WRITTEN.replace("5'h00", "5'h01") + READ, "memory words has initial words, and is more"),
        (ROM + READ.replace("_0_ <=", "_0_ ="), "memory words has initial words, and is more"),
        (ROM.replace("    words[1] = 5'h1f;\n", "") + READ, "memory words has initial words"),
        (ROM + READ + READ, "memory words has initial words"),
        ("  initial begin\n    some = 1'h1;\n  end\n", "has an initial block, which some tools"),
        ("  initial some = 1'h1;\n", "has an initial block, which some tools leave out"),
    ],
    ids=["written", "not clocked", "a word is missing", "two reads", "block", "statement"],
)
def test_other_initial_blocks_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        without_initial_blocks(text)
