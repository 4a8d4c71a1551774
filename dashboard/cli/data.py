"""``data``: what table is in use, the one download of the public table, and whether a file can be used."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.cli.exit_codes import OK
from dashboard.cli.map_flag import add_map_flag, read_map
from dashboard.cli.output import number, only_results_on_stdout, print_json, printable
from dashboard.settings import Settings

if TYPE_CHECKING:
    from data.upload import Examination

HELP = "Print the facts of the table in use, or check a file of your own."
REFUSED = 2
COUNTS = ("tracks", "artists", "albums", "genres", "subgenres", "playlists")
SETTINGS = ("home", "data", "download", "download_timeout", "log_level")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--json``, ``--fetch``, and ``--check`` with its ``--map``."""
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--fetch", action="store_true", help="first try once to download the public table")
    parser.add_argument(
        "--check",
        type=Path,
        metavar="FILE",
        help="say whether this file can be used (exit code 0) or not (2); store nothing",
    )
    add_map_flag(parser, "with --check: ")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the facts, or what the doctor says about a file."""
    if arguments.check is not None:
        return _check(arguments)
    from dashboard.services import build_services

    with only_results_on_stdout():
        if arguments.fetch:
            _fetch(settings)
        facts = build_services(settings).tracks.dataset.facts().to_dict()
    if arguments.json:
        print_json(facts)
    else:
        _print_facts(facts)
    return OK


def _fetch(settings: Settings) -> None:
    if not settings.download:
        print("The download is switched off (DASHBOARD_DOWNLOAD).", file=sys.stderr)
        return
    from data.sources import fetch_public_table

    fetch_public_table(settings.home, settings.download_timeout)


def _check(arguments: argparse.Namespace) -> int:
    from data.upload import examine

    mapping = read_map(arguments.map)
    with only_results_on_stdout():
        examination = examine(_read_bounded(arguments.check), arguments.check.name, mapping=mapping or None)
    if arguments.json:
        print_json(examination.to_dict())
    else:
        _print_examination(examination)
    return OK if examination.accepted else REFUSED


def _read_bounded(path: Path) -> bytes:
    """Read one byte more than is accepted at most, so that a huge file or a device costs nothing."""
    from data.errors import DataFileError
    from data.upload import UploadLimits

    try:
        with path.open("rb") as file:
            return file.read(UploadLimits().max_bytes + 1)
    except OSError as error:
        raise DataFileError(f"{path} cannot be read: {error.strerror or error}.") from error


def _print_examination(examination: Examination) -> None:
    verdict = f"accepted, {examination.rows:,} of {examination.rows_read:,} rows" if examination.accepted else "refused"
    print(f"{examination.filename}: {verdict}")
    for target, column in examination.mapping.items():
        conversion = f" ({column.conversion})" if column.conversion else ""
        print(f"  {target:<26}{printable(column.source)}{conversion}")
    for title, lines in (
        ("Your own features", examination.extras),
        ("Ignored columns", examination.ignored),
        ("Notes", examination.notes),
    ):
        if lines:
            print(f"\n{title}:", *map(printable, lines), sep="\n  ")
    if examination.n_problems:
        print(f"\nProblems ({examination.n_problems:,}):")
        for problem in examination.problems:
            place = f"line {problem.line:,}: " if problem.line else ""
            print(f"  {problem.code} {place}{printable(problem.message)}")
        if examination.n_problems > len(examination.problems):
            print(f"  and {examination.n_problems - len(examination.problems):,} more")
    if len(examination.rejected):
        print(f"\nRows that cannot be used: {len(examination.rejected):,} (with --json: each with its reason)")


def _print_facts(facts: dict[str, Any]) -> None:
    is_empty = facts["popularity_mean"] is None
    rows = {
        "Table": facts["source_name"],
        "Kind": "synthetic: made up, for trying things out" if facts["is_synthetic"] else "real",
        "SHA-256": facts["sha256"],
        "Rows read": f"{facts['rows_read']:,}",
        "Repeated rows merged": f"{facts['repeated_rows']:,}",
        **{name.capitalize(): f"{facts[name]:,}" for name in COUNTS},
        "Released": f"{facts['period_first']} to {facts['period_last']}",
        "Popularity": "-" if is_empty else _popularity(facts),
        "Missing values": ", ".join(f"{name} {n:,}" for name, n in facts["missing"].items() if n) or "none",
    }
    for name, value in rows.items():
        print(f"{name:<22}{value}")


def _popularity(facts: dict[str, Any]) -> str:
    mean, spread = number(facts["popularity_mean"], 1), number(facts["popularity_sd"], 1)
    return f"mean {mean}, SD {spread}, zero for {facts['popularity_zero_share']:.1%}"
