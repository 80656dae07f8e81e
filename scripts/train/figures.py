"""The figures of a training, as they are written beside its checkpoint."""

from __future__ import annotations

from erbium.scripts.train.checkpoint import Checkpoint

#: What a training leaves in its folder beside its checkpoint.
METRICS = "metrics.json"


def metrics(state: Checkpoint) -> dict[str, object]:
    """Return the figures of a training, ready for JSON."""
    history = state.history
    return {
        "preset": state.config.name,
        "config_sha256": state.config.sha256,
        "data": state.plan.data,
        "data_sha256": state.plan.data_sha256,
        "run": state.plan.run,
        "seed": state.config.seed,
        "rates": list(state.plan.rates),
        **state.plan.figures,
        "test_error": state.test_error,
        "validation_error": history[-1]["validation_error"] if history else None,
        "taught_error": history[-1]["taught_error"] if history else None,
        "cpu_ms_per_training_sample": _mean(history, "cpu_ms_per_training_sample"),
        "synaptic_operations_per_sample": _mean(history, "synaptic_operations_per_sample"),
        "confusion": state.confusion,
        "epochs": history,
        "config": state.config.as_dict(),
    }


def _mean(history: list[dict[str, float]], key: str) -> float | None:
    return round(sum(entry[key] for entry in history) / len(history), 4) if history else None
