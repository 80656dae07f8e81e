"""The tools around the core, and the tests that should notice a mistake in each: one table.

Tests are quick: some seconds for a file, a minute at most. Files that only start programs or talk
to people (commands, progress bars) are left out, and so is what is not the project's (cocotb's side
of the benches, Dask's side of the sweeps).
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from erbium.hw.board import boards, clock, pll, ratio, status, system, top
from erbium.hw.link import exerciser, signature
from erbium.scripts.common import markdown, tables
from erbium.scripts.data import fetch, idx
from erbium.scripts.data import source as data
from erbium.scripts.fpga import (
    bitstream,
    blocks,
    device,
    harness,
    memory,
    place,
    plan,
    throughput,
)
from erbium.scripts.fpga import (
    cells as netlist,
)
from erbium.scripts.fpga import clock as fpga_clock
from erbium.scripts.fpga import plan_tables as fpga_tables
from erbium.scripts.fpga import (
    timing as report,
)
from erbium.scripts.fpga.survey import document
from erbium.scripts.fpga.survey import entries as description
from erbium.scripts.fpga.survey import measurement as measure
from erbium.scripts.results import document as results_report
from erbium.scripts.results import (
    exports,
    figures,
    records,
)
from erbium.scripts.results import (
    networks as comparison,
)
from erbium.scripts.results import (
    sweeps as campaign,
)
from erbium.scripts.train import (
    baseline,
    checkpoint,
    evaluation,
    measures,
    network,
    plots,
)
from erbium.scripts.train import (
    training as train,
)
from erbium.scripts.train import (
    weight_faults as faults,
)
from erbium.scripts.verify import agree, epoch, formal, soak
from erbium.scripts.verify import document as verify_report
from erbium.scripts.verify import functional as verify_functional
from erbium.scripts.verify import mutation as verify_mutation
from erbium.scripts.verify import python_coverage as verify_python_coverage
from erbium.scripts.verify import replay as verify_replay
from erbium.scripts.verify import toggle as verify_toggle
from erbium.scripts.verify import upsets as verify_upsets
from erbium.scripts.verify.mutation_python.choose import ROOT
from erbium.sim.benches import scoreboard
from erbium.sim.compare import agreement as sim_agree
from erbium.sim.compare import comparer as sim_comparison
from erbium.sim.compare import cosim
from erbium.sim.compare import long_training as sim_epoch
from erbium.sim.compare import stretch as sim_soak
from erbium.sim.engines import native
from erbium.sim.engines import stepping as replay

#: Below tests/: files, or single tests of long files.
TESTS: dict[ModuleType, tuple[str, ...]] = {
    boards: ("hw/test_boards.py", "hw/test_emitted_boards.py"),
    clock: ("hw/test_clock.py", "hw/test_emitted_boards.py"),
    exerciser: ("hw/test_exerciser_times.py", "hw/test_exerciser.py"),
    signature: ("hw/test_exerciser.py",),
    pll: ("hw/test_pll.py", "hw/test_emitted_boards.py"),
    ratio: ("hw/test_ratio.py", "hw/test_emitted_boards.py"),
    status: ("hw/test_status.py", "hw/test_system.py"),
    system: ("hw/test_exerciser_times.py", "hw/test_system.py"),
    top: ("hw/test_emitted_boards.py",),
    sim_agree: ("cosim/test_engines.py", "cosim/test_agree.py::test_wrong_engine_is_found"),
    sim_comparison: ("cosim/test_comparison.py",),
    sim_epoch: ("cosim/test_faulty_circuits.py",),
    sim_soak: ("cosim/test_faulty_circuits.py", "verify/test_soak.py"),
    cosim: (
        "cosim/test_native.py::test_stalls_change_nothing",
        "cosim/test_native.py::test_a_training_goes_on_in_the_circuit",
        "cosim/test_native.py::test_nothing_spiked_is_not_equal",
    ),
    native: (
        "cosim/test_driver.py",
        "cosim/test_native.py::test_start_from_given_weights_and_random_states",
        "cosim/test_native.py::test_stalls_change_nothing",
        "cosim/test_native.py::test_training_is_equal[events]",
    ),
    replay: (
        "cosim/test_engines.py",
        "cosim/test_agree.py::test_vector",
        "cosim/test_agree.py::test_planted_fault_is_found",
    ),
    scoreboard: ("cosim/test_scoreboard.py",),
    agree: ("verify/test_sections.py", "verify/test_campaign_counts.py"),
    baseline: ("scripts/test_learning_steps.py", "scripts/test_baseline.py"),
    checkpoint: ("scripts/test_checkpoint.py", "scripts/test_train.py"),
    data: ("scripts/test_data.py", "scripts/test_fetch.py"),
    epoch: ("verify/test_sections.py", "verify/test_epoch_state.py", "verify/test_epoch.py"),
    evaluation: ("scripts/test_evaluation.py",),
    faults: ("scripts/test_faults.py",),
    fetch: ("scripts/test_sources.py", "scripts/test_fetch.py"),
    idx: ("scripts/test_sources.py", "scripts/test_data.py", "scripts/test_fetch.py"),
    measures: ("scripts/test_measures.py",),
    network: ("scripts/test_learning_steps.py", "scripts/test_baseline.py"),
    plots: ("scripts/test_pictures.py", "scripts/test_plots.py"),
    formal: ("verify/test_sections.py", "scripts/test_formal.py"),
    soak: (
        "verify/test_sections.py",
        "verify/test_campaign_counts.py",
        "verify/test_epoch_state.py",
        "scripts/test_campaigns.py::test_soak_names_a_failing_machine",
    ),
    tables: ("scripts/test_tables.py", "scripts/test_cli.py"),
    train: ("scripts/test_train.py",),
    bitstream: ("flow/test_bitstream.py",),
    blocks: ("flow/test_needs.py", "flow/test_blocks.py"),
    device: ("flow/test_needs.py", "flow/test_devices.py"),
    fpga_clock: ("flow/test_plan.py::test_clock_is_that_of_the_nearest_core",),
    fpga_tables: ("scripts/test_tables.py", "scripts/test_plan.py"),
    harness: ("flow/test_fpga.py",),
    memory: ("flow/test_plan.py",),
    netlist: ("flow/test_netlists.py", "flow/test_fpga.py"),
    place: ("flow/test_devices.py",),
    plan: ("flow/test_needs.py", "flow/test_plan.py"),
    report: ("flow/test_netlists.py", "flow/test_fpga.py"),
    throughput: ("flow/test_plan.py",),
    campaign: ("scripts/test_published.py", "scripts/test_results.py"),
    comparison: ("scripts/test_published.py", "scripts/test_results.py"),
    exports: ("scripts/test_published.py", "scripts/test_results.py"),
    figures: ("scripts/test_published.py", "scripts/test_results.py"),
    markdown: ("scripts/test_published.py", "scripts/test_results.py"),
    records: ("scripts/test_published.py", "scripts/test_results.py"),
    results_report: ("scripts/test_published.py", "scripts/test_results.py"),
    description: ("scripts/test_survey.py",),
    document: ("scripts/test_survey.py",),
    measure: ("scripts/test_survey.py",),
    verify_functional: ("verify/test_sections.py", "verify/test_functional.py"),
    verify_mutation: ("verify/test_sections.py",),
    verify_python_coverage: ("verify/test_sections.py", "verify/test_python_coverage.py"),
    verify_replay: ("verify/test_sections.py",),
    verify_report: ("scripts/test_verify_report.py",),
    verify_toggle: ("verify/test_sections.py",),
    verify_upsets: ("verify/test_sections.py", "verify/test_upsets.py"),
}


def files() -> list[str]:
    """Return the files, as paths below the project's root."""
    return sorted(map(_path, TESTS))


def tests_of(module: str) -> list[str]:
    """Return the tests that should notice a change of a file."""
    (tests,) = (tests for tool, tests in TESTS.items() if _path(tool) == module)
    return [f"tests/{test}" for test in tests]


def _path(module: ModuleType) -> str:
    return Path(str(module.__file__)).relative_to(ROOT).as_posix()
