"""Input queue: events wait between encoder and synapses, and come out one by one."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.fifo import SyncFIFOBuffered
from amaranth.lib.wiring import In, Out

from erbium.golden.cycle.inputs import InputQueue as GoldenQueue
from erbium.golden.layout import Layout
from erbium.golden.words import INPUT_QUEUE_DEPTH
from erbium.hw.words import EventLayout, EventsLayout


class InputQueue(wiring.Component):
    """Queue of words of events.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    latency : int
        Cycles from a word to its first event, if the queue is empty.

    Members
    -------
    i : In(stream.Signature(EventsLayout(config)))
    o : Out(stream.Signature(EventLayout(config)))
    """

    latency = GoldenQueue.latency

    def __init__(self, config):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(EventsLayout(config))),
                "o": Out(stream.Signature(EventLayout(config))),
            }
        )

    def elaborate(self, platform):
        m = Module()
        layout = EventsLayout(self._config)
        m.submodules.queue = queue = SyncFIFOBuffered(width=layout.size, depth=INPUT_QUEUE_DEPTH)
        events = Signal(layout)
        last = Signal(init=1)
        m.d.comb += [
            queue.w_data.eq(self.i.payload),
            queue.w_en.eq(self.i.valid),
            self.i.ready.eq(queue.w_rdy),
            events.eq(queue.r_data),
            self.o.valid.eq(queue.r_rdy),
            self.o.payload.source.eq(events.sources[0]),
            self.o.payload.end.eq(events.end),
            queue.r_en.eq(self.o.ready & last),
            last.eq(1),
        ]
        if Layout(self._config).encoder_lanes > 1:
            second = Signal()
            m.d.comb += last.eq(second | ~events.more)
            with m.If(second):
                m.d.comb += self.o.payload.source.eq(events.sources[1])
            with m.If(self.o.valid & self.o.ready):
                m.d.sync += second.eq(~last)
        return m
