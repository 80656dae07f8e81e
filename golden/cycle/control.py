"""Control, clock cycle by clock cycle: the sequencer, and what is observed of it."""

from __future__ import annotations

from erbium.golden.config import Config
from erbium.golden.cycle.ports import Outputs, Seen
from erbium.golden.cycle.schedule import Schedule
from erbium.golden.error import ErrorNeurons
from erbium.golden.readout import Readout
from erbium.golden.words import pack, result_word


class Control:
    """The sequencer of a core: it does what `Schedule` says, a step in each cycle.

    Parameters
    ----------
    config : Config
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._result_fields = result_word(config)
        self.errors = ErrorNeurons(config)
        self.readout = Readout(config)
        self.reset()

    def reset(self) -> None:
        """Go to IDLE."""
        self._schedule = Schedule(self._config, self.errors, self.readout)
        self._steps = self._schedule.samples()

    def step(self, seen: Seen) -> Outputs:
        """Return what the control does in a cycle in which it sees `seen`."""
        self._schedule.seen = seen
        return next(self._steps)

    def observe(self, out: Outputs) -> dict[str, int]:
        """Return the record of the cycle with outputs `out`."""
        issue = out.issue
        return {
            "phase": int(out.phase),
            "tick": out.tick,
            "start": int(out.start),
            "finish": int(out.finish),
            "request_ready": int(out.request_ready),
            "access_ready": int(out.access_ready),
            "result_valid": int(out.result_valid),
            "result": self._result_bits() if out.result_valid else 0,
            "read_valid": int(out.read_valid),
            "inputs_ready": int(out.inputs_ready),
            "spikes_ready": int(out.spikes_ready and self._schedule.seen.spike is not None),
            "event_step": int(out.event_step),
            "operation": int(issue.operation),
            "layer": issue.layer,
            "last": int(issue.last),
            "state": issue.state,
            "weight": issue.weight,
            "feedback": issue.feedback,
            "negative": int(issue.negative),
            "learn": int(issue.learn),
            "fraction": issue.fraction,
            "transmit": issue.transmit,
            "count": int(out.count),
            "error": int(out.error != 0),
            "class": out.k if out.count or out.error else 0,
        }

    def _result_bits(self) -> int:
        counts = {f"count_{k}": count for k, count in enumerate(self.readout.counts.tolist())}
        return pack(self._result_fields, counts | {"winner": self.readout.winner})
