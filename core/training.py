"""Train one model, and score it honestly."""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import DataError
from core.families import FAMILIES
from core.families.model import ModelFamily
from core.features import FEATURES, feature_frame
from core.intervals import COVERAGE, conformal_half_width
from core.metrics import METRICS, POPULARITY_RANGE, bootstrap_interval, error_by_band, score
from core.plain_json import as_plain
from core.progress import Progress, Report
from core.requests import TrainingRequest
from core.validation import PROTOCOLS, Split, make_split
from data.schema import TARGET

if TYPE_CHECKING:
    from data.sources import Dataset

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

log = logging.getLogger(__name__)

BASELINE_KEYS = ("mean", "genre_mean")
MAX_SCORED_TRAINING_ROWS = 1_000
FEW_TEST_ROWS = 30
"""Below this number of held-out rows a score is mostly chance, and the run says so."""


@dataclass(frozen=True)
class TrainingResult:
    """What one run gives.

    Parameters
    ----------
    pipeline : sklearn Pipeline
        Fitted on the training part, set to predict with one thread.
    metrics : dict
        JSON-safe. ``test``, ``train`` and each of ``baselines`` (scores by metric), ``test_interval`` (95% bootstrap
        over groups, [low, high] a metric), ``cv`` (mean, sd, folds a metric; None without folds), ``by_band``,
        ``n_train`` (rows of the training part), ``n_train_fitted`` (those the model learned from, fewer under a cap),
        ``n_test``, ``n_train_scored`` (those of the fitted ones that were scored). R2 is None where the actual
        values do not vary.
    predictions : DataFrame
        ``track_id, track_name, track_artist, part ("test" | "cv"), fold (0 for the test, 1.. for folds), actual,
        predicted``; points, clipped to 0-100.
    timings : dict
        ``split_seconds, cv_seconds, fit_seconds, score_seconds, total_seconds``.
    notices : list of str
        What people should know: rows sampled, tracks without a date, a leaky protocol.
    interval : dict
        ``coverage, half_width, method, n, protocol`` of the prediction interval.
    """

    pipeline: Any
    metrics: dict[str, Any]
    predictions: pd.DataFrame
    timings: dict[str, float]
    notices: list[str]
    interval: dict[str, Any]


def train(request: TrainingRequest, dataset: Dataset, report: Report, n_jobs: int = 1) -> TrainingResult:
    """Split, cross-validate, fit on the training part and score on the held-out part.

    Parameters
    ----------
    request : TrainingRequest
        What to train.
    dataset : Dataset
        Clean tracks and placements.
    report : callable
        Called with a `Progress` before each step; may raise to end the run.
    n_jobs : int
        Threads for estimators that can use several.

    Raises
    ------
    DataError
        When this table cannot train such a model: too few rows or groups, constant target, empty feature.
    """
    with one_native_thread():
        return _train(_Run(request, report, n_jobs), dataset)


def predict_popularity(pipeline: Any, X: pd.DataFrame) -> Floats:
    """Predict popularity points, clipped to 0-100."""
    predicted: Floats = np.clip(np.asarray(pipeline.predict(X), dtype=np.float64), *POPULARITY_RANGE)
    return predicted


def ready_to_predict(pipeline: Any) -> Any:
    """Set the estimator to one thread: handing one row to several costs more than it saves."""
    if "n_jobs" in pipeline["model"].get_params(deep=False):
        pipeline.set_params(model__n_jobs=1)
    return pipeline


@contextmanager
def one_native_thread() -> Iterator[None]:
    """Keep OpenMP and BLAS to one thread: on shared cores theirs wait for one another (a fit of 0.5 s took 11 s).

    Only libraries already loaded can be limited, hence the import: it brings the OpenMP of scikit-learn.
    """
    import sklearn.utils._openmp_helpers  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield


Predicted = tuple[int, Ints, Floats]


def _train(run: _Run, dataset: Dataset) -> TrainingResult:
    request = run.request
    clock = _Clock()
    run.tell("Splitting the tracks")
    with clock("split"):
        split = make_split(dataset, request.protocol, request.test_share, request.cv_folds, request.seed)
        X, y = _inputs(request, split)
    with clock("cv"):
        cross_validated = _cross_validate(run, split, X, y)
    with clock("fit"):
        run.tell("Training the final model", len(run.capped(split.train)))
        pipeline = run.fit(X, y, split.train)
    run.tell("Scoring the test part")
    with clock("score"):
        pipeline = ready_to_predict(pipeline)
        predicted = predict_popularity(pipeline, X.iloc[split.test])
        metrics = _metrics(run, split, X, y, predicted, cross_validated, pipeline)
        predictions = _predictions(split, y, [(0, split.test, predicted), *cross_validated])
        interval = _interval(request, y[split.test] - predicted)
    run.tell("Done")
    notices = _notices(request, split, run, metrics)
    return TrainingResult(pipeline, metrics, predictions, clock.timings(), notices, interval)


@dataclass
class _Run:
    """One run under way: its request, and how many of its fits are done."""

    request: TrainingRequest
    report: Report
    n_jobs: int
    done: int = 0
    unsettled: bool = False
    costs: list[float] = field(default_factory=list)
    """Seconds a row of each finished fit."""

    def __post_init__(self) -> None:
        self.family = FAMILIES[self.request.family]
        self.total = self.request.cv_folds + 1

    def tell(self, stage: str, rows_left: int | None = None) -> None:
        left = float(np.mean(self.costs)) * rows_left if self.costs and rows_left is not None else None
        self.report(Progress(stage, self.done, self.total, left))

    def fit(self, X: pd.DataFrame, y: Floats, rows: Ints) -> Any:
        rows = self.capped(rows)
        request = self.request
        pipeline = self.family.build(request.params, request.defaults, request.features, request.seed, self.n_jobs)
        neighbours = pipeline["model"].get_params(deep=False).get("n_neighbors", 0)
        if neighbours > len(rows):
            raise DataError(
                f"{self.family.label} averages {neighbours} tracks, but only {len(rows)} are there to learn from. "
                "Ask for fewer neighbours (n_neighbors), or for fewer folds."
            )
        started = time.perf_counter()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            pipeline.fit(X.iloc[rows], y[rows])
        self.hear(caught)
        self.done += 1
        self.costs.append((time.perf_counter() - started) / len(rows))
        return pipeline

    def hear(self, caught: Sequence[warnings.WarningMessage]) -> None:
        """Turn what concerns people into a notice, pass over what small tables always cause, and log the rest."""
        from sklearn.exceptions import ConvergenceWarning

        for warning in caught:
            if issubclass(warning.category, ConvergenceWarning):
                self.unsettled = True
            elif "n_quantiles" not in str(warning.message):
                log.warning("%s: %s", self.family.key, warning.message)

    def capped(self, rows: Ints) -> Ints:
        """A seeded sample of the rows, in their order, when the family has a cap below their number."""
        cap = self.family.row_cap
        if cap is None or len(rows) <= cap:
            return rows
        chosen = np.random.default_rng(self.request.seed).choice(len(rows), cap, replace=False)
        return rows[np.sort(chosen)]


class _Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._seconds[f"{stage}_seconds"] = time.perf_counter() - started

    def timings(self) -> dict[str, float]:
        return self._seconds | {"total_seconds": time.perf_counter() - self._started}


def _inputs(request: TrainingRequest, split: Split) -> tuple[pd.DataFrame, Floats]:
    """Columns of the model and the target, when something can be learnt from them in every fold."""
    y = split.table[TARGET].to_numpy(dtype=np.float64)
    family = FAMILIES[request.family]
    X = feature_frame(split.table, family.columns(request.features))
    for train, _ in (*split.folds, (split.train, split.test)):
        if np.ptp(y[train]) == 0:
            raise DataError(f"Popularity is {y[train[0]]:g} in every training row: there is nothing to learn from.")
        for name in X.columns[X.iloc[train].isna().all().to_numpy()]:
            raise DataError(_without_values(family, name))
    return X, y


def _without_values(family: ModelFamily, name: str) -> str:
    feature = f"{name!r} ({FEATURES[name].label})"
    if name in family.needs:
        return f"{family.label} needs {feature}, which has no value in the training rows. Choose another model."
    return f"Feature {feature} has no value in the training rows. Leave it out."


def _notices(request: TrainingRequest, split: Split, run: _Run, metrics: Mapping[str, Any]) -> list[str]:
    notices = list(split.notes)
    if PROTOCOLS[request.protocol].is_leaky:
        notices.append(
            "This protocol lets the same track stand in training and test: its scores are better than the truth. "
            "Use it for contrast only."
        )
    notices += _notices_of_scores(metrics)
    cap = run.family.row_cap
    if cap is not None and len(split.train) > cap:
        notices.append(
            f"{run.family.label} learns from a random sample of {cap:,} of the {len(split.train):,} training rows, "
            "because its cost grows with the square of the rows."
        )
    if run.unsettled:
        notices.append(f"The solver stopped before it settled: {run.family.advice}.")
    return notices


def _notices_of_scores(metrics: Mapping[str, Any]) -> list[str]:
    """What to know of scores that rest on little."""
    notices = []
    if metrics["n_test"] < FEW_TEST_ROWS:
        notices.append(
            f"Only {metrics['n_test']} rows were held out: with fewer than {FEW_TEST_ROWS} a score is mostly chance."
        )
    folds = metrics["cv"]["r2"]["folds"] if metrics["cv"] else []
    if undefined := folds.count(None):
        notices.append(
            f"R² has no value in {undefined} of the {len(folds)} folds, as popularity does not vary there, so it has "
            "no mean over the folds: read RMSE or MAE, or ask for fewer folds."
        )
    return notices


def _cross_validate(run: _Run, split: Split, X: pd.DataFrame, y: Floats) -> list[Predicted]:
    found = []
    for number, (train, valid) in enumerate(split.folds, start=1):
        rows_left = sum(len(run.capped(rest)) for rest, _ in split.folds[number - 1 :]) + len(run.capped(split.train))
        run.tell(f"Cross-validating, fold {number} of {len(split.folds)}", rows_left)
        pipeline = ready_to_predict(run.fit(X, y, train))
        found.append((number, valid, predict_popularity(pipeline, X.iloc[valid])))
    return found


def _metrics(
    run: _Run,
    split: Split,
    X: pd.DataFrame,
    y: Floats,
    predicted: Floats,
    cross_validated: list[Predicted],
    pipeline: Any,
) -> dict[str, Any]:
    actual = y[split.test]
    groups = split.resampling_unit[split.test]
    interval = bootstrap_interval(actual, predicted, groups, seed=run.request.seed)
    fitted = run.capped(split.train)
    sample = _sample(fitted, run.request.seed)
    metrics = {
        "test": score(actual, predicted),
        "test_interval": interval,
        "train": score(y[sample], predict_popularity(pipeline, X.iloc[sample])),
        "cv": _spread(y, cross_validated),
        "baselines": {key: {"test": _baseline(key, split, y)} for key in BASELINE_KEYS},
        "by_band": error_by_band(actual, predicted),
        "n_train": len(split.train),
        "n_train_fitted": len(fitted),
        "n_test": len(split.test),
        "n_train_scored": len(sample),
    }
    return {key: as_plain(value) for key, value in metrics.items()}


def _sample(rows: Ints, seed: int) -> Ints:
    """Fitted rows to score: a sample says as much, and some models predict as slowly as they learn."""
    if len(rows) <= MAX_SCORED_TRAINING_ROWS:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, MAX_SCORED_TRAINING_ROWS, replace=False))


def _baseline(key: str, split: Split, y: Floats) -> dict[str, float]:
    family = FAMILIES[key]
    pipeline = family.build({}, "recommended", ())
    X = feature_frame(split.table, family.columns(()))
    pipeline.fit(X.iloc[split.train], y[split.train])
    return score(y[split.test], predict_popularity(pipeline, X.iloc[split.test]))


def _spread(y: Floats, cross_validated: list[Predicted]) -> dict[str, Any] | None:
    if not cross_validated:
        return None
    folds = [score(y[valid], predicted) for _, valid, predicted in cross_validated]
    spread = {}
    for key in METRICS:
        values = np.array([fold[key] for fold in folds])
        spread[key] = {"mean": float(values.mean()), "sd": float(values.std(ddof=1)), "folds": values.tolist()}
    return spread


def _predictions(split: Split, y: Floats, parts: list[Predicted]) -> pd.DataFrame:
    frames = []
    for fold, rows, predicted in parts:
        frame = split.table[["track_id", "track_name", "track_artist"]].iloc[rows]
        part = "test" if fold == 0 else "cv"
        frames.append(frame.assign(part=part, fold=fold, actual=y[rows], predicted=predicted))
    return pd.concat(frames, ignore_index=True)


def _interval(request: TrainingRequest, residuals: Floats) -> dict[str, Any]:
    return {
        "coverage": COVERAGE,
        "half_width": conformal_half_width(residuals),
        "method": "split conformal",
        "n": len(residuals),
        "protocol": request.protocol,
    }
