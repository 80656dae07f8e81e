"""Counts what has toggled in a circuit, without the bits that cannot toggle."""

from __future__ import annotations

from collections import Counter
from typing import Any

from erbium.golden.config import Config
from erbium.golden.layout import Layout
from erbium.scripts.verify.toggle.constants import Netlist, is_padding
from erbium.sim.coverage.toggles import Toggles


def is_unused(config: Config, memory: str, word: int, bit: int) -> str | None:
    """Return why a memory's bit cannot change, if depth or width were rounded up."""
    layout = Layout(config)
    if is_padding(config, memory, word, bit):
        return "weights of lanes without a neuron"
    if "input_memory" in memory:
        lane = int(memory.split("input_memory_")[1].split(".")[0])
        half = 1 << max(1, (-(-config.layers[0] // layout.encoder_lanes) - 1).bit_length())
        place = word % half * layout.encoder_lanes + lane
        if place >= config.layers[0]:
            return "words beyond the last input"
        # The source at a place is at least the place itself, since inputs come in order.
        if bit >= 8 and len({s >> (bit - 8) & 1 for s in range(place, config.layers[0])}) == 1:
            return "source numbers that the place in memory decides"
    return None


def counted(config: Config, toggles: Toggles, constant: Netlist) -> dict[str, Any]:
    """Count what has toggled, what cannot, and name the rest.

    Names of the same net count once. A name that the netlist lacks is another name of a net
    that has one, or belongs to logic whose result nothing reads.

    Raises
    ------
    ValueError
        If a bit has moved of which the layout of the memories says that it cannot.
    """
    nets: dict[int, list[tuple[str, bool]]] = {}
    left_out: Counter[str] = Counter()
    memory = Counter({"bits": 0, "toggled": 0})
    rest: list[str] = []
    for key in toggles.seen:
        path, word, bit = key
        if word is not None:
            written = constant.memories[path]
            why = is_unused(config, path, word, bit)
            if why is not None and toggles.both(key):
                raise ValueError(f"{path}[{word}][{bit}] has moved, but the rule says: {why}")
            if not written:
                why = "read-only memory"
            elif isinstance(written[bit], str):
                why = "constant data"
            if why is not None:
                left_out[why] += 1
                continue
            memory["bits"] += 1
            memory["toggled"] += toggles.both(key)
            if not toggles.both(key):
                rest.append(f"{path}[{word}][{bit}]")
        elif path in constant.names:
            net = constant.names[path][bit]
            if isinstance(net, str):
                left_out["observation only" if net == "x" else "constant"] += 1
            else:
                nets.setdefault(net, []).append((f"{path}[{bit}]", toggles.both(key)))
    # Verilator sometimes counts a bit of a wide signal that does not move: all names must agree.
    for names in nets.values():
        if not all(both for _, both in names):
            shortest = min((name for name, _ in names), key=lambda n: (n.count("$"), len(n)))
            rest.append(shortest)
    reached = sum(all(both for _, both in names) for names in nets.values())
    return {
        "nets": len(nets), "nets_toggled": reached,
        "memory_bits": memory["bits"], "memory_bits_toggled": memory["toggled"],
        "left_out": dict(sorted(left_out.items())),
        "rest": sorted(rest),
    }  # fmt: skip
