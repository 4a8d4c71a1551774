"""A fitted model as one ONNX file, which other programs and languages can run; given only where it predicts the same.

skl2onnx converts, onnxruntime proves: the converted model predicts the golden rows of its bundle, and the largest
difference is stated. Both are found at run time. Converted models compute with numbers of half the length, so that
small differences are normal; a model that cannot be converted, or that strays, is refused with the reason.
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
from core.onnx_graph import OUTPUT, advice, complete
from core.runs.manifest import golden_frame

TOLERANCE: Final = 1e-3
"""Points by which a golden prediction may differ."""

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
        Largest difference to the golden predictions, points.
    n_rows : int
        How many golden rows were compared.
    advice : str
        What whoever feeds it must see to; empty for nothing.
    """

    content: bytes
    difference: float
    n_rows: int
    advice: str = ""


def missing_packages() -> tuple[str, ...]:
    """What has to be installed before anything can be converted."""
    return tuple(name for name in PACKAGES if not is_installed(name))


def how_to_add() -> str:
    """What to type to be able to convert; empty where all is there."""
    return install_command(missing_packages())


def to_onnx(pipeline: Any, columns: Sequence[str], golden: Mapping[str, Any]) -> OnnxModel:
    """Convert a fitted pipeline and compare it with its golden predictions.

    Parameters
    ----------
    pipeline : sklearn Pipeline
    columns : sequence of str
        What it reads.
    golden : mapping
        Golden rows of its manifest.

    Raises
    ------
    Refused
        When a package is missing, the model cannot be converted, or the converted one predicts something else.
    """
    if command := how_to_add():
        raise Refused(f"ONNX files need {' and '.join(missing_packages())}, which is not installed. Add it: {command}")
    content = _convert(pipeline, columns)
    rows = golden_frame(golden)[list(columns)]
    apart = np.abs(predict_onnx(content, rows) - np.asarray(golden["predicted"], dtype=np.float64))
    difference = float(apart.max()) if np.isfinite(apart).all() else float("inf")
    if difference > TOLERANCE:
        raise Refused(
            f"Converted to ONNX, this model predicts something else: up to {difference:.2g} points apart on "
            f"{len(rows)} rows, and at most {TOLERANCE:g} would do. So there is no ONNX file of it."
        )
    return OnnxModel(content, difference, len(rows), advice(columns))


def predict_onnx(content: bytes, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Predict popularity points of every row with a converted model."""
    from onnxruntime import InferenceSession

    session = InferenceSession(content, providers=["CPUExecutionProvider"])
    fed = {name: _fed(rows[name]) for name in rows}
    found: npt.NDArray[np.float64] = np.asarray(session.run([OUTPUT], fed)[0], dtype=np.float64).ravel()
    return found


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
