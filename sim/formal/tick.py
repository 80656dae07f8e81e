"""The whole core does what the specification says of a tick: every number in every memory."""

from __future__ import annotations

from amaranth.hdl import Cat, Const, Mux, Signal

from erbium.golden.enums import Phase
from erbium.golden.layout import Layout
from erbium.hw.words import DendritesLayout, EventLayout, MembranesLayout, WeightLayout
from erbium.sim.formal.core import Host, ascending
from erbium.sim.formal.expected_tick import Tick, registers
from erbium.sim.formal.properties import (
    Properties,
    assume,
    check,
    cover,
    first_cycle,
    implies,
    past,
)

#: Instances that put out anything (the watchdog nothing): the queue of events is proved by itself,
#: and so are random generators. Random numbers are noted when they are used.
FREE = ("inputs", "event_random", "watchdog")

#: Cycles from the end of a tick until its last error is in memory.
SETTLES = 5


class WholeTick(Properties):
    """At the end of each tick, all memories hold what the specification says.

    Parameters
    ----------
    specified, built : Config
    stalls : bool
        Events and the request may come late; else they are always there, which goes deeper.
    """

    def __init__(self, specified, built, stalls=False):
        super().__init__(specified, built)
        self.stalls = stalls

    def specify(self, m):
        c, layout = self.config, Layout(self.config)
        host = Host(m, c, self.built)
        self.core, opened = host.core, host.opened
        first = first_cycle(m)
        # The host changes no weight meanwhile.
        assume(m, ~self.core.i_access.valid)
        state = registers(c)
        if not self.stalls:
            assume(m, self.core.i_request.valid)
        start = self.core.i_request.valid & self.core.i_request.ready
        label, rate = Signal.like(host.label), Signal.like(host.rate)
        with m.If(start):
            m.d.sync += [label.eq(host.label), rate.eq(host.rate)]
        inputs, random = self._noted(m, c, opened)
        tick = Tick(m, c, state, label, rate, inputs, random)
        ends = opened.signal("control.ticks.advance")
        held = self._held(m, layout, opened)
        weights = [(layer, row) for layer in state.layers for row in layer.weights]
        with m.If(first):
            m.d.sync += [
                number.eq(value)
                for (_, row), values in zip(weights, held["weights"], strict=True)
                for number, value in zip(row, values, strict=True)
            ]
        with m.Elif(start):
            m.d.sync += [
                number.eq(value) for number, value in zip(state.all(), state.cleared(), strict=True)
            ]
        with m.Elif(ends):
            m.d.sync += [
                number.eq(value)
                for number, value in zip(state.all(), tick.after.all(), strict=True)
            ]
        # A sample that has started since has cleared the model, but not yet the memories.
        settled = past(m, ends, SETTLES) & (state.tick != 0)
        self._compare(m, state, held, settled)
        result = self.core.o_result.payload
        with m.If(self.core.o_result.valid):
            for k, count in enumerate(state.counts):
                check(m, f"result, count of class {k}", result.counts[k] == count)
            check(m, "result, winner", result.winner == state.winner)
        learned = Cat(
            number != value
            for (_, row), layer_row in zip(
                weights, [row for layer in tick.after.layers for row in layer.weights], strict=True
            )
            for number, value in zip(row, layer_row, strict=True)
        ).any()
        cover(m, "a tick learns", settled & past(m, ends & learned, SETTLES))
        cover(m, "an error is fed back", ends & Cat(error != 0 for error in tick.errors).any())

    def _noted(self, m, c, opened):
        """Note what fired in this tick, and the random number of each event."""
        step, layer = opened.signal("control.event_step"), opened.signal("control.layer")
        valid, ready = (opened.signal(f"control.i_inputs__{name}") for name in ("valid", "ready"))
        payload = opened.signal("control.i_inputs__payload")
        ascending(m, c, payload, ready, valid)
        if not self.stalls:
            assume(m, valid)
        event, number = Signal(EventLayout(c)), opened.signal("control.event_random")
        m.d.comb += event.eq(Mux(layer == 0, payload, opened.signal("control.i_spikes__payload")))
        check(m, "a random number for each event", opened.signal("event_random.steps") == step)
        fired = [Signal(name=f"fired_{source}") for source in range(c.layers[0])]
        random = []
        for index, sources in enumerate(c.layers[:-1]):
            words = [Signal(32, name=f"random_{index}_{source}") for source in range(sources)]
            random.append(words)
            for source, word in enumerate(words):
                with m.If(step & (layer == index) & (event.source == source)):
                    m.d.sync += word.eq(number)
                    if index == 0:
                        m.d.sync += fired[source].eq(1)
        with m.If(opened.signal("control.ticks.advance")):
            m.d.sync += [one.eq(0) for one in fired]
        # Ascending, so that random numbers belong to the events that the model gives them to.
        lowest = Signal(8)
        with m.If(step):
            check(m, "events ascend", event.source >= lowest)
            m.d.sync += lowest.eq(event.source + 1)
        with m.If(self.core.phase != Phase.SYNAPSE):
            m.d.sync += lowest.eq(0)
        return fired, random

    def _held(self, m, layout, opened):
        """Return the numbers in the memories: membranes, dendrite words, and rows of weights."""
        c, lanes = self.config, self.config.lanes
        states = {"membranes": [], "dendrites": []}
        kinds = (("membranes", "membrane_memory", MembranesLayout(c)),
                 ("dendrites", "dendrite_memory", DendritesLayout(c)))  # fmt: skip
        for layer in layout.layers:
            for name, path, shape in kinds:
                numbers = []
                for group in range(layer.groups):
                    word = Signal(shape, name=f"{name}_{layer.index}_{group}")
                    address = Const(layer.state_base + group, 8)
                    m.d.comb += word.eq(opened.word(f"datapath.{path}.words", address))
                    numbers += [word[lane] for lane in range(lanes)]
                states[name].append(numbers[: layer.targets])
        rows = []
        for layer in layout.layers:
            for source in range(layer.sources):
                row = []
                for group in range(layer.groups):
                    address = Const(layer.weight_address(source, group), 8)
                    row += self._weights(m, opened, address)
                rows.append(row[: layer.targets])
        return states | {"weights": rows}

    def _weights(self, m, opened, address):
        c, memory = self.config, "datapath.weight_memory"
        word = Signal(WeightLayout(c), name=f"weights_{address.value}")
        if c.memory == "spram":
            m.d.comb += word.eq(opened.word(f"{memory}.all.words", address))
        else:
            m.d.comb += word.eq(
                Cat(
                    opened.word(f"{memory}.lane_{lane}_0.words", address) for lane in range(c.lanes)
                )
            )
        return [word[lane] for lane in range(c.lanes)]

    def _compare(self, m, state, held, settled):
        rows = iter(held["weights"])
        for index, layer in enumerate(state.layers):
            for n, (membrane, word) in enumerate(
                zip(held["membranes"][index], held["dendrites"][index], strict=True)
            ):
                pairs = {
                    "membrane": (membrane, layer.membranes[n]),
                    "dendrite": (word.dendrite, layer.dendrites[n]),
                    "gate": (word.gate, layer.gates[n]),
                    "refractory counter": (word.refractory, layer.refractory[n]),
                }
                for name, (is_, shall) in pairs.items():
                    check(
                        m, f"{name} of neuron {n} in layer {index}", implies(settled, is_ == shall)
                    )
            for source, row in enumerate(layer.weights):
                for n, (is_, shall) in enumerate(zip(next(rows), row, strict=True)):
                    name = f"weight {source} to {n} in layer {index}"
                    check(m, name, implies(settled, is_ == shall))
