"""Units: what the registers of a link are made of, and how it is joined with the core."""

from amaranth import *
from amaranth.lib.wiring import connect, flipped

from erbium.hw.link.decoder import Decoder
from erbium.hw.link.line_errors import LineErrors
from erbium.hw.link.request_port import RequestPort
from erbium.hw.link.results import Results
from erbium.hw.link.sample_port import EventPort, PixelPort
from erbium.hw.link.stage import Stage
from erbium.hw.link.store import Store
from erbium.hw.link.weight_port import WeightPort


class Units:
    """What `Registers` is made of, joined with the core.

    Parameters
    ----------
    ports : Registers
    m : Module
        Gets them as submodules.
    """

    def __init__(self, ports, m):
        config, core = ports.map.config, ports.core
        events = config.encoder == "events"
        m.submodules.decoder = self.decoder = Decoder(ports.map)
        m.submodules.store = self.store = Store(ports.map)
        m.submodules.results = self.results = Results(config)
        m.submodules.samples = self.samples = EventPort(config) if events else PixelPort()
        inputs = core.i_event if events else core.i_pixel
        m.submodules.stage = stage = Stage(self.samples.o.payload.shape())
        m.submodules.requests = self.requests = RequestPort(config)
        m.submodules.weights = self.weights = WeightPort(config)
        m.submodules.line = self.line = LineErrors()
        m.d.comb += [
            self.store.write.eq(self.results.write),
            self.store.number.eq(self.results.place),
            self.store.byte.eq(self.results.byte),
        ]
        connect(m, flipped(ports.errors), self.line.i)
        connect(m, self.results.i, flipped(core.o_result))
        connect(m, self.requests.o, flipped(core.i_request))
        connect(m, self.weights.i_access, flipped(core.i_access))
        connect(m, self.weights.o_access, flipped(core.o_access))
        connect(m, self.samples.o, stage.i)
        connect(m, stage.o, flipped(inputs))
        #: The byte is the last of a sample.
        self.ends = self.hit("SAMPLE") & ports.bus.request.payload.last

    def hit(self, *names):
        """Return whether the byte belongs to one of these registers."""
        return Cat(self.decoder.hits[name] for name in names).any()
