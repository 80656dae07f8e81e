"""What no host may send: samples, requests, accesses and random states that a guard drops."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.ports import Access, Request
from erbium.golden.cycle.sample import LAST
from erbium.golden.enums import GuardError
from erbium.golden.layout import Layer, Layout
from erbium.golden.rng import RandomState
from erbium.golden.words import address_bits
from erbium.sim.host.traffic import DROP, HostQueue, as_events, random_sample

#: Inputs of a sample as they go over the stream, and marks where the host drops it.
Inputs = list[int] | list[Event]


def padded_layers(config: Config) -> list[Layer]:
    """Return the layers that do not fill their last group."""
    return [layer for layer in Layout(config).layers if layer.targets % config.lanes]


def sample_flaws(config: Config) -> list[GuardError]:
    """Return what can be wrong with a sample of a configuration."""
    inputs = config.layers[0]
    if config.encoder != "events":
        return [GuardError.LONG, GuardError.SHORT] if inputs > 1 else [GuardError.LONG]
    found = [GuardError.ORDER, GuardError.TICKS]
    found += [GuardError.SOURCE] if inputs < 1 << Layout(config).source_bits else []
    return found + (
        [GuardError.OVERFLOW] if config.ticks * (inputs + 1) > config.event_buffer else []
    )


def request_flaws(config: Config) -> list[GuardError]:
    """Return what can be wrong with a request."""
    classes = config.layers[-1]
    return (
        [GuardError.RATE, GuardError.LABEL]
        if classes < 1 << address_bits(classes)
        else [GuardError.RATE]
    )


def access_flaws(config: Config) -> list[GuardError]:
    """Return what can be wrong with an access."""
    depth = Layout(config).weight_depth
    found = [GuardError.ADDRESS] if depth < 1 << address_bits(depth) else []
    return found + ([GuardError.PADDING] if padded_layers(config) else [])


def all_flaws(config: Config) -> int:
    """Return the flags of everything that can be raised between samples."""
    found = (
        *sample_flaws(config),
        *request_flaws(config),
        *access_flaws(config),
        GuardError.RANDOM,
    )
    return sum(error.flag for error in found)


def flawed_sample(config: Config, rng: random.Random, error: GuardError) -> Inputs:
    """Draw a sample with one flaw; it ends as every sample does, with a `last`."""
    inputs, ticks = config.layers[0], config.ticks
    if config.encoder != "events":
        most = 3 * inputs if rng.random() < 0.2 else inputs + 2
        length = (
            rng.randint(inputs + 1, most) if error == GuardError.LONG else rng.randrange(1, inputs)
        )
        words = [rng.choice((0, rng.randrange(256))) for _ in range(length)]
        return [*words[:-1], words[-1] | LAST]
    sample = random_sample(config, rng)
    tick = rng.randrange(ticks)
    if error == GuardError.ORDER:
        first = rng.randrange(inputs)
        sample[tick] = [first, rng.randint(0, first)]
    elif error == GuardError.SOURCE:
        sample[tick] = [*sample[tick], rng.randrange(inputs, 1 << Layout(config).source_bits)]
    elif error == GuardError.OVERFLOW:
        sample = [list(range(inputs))] * ticks
    elif rng.random() < 0.3:
        # The last event is none that ends a tick.
        return [*as_events(sample)[:-1], Event(inputs - 1, last=True)]
    else:
        fewer = ticks > 1 and rng.random() < 0.5
        sample = sample[: rng.randrange(1, ticks)] if fewer else sample * 2
    return as_events(sample)


def flawed_request(config: Config, rng: random.Random, error: GuardError) -> Request:
    """Draw a request with one flaw."""
    classes = config.layers[-1]
    if error == GuardError.LABEL:
        return Request(rng.randrange(classes, 1 << address_bits(classes)), FULL_RATE)
    return Request(rng.randrange(classes), rng.choice((257, 511, rng.randint(257, 511))))


def flawed_access(config: Config, rng: random.Random, error: GuardError) -> Access:
    """Draw an access with one flaw: a write, or a read of an address beyond the end."""
    layout, lanes = Layout(config), config.lanes
    limit = 1 << config.weight_bits - 1
    if error == GuardError.ADDRESS:
        address = rng.randrange(layout.weight_depth, 1 << address_bits(layout.weight_depth))
        word = tuple(rng.randrange(-limit, limit) for _ in range(lanes))
        return Access(address, None if rng.random() < 0.5 else word)
    layer = rng.choice(padded_layers(config))
    word = [rng.randrange(-limit, limit) for _ in range(layer.targets % lanes)]
    padding = [0] * (lanes - len(word))
    padding[rng.randrange(len(padding))] = rng.choice((-limit, limit - 1, 1))
    address = layer.weight_address(rng.randrange(layer.sources), layer.groups - 1)
    return Access(address, (*word, *padding))


def flawed_random(rng: random.Random) -> RandomState:
    """Draw random states, one of which is 0 at least."""
    states = [rng.randrange(1, 2**32) for _ in range(3)]
    states[rng.randrange(3)] = 0
    return RandomState(*states)


class Mixture:
    """Queues flawed traffic for a host, between good samples, and knows what is to come of it.

    Parameters
    ----------
    config : Config
    host : HostQueue
    rng : random.Random

    Attributes
    ----------
    flags : int
        Of the errors that must have been raised in the end.
    dropped : int
        Samples that must have been dropped with their requests.
    reads : int
        Words of zeros that are answered.
    """

    def __init__(self, config: Config, host: HostQueue, rng: random.Random) -> None:
        self._config, self._host, self._rng = config, host, rng
        self.flags = self.dropped = self.reads = 0

    def _inputs(self, words: Sequence[object]) -> None:
        events = self._config.encoder == "events"
        (self._host.events if events else self._host.pixels).extend(words)

    def _good(self) -> list[object]:
        """Return the words of a good sample."""
        queue = HostQueue(self._rng)
        queue.send(self._config, random_sample(self._config, self._rng), 0)
        return [*queue.events, *queue.pixels]

    def _raises(self, error: GuardError) -> GuardError:
        self.flags |= error.flag
        return error

    def sample(self) -> None:
        """Queue a sample and its request, one of which is bad, or both are."""
        config, rng, kind = self._config, self._rng, self._rng.randrange(3)
        words = self._good()
        request = Request(rng.randrange(config.layers[-1]), FULL_RATE)
        if kind != 1:
            words = flawed_sample(config, rng, self._raises(rng.choice(sample_flaws(config))))
        if kind != 0:
            request = flawed_request(config, rng, self._raises(rng.choice(request_flaws(config))))
        self._inputs(words)
        self._host.requests.append(request)
        self.dropped += 1

    def broken_off(self) -> None:
        """Queue a part of a sample, which the host drops."""
        words = self._good()
        self._inputs([*words[: self._rng.randrange(len(words))], DROP])

    def access(self) -> None:
        """Queue an access that must change nothing, if there is any."""
        if flaws := access_flaws(self._config):
            error = self._raises(self._rng.choice(flaws))
            access = flawed_access(self._config, self._rng, error)
            self._host.accesses.append(access)
            self.reads += access.data is None

    def random(self) -> None:
        """Queue random states that must change nothing."""
        self._raises(GuardError.RANDOM)
        self._host.randoms.append(flawed_random(self._rng))

    def anything(self) -> None:
        """Queue something that is bad."""
        kinds: tuple[Callable[[], None], ...]
        kinds = (self.sample, self.sample, self.broken_off, self.access, self.random)
        self._rng.choice(kinds)()
