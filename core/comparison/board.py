"""The leaderboard of comparable runs: scores, what is a tie, what it costs, and what is on the front."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from core.comparison.costs import COSTS, pareto_front
from core.comparison.held_out import BASELINES, HeldOut
from core.comparison.paired import Difference, Verdict, compare_paired
from core.families import FAMILIES
from core.metrics import INTERVAL_METRICS, MEASURES, METRICS, Floats, score

if TYPE_CHECKING:
    from core.runs.model import Run

LONGEST_NAME = 40
Differences = Mapping[str, Mapping[str, Difference]]
"""By metric, then by run id or key of a baseline."""


@dataclass(frozen=True)
class Entry:
    """One row of the board: a run, or a baseline that was scored beside the runs.

    Parameters
    ----------
    key : str
        Id of the run, or key of the baseline.
    run : Run or None
        None for a baseline.
    name : str
    scores : dict of float
        By metric, on the test part.
    intervals : dict of (float, float)
        95% interval of each score; empty for a baseline.
    differences : dict of Difference
        To the best one, by metric; empty where the stored predictions cannot be compared: of a baseline, where the runs
        are of an earlier version.
    costs : dict of float or None
        By key of ``COSTS``.
    fronts : dict of bool
        Whether it is on the front of score and cost, by cost.
    """

    key: str
    run: Run | None
    name: str
    scores: dict[str, float]
    intervals: dict[str, tuple[float, float]] = field(default_factory=dict)
    differences: dict[str, Difference] = field(default_factory=dict)
    costs: dict[str, float | None] = field(default_factory=dict)
    fronts: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Board:
    """Entries, best first by the objective, baselines among them.

    Parameters
    ----------
    objective : str
        Key of the metric that orders them.
    entries : tuple of Entry
    unit : str
        What was drawn together for the intervals of the differences: "artists", "songs", "tracks".
    n_tracks, n_groups : int
        Held-out tracks, and groups of them.
    """

    objective: str
    entries: tuple[Entry, ...]
    unit: str
    n_tracks: int
    n_groups: int

    def best(self, metric: str) -> Entry | None:
        """The run, or baseline, that is best by a metric."""
        found = [one for one in self.entries if _verdict(one, metric) is Verdict.BEST]
        return found[0] if found else None

    def tied(self, metric: str) -> list[Entry]:
        """Those that cannot be told from the best by a metric, without it."""
        return [one for one in self.entries if _verdict(one, metric) is Verdict.TIED]


def build_board(
    runs: Sequence[Run],
    held_out: HeldOut,
    sizes: Mapping[str, int],
    objective: str = "rmse",
    differences: Differences | None = None,
) -> Board:
    """Build the leaderboard of runs that share a footing.

    Parameters
    ----------
    runs : sequence of Run
        Finished ones, one footing, one or more.
    held_out : HeldOut
        Their predictions.
    sizes : mapping of run id to int
        Bytes of each model; a run without one has no known size.
    objective : str
        Key of ``core.metrics.MEASURES``.
    differences : mapping of metric to mapping of key to Difference, optional
        What ``compute_differences`` gave for the same runs, whatever the objective was; computed where it is not given.
    """
    if differences is None:
        differences = compute_differences(runs, held_out)
    beside = _baselines(runs, held_out)
    entries = [_entry(run, held_out, differences, sizes.get(run.id)) for run in runs]
    entries = _with_fronts(entries, objective) + [
        replace(one, differences={key: found[one.key] for key, found in differences.items() if one.key in found})
        for one in beside
    ]
    sign = _sign(objective)
    entries.sort(key=lambda one: _loss(one, objective, sign))
    n_groups = len(set(held_out.groups.tolist()))
    return Board(objective, tuple(entries), held_out.unit, len(held_out.actual), n_groups)


def compute_differences(runs: Sequence[Run], held_out: HeldOut) -> dict[str, dict[str, Difference]]:
    """Compare runs, and the baselines beside them, with the best of them by each metric: no objective has a part in it.

    Parameters
    ----------
    runs : sequence of Run
        Finished ones, one footing, one or more.
    held_out : HeldOut
        Their predictions; of equal ones the first is called the best.

    Returns
    -------
    dict
        Metric to run id or key of a baseline to `Difference`.
    """
    beside = {one.key for one in _baselines(runs, held_out)}
    predicted = held_out.predicted | {key: values for key, values in held_out.baselines.items() if key in beside}
    is_fair = {run.id for run in runs if _was_measured(run)} | beside
    ends = {key: pair for key, pair in held_out.ends.items() if key in is_fair}
    return compare_paired(held_out.actual, predicted, held_out.groups, ends=ends)


def _entry(run: Run, held_out: HeldOut, differences: Differences, size: int | None) -> Entry:
    metrics = run.metrics or {}
    return Entry(
        run.id,
        run,
        _name(run),
        _scores(metrics.get("test"), held_out.actual, held_out.predicted[run.id]),
        {key: (ends[0], ends[1]) for key, ends in (metrics.get("test_interval") or {}).items() if _is_pair(ends)},
        {key: found[run.id] for key, found in differences.items() if run.id in found},
        {key: cost.of(run, size) for key, cost in COSTS.items()},
    )


def _was_measured(run: Run) -> bool:
    """Whether the run's intervals were made without the test part, so that it can say how good they are."""
    test = (run.metrics or {}).get("test") or {}
    return all(key in test for key in INTERVAL_METRICS)


def _name(run: Run) -> str:
    """What people call it, short enough for a chart, or its model."""
    if not run.name:
        return run.model_label
    short = run.name if len(run.name) <= LONGEST_NAME else run.name[: LONGEST_NAME - 1].rstrip() + "…"
    return f"{short} (imported)" if run.imported else short


def _scores(stored: Any, actual: Floats, predicted: Floats | None) -> dict[str, float]:
    """The scores that are stored, and those that an earlier version has not stored."""
    found = _numbers(stored)
    if predicted is not None and not METRICS.keys() <= found.keys():
        found = {key: value for key, value in score(actual, predicted).items() if isfinite(value)} | found
    return found


def _baselines(runs: Sequence[Run], held_out: HeldOut) -> list[Entry]:
    """The baselines that every run was scored beside, without those that are runs of their own here."""
    own = {run.request.family for run in runs}
    every = [(run.metrics or {}).get("baselines") for run in runs]
    stored: dict[str, Any] = next((found for found in every if found), {})
    return [
        Entry(
            key,
            None,
            FAMILIES[key].label,
            _scores(stored[key].get("test"), held_out.actual, held_out.baselines.get(key)),
        )
        for key in BASELINES
        if key in stored and key not in own
    ]


def _with_fronts(entries: list[Entry], objective: str) -> list[Entry]:
    sign = _sign(objective)
    losses = [_loss(one, objective, sign) for one in entries]
    fronts = {key: pareto_front(losses, [one.costs[key] for one in entries]) for key in COSTS}
    return [replace(one, fronts={key: front[at] for key, front in fronts.items()}) for at, one in enumerate(entries)]


def _verdict(entry: Entry, metric: str) -> Verdict | None:
    found = entry.differences.get(metric)
    return found.verdict if found else None


def _loss(entry: Entry, objective: str, sign: float) -> float:
    value = entry.scores.get(objective)
    return float("inf") if value is None else sign * value


def _sign(metric: str) -> float:
    return -1.0 if MEASURES[metric].greater_is_better else 1.0


def _numbers(values: Any) -> dict[str, float]:
    return {key: float(value) for key, value in (values or {}).items() if value is not None}


def _is_pair(ends: Any) -> bool:
    return isinstance(ends, list | tuple) and len(ends) == 2 and None not in ends
