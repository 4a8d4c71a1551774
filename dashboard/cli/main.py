"""Parse the command line, run one command, turn what went wrong into a message and an exit code."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from core.errors import DashboardError
from dashboard.cli import audit, data, predict, runs, serve, train
from dashboard.cli.exit_codes import INTERRUPTED, MEANINGS, PIPE_CLOSED, UNEXPECTED, exit_code
from dashboard.cli.settings_flags import add_settings_flags, read_settings
from data.errors import DataFileError

COMMANDS: dict[str, ModuleType] = {
    "serve": serve,
    "train": train,
    "runs": runs,
    "predict": predict,
    "data": data,
    "audit": audit,
}
"""Each module gives ``HELP``, ``SETTINGS`` (the flags its help lists), ``add_arguments(parser)`` and
``run(arguments, settings) -> int``; it may name settings that it cannot heed in ``WITHOUT``."""

OUR_LOGGERS = ("dashboard", "callbacks", "core", "data")

log = logging.getLogger("dashboard")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the program's name; those of the process by default.

    Returns
    -------
    int
        The exit code; ``exit_codes.MEANINGS`` says what each means.
    """
    arguments = build_parser().parse_args(argv)
    try:
        settings = read_settings(arguments)
        _log_to_stderr(settings.log_level)
        code: int = COMMANDS[arguments.command].run(arguments, settings)
        sys.stdout.flush()
    except (DashboardError, DataFileError) as error:
        print(f"{arguments.command}: {error}", file=sys.stderr)
        return exit_code(error)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return PIPE_CLOSED
    except Exception:
        log.exception("%s: this should not have happened", arguments.command)
        return UNEXPECTED
    return code


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command with its flags."""
    parser = argparse.ArgumentParser(
        prog="python -m dashboard",
        description="Explore which tracks are popular, train models, read their honest scores, predict a new track.",
        epilog=_exit_codes(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP, description=module.HELP, allow_abbrev=False)
        module.add_arguments(command)
        add_settings_flags(command, shown=module.SETTINGS, without=getattr(module, "WITHOUT", ()))
    return parser


def _log_to_stderr(level: str) -> None:
    """Our own messages as configured, those of libraries from warnings up."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for name in OUR_LOGGERS:
        logging.getLogger(name).setLevel(level.upper())


def _exit_codes() -> str:
    lines = [f"  {code:>3}  {meaning}" for code, meaning in MEANINGS.items()]
    return "\n".join(["exit codes:", *lines, "", "Settings come from DASHBOARD_... or from flags: docs/settings.md."])


def _forget_stdout() -> None:
    """Keep Python from complaining once more about the closed pipe when it flushes at the end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
