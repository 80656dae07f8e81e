"""Memories: one read port and one write port, never at one address in one cycle."""

from amaranth import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.cycle.ram import Ram as GoldenRam
from erbium.golden.fixed import wrap
from erbium.golden.layout import Layout
from erbium.hw.words import WeightLayout, address_shape

#: No word is read while it is written: synthesis adds no logic for that case.
RAM = {"no_rw_check": 1}

#: Attribute of a memory whose words at power-up matter, for emission, which takes it away: others
#: lose their initial words, see `hw.verilog.initial`.
POWER_UP = "power_up"


class PowerUpError(ValueError):
    """Words at power-up that a memory cannot have; the message names the remedy."""


def _ports(shape, depth):
    address = address_shape(depth)
    return {
        "read": In(1),
        "read_address": In(address),
        "read_data": Out(shape),
        "write": In(1),
        "write_address": In(address),
        "write_data": In(shape),
    }


class Ram(wiring.Component):
    """Dual-port block RAM. What it holds at power-up is unknown, unless it is given.

    Parameters
    ----------
    shape : shape-like
        Of a word.
    depth : int
    words : list of int, optional
        What it holds at power-up, all of it. No reset brings them back.

    Attributes
    ----------
    latency : int
        Cycles from an address to its word; the same for all memories.

    Members
    -------
    read, read_address : In
        Read a word; `read_data` holds it `latency` cycles later, until the next read.
    write, write_address, write_data : In
        Write a word at the end of the cycle; not the one that is being read.
    """

    latency = GoldenRam.latency

    def __init__(self, shape, depth, words=None):
        if words is not None and len(words) != depth:
            raise ValueError(f"a memory of {depth} words must be given as many, not {len(words)}")
        self._shape, self._depth, self._words = shape, depth, words
        super().__init__(_ports(shape, depth))

    def elaborate(self, platform):
        m = Module()
        given = {} if self._words is None else {POWER_UP: 1}
        m.submodules.words = words = memory.Memory(
            shape=self._shape,
            depth=self._depth,
            init=self._words or [],
            attrs=RAM | {"ram_style": "block"} | given,
        )
        read, write = words.read_port(), words.write_port()
        m.d.comb += [
            read.addr.eq(self.read_address),
            read.en.eq(self.read),
            self.read_data.eq(read.data),
            write.addr.eq(self.write_address),
            write.data.eq(self.write_data),
            write.en.eq(self.write),
        ]
        return m


class SinglePortRam(wiring.Component):
    """RAM with one port that reads or writes, such as the SPRAM of an iCE40 UltraPlus.

    Parameters and members as `Ram`; `read` and `write` are never 1 together.
    """

    latency = GoldenRam.latency

    def __init__(self, shape, depth):
        self._shape, self._depth = shape, depth
        super().__init__(_ports(shape, depth))

    def elaborate(self, platform):
        m = Module()
        m.submodules.words = words = memory.Memory(
            shape=self._shape, depth=self._depth, init=[], attrs=RAM | {"ram_style": "huge"}
        )
        read, write = words.read_port(), words.write_port()
        address = Signal.like(self.read_address)
        m.d.comb += [
            address.eq(Mux(self.write, self.write_address, self.read_address)),
            read.addr.eq(address),
            read.en.eq(self.read & ~self.write),
            self.read_data.eq(read.data),
            write.addr.eq(address),
            write.data.eq(self.write_data),
            write.en.eq(self.write),
        ]
        return m


class Rom(wiring.Component):
    """Read-only block RAM.

    Parameters
    ----------
    shape : shape-like
    words : list
        Its contents.

    Members
    -------
    read, read_address, read_data
        As those of `Ram`.
    """

    latency = GoldenRam.latency

    def __init__(self, shape, words):
        self._shape, self._words = shape, words
        ports = _ports(shape, len(words))
        super().__init__({name: ports[name] for name in ("read", "read_address", "read_data")})

    def elaborate(self, platform):
        m = Module()
        m.submodules.words = words = memory.Memory(
            shape=self._shape,
            depth=len(self._words),
            init=self._words,
            attrs={"rom_style": "block"},
        )
        read = words.read_port()
        m.d.comb += [
            read.addr.eq(self.read_address),
            read.en.eq(self.read),
            self.read_data.eq(read.data),
        ]
        return m


class WeightRam(wiring.Component):
    """Weight memory, of the kind that the configuration names: a memory for each lane in block
    RAM, or one for all lanes in single-port RAM.

    Parameters
    ----------
    config : Config
    weights : list of int array [sources, targets], optional
        What it holds at power-up.

    Raises
    ------
    PowerUpError
        If the memory is single-port RAM, which holds nothing at power-up.
    DataError
        If the weights do not fit the configuration.

    Members
    -------
    As those of `Ram`, for words of all lanes.
    """

    latency = GoldenRam.latency

    def __init__(self, config, weights=None):
        self._config = config
        self._depth = Layout(config).weight_depth
        check_power_up(config, weights)
        self._words = None if weights is None else Layout(config).pack(weights)
        super().__init__(_ports(WeightLayout(config), self._depth))

    def elaborate(self, platform):
        m = Module()
        if self._config.memory == "spram":
            m.submodules.all = ram = SinglePortRam(WeightLayout(self._config), self._depth)
            wiring.connect(m, wiring.flipped(self), ram)
            return m
        for index in range(self._config.lanes):
            self._lane(m, index)
        return m

    def _lane(self, m, index):
        """Add a lane's own memory: it can lie beside the lane."""
        first = 0
        for number, bits in enumerate(Layout(self._config).weight_slices):
            part = slice(first, first + bits)
            first += bits
            ram = Ram(unsigned(bits), self._depth, self._part(index, part))
            m.submodules[f"lane_{index}_{number}"] = ram
            m.d.comb += [
                ram.read.eq(self.read),
                ram.read_address.eq(self.read_address),
                self.read_data.as_value()
                .word_select(index, self._config.weight_bits)[part]
                .eq(ram.read_data),
                ram.write.eq(self.write),
                ram.write_address.eq(self.write_address),
                ram.write_data.eq(self.write_data[index].as_unsigned()[part]),
            ]

    def _part(self, index, part):
        """Return some bits of a lane's weights at power-up, word by word."""
        if self._words is None:
            return None
        return wrap(self._words[:, index] >> part.start, part.stop - part.start).tolist()


def check_power_up(config, weights):
    """Raise `PowerUpError` if a machine cannot have weights at power-up, and is given some."""
    if weights is not None and config.memory == "spram":
        raise PowerUpError(
            f"{config.name} has memory='spram', and single-port RAM holds no words at power-up: "
            "take memory='block', or let the host write the weights"
        )
