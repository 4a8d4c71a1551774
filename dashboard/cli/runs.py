"""``runs``: what has been trained, by whomever: the shell is the operator's door."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.errors import InvalidRequest
from dashboard.cli import describing, exchanging, promoting
from dashboard.cli.exit_codes import OK
from dashboard.cli.output import duration, number, only_results_on_stdout, print_json, print_table
from dashboard.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.runs.history import Asked, History
    from core.runs.model import Run

HELP = "List the runs, newest first; show, describe, promote, export or delete one."
SETTINGS = ("home", "database_url", "log_level")
MOST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A run's id, ``--json`` and ``--limit``."""
    parser.add_argument("run_id", nargs="?", metavar="ID", help="show this run only")
    parser.add_argument("--json", action="store_true", help="print JSON only: a list of runs, or the one asked for")
    parser.add_argument("--limit", type=int, default=200, help="how many to list (default: %(default)s)")
    parser.add_argument(
        "--search", default="", metavar="WORDS", help="in names, notes, tags, models, validations, tables"
    )
    for name in ("state", "family", "protocol"):
        parser.add_argument(f"--{name}", default="", help=f"only runs of this {name}")
    parser.add_argument(
        "--tag", action="append", help="only runs with this tag; with an ID, give that run the tag (may be repeated)"
    )
    parser.add_argument("--features", metavar="A,B,...", help="only runs on just these features, or groups of them")
    parser.add_argument("--table", default="", metavar="NAME", help="only runs on this table: its name, or its hash")
    parser.add_argument("--period", default="", help="only runs of the last day, week, month or year")
    parser.add_argument("--starred", action="store_true", help="only runs with a star")
    parser.add_argument("--sort", default="created", metavar="BY", help="created, name, or a metric such as rmse or r2")
    parser.add_argument("--ascending", action="store_true", help="lowest, or oldest, first")
    parser.add_argument("--card", metavar="FILE", help="write the model card of run ID as one HTML file")
    describing.add_arguments(parser)
    promoting.add_arguments(parser)
    exchanging.add_arguments(parser)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the runs."""
    from dashboard.services import build_services

    if not 1 <= arguments.limit <= MOST:
        raise InvalidRequest(f"--limit takes 1 to {MOST}, got {arguments.limit}.")
    about_aliases = promoting.is_asked(arguments)
    about_words = describing.is_asked(arguments)
    about_files = exchanging.is_asked(arguments)
    if about_words and (about_aliases or about_files or arguments.card is not None):
        raise InvalidRequest("Name, note, tags, star and bin are changed by a command of their own.")
    if about_files:
        return _exchange(arguments, settings)
    if arguments.card is not None:
        return _write_card(arguments, settings)
    if about_words:
        return _describe(arguments, settings)
    with only_results_on_stdout():
        runs = build_services(settings).runs
        runs.sweep()
        aliases = promoting.answer(arguments, runs) if about_aliases else None
    if aliases is not None:
        promoting.show(*aliases, as_json=arguments.json)
        return OK
    with only_results_on_stdout():
        one = None if arguments.run_id is None else runs.get(arguments.run_id, None)
        found = [one] if one else runs.history.page(None, _asked(arguments, runs.history)).runs
    if arguments.json:
        print_json(one.to_dict() if one else [item.to_dict() for item in found])
    elif not found:
        print("There are no runs yet. Train one: python -m dashboard train --family random_forest")
    else:
        print_runs(found)
    return OK


def _describe(arguments: argparse.Namespace, settings: Settings) -> int:
    from dashboard.services import build_services

    with only_results_on_stdout():
        run, said = describing.answer(arguments, build_services(settings).runs)
    if arguments.json:
        print_json(run)
    else:
        print(said)
    return OK


def _exchange(arguments: argparse.Namespace, settings: Settings) -> int:
    from dashboard.services import build_services

    with only_results_on_stdout():
        services = build_services(settings)
        run, said = exchanging.answer(arguments, services)
    if arguments.json:
        print_json(run.to_dict())
    else:
        print(said)
    return OK


def _write_card(arguments: argparse.Namespace, settings: Settings) -> int:
    from dashboard.cli.card_file import write_card
    from dashboard.services import build_services

    if arguments.run_id is None:
        raise InvalidRequest("--card takes the ID of a run: runs ID --card FILE.")
    if said := write_card(build_services(settings), arguments.run_id, arguments.card):
        print(said)
    return OK


def _asked(arguments: argparse.Namespace, history: History) -> Asked:
    from core.runs.history import parse_asked
    from dashboard.cli.requests import expand_features

    choices = history.choices(None)
    features = _same_features(expand_features(arguments.features), choices.features)
    data = _table_hash(arguments.table, choices.tables)
    tag = describing.filter_tag(arguments)
    names = ("state", "family", "protocol", "period", "starred", "sort", "ascending", "limit")
    given = {name: getattr(arguments, name) for name in names}
    return parse_asked({"text": arguments.search, "features": features, "data": data, "tag": tag, **given})


def _same_features(wanted: Sequence[str] | None, known: Sequence[str]) -> str:
    """The feature set as the runs have it, in whichever order it was named."""
    if wanted is None:
        return ""
    return next((text for text in known if set(text.split(",")) == set(wanted)), ",".join(wanted))


def _table_hash(wanted: str, known: Sequence[tuple[str, str]]) -> str:
    """The hash of the table that is meant by its name or the start of its hash.

    Raises
    ------
    InvalidRequest
        When no run, or runs on several tables, could be meant.
    """
    if not wanted:
        return ""
    found = {sha256 for sha256, name in known if name == wanted or (len(wanted) >= 4 and sha256.startswith(wanted))}
    if len(found) == 1:
        return found.pop()
    shown = ", ".join(f"{name} ({sha256[:12]})" for sha256, name in known) or "none"
    which = "several tables" if found else "no table"
    raise InvalidRequest(f"--table {wanted[:60]!r} names {which} of these runs. There are: {shown}.")


def print_runs(runs: list[Run]) -> None:
    """Print a line for each run."""
    rows = [_row(run) for run in runs]
    header = ["Run", "State", "Family", "Protocol", "R2 test", "RMSE", "R2 in cross-validation", "Time", "Created"]
    print_table(header, rows)


def cross_validated(metrics: dict[str, Any] | None) -> str:
    """R2 over the folds as mean and spread, or a dash."""
    folds = ((metrics or {}).get("cv") or {}).get("r2")
    return f"{number(folds['mean'], 3)} ± {number(folds['sd'], 3)}" if folds else "-"


def family_in_words(run: Run) -> str:
    """The run's family, marked where it was imported, or looks at what is only known after a release."""
    from layouts.run_words import is_no_forecast

    notes = [*(["no forecast"] if is_no_forecast(run) else []), *(["imported"] if run.imported else [])]
    return f"{run.request.family} ({', '.join(notes)})" if notes else run.request.family


def _row(run: Run) -> list[str]:
    test = (run.metrics or {}).get("test", {})
    return [
        run.id,
        run.state.value,
        family_in_words(run),
        run.request.protocol,
        number(test.get("r2"), 3),
        number(test.get("rmse"), 1),
        cross_validated(run.metrics),
        duration((run.timings or {}).get("total_seconds")),
        run.created_at.strftime("%Y-%m-%d %H:%M"),
    ]
