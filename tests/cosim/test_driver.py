"""The compiled driver: it keeps the rules of every port, and sees a circuit that breaks them.

The circuit that misbehaves is the emitted one in a wrapper that meddles with a port.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.core import Core
from erbium.golden.enums import Phase
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.hw.verilog.interface import core_ports, interface
from erbium.sim.engines.library import build
from erbium.sim.engines.native import NativeCore, SimulationError

TINY = preset("tiny")

#: Status of `SimulationError`.
HANGS, CHANGED, LEFT, UNASKED = 1, 2, 3, 4


@pytest.fixture
def build_dir(request: pytest.FixtureRequest) -> Path:
    """Return a folder that outlives the test run, so that unchanged cores are built once."""
    return request.config.cache.mkdir("native-cores")


#: Ways to meddle with a port.
MEDDLES = (
    "nothing", "loses words", "loses results", "changes results", "unasked result", "word twice",
    "word after write", "watches i_pixel", "watches i_request", "watches i_access",
    "no pause of i_pixel", "no pause of i_access", "no wait of o_result", "no wait of o_access",
)  # fmt: skip

#: Wires of the wrapper; `inner_` is what the core puts out.
BODY = """
  reg [7:0] count = 0;
  reg again = 0;
  always @(posedge clk) begin
    count <= rst ? 0 : count + 1;
    again <= inner_o_access_valid & o_access_ready;
  end
  // A pause: in the middle of a sample or of the memory, an offer is missing that could be taken.
  reg [3:0] pixels = 0;
  reg [15:0] accesses = 0;
  reg silent = 0;
  wire pixel = i_pixel_valid & inner_i_pixel_ready;
  wire access = i_access_valid & inner_i_access_ready;
  always @(posedge clk) begin
    if (pixel) pixels <= pixels == {inputs} - 1 ? 0 : pixels + 1;
    if (access) accesses <= accesses == {depth} - 1 ? 0 : accesses + 1;
    if (meddle == 10 & pixels != 0 & inner_i_pixel_ready & ~i_pixel_valid) silent <= 1;
    if (meddle == 11 & accesses != 0 & inner_i_access_ready & ~i_access_valid) silent <= 1;
    if (meddle == 12 & inner_o_result_valid & ~o_result_ready) silent <= 1;
    if (meddle == 13 & inner_o_access_valid & ~o_access_ready) silent <= 1;
    if (meddle == 7 & broken_i_pixel) silent <= 1;
    if (meddle == 8 & broken_i_request) silent <= 1;
    if (meddle == 9 & broken_i_access) silent <= 1;
  end"""

#: Sees a source that takes an offer back or changes it.
MONITOR = """
  reg kept_{stream} = 0, broken_{stream} = 0;
  reg [63:0] before_{stream};
  always @(posedge clk) begin
    kept_{stream} <= {stream}_valid & ~inner_{stream}_ready & ~rst;
    before_{stream} <= {stream}_payload;
    if (kept_{stream} & ~rst & (~{stream}_valid | before_{stream} != {stream}_payload))
      broken_{stream} <= 1;
  end"""

#: What takes the place of a wire to the core, or from it.
CHANGED_WIRES = {
    "o_access_ready": "meddle == 1 | o_access_ready",
    "o_result_ready": "meddle == 2 | o_result_ready",
    "o_result_payload": "inner_o_result_payload ^ (meddle == 3 & count[0])",
    "o_result_valid": "(inner_o_result_valid | (meddle == 4 & count == 3)) & ~silent",
    "o_access_valid": "(inner_o_access_valid | (meddle == 5 & again)"
    " | (meddle == 6 & i_access_valid)) & ~silent",
}


@cache
def wrapped() -> str:
    """Return the emitted core in a wrapper, whose input `meddle` is a number of `MEDDLES`."""
    top = module_name(TINY)
    ports = [
        (
            "output" if port.is_output else "input",
            f"[{port.width - 1}:0] " if port.width > 1 else "",
            port.name,
        )
        for port in core_ports(interface(TINY))
    ]
    lines, connections = ["  input [3:0] meddle;"], []
    for way, bits, name in ports:
        lines.append(f"  {way} {bits}{name};")
        if way == "output":
            lines.append(f"  wire {bits}inner_{name};")
            lines.append(f"  assign {name} = {CHANGED_WIRES.get(name, f'inner_{name}')};")
        inside = f"inner_{name}" if way == "output" else CHANGED_WIRES.get(name, name)
        connections.append(f".{name}({inside})")
    for stream in ("i_pixel", "i_request", "i_access"):
        lines.append(MONITOR.format(stream=stream))
    lines.append(BODY.format(inputs=TINY.layers[0], depth=Layout(TINY).weight_depth))
    lines.append(f"  inner_{top} core({', '.join(connections)});")
    # The core gets another name, and so do its units, whose names begin like its own.
    renamed = emit_core(TINY, name=f"inner_{top}")
    names = ", ".join(["meddle", *(name for _, _, name in ports)])
    return f"{renamed}\nmodule {top}({names});\n" + "\n".join(lines) + "\nendmodule\n"


class Meddled(NativeCore):
    """A core in its wrapper; begins with the initial weights, and then meddles."""

    def __init__(self, meddle: str, build_dir: Path, stalls: int | None = None) -> None:
        super().__init__(TINY, build_dir, verilog=wrapped(), stalls=stalls, netlist=True)
        number = ctypes.c_uint32(MEDDLES.index(meddle))
        self._library.native_switch(self._handle, number)

    def _build(self, verilog: str, folder: Path) -> Path:
        return build(self.config, verilog, folder, words=False, switch="meddle")


def data(count: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return samples, labels and rates in the types that the driver takes."""
    draw = np.random.default_rng(1)
    samples = draw.integers(0, 256, (count, TINY.layers[0])).astype(np.uint32)
    labels = draw.integers(0, TINY.layers[-1], count).astype(np.int32)
    return samples, labels, draw.choice([256, 100, 0], count).astype(np.int32)


@pytest.mark.parametrize("stalls", [None, 1, 2])
def test_a_wrapper_that_meddles_with_nothing_changes_nothing(
    build_dir: Path, stalls: int | None
) -> None:
    native, golden = Meddled("nothing", build_dir, stalls), Core(TINY)
    samples, labels, rates = data()
    for number, result in enumerate(native.run_many(samples, labels, rates)):
        expected = golden.run(samples[number], int(labels[number]), int(rates[number]))
        assert (result.winner, result.counts.tolist(), result.random, result.words) == (
            expected.winner, expected.counts.tolist(), golden.random, None,
        )  # fmt: skip
    for one, other in zip(native.weights, golden.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def run(native: NativeCore) -> object:
    """Show samples."""
    return native.run_many(*data())


def read(native: NativeCore) -> object:
    """Read all weights."""
    return native.weight_words


def write(native: NativeCore) -> None:
    """Write all weights, which so become others."""
    native.weight_words = np.ones((Layout(TINY).weight_depth, TINY.lanes), dtype=np.int32)


@pytest.mark.parametrize(
    ("meddle", "act", "stalls", "status"),
    [
        # What is offered waits for the host: a circuit that does not is seen if the host stalls.
        ("loses words", read, 1, HANGS),
        ("loses words", read, None, None),
        ("loses results", run, 1, CHANGED),
        ("loses results", run, None, None),
        ("changes results", run, 1, CHANGED),
        ("unasked result", run, None, UNASKED),
        ("word twice", read, None, UNASKED),
        ("word after write", write, None, UNASKED),
        # A source keeps what it offers. What is unasked must not stop a run.
        ("watches i_pixel", run, 3, None),
        ("watches i_request", run, 3, None),
        ("watches i_access", read, 3, None),
        ("watches i_access", write, 3, None),
        ("word after write", run, None, None),
        # Each stream stalls if it shall, and only then; here a stall silences the circuit.
        ("no pause of i_pixel", run, 5, HANGS),
        ("no pause of i_pixel", run, None, None),
        ("no pause of i_access", read, 5, HANGS),
        ("no pause of i_access", read, None, None),
        ("no wait of o_result", run, 5, CHANGED),
        ("no wait of o_result", run, None, None),
        ("no wait of o_access", read, 5, HANGS),
        ("no wait of o_access", read, None, None),
    ],
)
def test_rules_of_the_ports(
    meddle: str, act: Callable, stalls: int | None, status: int | None, build_dir: Path
) -> None:
    native = Meddled(meddle, build_dir, stalls)
    if status is None:
        act(native)
        return
    with pytest.raises(SimulationError) as error:
        act(native)
    assert error.value.status == status


@pytest.mark.parametrize("meddle", ["word twice", "word after write"])
def test_nothing_is_written_beside_the_words(meddle: str, build_dir: Path) -> None:
    """A word too many has no place, and what is written is the caller's."""
    native, words = Meddled(meddle, build_dir), initial_words()
    room = np.full((3, *words.shape), 77, dtype=np.int32)
    room[1] = words
    before = room.copy()
    writes = int(meddle == "word after write")
    pointer = room[1].ctypes.data_as(ctypes.c_void_p)
    assert native._library.native_weights(native._handle, pointer, writes) == UNASKED
    np.testing.assert_array_equal(room[[0, 2]], before[[0, 2]])
    if writes:
        np.testing.assert_array_equal(room, before)


def initial_words() -> np.ndarray:
    """Return the weight memory that a core begins with."""
    return Layout(TINY).pack(initial_weights(TINY)).astype(np.int32)


def test_what_the_caller_gives_stays_as_it_is(build_dir: Path) -> None:
    native = NativeCore(TINY, build_dir)
    samples, labels, rates = data()
    words = np.ascontiguousarray(native.weight_words[::-1], dtype=np.int32)
    matrices = [matrix.astype(np.int32) for matrix in native.weights]
    given = (samples, labels, rates, words, *matrices)
    before = [array.copy() for array in given]
    native.load(matrices)
    native.run_many(samples, labels, rates)
    native.weight_words = words
    for array, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, copy)
        assert array.dtype == copy.dtype
    # And what it got is its own.
    read = native.weight_words
    first = native.run_many(samples, labels, rates)
    kept = [(r.counts.tolist(), r.spikes.tolist()) for r in first]
    native.run_many(samples[::-1], labels, rates)
    assert [(r.counts.tolist(), r.spikes.tolist()) for r in first] == kept
    np.testing.assert_array_equal(read, words)


def test_a_batch_is_as_its_samples_one_by_one(build_dir: Path) -> None:
    """Everything of a result belongs to its own sample."""
    samples, labels, rates = data()
    whole = NativeCore(TINY, build_dir).run_many(samples, labels, rates)
    single = NativeCore(TINY, build_dir)
    for number, one in enumerate(whole):
        (other,) = single.run_many(
            samples[number : number + 1], labels[number : number + 1], rates[number : number + 1]
        )
        assert one.winner == other.winner
        assert one.words == other.words
        assert one.random == other.random == single.random
        np.testing.assert_array_equal(one.counts, other.counts)
        np.testing.assert_array_equal(one.spikes, other.spikes)
        assert one.cycles == sum(one.phase_cycles.values())
        busy = [phase.name for phase in Phase if phase is not Phase.IDLE]
        same = [(one.phase_cycles[name], other.phase_cycles[name]) for name in busy
                if name != Phase.SYNAPSE.name]  # fmt: skip
        assert all(a == b for a, b in same)
    assert len({str(one.random) for one in whole}) == len(whole)
    assert len({one.words for one in whole}) > 1
