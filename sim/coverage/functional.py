"""Functional coverage: which situations of the machine the benches of the core have been in.

Bins (see `sim.coverage.crosses`) are sampled from the golden cycle view, with which the benches
compare the circuit in every cycle.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.golden.cycle.core import CycleCore, Host, Record
from erbium.golden.cycle.lane import Executing
from erbium.golden.enums import Operation, Phase
from erbium.golden.fixed import saturate
from erbium.golden.layout import Layout
from erbium.sim.coverage.crosses import NO, SATURATION, YES, Bin
from erbium.sim.host.ports import waiting


class Functional:
    """Bins that one bench has hit.

    Parameters
    ----------
    config : Config
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._layout = Layout(config)
        self.hits: Counter[tuple[str, Bin]] = Counter()

    def cycle(
        self, host: Host, record: Record, stage: Executing, core: CycleCore, reset: bool
    ) -> None:
        """Sample a cycle: what the host drove, what the units did, what the lanes were given."""
        control = record["control"]
        phase = Phase(control["phase"]).name
        held = list(waiting(host, record))
        stalls = YES if held else NO
        inputs = record["core"]
        # A queue that all events of a sample are in takes no more, just as a full one.
        queue = "some" if inputs["inputs_ready"] else "full"
        queue = queue if inputs["inputs_valid"] else "empty"
        self._hit("phase", phase, stalls, queue, NO if not record["spikes"]["valid"] else YES)
        for stream in held:
            self._hit("stream waits", stream, phase)
        if reset:
            self._hit("reset", phase)
        kind = stage.issue.operation.name
        if kind in ("SYNAPSE", "NEURON"):
            self._hit("forwarding", str(stage.forwarded), kind)
        if kind == "SYNAPSE":
            self._synapse(stage, stalls, queue)
        elif kind == "NEURON":
            self._neuron(stage)
        self._errors(control, Operation(control["operation"]).name)
        if "encoder" in record:
            self._encoder(record, inputs["inputs_ready"])
        if control["finish"]:
            counts = np.sort(core.control.readout.counts)
            tie = counts[-1] == counts[-2]
            self._hit("result", "no spikes" if not counts[-1] else "tie" if tie else "alone")

    def _hit(self, cross: str, *values: str) -> None:
        self.hits[cross, values] += 1

    def _lanes(self, stage: Executing) -> tuple[slice, str]:
        """Return the lanes that have a neuron, and whether some have none."""
        layer, lanes = self._layout.layers[stage.issue.layer], self._config.lanes
        left = layer.targets - stage.issue.group * lanes
        return slice(0, min(left, lanes)), YES if left < lanes else NO

    def _synapse(self, stage: Executing, stalls: str, queue: str) -> None:
        c, issue = self._config, stage.issue
        used, tail = self._lanes(stage)
        event = "hidden" if issue.layer else "input"
        dendrite, weight = stage.state.dendrite[used], stage.weights[used]
        transmits = issue.transmit >> np.arange(c.lanes)[used] & 1
        opened = (stage.state.gate[used] == 1) & (transmits == 1)
        carry = (dendrite & (1 << c.learning_shift) - 1) + issue.fraction >> c.learning_shift
        exact = weight + ((dendrite + issue.fraction) >> c.learning_shift)
        way = np.sign(exact - saturate(exact, c.weight_bits))
        for is_open, carries, side in set(
            zip(opened.tolist(), carry.tolist(), way.tolist(), strict=True)
        ):
            gate = "open" if is_open else "closed"
            if not issue.learn:
                gate = "event does not learn"
            changes = gate == "open"
            self._hit(
                "synapse", event, stalls, queue, tail, gate,
                YES if changes and carries else NO,
                SATURATION[{0: 0, -1: 1, 1: 2}[side]] if changes else "none",
            )  # fmt: skip

    def _neuron(self, stage: Executing) -> None:
        c, layer = self._config, stage.issue.layer
        used, tail = self._lanes(stage)
        where = "output" if layer == len(self._layout.layers) - 1 else "hidden"
        low, high = c.gate_low[layer], c.gate_high[layer]
        neurons = zip(
            stage.state.membrane[used].tolist(), stage.state.dendrite[used].tolist(),
            stage.state.refractory[used].tolist(), strict=True,
        )  # fmt: skip
        top = 1 << c.state_bits - 1
        for membrane, dendrite, refractory in neurons:
            clipped = min(max(membrane, -top), top - 1)
            outcome = "refractory" if refractory else "fires"
            outcome = outcome if clipped >= c.threshold[layer] else "below"
            self._hit("neuron", where, tail, _side(membrane, top), outcome)
            if c.learning:
                self._hit("dendrite", where, _side(dendrite, top))
            place = "between" if low < clipped < high else "below" if clipped < low else "above"
            place = {low: "at the low bound", high: "at the high bound"}.get(clipped, place)
            self._hit("gate", where, place)

    def _errors(self, control: dict[str, int], kind: str) -> None:
        if control["count"]:
            self._hit("errors", f"spike with{'' if control['error'] else 'out'} error")
        elif control["error"]:
            self._hit("errors", "label without answer")
        if kind == "FEEDBACK":
            self._hit("errors", f"{'minus' if control['negative'] else 'plus'} is fed back")

    def _encoder(self, record: Record, ready: int) -> None:
        encoder, y = record["encoder"], self._layout
        events = "none"
        if encoder["valid"]:
            word = encoder["event"] >> y.source_bits * y.encoder_lanes
            more = y.encoder_lanes > 1 and word & 1
            events = "end" if word >> (y.encoder_lanes > 1) else "two" if more else "one"
        self._hit("encoder", events, YES if encoder["valid"] and not ready else NO)

    def save(self, path: Path) -> None:
        """Add the hits to those in a file."""
        found = load_hits(path) if path.exists() else Counter()
        found.update(self.hits)
        rows = [[cross, list(b), count] for (cross, b), count in sorted(found.items())]
        path.write_text(json.dumps(rows))


def _side(value: int, top: int) -> str:
    return "low" if value < -top else "high" if value >= top else "none"


def load_hits(path: Path) -> Counter[tuple[str, Bin]]:
    """Read what `Functional.save` has written."""
    rows = json.loads(path.read_text())
    return Counter({(cross, tuple(values)): count for cross, values, count in rows})
