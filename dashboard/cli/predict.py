"""``predict``: score the tracks of a CSV file with the model of a finished run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dashboard.cli.exit_codes import OK
from dashboard.cli.output import only_results_on_stdout, print_text
from dashboard.settings import Settings

HELP = "Score the tracks of a CSV file: adds the columns predicted, low and high."
SETTINGS = ("home", "database_url", "log_level")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The run, what to read and where to write."""
    parser.add_argument("--run", required=True, metavar="ID", help="a finished run, see: python -m dashboard runs")
    parser.add_argument("--input", required=True, metavar="FILE", help="CSV with a header and the model's features")
    parser.add_argument("--output", default="-", metavar="FILE", help="where to write, - for stdout (default: -)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Score, and write all columns of the input, in their order, with three more."""
    from dashboard.cli.csv_files import format_table, read_table, write_atomically
    from dashboard.cli.scoring import score
    from dashboard.services import build_services

    with only_results_on_stdout():
        predictor = build_services(settings).runs.predictor(arguments.run, None)
        table = read_table(Path(arguments.input))
        scored = score(table, predictor)
        text = format_table(scored)
    for notice in scored.attrs["notices"]:
        print(notice, file=sys.stderr)
    if arguments.output == "-":
        print_text(text)
    else:
        write_atomically(Path(arguments.output), text)
        print(f"Wrote {len(table.cells):,} tracks to {arguments.output}. {predictor.promise}", file=sys.stderr)
    return OK
