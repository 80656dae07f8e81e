"""The tools around the core, and the tests that should notice a mistake in each: one table.

Tests are quick: some seconds for a file, a minute at most. Files that only start programs or talk
to people (commands, progress bars) are left out, and so is what is not the project's (cocotb's side
of the benches, Dask's side of the sweeps).
"""

from __future__ import annotations

from erbium.scripts.verify.mutation_python import tests_of_data

#: Tools, below the project's root, and below tests/ the files, or single tests of long files.
TESTS: dict[str, tuple[str, ...]] = {
    "hw/board/boards.py": (
        "hw/test_status_wires.py",
        "hw/test_boards.py",
        "hw/test_emitted_boards.py",
        "test_frozen.py::test_records_stay_as_they_are_made[hw.board.boards]",
    ),
    "hw/board/clock.py": ("hw/test_clock.py", "hw/test_emitted_boards.py"),
    "hw/board/pll.py": ("hw/test_pll_cells.py", "hw/test_pll.py", "hw/test_emitted_boards.py"),
    "hw/board/ratio.py": (
        "hw/test_ratio.py",
        "hw/test_emitted_boards.py",
        "test_frozen.py::test_records_stay_as_they_are_made[hw.board.ratio]",
    ),
    "hw/board/status.py": ("hw/test_status.py", "hw/test_status_wires.py", "hw/test_system.py"),
    "hw/board/system.py": (
        "hw/test_status_wires.py",
        "hw/test_exerciser_times.py",
        "hw/test_system.py",
    ),
    "hw/board/top.py": ("hw/test_emitted_boards.py",),
    "hw/link/exerciser.py": ("hw/test_exerciser_times.py", "hw/test_exerciser.py"),
    "hw/link/signature.py": ("hw/test_exerciser.py",),
    "scripts/common/markdown.py": ("scripts/test_published.py", "scripts/test_results.py"),
    "scripts/data/augment.py": ("scripts/test_augment.py",),
    "scripts/common/tables.py": (
        "scripts/test_columns.py",
        "scripts/test_tables.py",
        "scripts/test_cli.py",
    ),
    "scripts/data/fetch.py": (
        "scripts/test_sources.py",
        "scripts/test_fetch.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.data.fetch]",
    ),
    "scripts/data/idx.py": (
        "scripts/test_idx.py",
        "scripts/test_sources.py",
        "scripts/test_data.py",
        "scripts/test_fetch.py",
    ),
    "scripts/data/source.py": (
        "scripts/test_data.py",
        "scripts/test_fetch.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.data.source]",
    ),
    "scripts/fpga/bitstream.py": (
        "flow/test_bitstream.py",
        "flow/test_stand_ins.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.bitstream]",
    ),
    "scripts/fpga/blocks.py": (
        "flow/test_block_edges.py::test_choices_are_those_on_record",
        "flow/test_needs.py",
        "flow/test_block_edges.py::test_a_use_tells_its_memory",
        "flow/test_blocks.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.blocks]",
    ),
    "scripts/fpga/cells.py": (
        "flow/test_netlists.py",
        "flow/test_fpga.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.cells]",
    ),
    "scripts/fpga/clock.py": (
        "flow/test_plan.py::test_clock_is_that_of_the_nearest_core",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.clock]",
    ),
    "scripts/fpga/device.py": (
        "flow/test_needs.py",
        "flow/test_devices.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.device]",
    ),
    "scripts/fpga/harness.py": (
        "flow/test_harness.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.harness]",
    ),
    "scripts/fpga/memory.py": (
        "flow/test_plan.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.memory]",
    ),
    "scripts/fpga/place.py": ("flow/test_devices.py", "flow/test_fpga.py"),
    "scripts/fpga/plan.py": (
        "flow/test_needs.py",
        "flow/test_remedies.py",
        "flow/test_plan.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.plan]",
    ),
    "scripts/fpga/plan_tables.py": (
        "scripts/test_columns.py",
        "scripts/test_tables.py",
        "scripts/test_plan.py",
    ),
    "scripts/fpga/survey/document.py": ("scripts/test_survey.py",),
    "scripts/results/columns.py": ("scripts/test_published.py", "scripts/test_results.py"),
    "scripts/fpga/survey/entries.py": (
        "scripts/test_published_files.py",
        "scripts/test_survey.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.survey.entries]",
    ),
    "scripts/fpga/survey/measurement.py": (
        "scripts/test_survey.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.survey.measurement]",
    ),
    "scripts/fpga/throughput.py": (
        "flow/test_plan.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.throughput]",
    ),
    "scripts/fpga/timing.py": (
        "flow/test_netlists.py",
        "flow/test_fpga.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.timing]",
    ),
    "scripts/results/described.py": ("scripts/test_published.py", "scripts/test_results.py"),
    "scripts/results/document.py": ("scripts/test_published.py", "scripts/test_results.py"),
    "scripts/results/exports.py": (
        "scripts/test_published_files.py",
        "scripts/test_published.py",
        "scripts/test_results.py",
    ),
    "scripts/results/figures.py": ("scripts/test_published.py", "scripts/test_results.py"),
    "scripts/results/networks.py": ("scripts/test_published.py", "scripts/test_results.py"),
    "scripts/results/records.py": (
        "scripts/test_published.py",
        "scripts/test_results.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.results.records]",
    ),
    "scripts/results/sweeps.py": (
        "scripts/test_published_files.py",
        "scripts/test_published.py",
        "scripts/test_results.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.results.sweeps]",
    ),
    "scripts/train/baseline.py": (
        "scripts/test_training_parts.py",
        "scripts/test_learning_steps.py",
        "scripts/test_baseline.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.train.baseline]",
    ),
    "scripts/train/checkpoint.py": (
        "scripts/test_checkpoint.py",
        "scripts/test_train.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.train.checkpoint]",
    ),
    "scripts/train/evaluation.py": ("scripts/test_evaluation.py",),
    "scripts/train/measures.py": (
        "scripts/test_training_parts.py",
        "scripts/test_measures.py",
    ),
    "scripts/train/network.py": (
        "scripts/test_training_parts.py",
        "scripts/test_learning_steps.py",
        "scripts/test_baseline.py",
    ),
    "scripts/train/plots.py": ("scripts/test_pictures.py", "scripts/test_plots.py"),
    "scripts/train/rates.py": ("scripts/test_rates.py",),
    "scripts/train/training.py": (
        "scripts/test_training_parts.py",
        "scripts/test_train.py",
    ),
    "scripts/train/weight_faults.py": (
        "scripts/test_faults.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.train.weight_faults]",
    ),
    "scripts/verify/agree.py": (
        "verify/test_failures.py",
        "verify/test_sections.py",
        "verify/test_campaign_counts.py",
    ),
    "scripts/verify/document.py": ("scripts/test_verify_report.py",),
    "scripts/verify/epoch.py": (
        "verify/test_failures.py",
        "verify/test_campaign_runs.py",
        "verify/test_sections.py",
        "verify/test_epoch_state.py",
        "verify/test_epoch.py",
    ),
    "scripts/verify/formal.py": (
        "verify/test_failures.py",
        "verify/test_sections.py",
        "scripts/test_formal.py",
        "scripts/test_columns.py",
    ),
    "scripts/verify/functional.py": (
        "verify/test_failures.py",
        "verify/test_campaign_runs.py",
        "verify/test_sections.py",
        "verify/test_functional.py",
    ),
    "scripts/verify/mutation.py": (
        "verify/test_failures.py",
        "verify/test_campaign_runs.py",
        "verify/test_sections.py",
    ),
    "scripts/verify/python_coverage.py": (
        "verify/test_failures.py",
        "verify/test_campaign_runs.py",
        "verify/test_sections.py",
        "verify/test_python_coverage.py",
    ),
    "scripts/verify/replay.py": (
        "verify/test_failures.py",
        "verify/test_sections.py",
    ),
    "scripts/verify/soak.py": (
        "verify/test_failures.py",
        "verify/test_campaign_runs.py",
        "verify/test_sections.py",
        "verify/test_campaign_counts.py",
        "verify/test_epoch_state.py",
        "scripts/test_campaigns.py::test_soak_names_a_failing_machine",
    ),
    "scripts/verify/toggle/__init__.py": (
        "verify/test_failures.py",
        "verify/test_campaign_runs.py",
        "verify/test_sections.py",
    ),
    "scripts/verify/upsets/__init__.py": (
        "verify/test_failures.py",
        "verify/test_sections.py",
        "verify/test_upsets.py",
    ),
    "sim/benches/scoreboard.py": ("cosim/test_scoreboard.py",),
    "sim/compare/agreement.py": (
        "cosim/test_models_agree.py",
        "cosim/test_engines.py",
        "cosim/test_agree.py::test_wrong_engine_is_found",
    ),
    "sim/compare/comparer.py": (
        "cosim/test_comparison.py",
        "cosim/test_models_agree.py",
        "test_frozen.py::test_records_stay_as_they_are_made[sim.compare.comparer]",
    ),
    "sim/compare/cosim.py": (
        "cosim/test_native.py::test_stalls_change_nothing",
        "cosim/test_native.py::test_a_training_goes_on_in_the_circuit",
        "cosim/test_native.py::test_nothing_spiked_is_not_equal",
    ),
    "sim/compare/long_training.py": (
        "cosim/test_faulty_circuits.py",
        "verify/test_campaign_runs.py::test_a_comparison_begins_with_nothing",
        "test_frozen.py::test_records_stay_as_they_are_made[sim.compare.long_training]",
    ),
    "sim/compare/observation.py": (
        "cosim/test_models_agree.py",
        "cosim/test_comparison.py",
        "cosim/test_faulty_circuits.py",
        "test_frozen.py::test_records_stay_as_they_are_made[sim.compare.observation]",
    ),
    "sim/compare/report.py": (
        "cosim/test_comparison.py",
        "cosim/test_faulty_circuits.py",
        "test_frozen.py::test_records_stay_as_they_are_made[sim.compare.report]",
    ),
    "sim/compare/stretch.py": ("cosim/test_faulty_circuits.py", "verify/test_soak.py"),
    "sim/engines/native.py": (
        "cosim/test_driver.py",
        "cosim/test_native.py::test_start_from_given_weights_and_random_states",
        "cosim/test_native.py::test_stalls_change_nothing",
        "cosim/test_native.py::test_training_is_equal[events]",
        "test_frozen.py::test_records_stay_as_they_are_made[sim.engines.native]",
    ),
    "sim/engines/stepping.py": (
        "cosim/test_engines.py",
        "cosim/test_agree.py::test_vector",
        "cosim/test_agree.py::test_planted_fault_is_found",
    ),
    "sim/host/ports.py": (
        "cosim/test_ports.py",
        "test_frozen.py::test_records_stay_as_they_are_made[sim.host.ports]",
    ),
    # What is drawn of a file depends on those before it: others are added here.
    "scripts/fpga/family.py": (
        "flow/test_netlists.py",
        "flow/test_devices.py",
        "flow/test_fpga.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.family]",
    ),
    "scripts/fpga/flow.py": (
        "flow/test_stand_ins.py",
        "flow/test_fpga.py",
        "test_frozen.py::test_records_stay_as_they_are_made[scripts.fpga.flow]",
    ),
    "scripts/fpga/synthesis.py": ("flow/test_stand_ins.py", "flow/test_fpga.py"),
    "scripts/fpga/tools.py": ("flow/test_fpga.py", "flow/test_stand_ins.py"),
    "scripts/results/paper.py": ("scripts/test_run_summaries.py",),
    "scripts/train/runs.py": ("scripts/test_run_summaries.py", "scripts/test_runs.py"),
    "sim/host/script.py": (
        "cosim/test_models_agree.py",
        "cosim/test_traffic.py",
        "test_frozen.py::test_records_stay_as_they_are_made[sim.host.script]",
    ),
    "sim/host/traffic.py": (
        "cosim/test_traffic.py",
        "test_frozen.py::test_records_stay_as_they_are_made[sim.host.traffic]",
    ),
    **tests_of_data.TESTS,
}


def files() -> list[str]:
    """Return the files, as paths below the project's root."""
    return list(TESTS)


def tests_of(module: str) -> list[str]:
    """Return the tests that should notice a change of a file."""
    return [f"tests/{test}" for test in TESTS[module]]
