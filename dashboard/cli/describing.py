"""``runs``: name, note, tags, star and bin of a run from the shell, where the operator speaks for every owner."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.errors import InvalidRequest
from core.runs.model import iso

if TYPE_CHECKING:
    from core.runs.model import Run
    from core.runs.service import Runs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is said of the run ID, and what deletes it; ``--tag`` stands among the filters."""
    group = parser.add_argument_group(
        "name, note, tags, star", "What is said of the run ID; an empty text takes it away."
    )
    group.add_argument("--name", metavar="TEXT", help="call the run this")
    group.add_argument("--note", metavar="TEXT", help="keep this note with the run")
    group.add_argument("--untag", action="append", metavar="TAG", help="take this tag away (may be repeated)")
    star = group.add_mutually_exclusive_group()
    star.add_argument("--star", dest="is_starred", action="store_const", const=True, help="give the run a star")
    star.add_argument("--unstar", dest="is_starred", action="store_const", const=False, help="take the star away")
    gone = parser.add_argument_group("delete").add_mutually_exclusive_group()
    gone.add_argument("--delete", action="store_true", help="put the run ID, which has ended, into the bin")
    gone.add_argument("--restore", action="store_true", help="take the run ID out of the bin again")


def is_asked(arguments: argparse.Namespace) -> bool:
    """Whether the command changes what is said of a run, or deletes or restores it.

    Raises
    ------
    InvalidRequest
        When what was given does not go together.
    """
    said = [f"--{name}" for name in ("name", "note", "untag") if getattr(arguments, name) is not None]
    if arguments.is_starred is not None:
        said.append("--star" if arguments.is_starred else "--unstar")
    bin_ = [f"--{name}" for name in ("delete", "restore") if getattr(arguments, name)]
    if (said or bin_) and arguments.run_id is None:
        raise InvalidRequest(f"{(said + bin_)[0]} takes the ID of a run: runs ID {(said + bin_)[0]}.")
    if arguments.run_id is not None and arguments.tag:
        said.append("--tag")
    if bin_ and said:
        raise InvalidRequest(f"Give either {bin_[0]} or {said[0]}.")
    return bool(said or bin_)


def filter_tag(arguments: argparse.Namespace) -> str:
    """The tag that the listed runs must have, empty for any.

    Raises
    ------
    InvalidRequest
        When there are several.
    """
    tags: list[str] = arguments.tag or [""]
    if len(tags) > 1:
        raise InvalidRequest("The list is filtered by one --tag; a run ID takes several.")
    return tags[0]


def answer(arguments: argparse.Namespace, runs: Runs) -> tuple[dict[str, Any], str]:
    """Make the change; gives the run as JSON has it, and what to tell of it.

    Raises
    ------
    NotFound, Refused
    InvalidRequest
        When a text is too long.
    """
    if arguments.delete:
        from layouts.aliases import deleted_words

        lost = deleted_words(runs.promotions.of_run(arguments.run_id, None))
        run = runs.delete(arguments.run_id, None)
        back = f"Take it back: python -m dashboard runs {run.id} --restore"
        return {**run.to_dict(), "deleted_at": iso(run.deleted_at)}, f"Deleted run {run.id}.{lost} {back}"
    if arguments.restore:
        run = runs.restore(arguments.run_id, None)
        return run.to_dict(), f"Run {run.id} is back."
    run = runs.get(arguments.run_id, None)
    tags = None
    if arguments.tag or arguments.untag:
        away = {tag.strip() for tag in arguments.untag or ()}
        tags = [tag for tag in (*run.tags, *(arguments.tag or ())) if tag.strip() not in away]
    told = {"name": arguments.name, "note": arguments.note, "tags": tags, "is_starred": arguments.is_starred}
    run = runs.history.describe(run.id, None, run.edition, **told)
    return run.to_dict(), _in_words(run)


def _in_words(run: Run) -> str:
    parts = [
        f"is called “{run.name}”" if run.name else "has no name",
        f"tags: {', '.join(run.tags)}" if run.tags else "no tags",
        "a star" if run.is_starred else "no star",
        *([f"note: {run.note}"] if run.note else []),
    ]
    return f"Run {run.id} {'; '.join(parts)}."
