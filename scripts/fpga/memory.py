"""The memories of a core: one list, from which the planner counts blocks.

Whoever adds a memory to the circuit adds it here; tests/flow/test_plan.py compares names, sizes
and blocks with a synthesis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from erbium.golden.config import Config
from erbium.golden.feedback import feedback_weights
from erbium.golden.layout import Layout
from erbium.golden.words import (
    INPUT_QUEUE_DEPTH,
    events_word,
    input_address_bits,
    input_word,
    spike_queue_depth,
    spikes_word,
    word_bits,
)

#: Ports. PAIR: one to read, one to write, which never meet at an address. QUEUE: the same, but
#: they may meet, and the old word is read. ROM: one to read, with contents from the start.
#: SINGLE: one address for both, in turn.
PAIR, QUEUE, ROM, SINGLE = "pair", "queue", "rom", "single"

#: Words from which on Yosys makes a memory of a `case`, as which a ROM is emitted (its pass
#: proc_rom); fewer become logic.
LEAST_CASES = 8

#: What a memory must be made of. AUTO leaves it to the synthesis.
AUTO, BLOCK, HUGE = "auto", "block", "huge"


@dataclass(frozen=True)
class Memory:
    """A memory, as the synthesis sees it.

    Attributes
    ----------
    name : str
        Path of the submodules to it.
    depth, width : int
        Words, and bits of one.
    ports : str
        PAIR, QUEUE, ROM or SINGLE.
    style : str
        AUTO, BLOCK or HUGE.
    """

    name: str
    depth: int
    width: int
    ports: str = PAIR
    style: str = AUTO

    @property
    def bits(self) -> int:
        """Bits that it holds."""
        return self.depth * self.width


def memories(config: Config) -> tuple[Memory, ...]:
    """Return the memories of a core, large ones first.

    Widths are those that synthesis keeps: bits that are always the same are removed there.
    """
    layout, lanes, inputs = Layout(config), config.lanes, config.layers[0]
    membranes, dendrites = layout.membrane_bits, word_bits(layout.dendrite_fields)
    found = [
        *_weights(config),
        Memory("datapath.membrane_memory.words", layout.state_depth, lanes * membranes,
               style=BLOCK),
        Memory("datapath.dendrite_memory.words", layout.state_depth, lanes * dendrites,
               style=BLOCK),
    ]  # fmt: skip
    if config.learning and layout.feedback_depth >= LEAST_CASES:
        found.append(
            Memory("datapath.feedback_memory.words", layout.feedback_depth, changing_bits(config),
                   ROM, BLOCK)
        )  # fmt: skip
    encoded = layout.encoder_lanes
    if config.encoder != "events":
        depth, width = 2 << input_address_bits(config), word_bits(input_word(config))
        found += [
            Memory(f"samples.input_memory_{lane}.words", depth, width, style=BLOCK)
            for lane in range(encoded)
        ]
    if config.encoder == "phase":
        depth = max(2, -(-inputs // encoded))
        width = layout.phase_bits * encoded
        found.append(Memory("encoder.code.phase_memory.words", depth, width, style=BLOCK))
    # The first entry of a queue waits in a register. If each layer is one group, its number is 0.
    numbered = any(layer.groups > 1 for layer in layout.layers)
    events = word_bits(events_word(config))
    masks = word_bits(spikes_word(config)) - (not numbered)
    found += [
        Memory("inputs.queue.storage", INPUT_QUEUE_DEPTH - 1, events, QUEUE),
        Memory("spikes.queue.storage", spike_queue_depth(config) - 1, masks, QUEUE),
    ]
    return tuple(memory for memory in found if memory.width)


def _weights(config: Config) -> Iterator[Memory]:
    """Yield the weight memory: one for all lanes, or some for each."""
    layout = Layout(config)
    if config.memory == "spram":
        yield Memory("datapath.weight_memory.all.words", layout.weight_depth,
                     config.lanes * config.weight_bits, SINGLE, HUGE)  # fmt: skip
        return
    for lane in range(config.lanes):
        for number, bits in enumerate(layout.weight_slices):
            name = f"datapath.weight_memory.lane_{lane}_{number}.words"
            yield Memory(name, layout.weight_depth, bits, style=BLOCK)


def changing_bits(config: Config) -> int:
    """Return how many bits of a feedback word are not the same in all words."""
    layout = Layout(config)
    words = layout.pack_feedback(feedback_weights(config))
    bits = words[:, :, None] >> np.arange(layout.feedback_bits) & 1
    return int((bits != bits[0]).any(axis=0).sum())
