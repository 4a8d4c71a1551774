"""``audit``: what in the table makes scores look better than they are."""

from __future__ import annotations

import argparse
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dashboard.cli.exit_codes import OK, RUN_FAILED
from dashboard.cli.output import number, only_results_on_stdout, print_json, print_table, printable
from dashboard.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from core.audit import AuditReport
    from core.runs.model import Run
    from dashboard.services import Services

HELP = "Look for leaks and quality problems in the table in use; with --gap, measure what leaks are worth."
SETTINGS = ("home", "data", "database_url", "log_level")
WITHOUT = ("run_seconds", "run_memory_mb")
WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``--json`` and ``--gap``."""
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument(
        "--gap", action="store_true", help="also train one random forest under rows, track, artist and time (minutes)"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Audit the table; findings are no failure, a failed run of the gap is."""
    from core.audit import audit, compute_optimism
    from dashboard.cli.own_file import with_own_columns
    from dashboard.services import build_services
    from data.sources import load_dataset

    with only_results_on_stdout():
        settings, own, left_out = with_own_columns(settings)
        services = build_services(settings)
        dataset = load_dataset(settings.data, settings.home, extras=own) if own else services.tracks.dataset
        report = audit(dataset)
        report = replace(report, unread=(*report.unread, *left_out))
        runs = _measure(services) if arguments.gap else []
    gap = compute_optimism(runs) if arguments.gap else None
    if arguments.json:
        print_json({**report.to_dict(), "optimism": None if gap is None else gap.to_dict("records")})
    else:
        _print_report(report)
        if gap is not None:
            _print_gap(gap, runs)
    return OK if all(run.state == "finished" for run in runs) else RUN_FAILED


def _measure(services: Services) -> list[Run]:
    from core.audit import optimism_requests

    return list(services.runs.run_inline(optimism_requests()))


def _print_report(report: AuditReport) -> None:
    from core.audit.model import LEVELS

    print(f"Table: {report.source_name}, {report.rows:,} rows, {report.tracks:,} tracks")
    for words, columns in (("Columns of its own, looked at too", report.own), ("Not looked at", report.unread)):
        if columns:
            print(
                textwrap.fill(
                    f"{words}: {', '.join(printable(name[:80]) for name in columns)}", WIDTH, subsequent_indent="  "
                )
            )
    for finding in report.findings:
        print(f"\n[{finding.level}] {finding.title}: {finding.count:,} of {finding.total:,} {finding.unit}")
        for text in (finding.what, f"Why it matters: {finding.why}", f"Protocols: {finding.protocols}"):
            print(textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  "))
    passed = [check.title for check in report.checks if check.passed]
    print("\n" + textwrap.fill(f"Nothing found: {', '.join(passed) or 'no check passed'}.", WIDTH))
    for check in report.checks:
        if check.result == "not checked":
            print(textwrap.fill(f"Could not be checked: {check.title}. {check.reason}", WIDTH, subsequent_indent="  "))
    levels = {finding.level for finding in report.findings}
    print("\n" + "; ".join(f"{level}: {meaning.lower()}" for level, meaning in LEVELS.items() if level in levels))


def _print_gap(gap: pd.DataFrame, runs: list[Run]) -> None:
    print("\nOptimism gap: the same random forest, library defaults, R2 on the held-out part\n")
    rows = [_gap_row(row) for row in gap.to_dict("records")]
    if rows:
        print_table(["Protocol", "R2", "95% from", "to", "Run"], rows)
    for run in runs:
        if run.reason:
            print(f"\n{run.request.protocol}: {run.state.value}: {run.reason}")


def _gap_row(row: dict[Any, Any]) -> list[str]:
    return [row["label"], number(row["r2"], 3), number(row["low"], 3), number(row["high"], 3), row["run_id"]]
