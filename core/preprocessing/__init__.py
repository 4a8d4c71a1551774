"""From raw feature columns to what an estimator can take; everything here is fitted inside the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.families.model import Treatment
from core.features import FEATURES
from core.features.model import Encoding

SPLINE_KNOTS = 6
MAX_QUANTILES = 1000
MAX_NAMES = 50


def make_preprocessing(columns: Sequence[str], treatment: Treatment, seed: int) -> Any:
    """Give an unfitted transformer for these columns.

    It is a ColumnTransformer; where names of artists, albums or titles are to become numbers learnt from the target,
    an out-of-fold encoder stands before it, so that training rows must be given to ``fit_transform``, with the target.

    Parameters
    ----------
    columns : sequence of str
        Names from ``core.features.FEATURES``.
    treatment : {"plain", "scaled", "splines"}
        "plain" fills gaps and gives each name (genre) its own column, for trees. "scaled" also brings numbers to equal
        spread and gives each code (key) its own column. "splines" bends each number by a cubic spline of its
        quantiles, so that a linear model can follow a curve.
    seed : int
        Random state of the quantile estimates.
    """
    from sklearn.compose import ColumnTransformer

    encodings = {name: FEATURES[name].encoding for name in columns if FEATURES[name].encoding}
    numbers = [name for name in columns if FEATURES[name].kind == "number" or name in encodings]
    codes = [name for name in columns if FEATURES[name].kind == "category" and not FEATURES[name].is_text]
    names = [name for name in columns if FEATURES[name].is_text and name not in encodings]
    parts = [
        ("numbers", _numbers(treatment, seed), numbers),
        ("codes", _codes(treatment), codes),
        ("names", _names(), names),
    ]
    prepare = ColumnTransformer([part for part in parts if part[2]], verbose_feature_names_out=False)
    return _after_encoding(encodings, prepare, seed) if encodings else prepare


def _after_encoding(encodings: dict[str, Encoding], prepare: Any, seed: int) -> Any:
    from sklearn.pipeline import Pipeline

    from core.preprocessing.out_of_fold import OutOfFoldEncoder

    return Pipeline([("encode", OutOfFoldEncoder(encodings, seed)), ("columns", prepare)])


def _numbers(treatment: Treatment, seed: int) -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import QuantileTransformer, SplineTransformer, StandardScaler

    fill = SimpleImputer(strategy="median")
    if treatment == "plain":
        return fill
    if treatment == "scaled":
        return make_pipeline(fill, StandardScaler())
    quantiles = QuantileTransformer(n_quantiles=MAX_QUANTILES, output_distribution="normal", random_state=seed)
    return make_pipeline(fill, quantiles, SplineTransformer(SPLINE_KNOTS, knots="quantile", include_bias=False))


def _codes(treatment: Treatment) -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    fill = SimpleImputer(strategy="most_frequent")
    if treatment == "plain":
        return fill
    return make_pipeline(fill, OneHotEncoder(handle_unknown="ignore", sparse_output=False))


def _names() -> Any:
    """One column a name, for trees too: numbering names hides them (R2 .176 against .196 for a forest with genres).

    A name never seen in training has no column; names beyond the most frequent share one.
    """
    from sklearn.preprocessing import OneHotEncoder

    return OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=MAX_NAMES, sparse_output=False)
