"""A fitted model as one ONNX file, which other programs and languages can run; given only where it predicts the same.

skl2onnx converts, onnxruntime proves: the converted model predicts the golden rows of its bundle and thousands of rows
drawn around them, and the largest difference is stated. Both are found at run time. Converted models compute with
numbers of half the length, so that small differences are normal; a model that cannot be converted, or that strays, is
refused with the reason. The drawn rows find models that stray for one track in a hundred: nearest neighbours, where
several are equally far and only some of them count.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import Refused
from core.families.installed import install_command, installed_version, is_installed
from core.features import FEATURES
from core.inputs import check_frame
from core.metrics import POPULARITY_RANGE
from core.onnx_graph import OUTPUT, advice, complete
from core.runs.manifest import golden_frame

TOLERANCE: Final = 1e-3
"""Points by which a prediction may differ."""
DRAWN: Final = 5_000
"""Rows that are drawn around the golden ones."""
BATCH: Final = 1_000
"""Rows that are predicted at once; nearest neighbours take a number for each row and each track they learned from."""

PACKAGES: Final = ("skl2onnx", "onnxruntime")
OPSET: Final = {"": 18, "ai.onnx.ml": 3}

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OnnxModel:
    """A converted model.

    Parameters
    ----------
    content : bytes
        The file. It takes one input of shape (n_tracks, 1) a column, by its name, float32 or text, and gives
        ``popularity``, points within 0-100, float32. The interval is not part of it. Numbers that are no measurements
        are taken for missing as in every prediction here; its ``doc_string`` says so.
    difference : float
        Largest difference to the model's predictions, points.
    n_rows : int
        How many golden rows, which are tracks of the test part, were compared.
    n_drawn : int
        How many drawn rows were.
    advice : str
        What whoever feeds it must see to; empty for nothing.
    """

    content: bytes
    difference: float
    n_rows: int
    n_drawn: int
    advice: str = ""


def missing_packages() -> tuple[str, ...]:
    """What has to be installed before anything can be converted."""
    return tuple(name for name in PACKAGES if not is_installed(name))


def how_to_add() -> str:
    """What to type to be able to convert; empty where all is there."""
    return install_command(missing_packages())


def to_onnx(
    pipeline: Any,
    columns: Sequence[str],
    golden: Mapping[str, Any],
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> OnnxModel:
    """Convert a fitted pipeline and compare what both predict of its golden rows and of rows drawn around them.

    Parameters
    ----------
    pipeline : sklearn Pipeline
    columns : sequence of str
        What it reads.
    golden : mapping
        Golden rows of its manifest.
    ranges : mapping, optional
        Low and high of the numbers that it learned from; those of the golden rows where not given.

    Raises
    ------
    Refused
        When a package is missing, the model cannot be converted, or the converted one predicts something else.
    """
    if command := how_to_add():
        raise Refused(f"ONNX files need {' and '.join(missing_packages())}, which is not installed. Add it: {command}")
    content = _convert(pipeline, columns)
    rows = golden_frame(golden)[list(columns)]
    drawn, _ = check_frame(draw_rows(rows, DRAWN, ranges or {}), columns)
    expected = np.concatenate(
        [np.asarray(golden["predicted"], dtype=np.float64), _predicted(pipeline, drawn[list(columns)])]
    )
    compared = pd.concat([rows, drawn[list(columns)]], ignore_index=True)
    apart = np.abs(predict_onnx(content, compared) - expected)
    difference = float(apart.max()) if np.isfinite(apart).all() else float("inf")
    if difference > TOLERANCE:
        beyond = int((~(apart <= TOLERANCE)).sum())
        raise Refused(
            f"Converted to ONNX, this model predicts something else: up to {difference:.2g} points apart on {beyond:,} "
            f"of {len(compared):,} rows, and at most {TOLERANCE:g} would do. So there is no ONNX file of it."
        )
    return OnnxModel(content, difference, len(rows), len(drawn), advice(columns))


def draw_rows(rows: pd.DataFrame, n: int, ranges: Mapping[str, Sequence[float]], random_state: int = 0) -> pd.DataFrame:
    """Draw rows around some: each value is one of theirs, or for half of the numbers any within the range.

    Parameters
    ----------
    rows : DataFrame of shape (n_rows, n_features)
    n : int
    ranges : mapping
        Low and high by feature; those of the rows where one is missing. Codes, such as the key, are not interpolated.

    Returns
    -------
    DataFrame of shape (n, n_features)

    Examples
    --------
    >>> drawn = draw_rows(pd.DataFrame({"energy": [0.2, 0.4], "key": [1.0, 5.0]}), 100, {"energy": (0.0, 1.0)})
    >>> len(drawn), bool(drawn["energy"].between(0, 1).all()), drawn["key"].isin([1.0, 5.0]).all().item()
    (100, True, True)
    """
    rng = np.random.default_rng(random_state)
    found = {}
    for name in rows:
        feature, values = FEATURES[str(name)], rows[name].to_numpy()
        taken = rng.choice(values, n)
        if feature.kind == "number" and not pd.isna(values).all():
            low, high = ranges.get(str(name)) or (np.nanmin(values), np.nanmax(values))
            taken = np.where(rng.random(n) < 0.5, taken, rng.uniform(low, high, n))
        found[name] = taken
    return pd.DataFrame(found)


def _predicted(pipeline: Any, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    if rows.empty:
        return np.empty(0)
    return np.clip(np.asarray(pipeline.predict(rows), dtype=np.float64), *POPULARITY_RANGE)


def predict_onnx(content: bytes, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Predict popularity points of every row with a converted model."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 3  # errors: that a number of the graph is not needed is nobody's concern
    session = InferenceSession(content, options, providers=["CPUExecutionProvider"])
    found = []
    for start in range(0, len(rows), BATCH):
        fed = {str(name): _fed(rows[name].iloc[start : start + BATCH]) for name in rows}
        found.append(np.asarray(session.run([OUTPUT], fed)[0], dtype=np.float64).ravel())
    return np.concatenate(found) if found else np.empty(0)


def _fed(values: pd.Series) -> npt.NDArray[Any]:
    if FEATURES[str(values.name)].is_text:
        return values.fillna("").to_numpy(dtype=object).reshape(-1, 1)
    return values.to_numpy(dtype=np.float32).reshape(-1, 1)


def _convert(pipeline: Any, columns: Sequence[str]) -> bytes:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    shapes = [(name, (StringTensorType if FEATURES[name].is_text else FloatTensorType)([None, 1])) for name in columns]
    try:
        model = convert_sklearn(pipeline, initial_types=shapes, target_opset=OPSET)
    except Exception as error:  # whatever a converter stumbles over; there is no common base
        _log.debug("No ONNX file of a model, as skl2onnx raised", exc_info=error)
        raise Refused(
            "This kind of model cannot be written as ONNX: the converter that is installed, skl2onnx "
            f"{installed_version('skl2onnx')}, does not know all of its steps. Export the run instead."
        ) from error
    complete(model, columns)
    content: bytes = model.SerializeToString()
    return content
