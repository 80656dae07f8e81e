"""Random scenarios: a valid configuration, and what a host does with the machine.

Everything is drawn by Hypothesis, so that a failure shrinks to a small machine and a short story.
A scenario is plain data: its JSON is enough to run it again.
"""

from __future__ import annotations

import dataclasses
import json
import random
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from erbium.golden.config import ENCODERS, LANES, MEMORIES, ROUNDINGS, Config

#: Largest layers of inputs and of hidden neurons that are drawn, and most classes.
INPUTS, HIDDEN, CLASSES = 24, 20, 6

#: Most ticks of a sample, and most steps of a story.
TICKS, STEPS = 16, 5

Step = tuple[Any, ...]


@dataclass(frozen=True)
class Scenario:
    """A machine, and what happens to it.

    Attributes
    ----------
    config : Config
    stall : int
        Of ten offers or acceptances of the host, so many wait for another cycle.
    seed : int
        Of the stalls.
    steps : tuple of Step
        ``("run", label, rate, seed)`` shows a sample drawn with `seed`;
        ``("abort", label, rate, seed, cycles)`` resets the machine so many cycles after it;
        ``("write", address, seed)`` and ``("read", address)`` are host accesses to a weight word;
        ``("random", event, blank, encoder)`` replaces the random states;
        ``("bad", seed)`` is something that a guard must drop, drawn with `seed`.
    """

    config: Config
    stall: int
    seed: int
    steps: tuple[Step, ...]

    def json(self) -> str:
        """Return the scenario as one line; values of the configuration that are defaults are
        left out.
        """
        fields = {f.name: f.default for f in dataclasses.fields(Config)}
        values = {k: v for k, v in self.config.as_dict().items() if v != fields[k]}
        story = {"config": values, "stall": self.stall, "seed": self.seed, "steps": self.steps}
        return json.dumps(story, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Scenario:
        """Undo `json`.

        Raises
        ------
        ValueError
            If the text is no scenario.
        """
        try:
            values = json.loads(text)
            config = Config.from_dict(values.pop("config"))
            steps = tuple(tuple(step) for step in values.pop("steps"))
            return cls(config=config, steps=steps, **values)
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"{text[:60]!r} is no scenario: {error!r}") from error


def _usually(narrow: st.SearchStrategy, wide: st.SearchStrategy) -> st.SearchStrategy:
    """Draw from a range in which a network is active, and at times from all that is legal."""
    # There are many values, and one out of range can silence a network. (`one_of` would drop
    # what it is given twice.)
    return st.sampled_from((True,) * 9 + (False,)).flatmap(lambda usual: narrow if usual else wide)


@st.composite
def configs(draw: st.DrawFn, lanes: tuple[int, ...] = LANES, scale: int = 1) -> Config:
    """Draw a valid configuration, every value of it; `scale` makes layers and samples longer."""
    most_hidden, most_inputs, most_ticks = HIDDEN * scale, INPUTS * scale, TICKS * scale
    wide = _usually(st.integers(most_hidden // 3, most_hidden), st.integers(1, most_hidden))
    hidden = draw(st.lists(wide, min_size=1, max_size=3))
    inputs = draw(_usually(st.integers(most_inputs // 2, most_inputs), st.integers(1, most_inputs)))
    sizes = (inputs, *hidden, draw(st.integers(2, CLASSES)))
    weight_bits = draw(st.integers(2, 16))
    state_bits = draw(st.integers(8, 24))
    ticks = draw(_usually(st.integers(most_ticks // 2, most_ticks), st.integers(1, most_ticks)))
    top, largest = 2 ** (state_bits - 1) - 1, 2 ** (weight_bits - 1) - 1

    def layers(strategy: st.SearchStrategy) -> tuple[int, ...]:
        count = len(sizes) - 1
        return tuple(draw(st.lists(strategy, min_size=count, max_size=count)))

    # A membrane of some weights fires, and stays within the gate.
    some = min(top, 4 * largest)
    leaks = _usually(st.integers(1, min(5, state_bits - 1)), st.integers(1, state_bits - 1))
    low = layers(_usually(st.integers(-some - 1, -1), st.integers(-top - 1, top - 1)))
    high = tuple(
        draw(_usually(st.integers(max(g + 1, some // 2), top), st.integers(g + 1, top)))
        for g in low
    )
    return Config(
        name="drawn",
        layers=sizes,
        lanes=draw(st.sampled_from(lanes)),
        weight_bits=weight_bits,
        state_bits=state_bits,
        ticks=ticks,
        burn_in=draw(_usually(st.integers(0, min(2, ticks - 1)), st.integers(0, ticks - 1))),
        label_period=draw(_usually(st.integers(1, 3), st.integers(1, 255))),
        learning_start=draw(_usually(st.integers(0, min(2, ticks - 1)), st.integers(0, ticks - 1))),
        learning_margin=draw(_usually(st.sampled_from((0, 0, 1, 3)), st.integers(0, 255))),
        threshold=layers(_usually(st.integers(1, max(1, some // 10)), st.integers(1, top))),
        refractory=layers(_usually(st.integers(0, 2), st.integers(0, 255))),
        membrane_leak=layers(_usually(st.integers(3, state_bits - 1), leaks)),
        dendrite_leak=layers(leaks),
        gain=layers(_usually(st.integers(0, 1), st.integers(0, 12))),
        gate_low=low,
        gate_high=high,
        feedback=layers(_usually(st.integers(1, min(top, 255)), st.integers(0, top))),
        weight_init=layers(_usually(st.integers(largest // 2, largest), st.integers(0, largest))),
        learning_shift=draw(_usually(st.integers(0, 6), st.integers(0, 20))),
        rounding=draw(st.sampled_from(ROUNDINGS)),
        error_threshold=draw(_usually(st.integers(1, 2), st.integers(1, 255))),
        transmit=draw(_usually(st.integers(8, 16), st.integers(1, 16))),
        encoder=draw(st.sampled_from(ENCODERS)),
        rate_shift=draw(_usually(st.integers(0, 1), st.integers(0, 8))),
        seed=draw(st.integers(0, 2**32 - 1)),
        memory=draw(st.sampled_from(MEMORIES)),
        learning=draw(_usually(st.just(True), st.booleans())),
        counters=draw(st.booleans()),
    )


def with_guard(config: Config) -> Config:
    """Return a configuration with a guard, and the smallest buffer that every sample fits which
    `sim.host.traffic.random_sample` draws.
    """
    words = config.ticks * (1 + max(1, config.layers[0] // 3))
    return config.replace(guard=True, event_buffer=max(2, 1 << (words - 1).bit_length()))


def spoiled(steps: tuple[Step, ...], rng: random.Random, most: int) -> tuple[Step, ...]:
    """Return steps with some bad ones among them, the last of them as it was."""
    for _ in range(rng.randint(0, most)):
        place = rng.randrange(len(steps))
        steps = (*steps[:place], ("bad", rng.randrange(2**16)), *steps[place:])
    return steps


@st.composite
def scenarios(draw: st.DrawFn, lanes: tuple[int, ...] = LANES, stories: int = STEPS) -> Scenario:
    """Draw a configuration and up to `stories` steps, the last of which is a sample."""
    # Here and not above: the layout is what a host must know of a machine.
    from erbium.golden.layout import Layout

    config = draw(configs(lanes))
    seeds, words = st.integers(0, 2**16), st.integers(0, Layout(config).weight_depth - 1)
    label = st.integers(0, config.layers[-1] - 1)
    rate = _usually(st.just(256), st.integers(0, 256))
    state = st.integers(1, 2**32 - 1)
    run = st.tuples(st.just("run"), label, rate, seeds)
    step = st.one_of(
        run,
        run,
        st.tuples(st.just("abort"), label, rate, seeds, st.integers(0, 300)),
        st.tuples(st.just("write"), words, seeds),
        st.tuples(st.just("read"), words),
        st.tuples(st.just("random"), state, state, state),
    )
    steps = (*draw(st.lists(step, max_size=stories - 1)), draw(run))
    stall, seed = draw(st.sampled_from((0, 0, 3, 6))), draw(seeds)
    # Not drawn by Hypothesis, which would draw everything else anew: what was drawn before there
    # were guards stays the same.
    if seed % 2:
        config, steps = with_guard(config), spoiled(steps, random.Random(seed), stories)
    return Scenario(config, stall, seed, steps)
