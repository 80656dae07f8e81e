"""What every command of `erbium` shares: errors in one line, exit statuses, Ctrl-C."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import Any

import click

from erbium.extras import extra_of, not_installed
from erbium.scripts.common.hints import told
from erbium.scripts.common.interrupt import Stopped

#: The package whose exceptions are written for users: subject, offending value, remedy.
OURS = "erbium"

#: Exit statuses: results differ, a bad input or a missing tool, stopped by the user.
UNEQUAL, REFUSED, STOPPED = 1, 2, 130


class Unequal(Exception):
    """Circuit and model disagree, or a test failed; the message says where."""


class Commands(click.Group):
    """A group of commands that reports a failure in one line on standard error."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line and exit."""
        extra["standalone_mode"] = False
        try:
            with told():
                sys.exit(super().main(*args, **extra))
        except Exception as error:
            status = _status(error)
            if status is None:
                raise
            click.echo(f"erbium: {_one_line(error)}", err=True)
            sys.exit(status)

    def invoke(self, ctx: click.Context) -> Any:
        """Call the chosen command, before click turns Ctrl-C into an empty line."""
        try:
            super().invoke(ctx)
        except KeyboardInterrupt:
            raise Stopped("stopped; no file was left half written") from None


def _status(error: Exception) -> int | None:
    """Return the exit status; None for a defect of the program, which deserves a traceback."""
    if isinstance(error, Unequal):
        return UNEQUAL
    if isinstance(error, Stopped):
        return STOPPED
    if isinstance(error, ModuleNotFoundError):
        return REFUSED if extra_of(str(error.name)) else None
    ours = type(error).__module__.partition(".")[0] == OURS
    return REFUSED if ours or isinstance(error, (click.ClickException, OSError)) else None


def _one_line(error: Exception) -> str:
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else "erbium"
        text = f"{error.format_message()} (see {path} --help)"
    elif isinstance(error, click.ClickException):
        text = error.format_message()
    elif isinstance(error, ModuleNotFoundError):
        text = not_installed(str(error.name))
    elif isinstance(error, OSError):
        text = _of_system(error)
    else:
        text = str(error)
    return " ".join(text.split())


def _of_system(error: OSError) -> str:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if not error.filename and not full:
        return str(error)
    # Where nothing else is named, it was the screen or a file that a build keeps for itself.
    name = f"'{error.filename}'" if error.filename else f"standard output, or below '{Path.cwd()}'"
    remedy = "make room, or choose another path" if full else "choose another path"
    if error.errno in (errno.EACCES, errno.EPERM):
        remedy += " or its permissions"
    return f"{name}: {error.strerror or error}; {remedy}"
