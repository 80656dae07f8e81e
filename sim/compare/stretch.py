"""One stretch of a long test: a random machine in compiled Verilog, and traffic without end.

Beside it runs the compiled golden model, which has the same samples, labels, rates, host accesses
and resets. Of every sample are compared winner, counts and output spikes, synaptic operations and
random states; after every round, every weight.
"""

from __future__ import annotations

import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import hypothesis

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.fast import FastCore
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.hw.verilog.emission import module_name
from erbium.sim.compare.comparer import Comparer
from erbium.sim.compare.observation import of_circuit, of_model
from erbium.sim.engines.native import NativeCore, SimulationError
from erbium.sim.host.draws import configs, with_guard
from erbium.sim.host.traffic import random_sample

#: What is compared, and what of a circuit that is no netlist, which shows no words.
FIELDS = ("winner", "counts", "output_spikes", "random", "weights")
OF_UNITS = ("synaptic_operations",)

#: Samples of a round, and how much larger machines are than those of `sim.compare.agreement`.
ROUND, SCALE = 64, 2


@dataclass
class Stretch:
    """What a stretch compared.

    Attributes
    ----------
    number : int
        With the seed, it decides everything.
    config : dict
        The machine, as `Config.as_dict`.
    stalled : bool
        Whether the host delayed its handshakes.
    cycles, samples, spikes, rounds, weights : int
        Clock cycles and samples compared; spikes seen; rounds, and weights compared after them.
    memory_begin, memory_end : int
        Resident memory in KiB after the first round, and at the end.
    mismatch : str or None
    """

    number: int
    config: dict[str, object]
    stalled: bool
    cycles: int = 0
    samples: int = 0
    spikes: int = 0
    rounds: int = 0
    weights: int = 0
    memory_begin: int = 0
    memory_end: int = 0
    mismatch: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Return all figures, ready for JSON."""
        return asdict(self)


def draw_config(seed: int, number: int) -> Config:
    """Return the machine of a stretch."""
    drawn: list[Config] = []

    # The second example is the first that is random; see `sim.compare.agreement.explore`.
    @hypothesis.seed(f"{seed} {number}")
    @hypothesis.settings(
        max_examples=2, phases=(hypothesis.Phase.generate,), database=None, deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(configs(scale=SCALE))
    def collect(config: Config) -> None:
        drawn.append(config)

    collect()
    config = drawn[-1].replace(name=f"soak-{number}")
    return with_guard(config) if number % 2 else config


def resident() -> int:
    """Return this process's resident memory in KiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def run_stretch(
    seed: int,
    number: int,
    *,
    cycles: int,
    seconds: float,
    build_dir: Path,
    verilog: str | None = None,
) -> Stretch:
    """Run a stretch of so many cycles, or seconds, whatever comes first.

    Parameters
    ----------
    seed, number : int
    cycles : int
    seconds : float
        Without the time to build the circuit.
    build_dir : Path
        The circuit's library is there while it runs.
    verilog : str, optional
        Text to compile in place of the configuration's own, for planted faults.
    """
    config = draw_config(seed, number)
    rng = random.Random(f"{seed} {number}")
    stalled = rng.random() < 0.5
    found = Stretch(number, config.as_dict(), stalled)
    circuit = NativeCore(
        config, build_dir, verilog=verilog, stalls=rng.randrange(1, 2**31) if stalled else None
    )
    for library in build_dir.glob(f"{module_name(config)}-*.so"):
        # It is loaded; thousands of them would fill the disk.
        library.unlink()
    found.mismatch = traffic(circuit, FastCore(config), rng, found, cycles, seconds)
    return found


def traffic(
    circuit: NativeCore,
    model: FastCore,
    rng: random.Random,
    found: Stretch,
    cycles: int,
    seconds: float,
    *,
    netlist: bool = False,
) -> str | None:
    """Run rounds on both for so many cycles, or seconds, and count them in `found`; return what
    differs first, or that nothing was compared. Of a netlist no words are seen.
    """
    fields = FIELDS if netlist else (*FIELDS, *OF_UNITS)
    end = time.monotonic() + seconds
    mismatch = None
    while mismatch is None and found.cycles < cycles:
        if found.rounds and time.monotonic() > end:
            break
        try:
            _host(circuit.config, circuit, model, rng)
            mismatch = _round(circuit, model, rng, found, fields)
        except SimulationError as error:
            mismatch = str(error)
        found.rounds += 1
        found.memory_end = resident()
        found.memory_begin = found.memory_begin or found.memory_end
    if mismatch is None and not (found.samples and found.weights):
        mismatch = "nothing was compared"
    return mismatch and f"round {found.rounds}: {mismatch}"


def _host(config: Config, circuit: NativeCore, model: FastCore, rng: random.Random) -> None:
    """Do what a host does between samples, at random."""
    if rng.random() < 0.1:
        circuit.reset()
        model.reset()
    if rng.random() < 0.2:
        state = RandomState(*(rng.randrange(1, 2**32) for _ in range(3)))
        circuit.random = model.random = state
    if rng.random() < 0.3:
        limit, weights = 1 << (config.weight_bits - 1), model.weights
        for matrix in weights:
            for _ in range(rng.randrange(8)):
                place = rng.randrange(matrix.shape[0]), rng.randrange(matrix.shape[1])
                matrix[place] = rng.choice((-limit, limit - 1, rng.randrange(-limit, limit)))
        circuit.load(weights)
        model.load(weights)


def _round(
    circuit: NativeCore,
    model: FastCore,
    rng: random.Random,
    found: Stretch,
    fields: tuple[str, ...],
) -> str | None:
    """Show some samples to both; return where they differ."""
    config = circuit.config
    samples = [random_sample(config, rng) for _ in range(ROUND)]
    labels = [rng.randrange(config.layers[-1]) for _ in samples]
    rates = [
        rng.choice((FULL_RATE, FULL_RATE, 0, rng.randrange(FULL_RATE))) * config.learning
        for _ in samples
    ]
    layout, comparer = Layout(config), Comparer(*fields)
    for number, result in enumerate(circuit.run_many(samples, labels, rates)):
        expected = model.run(samples[number], labels[number], rates[number])
        found.samples += 1
        found.cycles += result.cycles
        found.spikes += len(result.spikes)
        seen, wanted = of_circuit(layout, result), of_model(expected, model.random)
        if not comparer.sample(f"sample {number}", seen, wanted):
            return comparer.mismatch
    comparer.weights(f"after {ROUND} samples", circuit.weights, model.weights)
    found.weights += comparer.compared["weights"]
    return comparer.mismatch
