"""``data``: what table is in use, and the one download of the public table."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from dashboard.cli.exit_codes import OK
from dashboard.cli.output import number, only_results_on_stdout, print_json
from dashboard.settings import Settings

HELP = "Print the facts of the table in use."
COUNTS = ("tracks", "artists", "albums", "genres", "subgenres", "playlists")
SETTINGS = ("home", "data", "download", "download_timeout", "log_level")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--json`` and ``--fetch``."""
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--fetch", action="store_true", help="first try once to download the public table")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the facts."""
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
