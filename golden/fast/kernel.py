"""A sample, tick by tick, compiled."""

from __future__ import annotations

from golden.fast.compile import compiled, inlined
from golden.fast.encoder import encode, take_outside
from golden.fast.error import count, find_errors
from golden.fast.neuron import step_neurons
from golden.fast.synapse import deliver


@inlined
def _clear(s):
    s.membrane[:] = 0
    s.dendrite[:] = 0
    s.gate[:] = 0
    s.refractory[:] = 0
    s.plus[:] = 0
    s.minus[:] = 0
    s.counts[:] = 0


@compiled
def run_sample(m, s, sample, outside, label, rate):
    """Show one sample; return the winner and the number of synaptic operations.

    `sample` [inputs] holds intensities; `outside` holds the events of encoder "events" with
    ``-1`` after each tick.
    """
    _clear(s)
    active = 0
    for source in range(len(sample)):
        s.active[active] = source
        s.values[active] = sample[source]
        active += sample[source] != 0
    winner = operations = cursor = 0
    erred = False
    for tick in range(m.ticks):
        if m.outside:
            found = take_outside(s, outside, cursor)
            cursor += found + 1
        else:
            found = encode(m, s, tick, active)
        for layer in range(len(m.targets)):
            deliver(m, s, layer, s.events[:found], rate, erred)
            operations += found * m.targets[layer]
            found = step_neurons(m, s, layer)
        if tick >= m.burn_in:
            spikes = s.events[:found]
            winner = count(spikes, s.counts, winner)
            if rate > 0:
                labelled = (tick - m.burn_in) % m.label_period == 0
                erred |= find_errors(
                    spikes, label, labelled, m.error_threshold,
                    s.plus, s.minus, s.dendrite, m.feedback,
                )  # fmt: skip
    return winner, operations


@compiled
def run_samples(m, s, samples, labels, rate, winners, counts):
    """Show samples [count, inputs] one after another; fill `winners` [count] and `counts`
    [count, classes], and return the number of synaptic operations.
    """
    nothing = labels[:0]
    total = 0
    for i in range(len(samples)):
        winners[i], operations = run_sample(m, s, samples[i], nothing, labels[i], rate)
        for k in range(len(s.counts)):
            counts[i, k] = s.counts[k]
        total += operations
    return total
