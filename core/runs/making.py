"""Making one run: train and write the bundle. The same steps in a job's process and in the shell."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from core.durations import in_words
from core.errors import DataError
from core.explanation.compiler import keep_compiled_in
from core.families import FAMILIES
from core.families.installed import installed_version
from core.features import feature_ranges
from core.files import storage_errors
from core.mlflow import Tracking
from core.plain_json import as_plain
from core.progress import Progress, Report, keep_notice
from core.requests import TrainingRequest
from core.runs.artifacts import EXPLANATION, HIGH, LOW, MODEL, PREDICTIONS, REQUEST, RESULT, Bundles
from core.runs.manifest import golden_rows
from core.runs.members import Members, member_file
from core.runs.model import Limits
from core.tables import TableRef
from data.schema import EXTRA_PREFIX

PROGRESS_EVERY_S = 0.25
SEARCH_SHARE = 0.6
"""Of the time that a run may take: what a search gets at most; its winner is cross-validated and fitted after it."""

MB_A_CANDIDATE = 768
"""Memory that one process of a search may come to take: its libraries, the features prepared for it, and a model."""

NO_MEMBERS = Members()

_FACTS = ("source_name", "source_kind", "is_synthetic", "sha256", "tracks")
_LIBRARIES = ("scikit-learn", "numpy", "pandas")
_LOADED: dict[tuple[object, ...], Any] = {}


@dataclass(frozen=True)
class Outcome:
    """What the registry keeps of a training that went well, and the golden rows of its manifest; plain values only."""

    metrics: dict[str, Any]
    timings: dict[str, Any]
    notices: list[str]
    golden: dict[str, Any] | None = None


def load_table(data: Path | None, home: Path, table: TableRef | None = None) -> Any:
    """The table to train on, as ``data.sources.load_dataset`` gives it: the uploaded one, or else the default one.

    The last one is kept, also for the processes that are forked from this one, until its file changes.

    Raises
    ------
    DataError
        When the configured table cannot be read, or the uploaded one is gone.
    """
    from data.errors import DataFileError
    from data.sources import load_dataset

    if table is not None and not table.path(home).is_file():
        raise DataError(f"The table {table.name!r} is no longer there, so nothing can be trained on it.")
    key = _identity(data, home) if table is None else (table, *_identity(table.path(home), home))
    if key not in _LOADED:
        try:
            if table is None:
                dataset = load_dataset(data, home)
            else:
                dataset = load_dataset(table.path(home), home, name=table.name, extras=table.extras)
        except DataFileError as error:
            raise DataError(str(error)) from error
        dataset.facts()  # computed once, kept with it
        _LOADED.clear()
        _LOADED[key] = dataset
    return _LOADED[key]


def _identity(data: Path | None, home: Path) -> tuple[object, ...]:
    """Changes when another table would be loaded."""
    path = (data or home / "downloads" / "spotify_songs.csv").absolute()
    try:
        found = path.stat()
    except OSError:
        return (path, data is None)
    return (path, data is None, found.st_ino, found.st_size, found.st_mtime_ns)


def train_model(request: TrainingRequest, dataset: Any, report: Report, n_jobs: int) -> Any:
    """Train as the request says; scikit-learn is imported here, in the job."""
    from core.training import train

    return train(request, dataset, report, n_jobs=n_jobs, explain=request.explain)


def stack_runs(request: TrainingRequest, dataset: Any, parts: Sequence[Any], report: Report) -> Any:
    """Combine finished runs; what that takes is imported here, in the job."""
    from core.stacking import stack

    return stack(request, dataset, parts, report)


def dump_model(pipeline: Any, path: Path) -> None:
    """Write the model file of a bundle."""
    from core.persistence import dump_pipeline

    dump_pipeline(pipeline, path)


def nothing_beside(home: Path) -> int:
    """For a home in which nothing but jobs shares the queue."""
    return 0


@dataclass(frozen=True)
class JobContext:
    """Where a job finds things, and what it may use; travels to its process.

    Parameters
    ----------
    home : Path
        Folder of the registry, the bundles and the tickets.
    limits : Limits
    database_url : str or None
        Address of the registry; None is SQLite in the home folder.
    data : Path or None
        Configured table.
    tracking : Tracking or None
        Where finished runs are logged, too.
    beside : callable
        From the home to how much work of other kinds waits or runs: it shares slots and queue with jobs.
    load, train, dump, golden : callable
        The steps that know about tables and estimators; tests give their own.
    """

    home: Path
    limits: Limits = field(default_factory=Limits)
    database_url: str | None = None
    data: Path | None = None
    tracking: Tracking | None = None
    beside: Callable[[Path], int] = nothing_beside
    load: Callable[[Path | None, Path, TableRef | None], Any] = load_table
    train: Callable[[TrainingRequest, Any, Report, int], Any] = train_model
    dump: Callable[[Any, Path], None] = dump_model
    golden: Callable[[Any, TrainingRequest, Any], dict[str, Any] | None] = golden_rows

    @property
    def bundles(self) -> Bundles:
        return Bundles(self.home / "runs")

    @property
    def tickets(self) -> Path:
        return self.home / "tickets"

    def load_dataset(self, table: TableRef | None = None) -> Any:
        return self.load(self.data, self.home, table)


def make_run(
    context: JobContext,
    request: TrainingRequest,
    dataset: Any,
    draft: Path,
    report: Report,
    n_jobs: int,
    *,
    most_seconds: float | None = None,
    members: Members = NO_MEMBERS,
) -> Outcome:
    """Train and write the files of the bundle into the draft.

    Parameters
    ----------
    context : JobContext
    request : TrainingRequest
    dataset : Dataset
    draft : Path
    report : callable
    n_jobs : int
        Cores that it may use.
    most_seconds : float, optional
        After which a run is ended: a search leaves time for the rest.
    members : Members
        The runs that a stack is made of.

    Raises
    ------
    DashboardError
        With a message for people; StorageError when the disk is full.
    """
    keep_compiled_in(context.home / "cache" / "compiled")
    trained, notices = _within(request, most_seconds)
    trained, said = _within_memory(trained, context.limits.run_memory_mb if most_seconds else _available_mb(), n_jobs)
    for notice in (*notices, *said):
        keep_notice(report, notice)
    if members.runs:
        result = stack_runs(trained, dataset, members.read(context.bundles, dataset.facts().to_dict()), report)
    else:
        result = context.train(trained, dataset, report, n_jobs)
    report(Progress("Storing the model"))
    if (result.metrics.get("search") or {}).get("stopped") != "time":
        notices = []
    notices = [*(str(each) for each in result.notices), *notices, *said]
    golden = context.golden(result, request, dataset)
    outcome = Outcome(as_plain(result.metrics), as_plain(result.timings), notices, golden)
    with storage_errors():
        if members.runs:
            for number, content in enumerate(result.pipeline.files):
                (draft / member_file(number)).write_bytes(content)
        else:
            context.dump(result.pipeline, draft / MODEL)
        for name, model in zip((LOW, HIGH), getattr(result, "quantiles", None) or (), strict=False):
            context.dump(model, draft / name)
        if explanation := getattr(result, "explanation", None):
            (draft / EXPLANATION).write_text(json.dumps(explanation, allow_nan=False), encoding="utf-8")
        # Only where lines end with a carriage return is one inside a name quoted.
        result.predictions.to_csv(draft / PREDICTIONS, index=False, lineterminator="\r\n")
        _write_json(draft / REQUEST, request.model_dump(mode="json"))
        kept = {"metrics": outcome.metrics, "timings": outcome.timings, "notices": outcome.notices}
        _write_json(
            draft / RESULT, {**kept, "interval": as_plain(result.interval), "ranges": getattr(result, "ranges", {})}
        )
    return outcome


def search_limit(asked: float | None, most_seconds: float | None) -> float | None:
    """Seconds that a search may take: those asked for, but no more than its share of the run; None for no limit.

    Parameters
    ----------
    asked : float or None, seconds
    most_seconds : float or None, seconds
        After which the run is ended.

    Examples
    --------
    >>> search_limit(None, 3600), search_limit(90, 3600), search_limit(90, None)
    (2160.0, 90, 90)
    """
    if most_seconds is None:
        return asked
    share = SEARCH_SHARE * most_seconds
    return share if asked is None or asked > share else asked


def _within(request: TrainingRequest, most_seconds: float | None) -> tuple[TrainingRequest, list[str]]:
    """The request with a search that leaves time for the final model, and what to say when that cuts it short."""
    tuning = request.tuning
    if tuning is None or most_seconds is None:
        return request, []
    most = search_limit(tuning.seconds, most_seconds)
    if most == tuning.seconds:
        return request, []
    assert most is not None
    notice = f"A run may take {in_words(most_seconds)} on this server, and its search {in_words(most)} of that."
    return request.model_copy(update={"tuning": tuning.model_copy(update={"seconds": most})}), [notice]


def _within_memory(request: TrainingRequest, memory_mb: int, n_jobs: int) -> tuple[TrainingRequest, list[str]]:
    """The request with as many candidates at the same time as there is memory for, and what to say where that is fewer.

    Nothing is said of what the number of cores forbids anyway.
    """
    tuning = request.tuning
    most = max(1, memory_mb // MB_A_CANDIDATE)
    if tuning is None or min(tuning.n_jobs, n_jobs) <= most:
        return request, []
    notice = (
        f"{tuning.n_jobs} candidates at the same time were asked for; a run here has {memory_mb:,} MiB of memory, and "
        f"each may take {MB_A_CANDIDATE}, so {most} at a time {'was' if most == 1 else 'were'} tried."
    )
    return request.model_copy(update={"tuning": tuning.model_copy(update={"n_jobs": most})}), [notice]


def _available_mb() -> int:
    """Memory that is free now, MiB: what a run that has no limit of its own can have."""
    return int(psutil.virtual_memory().available) // 2**20


def data_facts(dataset: Any, table: TableRef | None = None) -> dict[str, Any]:
    """The facts by which a run names the table it was made from.

    Of an uploaded table also what is needed to predict when it is deleted: the range of its further columns.
    """
    facts = dataset.facts().to_dict()
    named = {name: facts.get(name) for name in _FACTS}
    if table is not None:
        named |= {"table": table.id, "extra_ranges": _extra_ranges(dataset.tracks, table)}
    return named


def _extra_ranges(tracks: Any, table: TableRef) -> dict[str, list[float]]:
    """Low, high and median of each further column that has any value."""
    found = feature_ranges(tracks, [EXTRA_PREFIX + name for name in table.extras])
    return {name: [limits.low, limits.high, limits.median] for name, limits in found.items()}


def versions(request: TrainingRequest | None = None) -> dict[str, str]:
    """Versions of what makes a run, without importing any of it; of a request also what its family and search take."""
    from core import __version__

    own: tuple[str, ...] = () if request is None else FAMILIES[request.family].requires
    if request is not None and request.tuning is not None and request.tuning.method == "tpe":
        own = (*own, "optuna")
    found = {"dashboard": __version__, "python": platform.python_version()}
    return found | {name: installed_version(name) or "unknown" for name in (*_LIBRARIES, *own)}


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, allow_nan=False), encoding="utf-8")
