"""``train``: one run a family, one after another, in this process."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dashboard.cli.exit_codes import OK, RUN_FAILED
from dashboard.cli.output import duration, number, only_results_on_stdout, print_json, print_table
from dashboard.settings import Settings

if TYPE_CHECKING:
    from core.progress import News, Report
    from core.runs.model import Run

HELP = "Train one or several models and print their scores beside the baselines."
SETTINGS = ("home", "data", "database_url", "log_level")
# They hold for jobs started from the page; here the operator watches, and has Ctrl-C.
WITHOUT = ("run_seconds", "run_memory_mb")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What a training request has; what is not given takes the request's own default."""
    parser.add_argument("--family", action="append", required=True, metavar="NAME", help="model family; may repeat")
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="hyperparameter of every named family that knows it, or FAMILY.NAME=VALUE for one of them; may repeat",
    )
    parser.add_argument(
        "--features", metavar="A,B,...", help="features, or groups of them such as audio (default: the audio features)"
    )
    parser.add_argument(
        "--allow-unknowable",
        action="store_true",
        help="take features that are only known after a release, too; their scores carry a warning",
    )
    parser.add_argument("--protocol", metavar="NAME", help="how train and test are kept apart (default: song)")
    parser.add_argument("--test-share", type=float, metavar="SHARE", help="share held out for the test (default: 0.2)")
    parser.add_argument("--cv", type=int, metavar="FOLDS", help="cross-validation folds, 0 for none (default: 5)")
    parser.add_argument("--seed", type=int, help="seed of the split and the model (default: 42)")
    parser.add_argument(
        "--defaults",
        choices=("recommended", "library"),
        help="where the other hyperparameters come from (default: recommended)",
    )
    parser.add_argument(
        "--interval",
        choices=("split", "quantile"),
        help="what prediction intervals are made of: residuals, or models of quantiles, which take three times as long "
        "(default: split)",
    )
    parser.add_argument(
        "--no-explain",
        dest="explain",
        action="store_const",
        const=False,
        help="do not work out why the model says what it says, which takes a tenth of the time or two seconds",
    )
    parser.add_argument(
        "--member",
        action="append",
        metavar="ID",
        help="a finished run to combine, with --family stack alone; repeat for each of them",
    )
    _add_tuning(parser.add_argument_group("search for hyperparameters", "What a --param sets is not searched."))
    parser.add_argument("--json", action="store_true", help="print JSON only: a list of runs")


def _add_tuning(group: Any) -> None:
    group.add_argument("--tune", choices=("random", "halving", "tpe"), help="search first, in this way")
    group.add_argument("--iterations", type=int, metavar="N", help="candidates to try (default: 20)")
    group.add_argument("--tune-folds", type=int, metavar="FOLDS", help="folds of the search (default: 5)")
    group.add_argument("--scoring", metavar="METRIC", help="metric by which candidates are compared (default: rmse)")
    group.add_argument("--budget", type=int, metavar="SECONDS", help="time of the search (default: no limit)")
    group.add_argument("--jobs", type=int, metavar="N", help="candidates tried at the same time (default: 1)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check every request, then train."""
    from dashboard.cli.requests import build_requests

    with only_results_on_stdout():
        requests = build_requests(arguments)

        from dashboard.cli.own_file import with_readable_table
        from dashboard.services import build_services

        runs = build_services(with_readable_table(settings)).runs.run_inline(requests, report=_watch())
    if arguments.json:
        print_json([run.to_dict() for run in runs])
    else:
        _print_runs(runs)
    return OK if all(run.state == "finished" for run in runs) else RUN_FAILED


def _watch() -> Report:
    """Tell a person how far a run is: one line that changes on a terminal, silence elsewhere."""
    is_terminal = sys.stderr.isatty()

    from core.progress import Progress

    def report(news: News) -> None:
        if not (is_terminal and isinstance(news, Progress)):
            return
        steps = f" {news.done}/{news.total}" if news.total else ""
        left = "" if news.seconds_left is None else f", {duration(news.seconds_left)} left"
        print(f"\r\033[K{news.stage}{steps}{left}", end="", file=sys.stderr, flush=True)

    return report


def _print_runs(runs: Sequence[Run]) -> None:
    from core.validation import PROTOCOLS
    from dashboard.cli.runs import cross_validated, family_in_words

    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    first = runs[0]
    protocol = PROTOCOLS[first.request.protocol]
    kind = "synthetic" if first.data.get("is_synthetic") else "real"
    print(f"Table: {first.data.get('source_name', '?')}, {kind}, {first.data.get('tracks', 0):,} tracks")
    print(f"Protocol: {protocol.label}. {protocol.question}\n")
    finished = [run for run in runs if run.metrics]
    if finished:
        rows = [_row(family_in_words(run), run.metrics, cross_validated(run.metrics), run) for run in finished]
        baselines: dict[str, Any] = (finished[0].metrics or {}).get("baselines", {})
        rows += [_row(f"{name} (baseline)", scores, "-", None) for name, scores in baselines.items()]
        head = ["Family", "R2 test", "RMSE", "MAE", "R2 in cross-validation", "Interval on the test", "Time", "Run"]
        print_table(head, rows)
    for run in finished:
        if search := (run.metrics or {}).get("search"):
            print(f"\n{run.request.family}: best of {search['tried']} candidates: {_params(search['best_params'])}")
    for run in runs:
        for line in [*run.notices, *([f"{run.state.value}: {run.reason}"] if run.reason else [])]:
            print(f"\n{run.request.family}: {line}")


def _params(params: dict[str, Any]) -> str:
    return ", ".join(
        f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}" for name, value in params.items()
    )


def _row(name: str, metrics: dict[str, Any] | None, folds: str, run: Run | None) -> list[str]:
    test = (metrics or {}).get("test", {})
    seconds = (run.timings or {}).get("total_seconds") if run else None
    return [
        name,
        number(test.get("r2"), 3),
        number(test.get("rmse"), 1),
        number(test.get("mae"), 1),
        folds,
        _coverage(metrics),
        duration(seconds),
        run.id if run else "",
    ]


def _coverage(metrics: dict[str, Any] | None) -> str:
    """What the prediction interval held and how wide it is, or a dash where nothing was measured."""
    found = ((metrics or {}).get("coverage") or {}).get("overall")
    return f"held {100 * found['coverage']:.0f}%, {found['width']:.0f} points wide" if found else "-"
