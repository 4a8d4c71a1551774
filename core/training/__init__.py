"""Train one model, and score it honestly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import DataError
from core.explanation.study import Study
from core.families import FAMILIES
from core.families.model import ModelFamily
from core.features import FEATURES, feature_frame, number_ranges
from core.metrics import score
from core.plain_json import as_plain
from core.preprocessing.standing import with_standing
from core.progress import FoldScored, Report, is_asked_to_stop
from core.requests import TrainingRequest
from core.training.calibrating import ends_of_test, fit_quantiles, interval_of, rows_of_quantiles
from core.training.fitting import Fitter, one_native_thread, predict_popularity, ready_to_predict
from core.training.notices import notices_of
from core.training.result import TrainingResult
from core.training.scoring import Predicted, metrics_of, predictions_of, scored_sample
from core.training.searching import notices_of_search, with_best_params
from core.validation import Split, make_split
from data.schema import TARGET

if TYPE_CHECKING:
    from data.sources import Dataset

__all__ = ["TrainingResult", "one_native_thread", "predict_popularity", "ready_to_predict", "train"]

FOLDS_OF_SEARCH = 1
"""A search has folds of its own: on those it chose by, the cross-validated score would be too good."""

Floats = npt.NDArray[np.float64]


def train(
    request: TrainingRequest, dataset: Dataset, report: Report, n_jobs: int = 1, *, explain: bool = False
) -> TrainingResult:
    """Split, search if asked to, cross-validate, fit on the training part and score on the held-out part.

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
    explain : bool
        Whether to explain the models as well, within a tenth of the time or two seconds.

    Raises
    ------
    DataError
        When this table cannot train such a model: too few rows or groups, constant target, empty feature.
    """
    with one_native_thread():
        return _train(Fitter(request, report, n_jobs), dataset, explain=explain)


def _train(run: Fitter, dataset: Dataset, *, explain: bool) -> TrainingResult:
    request = run.request
    clock = _Clock()
    run.tell("Splitting the tracks")
    search = None
    if request.tuning is not None:
        with clock("search"):
            of_search = _split(request, dataset, request.tuning.folds, FOLDS_OF_SEARCH)
            run, search = with_best_params(run, of_search, _inputs)
            request = run.request
    with clock("split"):
        run.split = split = _split(request, dataset, request.cv_folds)
        X, y = _inputs(request, split)
        study = Study(request, X, y, split) if explain else None
    with clock("cv"):
        cross_validated = _cross_validate(run, split, X, y, study)
        run.split = split = replace(split, folds=split.folds[: len(cross_validated)])
    if study is not None:
        clock.add("cv", -study.seconds)  # what it took meanwhile has a stage of its own
    with clock("fit"):
        run.tell("Training the final model", len(run.capped(split.train)) + rows_of_quantiles(run, split))
        pipeline = run.fit(X, y, split.train)
    with clock("interval"):
        quantiles = fit_quantiles(run, split, X, y)
    run.tell("Scoring the test part")
    with clock("score"):
        pipeline = ready_to_predict(pipeline)
        learned = scored_sample(run.capped(split.train), request.seed)
        with clock("predict"):
            at_once = predict_popularity(pipeline, X.iloc[np.concatenate([split.test, learned])])
        predicted = at_once[: len(split.test)]
        parts = [(0, split.test, predicted), *cross_validated]
        interval = interval_of(request.protocol, split, y, parts, quantiles)
        ends = ends_of_test(split, y, parts, interval, quantiles)
        of_learned = (learned, at_once[len(split.test) :])
        # Without folds the interval was made by the very tracks of the test: it would look better than it is.
        fair = ends if interval["measured"] else None
        metrics = metrics_of(run, split, y, predicted, of_learned, cross_validated, fair)
        predictions = predictions_of(split, y, parts, ends)
        metrics["coverage"] = interval["measured"]
    explanation = None
    if study is not None:
        run.tell("Explaining the model")
        explanation = study.of_final(pipeline, clock.timings()["total_seconds"])
        clock.add("explain", study.seconds)
    run.tell("Done")
    if is_asked_to_stop(run.report) and not run.stops:
        run.stops.append("The wish to stop came when there was nothing left to leave out: all of it is whole.")
    notices = notices_of(request, split, run, metrics)
    if study is not None and explanation is None:
        notices.append("The model could not be explained: the server's log says why. Its scores are not touched.")
    if search is not None:
        metrics["search"] = search.to_metrics()
        notices += notices_of_search(search, run.n_jobs)
    models = quantiles.models if quantiles else None
    ranges = number_ranges(dataset.tracks, FAMILIES[request.family].columns(request.features))
    timings = clock.timings()
    return TrainingResult(pipeline, metrics, predictions, timings, notices, interval, models, ranges, explanation)


def _split(request: TrainingRequest, dataset: Dataset, n_folds: int, folds: int = 0) -> Split:
    """The same held-out part whatever the folds; ``folds`` names another way of cutting as many."""
    return make_split(dataset, request.protocol, request.test_share, n_folds, request.seed, folds)


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

    def add(self, stage: str, seconds: float) -> None:
        self._seconds[f"{stage}_seconds"] = self._seconds.get(f"{stage}_seconds", 0.0) + seconds

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
    return with_standing(X, split, request.protocol, request.seed), y


def _without_values(family: ModelFamily, name: str) -> str:
    feature = f"{name!r} ({FEATURES[name].label})"
    if name in family.needs:
        return f"{family.label} needs {feature}, which has no value in the training rows. Choose another model."
    return f"Feature {feature} has no value in the training rows. Leave it out."


def _cross_validate(
    run: Fitter, split: Split, X: pd.DataFrame, y: Floats, study: Study | None = None
) -> list[Predicted]:
    found = []
    for number, (train, valid) in enumerate(split.folds, start=1):
        rows_left = sum(len(run.capped(rest)) for rest, _ in split.folds[number - 1 :]) + len(run.capped(split.train))
        rows_left += rows_of_quantiles(run, split)
        run.tell(f"Cross-validating, fold {number} of {len(split.folds)}", rows_left)
        started = time.perf_counter()
        watch = valid if number == 1 else None  # one fold shows the curve; in each it would cost up to a sixth more
        pipeline = ready_to_predict(run.fit(X, y, train, name=f"fold {number}", watch=watch))
        predicted = predict_popularity(pipeline, X.iloc[valid])
        found.append((number, valid, predicted))
        scores = as_plain(score(y[valid], predicted))
        run.report(FoldScored(number, scores, time.perf_counter() - started))
        if study is not None:
            study.see_fold(pipeline, valid, time.perf_counter() - started)
        if number < len(split.folds) and is_asked_to_stop(run.report):
            return _folds_so_far(run, found)
    return found


def _folds_so_far(run: Fitter, found: list[Predicted]) -> list[Predicted]:
    """The folds there are when the person wants no more of them; a single one has no spread, so it is left out."""
    n_folds = run.request.cv_folds
    kept = found if len(found) > 1 else []
    run.total -= run.models_a_fold * (n_folds - len(kept)) - (len(found) - len(kept))
    run.stops.append(
        f"Stopped as asked: {len(kept)} of {n_folds} folds were cross-validated; the final model is whole."
        if kept
        else "Stopped as asked before two folds were cross-validated, so there is no cross-validated score."
    )
    return kept
