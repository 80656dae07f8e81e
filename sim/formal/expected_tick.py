"""One tick of the specification as one expression: `golden.core.Core`, on wires, without cycles."""

from __future__ import annotations

from dataclasses import dataclass

from amaranth.hdl import Const, Mux, Signal, Value, signed

from erbium.golden.feedback import feedback_weights
from erbium.sim.formal.definitions import chosen, clipped, leaked, moved

#: Bits of every number of the model: more than the machine's, so that it never wraps.
WIDE = signed(14)


def wires(m, value, name, shape=WIDE):
    """Return a signal that is `value`: a name keeps the text of what follows short."""
    signal = Signal(shape, name=name)
    m.d.comb += signal.eq(value)
    return signal


@dataclass
class Layer:
    """Numbers of a layer of neurons: lists over targets, and of lists over sources."""

    membranes: list[Value]
    dendrites: list[Value]
    gates: list[Value]
    refractory: list[Value]
    weights: list[list[Value]]

    def all(self):
        """Return all numbers in one list."""
        states = (*self.membranes, *self.dendrites, *self.gates, *self.refractory)
        return [*states, *(weight for row in self.weights for weight in row)]


@dataclass
class State:
    """What the machine holds between two ticks."""

    layers: list[Layer]
    plus: list[Value]
    minus: list[Value]
    counts: list[Value]
    winner: Value
    tick: Value

    def all(self):
        """Return all numbers in one list."""
        layers = [number for layer in self.layers for number in layer.all()]
        return [*layers, *self.plus, *self.minus, *self.counts, self.winner, self.tick]

    def cleared(self):
        """Return what a sample starts with, in the order of `all`: only weights stay."""
        keeps = {id(weight) for layer in self.layers for row in layer.weights for weight in row}
        return [number if id(number) in keeps else Const(0) for number in self.all()]


def registers(config):
    """Return a state of registers."""

    def many(count, name):
        return [Signal(WIDE, name=f"{name}_{number}") for number in range(count)]

    layers = []
    for index, (sources, targets) in enumerate(zip(config.layers, config.layers[1:], strict=False)):
        parts = [
            many(targets, f"model_{name}_{index}")
            for name in ("membrane", "dendrite", "gate", "refractory")
        ]
        rows = [many(targets, f"model_weight_{index}_{source}") for source in range(sources)]
        layers.append(Layer(*parts, rows))
    classes = [many(config.layers[-1], f"model_{name}") for name in ("plus", "minus", "count")]
    return State(layers, *classes, Signal(8, name="model_winner"), Signal(8, name="model_tick"))


class Tick:
    """The machine's next state.

    Parameters
    ----------
    m : Module
    config : Config
    state : State
    label, rate : Value
        Of the sample.
    inputs : list of Value
        Which inputs fire.
    random : list of list of Value
        Random number of each layer's event, by source.
    """

    def __init__(self, m, config, state, label, rate, inputs, random):
        self._m, self._config = m, config
        self.events = [inputs]
        layers = []
        learns = wires(m, state.tick >= config.learning_start, "model_changes", 1)
        self._rate = Mux(learns, rate, 0)
        for index, layer in enumerate(state.layers):
            after, fires = self._layer(index, layer, self.events[-1], random[index])
            layers.append(after)
            self.events.append(fires)
        tick = state.tick
        window = tick >= config.burn_in
        learning = wires(m, window & (rate != 0) & int(config.learning), "model_learns", 1)
        phase = (tick - config.burn_in).as_unsigned() % config.label_period
        labelled = wires(m, learning & (phase == 0), "model_labelled", 1)
        plus, minus, errors = self._errors(state, label, learning, labelled)
        self._feed_back(layers, errors)
        counts, winner = self._count(state, window)
        #: The state after the tick, in the same order.
        self.after = State(layers, plus, minus, counts, winner, tick + 1)
        #: Sign of each class's error spike.
        self.errors = errors

    def _layer(self, index, layer, events, random):
        """Deliver events, which learn, and step the neurons."""
        m, c = self._m, self._config
        fires, after = [], Layer([], [], [], [], [[] for _ in events])
        for n, (membrane, dendrite, gate, rest) in enumerate(
            zip(layer.membranes, layer.dendrites, layer.gates, layer.refractory, strict=True)
        ):
            for source, (event, word) in enumerate(zip(events, random, strict=True)):
                weight = layer.weights[source][n]
                membrane = membrane + Mux(event, weight.shift_left(c.gain[index]), 0)
                learns = event & (word[24:] < self._rate) & (gate == 1)
                fraction = word[: c.learning_shift]
                new = moved(weight, dendrite, fraction, c.learning_shift, c.weight_bits)
                after.weights[source].append(Mux(learns, new, weight))
            full = wires(m, clipped(membrane, c.state_bits), f"full_{index}_{n}")
            error = wires(m, clipped(dendrite, c.state_bits), f"error_{index}_{n}")
            fire = wires(m, (rest == 0) & (full >= c.threshold[index]), f"fires_{index}_{n}", 1)
            fires.append(fire)
            after.membranes.append(Mux(fire, 0, leaked(full, c.membrane_leak[index])))
            after.dendrites.append(leaked(error, c.dendrite_leak[index]))
            after.gates.append((full > c.gate_low[index]) & (full < c.gate_high[index]))
            after.refractory.append(Mux(fire, c.refractory[index], Mux(rest == 0, 0, rest - 1)))
        return after, fires

    def _errors(self, state, label, learning, labelled):
        """Step the error neurons of classes with an event."""
        plus, minus, errors = [], [], []
        threshold = self._config.error_threshold
        for k, prediction in enumerate(self.events[-1]):
            is_label = labelled & (label == k)
            up = wires(self._m, learning & is_label & ~prediction, f"up_{k}", 1)
            down = wires(self._m, learning & ~is_label & prediction, f"down_{k}", 1)
            signs = []
            for stored, more, less, out in ((state.plus[k], up, down, plus),
                                            (state.minus[k], down, up, minus)):  # fmt: skip
                count = stored + more - (less & (stored != 0))
                fires = wires(self._m, count >= threshold, f"error_fires_{k}_{len(signs)}", 1)
                out.append(Mux(fires, count - threshold, count))
                signs.append(fires)
            errors.append(Mux(signs[0], 1, Mux(signs[1], -1, 0)))
        return plus, minus, errors

    def _feed_back(self, layers, errors):
        for layer, matrix in zip(layers, feedback_weights(self._config), strict=True):
            for k, sign in enumerate(errors):
                for n, dendrite in enumerate(layer.dendrites):
                    weight = int(matrix[k, n])
                    layer.dendrites[n] = dendrite + Mux(
                        sign == 0, 0, Mux(sign > 0, weight, -weight)
                    )

    def _count(self, state, window):
        """Count output spikes, and find who was first to reach the most."""
        counts, winner = list(state.counts), state.winner
        for k, fires in enumerate(self.events[-1]):
            best = chosen(counts, winner)
            counts[k] = wires(self._m, counts[k] + (window & fires), f"counted_{k}")
            winner = wires(self._m, Mux(counts[k] > best, k, winner), f"winner_{k}", 8)
        return counts, winner
