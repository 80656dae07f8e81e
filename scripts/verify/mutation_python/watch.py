"""An end for tests that have none, by what they use of the processor: others use it, too."""

from __future__ import annotations

import subprocess
from contextlib import suppress

import psutil

#: Seconds between two looks.
LOOK = 2.0

#: Seconds after which a run that does nothing will do nothing more. Waiting for a processor that
#: others use is something: the program could run, and it will.
STILL = 180.0

#: Part of a processor below which a program only looks whether it may go on.
IDLE = 0.01

#: States of programs that wait for nothing but the machine.
BUSY = frozenset((psutil.STATUS_RUNNING, psutil.STATUS_DISK_SLEEP, psutil.STATUS_WAKING))


def status(child: subprocess.Popen[bytes], seconds: float, still: float = STILL) -> int | None:
    """Wait for a program; return its status, or None if it does not come to an end.

    Parameters
    ----------
    child : Popen
    seconds : float
        Of a processor, that the program and all it starts may use.
    still : float
        As `STILL`.
    """
    look = min(LOOK, still / 4)
    # Looks are counted, not the clock: whoever stops this program stops its tests, too.
    quiet, before = 0.0, 0.0
    while True:
        with suppress(subprocess.TimeoutExpired):
            return child.wait(look)
        quiet += look
        used, busy = _work(child.pid)
        if used > seconds:
            return None
        if busy or used - before > IDLE * quiet:
            quiet, before = 0.0, used
        elif quiet >= still:
            return None


def _work(pid: int) -> tuple[float, bool]:
    """Return the processor's seconds of a program and all below it, and whether one could run."""
    used, busy = 0.0, False
    with suppress(psutil.NoSuchProcess):
        program = psutil.Process(pid)
        for one in (program, *program.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                # Of children that have ended, too.
                used += sum(times[:4])
                busy |= one.status() in BUSY
    return used, busy
