"""Hundreds of mutants in one program: Verilator's model of a netlist with a switch."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from erbium.sim.engines.toolchain import environment, find
from erbium.sim.mutation.netlist import SWITCH, Mutant, MutationError, Netlist
from erbium.sim.tape.record import Port

DRIVER = Path(__file__).with_name("replay.cpp")

#: Verilator makes arrays of ports of more than two words.
FEWEST_WORDS = 3

#: Seconds in which a mutant must have lived through a tape; the longest take a few.
PATIENCE = 300


@dataclass(frozen=True)
class Played:
    """What came of a tape.

    Attributes
    ----------
    difference : str or None
        Cycle and port of the first one.
    cycles, bits : int
        Compared; no bits are counted if there is a difference.
    """

    difference: str | None
    cycles: int = 0
    bits: int = 0


@dataclass(frozen=True)
class Replay:
    """A built program.

    Attributes
    ----------
    program : Path
    outputs : list of Port
    in_words, out_words : int
        32-bit words of all inputs, and of all outputs.
    """

    program: Path
    outputs: list[Port]
    in_words: int
    out_words: int

    def run(self, tape: Path, number: int) -> str | None:
        """Replay a tape on a mutant and return what differs first, or None; see `play`."""
        return self.play(tape, number).difference

    def play(self, tape: Path, number: int = 0) -> Played:
        """Replay a tape on a mutant, or on the circuit itself.

        Raises
        ------
        MutationError
            If the program compared nothing or cannot read the tape.
        """
        try:
            done = subprocess.run(
                [self.program, tape, str(number)], capture_output=True, text=True, check=False,
                timeout=PATIENCE,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise MutationError(f"mutant {number} took {PATIENCE} s; raise PATIENCE") from None
        if done.returncode < 0 and "converge" in done.stdout + done.stderr:
            return Played("the circuit does not settle")
        if done.returncode:
            raise MutationError(f"{self.program} {tape} {number} failed: {done.stderr.strip()}")
        words = done.stdout.split()
        if words[0] == "equal":
            if not int(words[2]):
                raise MutationError(f"nothing was compared with '{tape}'; remove it")
            return Played(None, int(words[1]), int(words[2]))
        cycle, word, bits = map(int, words)
        bit = 32 * word + (bits & -bits).bit_length() - 1
        port = next(p for p in self.outputs if p.offset <= bit < p.offset + p.width)
        return Played(f"cycle {cycle}, {port.name}", cycle)


def build(
    netlist: Netlist, mutants: list[Mutant], *, compares: bool = True, optimise: str = "-O0"
) -> Replay:
    """Build the program of one netlist and its mutants.

    Parameters
    ----------
    netlist : Netlist
    mutants : list of Mutant
    compares : bool
        False leaves the comparison out, to show that nothing is killed without it.
    optimise : str
        For the C++ compiler. Most mutants are found within few cycles: compiling well would take
        longer than running.
    """
    folder = netlist.folder
    widths = [_words(netlist.inputs), _words(netlist.outputs)]
    netlist.switchable(mutants, "mutants.v")
    bits = len(mutants).bit_length()
    (folder / "replay.v").write_text(_wrapper(netlist, *widths, bits))
    (folder / "widths.h").write_text(
        f"enum {{ IN_WORDS = {widths[0]}, OUT_WORDS = {widths[1]}, COMPARES = {int(compares)} }};\n"
    )
    (folder / "replay.cpp").write_text(DRIVER.read_text())
    command = [
        str(find("verilator").path), "--cc", "--exe", "--build", "-O3", "-Wno-fatal", "-Wno-lint",
        "--x-assign", "fast", "--x-initial", "fast", "--no-timing", "--no-assert",
        "--Mdir", "objects", "--top-module", "replay", "--prefix", "Vreplay",
        "replay.v", "mutants.v", "replay.cpp",
        "-CFLAGS", "-std=c++17 -I..", "-o", "replay",
    ]  # fmt: skip
    log = folder / "verilator.log"
    with log.open("w") as output:
        code = subprocess.run(
            command, cwd=folder, env=environment("verilator", optimise=optimise), stdout=output,
            stderr=subprocess.STDOUT, check=False,
        ).returncode  # fmt: skip
    if code:
        raise MutationError(f"verilator could not build the mutants of {netlist.top}; see {log}")
    return Replay((folder / "objects" / "replay").resolve(), netlist.outputs, *widths)


def _words(ports: list[Port]) -> int:
    return max(FEWEST_WORDS, -(-sum(port.width for port in ports) // 32))


def _wrapper(netlist: Netlist, in_words: int, out_words: int, bits: int) -> str:
    """Return a module with one input and one output, whatever the core's ports are."""
    connections = [
        f".{port.name}({wire}[{port.offset + port.width - 1}:{port.offset}])"
        for wire, ports in (("in", netlist.inputs), ("out", netlist.outputs))
        for port in ports
    ]
    switch = f", .{SWITCH}({SWITCH}[{bits - 1}:0])" if bits else ""
    return (
        f"module replay(input clk, input [{32 * in_words - 1}:0] in, "
        f"output [{32 * out_words - 1}:0] out, input [31:0] {SWITCH});\n"
        f"  {netlist.top} core(.clk(clk), {', '.join(connections)}{switch});\nendmodule\n"
    )
