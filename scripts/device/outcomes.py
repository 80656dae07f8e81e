"""What becomes of commands: why one is not done, and what all of them have cost."""

from __future__ import annotations

from dataclasses import dataclass

from erbium.golden.link.frames import Status
from erbium.scripts.device.transport import DeviceError

#: What a status means for a user.
REASONS = {
    Status.ADDRESS: "the machine has no such register; is it of another version?",
    Status.LOCKED: "the machine is locked: nothing can be written, and no weight read, until its "
    "next reset; reset the board",
    Status.READ_ONLY: "the machine does not allow this access; is it of another version?",
}


class NoAnswer(DeviceError):
    """The machine is silent."""


class Noisy(DeviceError):
    """A transaction does not come through, but the machine lives."""


class OutOfStep(DeviceError):
    """The machine has done other writes than ours, or was reset."""


class Refused(DeviceError):
    """The machine refuses a command.

    Attributes
    ----------
    status : Status
        Why.
    """

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Traffic:
    """What went over a link.

    Attributes
    ----------
    sent, received : int
        Bytes, framing and repetitions included.
    transactions, retries : int
        Commands, and how often one had to be sent again.
    reconnections : int
        How often the port was opened again.
    """

    sent: int = 0
    received: int = 0
    transactions: int = 0
    retries: int = 0
    reconnections: int = 0
