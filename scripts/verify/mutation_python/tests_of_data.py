"""The tools between a user's data and a machine that has learned them, and their tests: the rest of
`tests_of_tools`.
"""

from __future__ import annotations

ARRAYS = ("scripts/test_own_arrays.py", "scripts/test_scaling_of_files.py")
TEXTS = ("scripts/test_own_tables.py", "scripts/test_label_columns.py")
DIAGNOSIS = ("scripts/test_diagnosis.py", "scripts/test_class_names.py")
CLASSIFIER = ("scripts/test_classifier_parameters.py", "scripts/test_classifier.py")
FIT = ("scripts/test_fit.py",)
VIEW = ("scripts/test_view.py",)


def _frozen(*modules: str) -> tuple[str, ...]:
    return tuple(
        f"test_frozen.py::test_records_stay_as_they_are_made[{module}]" for module in modules
    )


#: As `tests_of_tools.TESTS`.
TESTS: dict[str, tuple[str, ...]] = {
    "scripts/data/arrays.py": (
        *ARRAYS, "scripts/test_preparation.py", *_frozen("scripts.data.arrays"),
    ),
    "scripts/data/beyond.py": ("scripts/test_far_values.py",),
    "scripts/data/bundled.py": ("scripts/test_own_arrays.py",),
    "scripts/data/csv_file.py": (
        *TEXTS, "scripts/test_scaling_of_files.py", "scripts/test_unlabelled.py",
        "scripts/test_odd_tables.py", "scripts/test_data_hints.py",
    ),
    "scripts/data/dataset.py": (
        "scripts/test_data.py", "scripts/test_learned_data.py", *_frozen("scripts.data.dataset"),
    ),
    "scripts/data/fitted.py": ("scripts/test_own_data.py",),
    "scripts/data/labels.py": (
        *TEXTS, "scripts/test_own_arrays.py", "scripts/test_class_names.py",
        "scripts/test_data_as_meant.py",
    ),
    "scripts/data/missing.py": ("scripts/test_own_tables.py", "scripts/test_missing.py"),
    "scripts/data/numbering.py": ("scripts/test_numbering.py",),
    "scripts/data/numpy_file.py": (
        *ARRAYS, "scripts/test_unlabelled.py", "scripts/test_left_out.py",
    ),
    "scripts/data/pictures.py": ("scripts/test_own_images.py", "scripts/test_data_as_meant.py"),
    "scripts/data/preparation.py": (
        "scripts/test_preparation.py", "scripts/test_class_names.py",
        "scripts/test_column_names.py", *_frozen("scripts.data.preparation"),
    ),
    "scripts/data/raw.py": (*ARRAYS, *_frozen("scripts.data.raw")),
    "scripts/data/reading.py": (
        "scripts/test_own_arrays.py", "scripts/test_label_columns.py",
        "scripts/test_learned_data.py",
    ),
    "scripts/data/scaling.py": ("scripts/test_preparation.py", "scripts/test_scaling_of_files.py"),
    "scripts/data/splitting.py": ("scripts/test_preparation.py", "scripts/test_own_arrays.py"),
    "scripts/data/standard.py": ("scripts/test_data.py", "scripts/test_sources.py"),
    "scripts/data/suitability.py": (
        "scripts/test_data.py", "scripts/test_missing.py", "scripts/test_data_as_meant.py",
    ),
    "scripts/data/table.py": (*TEXTS, *_frozen("scripts.data.table")),
    "scripts/data/unlabelled.py": ("scripts/test_unlabelled.py", "scripts/test_odd_tables.py"),
    "scripts/train/learned.py": (
        "scripts/test_learned_data.py", "scripts/test_explanation.py",
        *_frozen("scripts.train.learned"),
    ),
    "scripts/train/plan.py": (
        "scripts/test_checkpoint.py", "scripts/test_augment.py", *_frozen("scripts.train.plan"),
    ),
    "scripts/train/export.py": ("scripts/test_export.py",),
    "scripts/train/c_header.py": ("scripts/test_export.py",),
    "scripts/train/c_preparation.py": ("scripts/test_own_data.py",),
    "scripts/diagnosis/activity.py": ("scripts/test_diagnosis.py", "scripts/test_explanation.py"),
    "scripts/diagnosis/case.py": DIAGNOSIS,
    "scripts/diagnosis/curve.py": ("scripts/test_explanation.py",),
    "scripts/diagnosis/examination.py": DIAGNOSIS,
    "scripts/diagnosis/explanation.py": (
        "scripts/test_class_names.py", "scripts/test_explanation.py",
    ),
    "scripts/diagnosis/frozen.py": (
        "scripts/test_frozen_samples.py", "scripts/test_explanation.py",
    ),
    "scripts/diagnosis/printed.py": ("scripts/test_explanation.py",),
    "scripts/diagnosis/rules.py": DIAGNOSIS,
    "scripts/view/page.py": VIEW,
    "scripts/view/pictures.py": VIEW,
    "scripts/view/samples.py": VIEW,
    "scripts/view/weights.py": VIEW,
    "scripts/estimator/classes.py": ("scripts/test_classifier_labels.py",),
    "scripts/estimator/classifier.py": CLASSIFIER,
    "scripts/estimator/judged.py": ("scripts/test_classifier_warnings.py",),
    "scripts/estimator/kept.py": (
        "scripts/test_classifier_state.py", "scripts/test_classifier_labels.py",
    ),
    "scripts/estimator/learning.py": CLASSIFIER,
    "scripts/estimator/machine.py": CLASSIFIER,
    "scripts/estimator/trained.py": CLASSIFIER,
    "scripts/fit/acceptance.py": ("scripts/test_fit_acceptance.py",),
    "scripts/fit/baselines.py": FIT,
    "scripts/fit/fitting.py": FIT,
    "scripts/fit/journal.py": FIT,
    "scripts/fit/looks.py": FIT,
    "scripts/fit/objective.py": FIT,
    "scripts/fit/page.py": FIT,
    "scripts/fit/problem.py": FIT,
    "scripts/fit/proposal.py": FIT,
    "scripts/fit/rules.py": ("docs/test_fit.py",),
    "scripts/fit/scale.py": FIT,
    "scripts/fit/search.py": FIT,
    "scripts/fit/space.py": FIT,
    "scripts/fit/starts.py": FIT,
}  # fmt: skip
