"""Neurons, compiled."""

from __future__ import annotations

from golden.fast.compile import inlined
from golden.fast.encoder import collect


@inlined
def step_neurons(m, s, layer):
    """Advance a layer by one tick; write what fires into `s.events`, return how many."""
    targets, first = m.padded[layer], m.state_base[layer]
    membrane, dendrite = s.membrane[first : first + targets], s.dendrite[first : first + targets]
    gate, rested = s.gate[first : first + targets], s.refractory[first : first + targets]
    fires = s.fires[:targets]
    kind = membrane.dtype.type
    one, zero = kind(1), kind(0)
    highest, lowest = kind(m.state_limit - 1), kind(-m.state_limit)
    low, high = kind(m.gate_low[layer]), kind(m.gate_high[layer])
    threshold, refractory = kind(m.threshold[layer]), kind(m.refractory[layer])
    leak, dendrite_leak = kind(m.membrane_leak[layer]), kind(m.dendrite_leak[layer])
    carry, dendrite_carry = kind((1 << leak) - 1), kind((1 << dendrite_leak) - 1)
    for i in range(targets):
        v = min(max(membrane[i], lowest), highest)
        u = min(max(dendrite[i], lowest), highest)
        gate[i] = -kind((v > low) & (v < high))
        up = dendrite_carry if u > zero else zero
        dendrite[i] = kind(u - kind(kind(u + up) >> dendrite_leak))
        up = carry if v > zero else zero
        rest = kind(v - kind(kind(v + up) >> leak))
        fire = (rested[i] == zero) & (v >= threshold)
        membrane[i] = zero if fire else rest
        rested[i] = refractory if fire else max(kind(rested[i] - one), zero)
        fires[i] = fire
    return collect(fires, s.names[:targets], s.events)
