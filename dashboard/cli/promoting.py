"""``runs``: champion and candidate from the shell, where the operator speaks for every owner."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.errors import InvalidRequest
from dashboard.cli.output import print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.runs.aliases import Promotion
    from core.runs.service import Runs

ALIASES = ("champion", "candidate")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What promotes a run, and what shows who is what."""
    group = parser.add_argument_group("champion and candidate", "Which run is meant for a purpose, and why.")
    group.add_argument("--promote", choices=ALIASES, help="make the run ID this for the purpose")
    group.add_argument("--withdraw", choices=ALIASES, help="take this from the run ID again")
    group.add_argument("--purpose", metavar="TEXT", help="for which purpose (default: popularity)")
    group.add_argument("--why", metavar="TEXT", help="the reason, which the history keeps; --promote needs one")
    group.add_argument("--aliases", action="store_true", help="show who is champion and candidate, and who was")


def is_asked(arguments: argparse.Namespace) -> bool:
    """Whether the command is about champions and candidates.

    Raises
    ------
    InvalidRequest
        When what was given does not go together.
    """
    changes = [name for name in ("promote", "withdraw") if getattr(arguments, name)]
    if len(changes) > 1:
        raise InvalidRequest("Give either --promote or --withdraw.")
    if changes and arguments.run_id is None:
        raise InvalidRequest(f"--{changes[0]} takes the ID of a run: runs ID --{changes[0]} champion.")
    if arguments.promote and not (arguments.why or "").strip():
        raise InvalidRequest("--promote takes a reason, which the history keeps: --why TEXT.")
    if not changes and (arguments.purpose or arguments.why):
        raise InvalidRequest("--purpose and --why belong to --promote or --withdraw.")
    return bool(changes) or arguments.aliases


def answer(arguments: argparse.Namespace, runs: Runs) -> Any:
    """Make the change that was asked for, if one was, and give who is and was what."""
    from core.runs.aliases import POPULARITY

    told = (arguments.purpose or POPULARITY, arguments.why or "")
    if arguments.promote:
        runs.promotions.promote(arguments.run_id, None, arguments.promote, *told)
    elif arguments.withdraw:
        runs.promotions.withdraw(arguments.run_id, None, arguments.withdraw, *told)
    return runs.aliases(None), runs.promotions.history(None, limit=200)


def show(current: Sequence[Promotion], history: Sequence[Promotion], *, as_json: bool) -> None:
    """Print who is champion and candidate, then who was."""
    if as_json:
        print_json({"current": [one.to_dict() for one in current], "history": [one.to_dict() for one in history]})
        return
    if not history:
        print("No run is champion or candidate yet: python -m dashboard runs ID --promote champion --why TEXT")
        return
    rows = [
        [
            one.run_id,
            one.alias.value,
            one.purpose,
            one.family,
            f"{one.since:%Y-%m-%d %H:%M}",
            _until(one),
            one.why or "-",
        ]
        for one in history
    ]
    print_table(["Run", "As", "For", "Family", "From", "Until", "Why"], rows)


def _until(one: Promotion) -> str:
    if one.until is not None:
        return f"{one.until:%Y-%m-%d %H:%M}"
    return "now (deleted)" if one.is_deleted else "now"
