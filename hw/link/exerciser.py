"""Exerciser: the link of a board without a host. Writes weights, then shows samples for ever."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from erbium.golden.config import FULL_RATE
from erbium.golden.exerciser import FLIP_BITS, LIT_BITS, PASSES, PATTERN_SEED, weight_draw_bits
from erbium.golden.layout import Layout
from erbium.golden.rng import WEIGHTS, stream_seed
from erbium.hw.fixed import increment
from erbium.hw.link.signature import link_signature
from erbium.hw.rng import Generator
from erbium.hw.words import AccessLayout, WeightLayout


class WeightWriter(wiring.Component):
    """Fill the weight memory once, word by word; padding lanes get 0, as the host must.

    Each lane takes a random number and a clock cycle, lane 0 first.

    Parameters
    ----------
    config : Config

    Members
    -------
    random : In(32)
    step : Out(1)
        The random number is being used; there is another in the next cycle.
    o : Out(stream.Signature(AccessLayout(config)))
    done : Out(1)
        All words are written.
    """

    def __init__(self, config):
        self._config = config
        super().__init__(
            {
                "random": In(32),
                "step": Out(1),
                "o": Out(stream.Signature(AccessLayout(config))),
                "done": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        lanes, depth = self._config.lanes, Layout(self._config).weight_depth
        word = Signal(WeightLayout(self._config))
        lane = Signal(range(lanes))
        address = Signal(range(depth))
        weight = self._weight(m, address, lane)
        m.d.comb += [
            self.o.payload.data.eq(word),
            self.o.payload.address.eq(address),
            self.o.payload.write.eq(1),
        ]
        with m.FSM():
            with m.State("DRAW"):
                m.d.comb += self.step.eq(1)
                # Lane 0 is drawn first and moves down to its place.
                m.d.sync += word.eq(Cat(word, weight)[len(weight) :])
                m.d.sync += lane.eq(increment(lane))
                with m.If(lane == lanes - 1):
                    m.d.sync += lane.eq(0)
                    m.next = "WRITE"
            with m.State("WRITE"):
                m.d.comb += self.o.valid.eq(1)
                with m.If(self.o.ready):
                    m.d.sync += address.eq(increment(address))
                    m.next = "DRAW"
                    with m.If(address == depth - 1):
                        m.next = "DONE"
            with m.State("DONE"):
                m.d.comb += self.done.eq(1)
        return m

    def _weight(self, m, address, lane):
        """Return the weight drawn for a place: as many bits as its layer's, 0 if it is padding."""
        weight = Signal(signed(self._config.weight_bits))
        layers = Layout(self._config).layers
        for layer, bits in zip(layers, weight_draw_bits(self._config), strict=True):
            last_group = layer.weight_address(0, layer.groups - 1)
            used = layer.targets - (layer.groups - 1) * self._config.lanes
            # A later layer comes after this one and overrules it.
            with m.If(address >= layer.weight_base):
                m.d.comb += weight.eq(self.random[:bits].as_signed() if bits else 0)
                with m.If((address >= last_group) & (lane >= used)):
                    m.d.comb += weight.eq(0)
        return weight


class Exerciser(wiring.Component):
    """Teach a core patterns that a generator makes, and ask it for them with learning off.

    What is sent is that of ``golden.exerciser.Exerciser``. The members are those of the core,
    seen from the other side; see `link_signature`.

    Parameters
    ----------
    config : Config
    hold : int
        Clock cycles to wait after an answer with learning off, so that an eye can see it.
    passes : int
        Passes over the classes with learning on, before each pass with learning off.

    Raises
    ------
    ValueError
        If the core takes events instead of intensities.
    """

    def __init__(self, config, *, hold, passes=PASSES):
        if config.encoder == "events":
            raise ValueError(
                "the exerciser shows intensities, which encoder 'events' does not take; "
                "choose another encoder, or another link"
            )
        self._config = config
        self._hold = hold
        self._passes = passes
        super().__init__(link_signature(config))

    @property
    def config(self):
        """The configuration of the core."""
        return self._config

    def elaborate(self, platform):
        m = Module()
        noise = Generator(stream_seed(self._config.seed, WEIGHTS))
        pattern = Generator(PATTERN_SEED)
        weights = WeightWriter(self._config)
        m.submodules.noise, m.submodules.pattern, m.submodules.weights = noise, pattern, weights
        label = Signal(range(self._config.layers[-1]))
        number = Signal(range(self._passes + 1))
        source = Signal(range(self._config.layers[0]))
        wait = Signal(range(self._hold + 1))
        learning = number != self._passes
        connect(m, weights.o, flipped(self.i_access))
        m.d.comb += [
            weights.random.eq(noise.values[0]),
            noise.steps.eq(weights.step | (self.i_pixel.valid & self.i_pixel.ready)),
            pattern.load.payload.eq(PATTERN_SEED ^ Cat([label | C(0, 8)] * 4)),
            self.i_pixel.payload.intensity.eq(self._intensity(noise.values[0], pattern.values[0])),
            self.i_pixel.payload.last.eq(source == self._config.layers[0] - 1),
            self.i_request.payload.label.eq(label),
            self.i_request.payload.rate.eq(Mux(learning, FULL_RATE, 0)),
        ]

        with m.FSM():
            with m.State("WEIGHTS"):
                with m.If(weights.done):
                    m.next = "PATTERN"
            with m.State("PATTERN"):
                m.d.comb += pattern.load.valid.eq(1)
                m.d.sync += source.eq(0)
                m.next = "PIXELS"
            with m.State("PIXELS"):
                m.d.comb += self.i_pixel.valid.eq(1)
                with m.If(self.i_pixel.ready):
                    m.d.comb += pattern.steps.eq(1)
                    m.d.sync += source.eq(increment(source))
                    with m.If(self.i_pixel.payload.last):
                        m.next = "REQUEST"
            with m.State("REQUEST"):
                m.d.comb += self.i_request.valid.eq(1)
                with m.If(self.i_request.ready):
                    m.next = "RESULT"
            with m.State("RESULT"):
                m.d.comb += self.o_result.ready.eq(1)
                m.d.sync += wait.eq(Mux(learning, 0, self._hold))
                with m.If(self.o_result.valid):
                    m.next = "HOLD"
            with m.State("HOLD"):
                m.d.sync += wait.eq(wait - 1)
                with m.If(wait == 0):
                    self._next_sample(m, label, number)
                    m.next = "PATTERN"
        return m

    def _intensity(self, noise, pattern):
        lit = pattern[-LIT_BITS:] == 0
        flipped = noise[-FLIP_BITS:] == 0
        return Mux(lit ^ flipped, 128 | noise[:7], 0)

    def _next_sample(self, m, label, number):
        """Go on to the next class, and after the last one to the next pass."""
        m.d.sync += label.eq(increment(label))
        with m.If(label == self._config.layers[-1] - 1):
            m.d.sync += [label.eq(0), number.eq(increment(number))]
            with m.If(number == self._passes):
                m.d.sync += number.eq(0)
