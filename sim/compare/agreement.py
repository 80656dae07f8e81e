"""Agreement of everything that runs a machine, scenario by scenario.

NumPy's tick view is the reference. The compiled engine and the compiled Verilog must end every
step with the same results, words, weights and random states; Amaranth's simulator and Icarus must
do the same as the cycle view in every clock cycle, and the cycle view must end as the tick view.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import numpy as np

from erbium.golden.core import Core
from erbium.golden.fast import FastCore
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.sim.compare.comparer import Comparer, Mismatch
from erbium.sim.compare.observation import Observation, of_circuit, of_model, of_ticks
from erbium.sim.engines.native import NativeCore, SimulationError
from erbium.sim.engines.stepping import amaranth, icarus
from erbium.sim.faults.circuit import planted
from erbium.sim.host.draws import Scenario, scenarios
from erbium.sim.host.script import Observed, Script, sample_of, word_of
from erbium.sim.host.traffic import Sample

#: What can run a scenario. The first is the reference.
MODELS = ("numpy", "fast", "cycle")
CIRCUITS = ("amaranth", "icarus", "verilator")
ENGINES = (*MODELS, *CIRCUITS)

#: What engines show of a sample beside its result.
SHOWN = {
    "fast": ("synaptic_operations",),
    "verilator": ("spikes", "output_spikes", "words", "synaptic_operations"),
}


class Disagreement(AssertionError):
    """Two engines differ; the message says where, and how to run it again."""

    def __init__(self, scenario: Scenario, engine: str, what: str) -> None:
        again = f"erbium agree {shlex.quote(scenario.json())} --engine {engine}"
        super().__init__(f"{engine} differs from the golden model: {what}; again: {again}")
        self.scenario = scenario
        self.engine = engine
        self.what = what


def agree(
    scenario: Scenario,
    engines: tuple[str, ...] = ENGINES,
    *,
    build_dir: Path,
    fault: str | None = None,
) -> Counter[str]:
    """Run a scenario on `engines` and compare them with NumPy's tick view and the cycle view.

    Parameters
    ----------
    scenario : Scenario
    engines : tuple of str
        Some of `ENGINES`.
    build_dir : Path
        Work folder of the simulators.
    fault : str, optional
        Name of a fault in `sim.faults.circuit` to plant in the circuits.

    Returns
    -------
    Counter
        "samples", and "cycles" that were compared on each of `CIRCUITS`.

    Raises
    ------
    Disagreement
    """
    script = Script(scenario)
    expected = _ticks(Core(scenario.config), scenario, script)
    counts = Counter(samples=len(expected.results))
    for engine in engines:
        with planted(fault, scenario.config) as hardware:
            try:
                if engine == "fast":
                    compare(_ticks(FastCore(scenario.config), scenario, script), expected, engine)
                elif engine == "cycle":
                    compare(script.observed, expected, engine)
                elif engine == "amaranth":
                    counts[engine] = amaranth(script, hardware)
                elif engine == "icarus":
                    counts[engine] = icarus(script, hardware, build_dir)
                elif engine == "verilator":
                    text = emit_core(hardware, name=module_name(scenario.config))
                    circuit = NativeCore(
                        scenario.config, build_dir, verilog=text,
                        stalls=scenario.seed if scenario.stall else None,
                    )  # fmt: skip
                    compare(_ticks(circuit, scenario, script, counts), expected, engine)
            except (Mismatch, SimulationError) as error:
                raise Disagreement(scenario, engine, str(error)) from error
    return counts


def _ticks(
    core: Core | FastCore | NativeCore,
    scenario: Scenario,
    script: Script,
    counts: Counter[str] | None = None,
) -> Observed:
    """Run a scenario step by step; where it is reset in a sample, weights are the script's."""
    config, layout, seen = scenario.config, Layout(scenario.config), Observed()
    aborted = iter(script.after_abort)
    for kind, *values in scenario.steps:
        if kind == "run":
            label, rate, seed = values
            seen.results.append(_observe(core, sample_of(config, seed), label, rate))
            if counts is not None:
                counts["verilator"] += sum(seen.results[-1].phase_cycles.values())
        elif kind == "abort":
            core.reset()
            core.load(next(aborted))
        elif kind == "random":
            core.random = RandomState(*values)
        elif kind == "bad":
            # As if it had never been.
            continue
        else:
            words = layout.pack([np.asarray(matrix) for matrix in core.weights])
            if kind == "write":
                words[values[0]] = word_of(config, *values)
                core.load(layout.unpack(words))
            else:
                seen.words.append(words[values[0]].tolist())
    seen.weights, seen.random = core.weights, core.random
    return seen


def _observe(
    core: Core | FastCore | NativeCore, sample: Sample, label: int, rate: int
) -> Observation:
    """Show a sample to an engine."""
    if isinstance(core, Core):
        return of_ticks(core, sample, label, rate)
    result = core.run(sample, label, rate)
    if isinstance(core, FastCore):
        return of_model(result, core.random)
    return of_circuit(core.layout, result)


def compare(seen: Observed, expected: Observed, engine: str) -> None:
    """Compare what an engine made visible with the golden model's tick view.

    Raises
    ------
    Mismatch
    """
    fields = ["winner", "counts", *SHOWN.get(engine, ())] if expected.results else []
    fields += ["read words"] if expected.words else []
    # A random machine may be silent.
    comparer = Comparer("random", "weights", *fields, found=engine, may_be_empty=("spikes",))
    comparer.sample_sequence(seen.results, expected.results)
    comparer.read_words(seen.words, expected.words)
    comparer.value("random", "at the end", seen.random, expected.random)
    comparer.weights("at the end", seen.weights, expected.weights)
    comparer.check()


def explore(
    seed: int, check: Callable[[Scenario], None], *, shrink: bool = True, **limits: object
) -> Iterator[Scenario]:
    """Draw one scenario and check it; if that fails, find a small one that fails, too.

    Parameters
    ----------
    seed : int
    check : callable
        Raises `Disagreement`.
    shrink : bool
    limits
        As for `sim.host.draws.scenarios`.

    Yields
    ------
    Scenario
        The one that was checked.

    Raises
    ------
    Disagreement
        Of the smallest scenario found.
    """
    drawn: list[Scenario] = []
    phases = (hypothesis.Phase.generate, *((hypothesis.Phase.shrink,) if shrink else ()))

    # Hypothesis begins with the simplest scenario of all, and goes on with variations of what
    # it has drawn. A second example of each seed is the first that is new.
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=2, phases=phases, database=None, deadline=None, report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    @hypothesis.given(scenarios(**limits))
    def test(scenario: Scenario) -> None:
        if not drawn:
            drawn.append(scenario)
            return
        drawn.append(scenario)
        check(scenario)

    test()
    if len(drawn) > 1:
        yield drawn[1]
