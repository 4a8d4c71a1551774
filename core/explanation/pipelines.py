"""Explaining a fitted pipeline, and a stack of them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.explanation.columns import owners_of_columns
from core.explanation.kernel import GaussianKernel
from core.explanation.model import METHODS, Explanation, Floats, Ints, Strategy
from core.explanation.strategies import choose_strategy
from core.explanation.trees import TreePaths


class PipelineExplainer:
    """Explains one pipeline by the strategy that fits its model.

    Parameters
    ----------
    pipeline : sklearn Pipeline
        Fitted, with steps "prepare" and "model".
    features : sequence of str
        Of the explanation.
    columns : sequence of str
        What the pipeline reads, out of the features.
    background : DataFrame of shape (n_background, any) or None
        Reference tracks; without them a track of which nothing is known stands for all.
    """

    def __init__(
        self,
        pipeline: Any,
        features: Sequence[str],
        columns: Sequence[str],
        background: pd.DataFrame | None,
    ) -> None:
        self.features, self.columns = tuple(features), list(columns)
        self._prepare = pipeline["prepare"]
        self.owners: Ints = np.zeros(0, dtype=np.int64)
        if self.columns:
            self.owners = owners_of_columns(self._prepare, self.features)
        reference = self._unknown_track() if background is None or not len(background) else background
        self._strategy: Strategy = choose_strategy(
            pipeline["model"], self.owners, len(self.features), self.rows(reference)
        )
        self._lock = threading.Lock()

    @property
    def method(self) -> str:
        """Key of `METHODS`."""
        return self._strategy.key

    def prepare(self) -> None:
        """See `core.explanation.model.Explainer`."""
        with self._lock:
            self._strategy.prepare()

    def warm(self, n_rows: int = 1) -> None:
        """See `core.explanation.model.Explainer`."""
        self.prepare()
        if isinstance(self._strategy, TreePaths | GaussianKernel):
            self._strategy.compile(n_rows)

    def explain(self, X: pd.DataFrame) -> Explanation:
        """See `core.explanation.model.Explainer`."""
        self.prepare()
        rows = self.rows(X)
        found = self._strategy.contributions(rows)
        return checked(
            self.features,
            found.values,
            found.base,
            self._strategy.predict(rows),
            self.method,
            self._strategy.n_background,
            found.standard_error,
        )

    def predict(self, rows: Floats) -> Floats:
        """The model's output for prepared rows, not clipped, points."""
        return self._strategy.predict(rows)

    def rows(self, X: pd.DataFrame) -> Floats:
        """Prepared rows, shape (n_rows, n_columns); ``owners`` tells the feature of each column."""
        if not self.columns:
            return np.zeros((len(X), 0))
        own = X if list(X) == self.columns else X[self.columns]
        rows: Floats = np.ascontiguousarray(self._prepare.transform(own), dtype=np.float64)
        return rows

    def _unknown_track(self) -> pd.DataFrame:
        """One row without any value, which the preparation fills by what is typical."""
        from core.features import FEATURES

        values = {name: np.array([np.nan], dtype=object if FEATURES[name].is_text else float) for name in self.columns}
        return pd.DataFrame(values, index=[0])


class StackExplainer:
    """Adds up the explanations of the parts of a stack, by their weights.

    Each part is explained before it is clipped to 0-100, as for a run of its own.

    Parameters
    ----------
    parts : sequence of PipelineExplainer
    weights : sequence of float
    """

    method = "parts"

    def __init__(self, parts: Sequence[PipelineExplainer], weights: Sequence[float]) -> None:
        self._parts, self._weights = tuple(parts), tuple(float(weight) for weight in weights)
        self.features = self._parts[0].features
        self.owners: Ints = np.concatenate([part.owners for part in self._parts])
        self._ends = np.cumsum([len(part.owners) for part in self._parts])[:-1]

    def prepare(self) -> None:
        """See `core.explanation.model.Explainer`."""
        for part in self._parts:
            part.prepare()

    def warm(self, n_rows: int = 1) -> None:
        """See `core.explanation.model.Explainer`."""
        for part in self._parts:
            part.warm(n_rows)

    def explain(self, X: pd.DataFrame) -> Explanation:
        """See `core.explanation.model.Explainer`."""
        found = [part.explain(X) for part in self._parts]
        pairs = list(zip(self._weights, found, strict=True))
        squares = [(weight * each.standard_error) ** 2 for weight, each in pairs if each.standard_error is not None]
        return checked(
            self.features,
            np.sum([weight * each.values for weight, each in pairs], axis=0),
            float(sum(weight * each.base for weight, each in pairs)),
            np.sum([weight * each.predicted for weight, each in pairs], axis=0),
            self.method,
            max(each.n_background for each in found),
            np.sqrt(np.sum(squares, axis=0)) if squares else None,
        )

    def predict(self, rows: Floats) -> Floats:
        """See `PipelineExplainer.predict`."""
        parts = np.split(rows, self._ends, axis=1)
        found = [
            weight * part.predict(own) for weight, part, own in zip(self._weights, self._parts, parts, strict=True)
        ]
        total: Floats = np.sum(found, axis=0)
        return total

    def rows(self, X: pd.DataFrame) -> Floats:
        """See `PipelineExplainer.rows`."""
        return np.concatenate([part.rows(X) for part in self._parts], axis=1)


def checked(
    features: tuple[str, ...],
    values: Floats,
    base: float,
    predicted: Floats,
    method: str,
    n_background: int,
    standard_error: Floats | None,
) -> Explanation:
    """Give the explanation with its distance from the model's own output."""
    error = float(np.abs(base + values.sum(axis=1) - predicted).max()) if len(values) else 0.0
    is_exact = METHODS[method].exact and standard_error is None
    return Explanation(features, values, base, predicted, method, is_exact, error, n_background, standard_error)
