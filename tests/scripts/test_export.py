"""Export: every form, read back by what it is made for, holds the weights of the checkpoint."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.config_file import find
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.words import address_bits
from erbium.hw.verilog.emission import emit_core
from erbium.scripts.train import checkpoint
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.sim.engines.toolchain import environment
from erbium.sim.engines.toolchain import find as tool

TINY = preset("tiny")

#: Machines whose words are cut in different ways; widths that end within a hexadecimal digit.
CONFIGS = {
    "tiny": TINY,
    "slices": TINY.replace(name="Two-parts", layers=(40, 90, 5), lanes=4, weight_bits=9, seed=7),
    "narrow": TINY.replace(
        name="narrow", weight_bits=3, weight_init=1, lanes=1, state_bits=10, gate_low=-512,
        gate_high=511, threshold=9,
    ),
    "spram": TINY.replace(name="single", memory="spram", lanes=8),
}  # fmt: skip


def trained(config: Config, path: Path) -> Checkpoint:
    """Write a checkpoint with weights of any kind, the extremes among them, and return it."""
    state = Checkpoint.start(config, Plan("any", "", (256,), 0))
    half = 1 << (config.weight_bits - 1)
    draw = np.random.default_rng(2)
    state.weights = [draw.integers(-half, half, matrix.shape) for matrix in state.weights]
    state.weights[0][0, 0], state.weights[0][0, 1] = -half, half - 1
    state.save(path)
    return state


@pytest.fixture(params=CONFIGS)
def exported(request, erbium) -> tuple[Checkpoint, dict]:
    """Return a training, and the figures of the command that has exported it."""
    state = trained(CONFIGS[request.param], Path("run-0", "checkpoint.npz"))
    result = erbium("export", "run-0", "--json", "figures.json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(Path("figures.json").read_text())
    assert result.stdout.splitlines() == found["files"]
    there = {str(path) for path in Path(found["folder"]).rglob("*") if path.is_file()}
    assert sorted(found["files"]) == sorted(there)
    return state, found


def same(found: list[np.ndarray], state: Checkpoint) -> bool:
    """Return whether all matrices are those of a training."""
    return all((one == other).all() for one, other in zip(found, state.weights, strict=True))


def read_by_verilog(file: str, depth: int, bits: int, folder: Path) -> list[int]:
    """Return the words of a file, as ``$readmemh`` of Icarus reads them."""
    (folder / "read.v").write_text(
        f"""module read;
  reg [{bits - 1}:0] words [0:{depth - 1}];
  integer i;
  initial begin
    $readmemh("{file}", words);
    for (i = 0; i < {depth}; i = i + 1) $display("%h", words[i]);
  end
endmodule
"""
    )
    program = str(folder / "read.vvp")
    call = {"env": environment("icarus"), "check": True, "capture_output": True, "text": True}
    subprocess.run(
        [str(tool("icarus").path), "-g2001", "-o", program, str(folder / "read.v")], **call
    )
    said = subprocess.run(["vvp", "-n", program], **call).stdout.split()
    # Too few words, too many, or too wide ones are a warning.
    assert all(re.fullmatch("[0-9a-f]+", word) for word in said), said
    return [int(word, 16) for word in said]


def unpacked(words: list[int], config: Config) -> list[np.ndarray]:
    """Return the matrices in words, each one number."""
    bits, half = config.weight_bits, 1 << (config.weight_bits - 1)
    lanes = [
        [((word >> bits * lane & (2 * half - 1)) ^ half) - half for lane in range(config.lanes)]
        for word in words
    ]
    return Layout(config).unpack(np.array(lanes))


def test_configuration_makes_the_same_machine(exported) -> None:
    state, found = exported
    config = find(found["config_file"])
    assert config.sha256 == state.config.sha256
    assert config.replace(name=state.config.name) == state.config
    assert found["config"] == state.config.as_dict()


def test_matrices_are_the_weights(exported) -> None:
    state, found = exported
    with np.load(found["npz"]) as file:
        assert same([file[f"weights_{index}"] for index in range(len(file.files))], state)


def test_words_are_the_weights(exported, tmp_path: Path) -> None:
    state, found = exported
    config, depth = state.config, Layout(state.config).weight_depth
    bits = config.lanes * config.weight_bits
    words = read_by_verilog(found["words"], depth, bits, tmp_path)
    assert same(unpacked(words, config), state)


def test_payloads_write_every_word_once(exported, tmp_path: Path) -> None:
    state, found = exported
    config, depth = state.config, Layout(state.config).weight_depth
    data, address = config.lanes * config.weight_bits, address_bits(depth)
    payloads = read_by_verilog(found["access"], depth, data + address + 1, tmp_path)
    # The fields are those of the header of the core's Verilog.
    fields = f"write [{data + address}], address [{data + address - 1}:{data}], data [{data - 1}:0]"
    header = " ".join(emit_core(config).partition("module")[0].split())
    assert f"i_access_payload input {data + address + 1} {fields}" in header
    assert [payload >> data for payload in payloads] == [
        depth_bit(address) | n for n in range(depth)
    ]
    assert same(unpacked([payload & ((1 << data) - 1) for payload in payloads], config), state)


def depth_bit(address: int) -> int:
    """Return the bit above an address, which says that the word is written."""
    return 1 << address


def test_memories_hold_the_weights(exported, tmp_path: Path) -> None:
    state, found = exported
    config, layout = state.config, Layout(state.config)
    if config.memory == "spram":
        assert found["memories"] == {}
        return
    words = [0] * layout.weight_depth
    memories = iter(found["memories"].items())
    for lane in range(config.lanes):
        offset = lane * config.weight_bits
        for number, bits in enumerate(layout.weight_slices):
            name, file = next(memories)
            assert name == f"datapath.weight_memory.lane_{lane}_{number}.words"
            for at, part in enumerate(read_by_verilog(file, layout.weight_depth, bits, tmp_path)):
                words[at] |= part << offset
            offset += bits
    assert next(memories, None) is None
    assert same(unpacked(words, config), state)


#: Prints all that a header holds.
PROGRAM = """#include <stdio.h>
#include "weights.h"
#include "weights.h"
#define COUNT(array) (sizeof(array) / sizeof(array[0]))
int main(void) {{
    unsigned at, byte, s, t;
    printf("%d %d %d %d %d\\n", {0}_LAYERS, {0}_LANES, {0}_WEIGHT_BITS, {0}_WEIGHT_DEPTH,
           {0}_WORD_BYTES);
    {1}
    for (at = 0; at < COUNT({2}_words); at++) {{
        for (byte = 0; byte < COUNT({2}_words[at]); byte++)
            printf("%02x", {2}_words[at][{0}_WORD_BYTES - 1 - byte]);
        printf("\\n");
    }}
    return 0;
}}
"""
LAYER = """for (s = 0; s < COUNT({0}); s++) {{
        for (t = 0; t < COUNT({0}[s]); t++) printf("%d ", {0}[s][t]);
        printf("\\n");
    }}"""


@pytest.mark.parametrize("language", ["c", "c++"])
def test_header_holds_the_weights(exported, language: str, tmp_path: Path) -> None:
    compiler = shutil.which({"c": "cc", "c++": "c++"}[language])
    if compiler is None:
        pytest.skip("there is no compiler")
    state, found = exported
    config, layout = state.config, Layout(state.config)
    name = config.name.replace("-", "_")
    loops = [LAYER.format(f"{name.lower()}_weights_{y.index}") for y in layout.layers]
    source = tmp_path / "main.c"
    source.write_text(PROGRAM.format(name.upper(), "\n    ".join(loops), name.lower()))
    subprocess.run(
        [compiler, "-x", language, "-Wall", "-Wextra", "-Werror", "-pedantic",
         f"-I{found['folder']}", "-o", str(tmp_path / "main"), str(source)], check=True
    )  # fmt: skip
    said = subprocess.run([tmp_path / "main"], check=True, capture_output=True, text=True).stdout
    first, *lines = said.splitlines()
    size = -(-config.lanes * config.weight_bits // 8)
    assert [int(value) for value in first.split()] == [
        len(layout.layers), config.lanes, config.weight_bits, layout.weight_depth, size,
    ]  # fmt: skip
    matrices = []
    for layer in layout.layers:
        part, lines = lines[: layer.sources], lines[layer.sources :]
        matrices.append(np.array([[int(value) for value in line.split()] for line in part]))
    assert same(matrices, state)
    assert same(unpacked([int(line, 16) for line in lines], config), state)


def test_words_are_those_of_the_lanes_that_are_asked_for(erbium, tmp_path: Path) -> None:
    state = trained(TINY, Path("runs", "tiny", "run-0", "checkpoint.npz"))
    result = erbium("export", "runs/tiny", "--lanes", 8, "--out", "x", "--json", "f.json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(Path("f.json").read_text())
    assert {Path(path).parts[0] for path in found["files"]} == {"x"}
    config = TINY.replace(lanes=8)
    words = read_by_verilog(found["words"], Layout(config).weight_depth, 64, tmp_path)
    assert same(unpacked(words, config), state)
    # The file itself may be named, too, and gives the same.
    result = erbium("export", "runs/tiny/run-0/checkpoint.npz", "--lanes", 8, "--out", "y")
    assert result.exit_code == 0
    for path in found["files"]:
        if not path.endswith(".npz"):
            assert Path(path).read_bytes() == Path("y", Path(path).relative_to("x")).read_bytes()


def test_what_is_no_run_is_refused(refused, tmp_path: Path) -> None:
    assert "there is no checkpoint 'no'; make one with: erbium train" in refused("export", "no")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert f"there is no checkpoint.npz in '{empty}'; make one" in refused("export", empty)
    for number in (0, 1):
        trained(TINY, tmp_path / "several" / f"run-{number}" / "checkpoint.npz")
    line = refused("export", tmp_path / "several")
    assert re.search(r"holds 2 runs; name one of: '.*run-0', '.*run-1'", line)
    one = tmp_path / "several" / "run-1"
    assert "was trained with layers" in refused("export", one, "--set", "layers=12,7,3")


def test_runs_are_found_as_they_are_named(tmp_path: Path) -> None:
    path = tmp_path / "run-3" / "checkpoint.npz"
    trained(TINY, path)
    assert [checkpoint.find(run) for run in (path, path.parent, tmp_path)] == [path] * 3
