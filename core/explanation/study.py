"""The explanation that a run keeps: worked out in the training job on a sample, within a time set beforehand."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from core.explanation import make_explainer
from core.explanation.effects import dependence_of, interactions, permutation_importance
from core.explanation.model import Explainer, Explanation, Floats, Ints
from core.features import FEATURES
from core.plain_json import as_plain
from core.requests import TrainingRequest
from core.validation import Split

VERSION = 1
LEAST_SECONDS, SHARE = 2.0, 0.1
"""A run's explanation takes about so many processor seconds, or this share of its training where that is longer.

Besides, the first tree model of a process loads what is compiled (half a second), and the first one after an
installation compiles it.
"""
MOST_ROWS, FEWEST_ROWS, ROWS_AT_ONCE = 1_000, 20, 100
FOLD_ROWS, FOLD_SECONDS, FOLD_SHARE = 200, 0.15, 0.05
N_BACKGROUND, CANDIDATES = 50, 300
N_REPEATS, MOST_CURVES, MOST_PAIRS, MOST_INTERACTING = 3, 40, 100, 8
FEWEST_OF_A_GENRE = 10
SHARES = {"sample": 0.45, "permutation": 0.6, "dependence": 0.8, "interactions": 1.0}
"""Up to which part of the time each step may go."""

log = logging.getLogger(__name__)


class Study:
    """Explains the models of one training as they are made.

    Parameters
    ----------
    request : TrainingRequest
    X : DataFrame of shape (n_rows, n_columns)
        Columns of the model for every row of the split's table.
    y : ndarray of shape (n_rows,)
        Actual popularity, points.
    split : Split
    """

    def __init__(self, request: TrainingRequest, X: pd.DataFrame, y: Floats, split: Split) -> None:
        self._request, self._X, self._y, self._split = request, X, y, split
        self._rng = np.random.default_rng(request.seed)
        self._candidates = self._draw(split.train, CANDIDATES)
        self._folds: list[dict[str, Any]] = []
        self.seconds = 0.0
        self._loading = 0.0

    def see_fold(self, pipeline: Any, valid: Ints, fit_seconds: float) -> None:
        """Keep how important each feature is to the model of a fold, on some rows that it did not learn from.

        Parameters
        ----------
        pipeline : fitted Pipeline
        valid : ndarray of int
            Rows that were held out.
        fit_seconds : float
            What the fit took: the explanation takes a part of it.
        """
        with self._clock(), self._harmless():
            background = self._X.iloc[self._candidates[:N_BACKGROUND]]
            explainer = self._warm(pipeline, background, min(len(valid), FOLD_ROWS))
            until = time.thread_time() + max(FOLD_SECONDS, FOLD_SHARE * fit_seconds)
            found = _explain_until(explainer, self._X.iloc[self._draw(valid, FOLD_ROWS)], until, 1)
            self._folds.append({"importance": np.abs(found.values).mean(axis=0), "rows": len(found.values)})

    def of_final(self, pipeline: Any, training_seconds: float) -> dict[str, Any] | None:
        """Give what is kept of the final model, in JSON's own types; None where it could not be explained.

        Whatever goes wrong is logged: a model that is trained and scored is not lost for its explanation.

        Parameters
        ----------
        pipeline : fitted Pipeline, or Stacked
        training_seconds : float
            What the training took so far.
        """
        told = None
        with self._clock(), self._harmless():
            told = self._study(pipeline, training_seconds)
        return (
            None if told is None else {key: as_plain(value) for key, value in {**told, "seconds": self.seconds}.items()}
        )

    def _study(self, pipeline: Any, training_seconds: float) -> dict[str, Any]:
        allowed = max(LEAST_SECONDS, SHARE * training_seconds)
        left = max(allowed - (self.seconds - self._loading), allowed / 2)
        background = self._balanced_background(pipeline)
        explainer = self._warm(pipeline, background, min(len(self._split.test), MOST_ROWS))
        started = time.thread_time()
        until = {step: started + share * left for step, share in SHARES.items()}
        sampled = self._draw(self._split.test, MOST_ROWS)
        X = self._X.iloc[sampled]
        found = _explain_until(explainer, X, until["sample"], FEWEST_ROWS)
        sampled, X = sampled[: len(found.values)], X.iloc[: len(found.values)]
        return {
            **self._of_method(explainer, found),
            "sample": self._of_sample(sampled, X, found),
            "background": _columns_of(background),
            "importance": self._of_importance(found),
            "by_genre": self._by_genre(sampled, found),
            **self._of_effects(explainer, X, sampled, found, until),
        }

    def _of_method(self, explainer: Explainer, found: Explanation) -> dict[str, Any]:
        return {
            "version": VERSION,
            "features": list(found.features),
            "method": found.method,
            "is_exact": found.is_exact,
            "base": found.base,
            "n_background": found.n_background,
            "additivity_error": found.additivity_error,
            "prediction_range": float(np.ptp(found.predicted)),
            "standard_error": None if found.standard_error is None else float(found.standard_error.mean()),
        }

    def _of_sample(self, sampled: Ints, X: pd.DataFrame, found: Explanation) -> dict[str, Any]:
        table = self._split.table.iloc[sampled]
        names = {name: _texts(table, name) for name in ("track_id", "track_name", "track_artist", "genre")}
        return {
            **names,
            "n_test": len(self._split.test),
            "actual": self._y[sampled],
            "predicted": np.round(found.predicted, 4),
            "features": _columns_of(X[[name for name in found.features if name in X]]),
            "values": np.round(found.values, 4),
        }

    def _of_importance(self, found: Explanation) -> dict[str, Any]:
        return {
            "mean": np.abs(found.values).mean(axis=0),
            "folds": [each["importance"] for each in self._folds],
            "rows_a_fold": [each["rows"] for each in self._folds],
        }

    def _by_genre(self, sampled: Ints, found: Explanation) -> dict[str, Any]:
        if "genre" not in self._split.table:
            return {}
        genre = self._split.table["genre"].iloc[sampled].reset_index(drop=True)
        sizes = genre.value_counts()
        size = np.abs(found.values)
        return {
            str(name): {"n": int(n), "mean": size[(genre == name).to_numpy()].mean(axis=0)}
            for name, n in sizes.items()
            if n >= FEWEST_OF_A_GENRE
        }

    def _of_effects(
        self, explainer: Explainer, X: pd.DataFrame, sampled: Ints, found: Explanation, until: dict[str, float]
    ) -> dict[str, Any]:
        """What fits into the time; the rest is None, or left out."""
        rows = explainer.rows(X)
        a_row = _seconds_a_row(explainer, rows)
        n_columns = max(1, len(np.unique(explainer.owners)))
        told: dict[str, Any] = {"permutation": None, "dependence": {}, "interactions": None}
        n = _affordable(until["permutation"], a_row * n_columns * N_REPEATS, len(rows))
        if n >= FEWEST_ROWS:
            mean, sd = permutation_importance(explainer, rows[:n], self._y[sampled[:n]], N_REPEATS, self._request.seed)
            told["permutation"] = {"mean": mean, "sd": sd, "rows": n, "repeats": N_REPEATS}
        n = _affordable(until["dependence"], a_row * n_columns * 16, min(MOST_CURVES, len(rows)))
        order = np.argsort(-np.abs(found.values).mean(axis=0))
        for position in order if n > 0 else ():
            name = explainer.features[position]
            varied = dependence_of(explainer, X, name, n) if name in X else None
            if varied is not None:
                told["dependence"][name] = {"grid": varied.grid, "curves": np.round(varied.curves, 3)}
        chosen = [int(each) for each in order if (explainer.owners == each).any()][:MOST_INTERACTING]
        n = _affordable(until["interactions"], a_row * (1 + len(chosen) * (len(chosen) + 1) / 2), MOST_PAIRS)
        n = min(n, len(rows))
        if n >= FEWEST_ROWS and len(chosen) > 1:
            others = np.roll(rows[:n], n // 2, axis=0)
            size = interactions(explainer, rows[:n], others, chosen)
            told["interactions"] = {"features": [explainer.features[i] for i in chosen], "size": size, "pairs": n}
        return told

    def _balanced_background(self, pipeline: Any) -> pd.DataFrame:
        """Training tracks whose predictions are spread as those of all, in an order whose beginnings are so too."""
        X = self._X.iloc[self._candidates][[name for name in self._X.columns if not str(name).startswith("row:")]]
        explainer = make_explainer(pipeline, self._request, X.iloc[:1])
        order = np.argsort(explainer.predict(explainer.rows(X)), kind="stable")
        n = min(N_BACKGROUND, len(order))
        spread = order[((np.arange(n) + 0.5) / n * len(order)).astype(np.int64)]
        return X.iloc[spread[_halving_order(n)]]

    def _warm(self, pipeline: Any, background: pd.DataFrame, n_rows: int) -> Explainer:
        """An explainer that has loaded what it needs and explained a row; what that takes does not count."""
        started = time.thread_time()
        explainer = make_explainer(pipeline, self._request, background)
        explainer.warm(n_rows)
        explainer.explain(self._X.iloc[self._candidates[:2]])
        self._loading += time.thread_time() - started
        return explainer

    def _draw(self, rows: Ints, most: int) -> Ints:
        return self._rng.permutation(rows)[:most]

    @contextmanager
    def _clock(self) -> Iterator[None]:
        started = time.thread_time()
        yield
        self.seconds += time.thread_time() - started

    @contextmanager
    def _harmless(self) -> Iterator[None]:
        """Log what goes wrong and go on: explaining is not what the person waits for."""
        try:
            yield
        except (Exception, MemoryError):
            log.exception("A model of the family %s could not be explained", self._request.family)


def _explain_until(explainer: Explainer, X: pd.DataFrame, until: float, fewest: int) -> Explanation:
    """Explain the first rows: as many as there is time for, and never fewer than asked."""
    started = time.thread_time()
    parts = [explainer.explain(X.iloc[:fewest])]
    done, size = len(parts[0].values), max(1, len(parts[0].values))
    while done < len(X):
        now = time.thread_time()
        a_row = (now - started) / size  # of the last part
        size = min(ROWS_AT_ONCE, int((until - now) / max(a_row, 1e-6)))
        if size < 1:
            break
        started = now
        parts.append(explainer.explain(X.iloc[done : done + size]))
        done += size
    errors = [part.standard_error for part in parts if part.standard_error is not None]
    return Explanation(
        parts[0].features,
        np.concatenate([part.values for part in parts]),
        parts[0].base,
        np.concatenate([part.predicted for part in parts]),
        parts[0].method,
        parts[0].is_exact,
        max(part.additivity_error for part in parts),
        parts[0].n_background,
        np.concatenate(errors) if errors else None,
    )


def _seconds_a_row(explainer: Explainer, rows: Floats) -> float:
    started = time.thread_time()
    explainer.predict(rows[: 4 * FEWEST_ROWS])
    return (time.thread_time() - started) / max(1, len(rows[: 4 * FEWEST_ROWS]))


def _affordable(until: float, seconds_each: float, most: int) -> int:
    return max(0, min(most, int((until - time.thread_time()) / max(seconds_each, 1e-9))))


def _halving_order(n: int) -> Ints:
    """The middle first, then the middles of the halves, and so on.

    Examples
    --------
    >>> _halving_order(4).tolist()
    [2, 1, 3, 0]
    """
    places = np.arange(1, 2 * n + 1)
    turned = np.array([int(f"{place:b}"[::-1], 2) / 2 ** len(f"{place:b}") for place in places])
    found = (turned * n).astype(np.int64)
    return np.array(list(dict.fromkeys([*found.tolist(), *range(n)]))[:n], dtype=np.int64)


def _columns_of(X: pd.DataFrame) -> dict[str, Any]:
    """Columns by name; None for what is missing."""
    return {str(name): [_plain(value) for value in X[name]] for name in X.columns}


def _plain(value: Any) -> Any:
    if value is None or value != value:
        return None
    return value if isinstance(value, str) else float(value)


def _texts(table: pd.DataFrame, name: str) -> list[str | None]:
    return [_plain(value) for value in table[name]] if name in table else [None] * len(table)


def background_of(told: dict[str, Any]) -> pd.DataFrame:
    """The reference tracks that a run keeps, as ``core.features.feature_frame`` would give them.

    Of those, as many as its explanation used where a later version would use more: what is said of a track is the same
    on every page.
    """
    columns = {}
    for name, values in told["background"].items():
        kind: Any = object if FEATURES[name].is_text else np.float64
        columns[name] = pd.Series([np.nan if value is None else value for value in values], dtype=kind)
    used = int(told.get("n_background") or len(next(iter(columns.values()), ())))
    return pd.DataFrame(columns).head(used)
