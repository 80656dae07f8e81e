"""What follows from a configuration: groups, memory addresses and bit widths.

Neurons of a layer are handled `lanes` at a time; such a set is a *group*. A memory word holds
one value for each lane of a group. Lanes beyond the end of a layer are *padding*: their weights
and feedback are 0, and they never fire.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from erbium.golden.config import Config
from erbium.golden.enums import Stage
from erbium.golden.feedback import largest_dendrite, largest_feedback
from erbium.golden.fixed import bits_for_signed, bits_for_unsigned
from erbium.golden.validate import check_feedback, check_weights, check_words

#: Depth of a block RAM of 16 Kibit (and parity) at each width.
BLOCK_SHAPES = ((512, 36), (1024, 18), (2048, 9), (4096, 4))

#: Operations before the one that is issued whose sums cannot be read from memory yet.
SUMS_UNDER_WAY = Stage.WRITE - Stage.FETCH

#: Lanes that one encoded input a cycle keeps busy.
LANES_PER_INPUT = 16

#: Bits of a slice of a weight memory that is deeper than that.
NARROWEST_SLICE = 2


@dataclass(frozen=True)
class Layer:
    """One layer of neurons, with the synapses that feed it.

    Attributes
    ----------
    index : int
        0 for the first hidden layer.
    sources, targets : int
        Neurons (or inputs) before and in this layer.
    groups : int
        Words that hold one value per target.
    state_base, weight_base : int
        First address of this layer in the state memory and in the weight memory.
    """

    index: int
    sources: int
    targets: int
    groups: int
    state_base: int
    weight_base: int

    def weight_address(self, source: int, group: int) -> int:
        """Address of the weights from `source` to `group`: group-major, so that the words of
        an event are `sources` apart and no multiplier is needed to find the first.
        """
        return self.weight_base + group * self.sources + source


class Layout:
    """Sizes, addresses and widths derived from a `Config`.

    Every width is the smallest that holds the largest value that can occur, so that nothing
    but the named saturations can narrow a number.
    """

    def __init__(self, config: Config) -> None:
        self.config = config

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of neurons, first hidden layer first."""
        found: list[Layer] = []
        state_base = weight_base = 0
        sizes = self.config.layers
        for index, (sources, targets) in enumerate(pairwise(sizes)):
            groups = -(-targets // self.config.lanes)
            found.append(Layer(index, sources, targets, groups, state_base, weight_base))
            state_base += groups
            weight_base += groups * sources
        return tuple(found)

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return self.config.layers[0]

    @property
    def classes(self) -> int:
        """Number of classes, that is, output neurons."""
        return self.config.layers[-1]

    @cached_property
    def state_depth(self) -> int:
        """Words of the state memory: all groups of all layers."""
        return sum(layer.groups for layer in self.layers)

    @cached_property
    def weight_depth(self) -> int:
        """Words of the weight memory."""
        return sum(layer.groups * layer.sources for layer in self.layers)

    @property
    def weight_slices(self) -> tuple[int, ...]:
        """Bits of the memories that hold a lane's weights side by side, lowest first.

        A memory deeper than a block RAM at its width would need rows of blocks, and a multiplexer
        behind them in every lane, in its slowest path. So deep memories are cut into slices: as
        wide as 16 Kibit allow at this depth, and not below two bits, where small blocks end.
        """
        depth, bits = self.weight_depth, self.config.weight_bits
        width = next((w for d, w in BLOCK_SHAPES if depth <= d), NARROWEST_SLICE)
        return tuple(min(width, bits - first) for first in range(0, bits, width))

    @property
    def feedback_depth(self) -> int:
        """Words of the feedback memory: one for each class and group."""
        return self.state_depth * self.classes

    @cached_property
    def forwards(self) -> tuple[int, ...]:
        """Numbers of groups, ascending, of layers so small that an event comes round to a word
        before the last event's sum is in memory.
        """
        return tuple(sorted({g.groups for g in self.layers if g.groups <= SUMS_UNDER_WAY}))

    @cached_property
    def membrane_bits(self) -> int:
        """Signed bits of a stored membrane: a saturated one plus every weight of a tick."""
        c = self.config
        state = 1 << (c.state_bits - 1)
        return max(
            bits_for_signed(state + (layer.sources << (c.weight_bits - 1 + gain)))
            for layer, gain in zip(self.layers, c.gain, strict=True)
        )

    @cached_property
    def dendrite_bits(self) -> int:
        """Signed bits of a stored dendrite: of the largest that the drawn feedback can make."""
        return bits_for_signed(largest_dendrite(self.config))

    @cached_property
    def feedback_bits(self) -> int:
        """Signed bits of a feedback weight: of the largest that was drawn."""
        return bits_for_signed(largest_feedback(self.config))

    @property
    def dendrite_fields(self) -> dict[str, int]:
        """What the dendrite memory holds for each neuron, lowest first, and its bits.

        A machine that cannot learn has neither dendrites nor gates.
        """
        plastic = {"dendrite": self.dendrite_bits, "gate": 1} if self.config.learning else {}
        return plastic | {"refractory": self.refractory_bits}

    @cached_property
    def refractory_bits(self) -> int:
        """Bits of a refractory counter."""
        return max(1, bits_for_unsigned(max(self.config.refractory)))

    @property
    def encoder_lanes(self) -> int:
        """Inputs that are encoded in a clock cycle: more where many lanes wait for events."""
        return (
            1 if self.config.encoder == "events" else max(1, self.config.lanes // LANES_PER_INPUT)
        )

    @property
    def phase_bits(self) -> int:
        """Bits of an input's phase accumulator, or of its Bernoulli draw."""
        return 8 + self.config.rate_shift

    @cached_property
    def source_bits(self) -> int:
        """Bits of the number of an input or a neuron."""
        return max(1, bits_for_unsigned(max(self.config.layers) - 1))

    @cached_property
    def count_bits(self) -> int:
        """Bits of a class counter: one spike a tick at most."""
        return bits_for_unsigned(self.config.ticks)

    def pack(self, weights: Sequence[np.ndarray]) -> np.ndarray:
        """Arrange weights as memory words.

        Parameters
        ----------
        weights : list of int array [sources, targets]
            One matrix per layer.

        Returns
        -------
        int array [weight_depth, lanes]

        Raises
        ------
        DataError
            If they have the wrong shape, are no integers or leave the range of `weight_bits`.
        """
        words = np.zeros((self.weight_depth, self.config.lanes), dtype=np.int64)
        for layer, matrix in zip(self.layers, check_weights(self, weights), strict=True):
            words[self._slice(layer)] = self._grouped(layer, matrix)
        return words

    def unpack(self, words: np.ndarray) -> list[np.ndarray]:
        """Undo `pack`; padding lanes are dropped."""
        words, weights = check_words(self, words), []
        for layer in self.layers:
            grouped = words[self._slice(layer)].reshape(
                layer.groups, layer.sources, self.config.lanes
            )
            flat = grouped.transpose(1, 0, 2).reshape(layer.sources, -1)
            weights.append(np.ascontiguousarray(flat[:, : layer.targets]))
        return weights

    def pack_feedback(self, feedback: Sequence[np.ndarray]) -> np.ndarray:
        """Arrange feedback [classes, targets] per layer as words [feedback_depth, lanes];
        the word of class k and state address s is at ``s * classes + k``.
        """
        matrices = zip(self.layers, check_feedback(self, feedback), strict=True)
        return np.concatenate([self._grouped(layer, matrix) for layer, matrix in matrices])

    def _slice(self, layer: Layer) -> slice:
        return slice(layer.weight_base, layer.weight_base + layer.groups * layer.sources)

    def _grouped(self, layer: Layer, matrix: np.ndarray) -> np.ndarray:
        rows = matrix.shape[0]
        padded = np.zeros((rows, layer.groups * self.config.lanes), dtype=np.int64)
        padded[:, : layer.targets] = matrix
        grouped = padded.reshape(rows, layer.groups, self.config.lanes).transpose(1, 0, 2)
        return grouped.reshape(-1, self.config.lanes)
