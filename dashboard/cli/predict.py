"""``predict``: score the tracks of a CSV file with the model of a finished run."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.cli.exit_codes import OK
from dashboard.cli.output import only_results_on_stdout, print_text
from dashboard.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from core.prediction import Predictor

HELP = "Score the tracks of a CSV file: adds the columns predicted, low, high and interval."
SETTINGS = ("home", "database_url", "log_level")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The run, what to read and where to write."""
    parser.add_argument("--run", required=True, metavar="ID", help="a finished run, see: python -m dashboard runs")
    parser.add_argument("--input", required=True, metavar="FILE", help="CSV with a header and the model's features")
    parser.add_argument("--output", default="-", metavar="FILE", help="where to write, - for stdout (default: -)")
    parser.add_argument("--json", action="store_true", help="write JSON: what the interval promises, and the tracks")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Score, and write all columns of the input, in their order, with four more."""
    from dashboard.cli.csv_files import format_table, read_table, write_atomically
    from dashboard.cli.scoring import score
    from dashboard.services import build_services

    with only_results_on_stdout():
        predictor = build_services(settings).runs.predictor(arguments.run, None)
        table = read_table(Path(arguments.input))
        scored = score(table, predictor)
        text = _as_json(arguments.run, predictor, scored) if arguments.json else format_table(scored)
    for notice in scored.attrs["notices"]:
        print(notice, file=sys.stderr)
    if arguments.output == "-":
        print_text(text)
    else:
        write_atomically(Path(arguments.output), text)
        print(f"Wrote {len(table.cells):,} tracks to {arguments.output}.", file=sys.stderr)
    print(predictor.promise, file=sys.stderr)
    return OK


def _as_json(run_id: str, predictor: Predictor, scored: pd.DataFrame) -> str:
    """The tracks with their scores, and the interval with its promise."""
    interval = predictor.interval
    stated = {
        "coverage": interval["coverage"],
        "keeps_its_share": predictor.keeps_its_share,
        "promise": predictor.promise,
        "method": interval.get("method"),
        "protocol": interval["protocol"],
        "measured": interval.get("measured"),
    }
    found = {"run_id": run_id, "interval": stated, "notices": scored.attrs["notices"]}
    return json.dumps({**found, "tracks": scored.to_dict("records")}, indent=2, ensure_ascii=False) + "\n"
