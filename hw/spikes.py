"""Spike queue: a layer's spikes, a bit mask per group, become events one by one."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from erbium.golden.cycle.record import spikes_fields
from erbium.golden.cycle.spikes import SpikeQueue as GoldenQueue
from erbium.golden.words import spike_queue_depth
from erbium.hw.fixed import fit, wrap
from erbium.hw.trace import observe
from erbium.hw.words import EventLayout, SpikeLayout


class SpikeQueue(wiring.Component):
    """Serialise spikes at one event a cycle, without gaps between events or groups.

    The queue holds all groups of
    the largest layer, so it never stalls a layer that is taken up before the next one comes.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    latency : int
        Cycles from a mask to its first event, if the queue is empty.

    Members
    -------
    i : In(stream.Signature(SpikeLayout(config)))
        Masks with at least one spike, in ascending order; with `end` also an empty one.
    o : Out(stream.Signature(EventLayout(config)))
        Firing neurons in ascending order, and an `end` after a mask that had `end`.
    """

    latency = GoldenQueue.latency

    def __init__(self, config):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(SpikeLayout(config))),
                "o": Out(stream.Signature(EventLayout(config))),
            }
        )

    @property
    def depth(self):
        """Groups that the queue holds before the one being serialised."""
        return spike_queue_depth(self._config)

    def elaborate(self, platform):
        m = Module()
        layout = SpikeLayout(self._config)
        m.submodules.queue = queue = SyncFIFOBuffered(width=layout.size, depth=self.depth)
        m.d.comb += [
            queue.w_data.eq(self.i.payload),
            queue.w_en.eq(self.i.valid),
            self.i.ready.eq(queue.w_rdy),
        ]

        current = Signal(layout)
        rest = Signal(self._config.lanes)
        silent, finished = Signal(), Signal()
        lane = self._lowest(m, current.mask)
        source = self.o.payload.source
        m.d.comb += [
            # This clears the lowest spike; in a mask of none there is nothing to clear.
            rest.eq(current.mask & wrap(current.mask - 1, len(current.mask))),
            # The last group of a layer has spikes in those lanes only that have a neuron.
            source.eq(fit(Cat(lane, current.group), source.shape())),
            silent.eq(current.mask == 0),
            self.o.payload.end.eq(silent),
            finished.eq(silent | ((rest == 0) & ~current.end)),
        ]
        # Not `end` itself: a block that reads one part of a payload and drives another is legal
        # Verilog, and still Verilator can take the old value of what it reads.
        with m.If(silent):
            m.d.comb += source.eq(0)

        with m.If(~self.o.valid | (self.o.ready & finished)):
            m.d.comb += queue.r_en.eq(1)
            m.d.sync += [self.o.valid.eq(queue.r_rdy), current.eq(queue.r_data)]
        with m.Elif(self.o.ready):
            m.d.sync += current.mask.eq(rest)
        observe(
            m,
            spikes_fields(self._config),
            take=queue.r_en,
            valid=self.o.valid,
            event=(self.o.valid, self.o.payload),
        )
        return m

    def _lowest(self, m, mask):
        """Return the number of the lowest lane that fires."""
        if len(mask) == 1:
            return Const(0, 0)
        lane = Signal(exact_log2(len(mask)))
        for index in reversed(range(len(mask))):
            with m.If(mask[index]):
                m.d.comb += lane.eq(index)
        return lane
