"""Rows on which two ways of preparing must agree: gaps, values far outside, ends of what training met, unmet names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.preprocessing.encoders import SEPARATOR

N_ROWS = 24


def rows_to_try(prepare: Any, columns: list[str]) -> pd.DataFrame:
    """Give 24 rows that a fitted preparation can take.

    Parameters
    ----------
    prepare : transformer
        From `core.preprocessing.make_preprocessing`.
    columns : list of str
        What it reads.
    """
    made = prepare["columns"] if hasattr(prepare, "steps") else prepare
    known = {**_known_values(made), **_met_texts(prepare)}
    rows: dict[str, Any] = {}
    for place, name in enumerate(columns):
        values = known.get(name, np.zeros(1))
        if values.dtype == object:
            cycle = [np.nan, "never met", *values][:N_ROWS]
            rows[name] = np.array([cycle[(n + place) % len(cycle)] for n in range(N_ROWS)], dtype=object)
            continue
        span = float(values[-1] - values[0]) or 1.0
        corners = [
            np.nan,
            values[0] - span,
            values[0],
            values[0] + 1e-8,
            values[-1] - 1e-8,
            values[-1],
            values[-1] + span,
        ]
        between = np.interp(np.linspace(0, 1, N_ROWS - len(corners)), np.linspace(0, 1, len(values)), values)
        rows[name] = np.roll(np.concatenate([corners, between]), place)
    return pd.DataFrame(rows)[:N_ROWS]


def _met_texts(prepare: Any) -> dict[str, npt.NDArray[Any]]:
    """Some of the names that an encoder met; of titles it knows only sums of their words."""
    if not hasattr(prepare, "steps"):
        return {}
    encoder = prepare["encode"]
    pairs = zip(encoder.encodings, encoder.encoders_, strict=True)
    met = {name: getattr(found, "keys_", "love song").split(SEPARATOR)[:N_ROWS] for name, found in pairs}
    return {name: np.array(texts, dtype=object) for name, texts in met.items()}


def _known_values(made: Any) -> dict[str, npt.NDArray[Any]]:
    """What each column of a ColumnTransformer met in training, as far as its steps remember; numbers ascend."""
    known: dict[str, npt.NDArray[Any]] = {}
    for _, transformer, names in made.transformers_:
        if not len(names):
            continue
        steps = [step for _, step in transformer.steps] if hasattr(transformer, "steps") else [transformer]
        kept = list(range(len(names)))
        if hasattr(steps[0], "statistics_"):
            kept = [place for place, value in enumerate(steps[0].statistics_) if value == value]
        for place, column in enumerate(kept):
            known[str(names[column])] = _remembered(steps, place)
    return known


def _remembered(steps: Sequence[Any], place: int) -> npt.NDArray[Any]:
    for step in steps[::-1]:
        if hasattr(step, "categories_"):
            found: npt.NDArray[Any] = step.categories_[place]
            return found
        if hasattr(step, "quantiles_"):
            return np.asarray(step.quantiles_)[:, place]
        if hasattr(step, "scale_"):
            return np.asarray(step.mean_[place] + step.scale_[place] * np.array([-3.0, 0.0, 3.0]))
    return np.asarray(steps[0].statistics_[place] + np.array([-1.0, 0.0, 1.0]), dtype=np.float64)
