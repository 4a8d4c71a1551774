"""Which feature each column of a prepared table belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.explanation.model import Ints
from core.preprocessing.quick import columns_a_name


def owners_of_columns(prepare: Any, features: Sequence[str]) -> Ints:
    """Give the feature of each column that a fitted preparation makes.

    Parameters
    ----------
    prepare : transformer
        Fitted, from ``core.preprocessing.make_preprocessing``.
    features : sequence of str
        All features, of which each that the preparation reads has one column or more.

    Returns
    -------
    ndarray of shape (n_columns,)
        Positions in ``features``.
    """
    columns = prepare["columns"] if hasattr(prepare, "steps") else prepare
    owners: list[int] = []
    for _, transformer, names in columns.transformers_:
        if len(names):
            owners += [features.index(name) for name in _names_of_outputs(transformer, list(names))]
    return np.array(owners, dtype=np.int64)


def _names_of_outputs(transformer: Any, names: list[str]) -> list[str]:
    """The input behind each output of a transformer, in order."""
    steps = [step for _, step in transformer.steps] if hasattr(transformer, "steps") else [transformer]
    if hasattr(steps[0], "statistics_"):  # an imputer leaves out a column that had no value in training
        names = [str(name) for name in steps[0].get_feature_names_out()]
    if hasattr(steps[-1], "categories_"):
        counts = columns_a_name(steps[-1])
    else:
        counts = [len(transformer.get_feature_names_out()) // max(1, len(names))] * len(names)
    return [name for name, count in zip(names, counts, strict=True) for _ in range(count)]
