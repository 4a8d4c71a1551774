"""A model made of finished runs: their predictions added up, weighted by what they are worth on unseen rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import DataError, InvalidRequest
from core.families import FAMILIES
from core.features import feature_frame, number_ranges
from core.metrics import POPULARITY_RANGE, score
from core.part_names import part_names
from core.plain_json import as_plain
from core.progress import FoldScored, Report
from core.requests import TrainingRequest
from core.validation import PROTOCOLS
from data.schema import TARGET

if TYPE_CHECKING:
    from core.training import TrainingResult
    from core.validation import Split
    from data.sources import Dataset

Floats = npt.NDArray[np.float64]

STACK = "stack"
SHARED = ("protocol", "test_share", "cv_folds", "seed")
"""What the runs of a stack have in common: without it their held-out rows are not the same."""

_WORDS = {"protocol": "validation protocol", "test_share": "test share", "cv_folds": "number of folds", "seed": "seed"}


@dataclass(frozen=True)
class Part:
    """A finished run as a stack takes it.

    Parameters
    ----------
    run_id : str
    request : TrainingRequest
    predictions : DataFrame
        As in ``TrainingResult``.
    model : bytes
        The file of its fitted pipeline.
    fit_seconds : float or None, seconds
        What its final fit took, where that is known.
    """

    run_id: str
    request: TrainingRequest
    predictions: pd.DataFrame
    model: bytes
    fit_seconds: float | None = None


class Stacked:
    """Pipelines whose predictions are added up; predicts as one of them does.

    Parameters
    ----------
    pipelines : sequence of fitted Pipelines
    columns : sequence of sequences of str
        What each of them reads.
    weights : sequence of float
        Zero or more.
    files : sequence of bytes
        Their files, where they are still to be stored.
    """

    def __init__(
        self,
        pipelines: Sequence[Any],
        columns: Sequence[Sequence[str]],
        weights: Sequence[float],
        files: Sequence[bytes] = (),
    ) -> None:
        self.pipelines = tuple(pipelines)
        self.columns = tuple(tuple(each) for each in columns)
        self.weights = np.asarray(weights, dtype=np.float64)
        self.files = tuple(files)

    def __getitem__(self, step: str) -> Stacked:
        """The model of a pipeline, or what comes before it: here both are the whole."""
        return self

    def predict(self, X: pd.DataFrame) -> Floats:
        """Predict popularity points of every row, each part clipped to 0-100 as it was when it was weighed."""
        total = np.zeros(len(X))
        for pipeline, columns, weight in zip(self.pipelines, self.columns, self.weights, strict=True):
            predicted = np.asarray(pipeline.predict(X[list(columns)]), dtype=np.float64)
            total += weight * np.clip(predicted, *POPULARITY_RANGE)
        return total


def joined_request(request: TrainingRequest, members: Sequence[TrainingRequest]) -> TrainingRequest:
    """The request of a stack, completed by what its members have in common and by all of their features.

    Raises
    ------
    InvalidRequest
        When they cannot be compared.
    """
    first = members[0]
    for member in members:
        if member.family == STACK:
            raise InvalidRequest("A stack cannot be part of another stack. Choose the runs that it is made of.")
        for name in SHARED:
            mine, other = getattr(first, name), getattr(member, name)
            if mine != other:
                raise InvalidRequest(
                    f"Runs can only be combined when they held out the same tracks: the {_WORDS[name]} is {mine} in "
                    f"one and {other} in another. Train them alike first."
                )
    if first.cv_folds < 2:
        raise InvalidRequest("These runs have no cross-validation to weigh them by. Train them with 2 folds or more.")
    columns = [name for member in members for name in FAMILIES[member.family].columns(member.features)]
    shared = {name: getattr(first, name) for name in SHARED}
    known = {
        "features": tuple(dict.fromkeys(columns)),
        "allow_unknowable": any(member.allow_unknowable for member in members),
    }
    return request.model_copy(update=shared | known)


def stack(request: TrainingRequest, dataset: Dataset, parts: Sequence[Part], report: Report) -> TrainingResult:
    """Weigh finished runs by non-negative least squares on what they predicted out of fold.

    The cross-validated score is nested: what is said of a fold comes from weights that were found on the other folds,
    under ``time`` on the earlier ones. It is the plain mean for the first of these, and where no run helps on the
    others.

    Parameters
    ----------
    request : TrainingRequest
        As `joined_request` gives it.
    dataset : Dataset
        The table from which the parts were made.
    parts : sequence of Part
    report : callable

    Raises
    ------
    DataError
        When a part was made from other rows, or none of them helps.

    References
    ----------
    Breiman (1996), Stacked Regressions, Machine Learning 24. Wolpert (1992), Stacked Generalization, Neural Networks 5.
    """
    from core.training import one_native_thread

    with one_native_thread():
        return _stack(request, dataset, parts, report)


def _stack(request: TrainingRequest, dataset: Dataset, parts: Sequence[Part], report: Report) -> TrainingResult:
    from core.explanation.study import Study
    from core.training import TrainingResult
    from core.training.calibrating import ends_of_test, interval_of
    from core.training.fitting import Fitter
    from core.training.notices import notices_of
    from core.training.scoring import metrics_of, predictions_of, scored_sample
    from core.validation import make_split

    started = time.perf_counter()
    run = Fitter(request, report, 1)
    run.tell("Comparing the runs")
    split = make_split(dataset, request.protocol, request.test_share, request.cv_folds, request.seed)
    y = split.table[TARGET].to_numpy(dtype=np.float64)
    of_test, of_folds = _predicted(split, y, parts)
    cross_validated = []
    for number, (_, valid) in enumerate(split.folds, start=1):
        run.tell(f"Weighing without fold {number} of {len(split.folds)}")
        clock = time.perf_counter()
        others = _other_folds(request.protocol, number - 1, len(split.folds))
        weights = _least_squares([of_folds[each] for each in others], [y[split.folds[each][1]] for each in others])
        if not weights.any():  # nothing to go by
            weights = np.full(len(parts), 1 / len(parts))
        predicted = np.clip(of_folds[number - 1] @ weights, *POPULARITY_RANGE)
        cross_validated.append((number, valid, predicted))
        run.done += 1
        report(FoldScored(number, as_plain(score(y[valid], predicted)), time.perf_counter() - clock))
    run.tell("Weighing the runs")
    weights = _weights(of_folds, [y[valid] for _, valid in split.folds])
    pipeline = _combine(parts, weights)
    predicted = np.clip(of_test @ weights, *POPULARITY_RANGE)
    run.done += 1
    run.tell("Scoring the test part")
    scored = time.perf_counter()
    learned = scored_sample(split.train, request.seed)
    X = feature_frame(split.table.iloc[learned], request.features)
    of_learned = np.clip(pipeline.predict(X), *POPULARITY_RANGE)
    found = [(0, split.test, predicted), *cross_validated]
    interval = interval_of(request.protocol, split, y, found)
    ends = ends_of_test(split, y, found, interval)
    fair = ends if interval["measured"] else None
    metrics = metrics_of(run, split, y, predicted, (learned, of_learned), cross_validated, fair)
    metrics |= {"coverage": interval["measured"], "stack": _told(parts, weights)}
    ended = time.perf_counter()
    timings = _times_to_train(parts, scored - started)
    timings |= {"score_seconds": ended - scored, "total_seconds": ended - started}
    notices = [*notices_of(request, split, run, metrics), _notice(metrics["stack"])]
    ranges = number_ranges(dataset.tracks, request.features)
    explanation = None
    if request.explain:
        run.tell("Explaining the model")
        study = Study(request, feature_frame(split.table, request.features), y, split)
        explanation = study.of_final(pipeline, ended - started)
        timings |= {"explain_seconds": study.seconds, "total_seconds": time.perf_counter() - started}
    predictions = predictions_of(split, y, found, ends)
    return TrainingResult(
        pipeline, metrics, predictions, timings, notices, interval, ranges=ranges, explanation=explanation
    )


def _times_to_train(parts: Sequence[Part], weighing_seconds: float) -> dict[str, float]:
    """Its own time, and with it that of the final fits of its parts, without which there is no stack."""
    timings = {"weighing_seconds": weighing_seconds}
    known = [part.fit_seconds for part in parts if part.fit_seconds is not None]
    if len(known) == len(parts):
        timings["fit_seconds"] = sum(known) + weighing_seconds
    return timings


def _other_folds(protocol: str, fold: int, n_folds: int) -> list[int]:
    """The folds from which the weights for one of them come: all others, or those before it where time counts."""
    return list(range(fold)) if PROTOCOLS[protocol].by_time else [each for each in range(n_folds) if each != fold]


def _predicted(split: Split, y: Floats, parts: Sequence[Part]) -> tuple[Floats, list[Floats]]:
    """What the parts said of the test rows, and of the rows of each fold: a column a part."""
    from core.training.scoring import rows_of

    rows = [(0, split.test), *((number, valid) for number, (_, valid) in enumerate(split.folds, start=1))]
    expected = rows_of(split, y, [(fold, found, y[found]) for fold, found in rows])
    for part in parts:
        if not _are_same_rows(part.predictions, expected):
            name = FAMILIES[part.request.family].label
            raise DataError(f"The run {name} was made from other rows than the table has now. Train it again.")
    table = np.column_stack([part.predictions["predicted"].to_numpy(dtype=np.float64) for part in parts])
    ends = np.cumsum([len(found) for _, found in rows])[:-1]
    of_test, *of_folds = np.split(table, ends)
    return of_test, of_folds


def _are_same_rows(found: pd.DataFrame, expected: pd.DataFrame) -> bool:
    if len(found) != len(expected) or found["track_id"].tolist() != expected["track_id"].tolist():
        return False
    is_same = found["fold"].to_numpy() == expected["fold"].to_numpy()
    return bool(is_same.all() and np.allclose(found["actual"], expected["actual"]))


def _least_squares(predicted: Sequence[Floats], actual: Sequence[Floats]) -> Floats:
    """Weights of zero or more; all are zero where no part helps, or there is no fold."""
    from scipy.optimize import nnls

    if not predicted:
        return np.zeros(1)
    found: Floats = nnls(np.concatenate(predicted), np.concatenate(actual))[0]
    return found


def _weights(predicted: Sequence[Floats], actual: Sequence[Floats]) -> Floats:
    found = _least_squares(predicted, actual)
    if not found.any():
        raise DataError("None of these runs helps to predict popularity, so nothing can be made of them.")
    return found


def _combine(parts: Sequence[Part], weights: Floats) -> Stacked:
    from core.persistence import load_pipeline

    used = [(part, weight) for part, weight in zip(parts, weights, strict=True) if weight > 0]
    return Stacked(
        [load_pipeline(part.model) for part, _ in used],
        [_columns(part) for part, _ in used],
        [weight for _, weight in used],
        [part.model for part, _ in used],
    )


def _columns(part: Part) -> tuple[str, ...]:
    return FAMILIES[part.request.family].columns(part.request.features)


def _told(parts: Sequence[Part], weights: Floats) -> list[dict[str, Any]]:
    """What is kept of the parts; those that were given a weight have their model in the bundle, in this order."""
    names = part_names([part.request for part in parts])
    return [
        {
            "run_id": part.run_id,
            "family": part.request.family,
            "name": name,
            "weight": float(weight),
            "columns": list(_columns(part)),
        }
        for part, name, weight in zip(parts, names, weights, strict=True)
    ]


def _notice(told: Sequence[dict[str, Any]]) -> str:
    shares = [f"{each['name']}: {each['weight']:.2f}" for each in told]
    return f"Weights of the runs, found on tracks that none of them had seen. {'; '.join(shares)}."
