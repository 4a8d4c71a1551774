"""``predict``: score the tracks of a CSV file with the model of a finished run."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from core.progress import News, Progress
from dashboard.cli.exit_codes import OK
from dashboard.cli.map_flag import add_map_flag, read_map
from dashboard.cli.output import duration, only_results_on_stdout, print_text, printable
from dashboard.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from core.prediction import Predictor

HELP = "Score the tracks of a CSV file: predictions, intervals, flags, and reasons where asked for."
TELL_EVERY_S = 5.0
SETTINGS = ("home", "database_url", "log_level")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The run, what to read and where to write."""
    parser.add_argument("--run", required=True, metavar="ID", help="a finished run, see: python -m dashboard runs")
    parser.add_argument("--input", required=True, metavar="FILE", help="CSV, or any file that data --check accepts")
    parser.add_argument("--output", default="-", metavar="FILE", help="where to write, - for stdout (default: -)")
    add_map_flag(parser)
    parser.add_argument("--reasons", action="store_true", help="also say which three features count most, a row each")
    parser.add_argument("--json", action="store_true", help="write JSON: what the interval promises, and the tracks")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Score, and write all columns of the input, in their order, with those that scoring adds."""
    from core.batch import csv_pieces, score_rows
    from core.runs.making import cores
    from dashboard.cli.csv_files import write_atomically
    from dashboard.cli.scored_input import read_input
    from dashboard.services import build_services

    with only_results_on_stdout():
        predictor = build_services(settings).runs.predictor(arguments.run, None)
        table = read_input(Path(arguments.input), predictor, read_map(arguments.map), reasons=arguments.reasons)
        for note in table.notes:
            print(printable(note), file=sys.stderr)
        scored = score_rows(predictor, table.frame, reasons=arguments.reasons, report=_Telling(), threads=cores)
        if arguments.json:
            text = _as_json(arguments.run, predictor, table.cells, scored)
        else:
            text = "".join(csv_pieces(table.cells, scored))
    for notice in scored.attrs["notices"]:
        print(notice, file=sys.stderr)
    if arguments.output == "-":
        print_text(text)
    else:
        write_atomically(Path(arguments.output), text)
        print(f"Wrote {len(table.cells):,} tracks to {arguments.output}.", file=sys.stderr)
    print(predictor.promise, file=sys.stderr)
    return OK


class _Telling:
    """Says every few seconds how far a long scoring is."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, news: News) -> None:
        if isinstance(news, Progress) and news.done < news.total and time.monotonic() - self._last > TELL_EVERY_S:
            self._last = time.monotonic()
            left = "" if news.seconds_left is None else f", about {duration(news.seconds_left)} left"
            print(f"Scored {news.done:,} of {news.total:,} tracks{left}.", file=sys.stderr)


def _as_json(run_id: str, predictor: Predictor, cells: pd.DataFrame, scored: pd.DataFrame) -> str:
    """The tracks with their scores, and the interval with its promise."""
    from core.batch import records, state_interval
    from core.plain_json import as_plain

    found = {"run_id": run_id, "interval": state_interval(predictor), "notices": scored.attrs["notices"]}
    tracks = [{**track, **score} for track, score in zip(cells.to_dict("records"), records(scored), strict=True)]
    return json.dumps(as_plain({**found, "tracks": tracks}), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
