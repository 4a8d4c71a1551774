"""The manifest of a bundle: what it was made from, what lies in it, and predictions that its model must repeat.

``manifest.json`` holds the request, the columns that the model reads, the facts of the table, how it was split, the
versions that made it, the digest of every other file, and *golden rows*: about twenty rows of the test part with what
the model predicted for them when it was made. They are predicted again whenever the model is loaded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from core.errors import BundleError
from core.plain_json import as_plain
from core.runs.artifacts import MANIFEST

if TYPE_CHECKING:
    from core.prediction import Predictor
    from core.requests import TrainingRequest
    from core.runs.model import Run

FORMAT: Final = 1
GOLDEN_ROWS: Final = 20
TOLERANCE: Final = 1e-6
TOLERANCES: Final[Mapping[str, float]] = {"neural_network": 1e-4}
"""Points by which a golden prediction may differ; a network computes with numbers of half the length."""

ENDS: Final = ("predicted", "low", "high")

_AGAIN = "so it is not used. Train the model again."


def golden_rows(result: Any, request: TrainingRequest, dataset: Any) -> dict[str, Any] | None:
    """Rows spread over the test part, and what the model says of them before it is stored.

    Parameters
    ----------
    result : TrainingResult
    request : TrainingRequest
    dataset : Dataset

    Returns
    -------
    dict
        JSON-safe: ``tolerance`` (points), ``inputs`` (a list of values a column, null for what is missing), and
        ``predicted``, ``low``, ``high`` (points).
    """
    from core.features import feature_frame
    from core.prediction import Predictor

    predictor = Predictor(result.pipeline, request, result.interval, result.quantiles or ())
    of_test = result.predictions.loc[result.predictions["part"] == "test", "track_id"].unique()
    chosen = of_test[np.unique(np.linspace(0, len(of_test) - 1, GOLDEN_ROWS).astype(int))]
    rows = dataset.tracks[dataset.tracks["track_id"].isin(set(chosen))]
    frame = feature_frame(rows, predictor.columns)
    if "genre" in rows:  # also tells whose interval it is
        frame["genre"] = rows["genre"]
    predicted = predictor.predict(frame)
    inputs = {name: [None if pd.isna(value) else value for value in frame[name].tolist()] for name in frame}
    return {
        "tolerance": TOLERANCES.get(request.family, TOLERANCE),
        "inputs": as_plain(inputs),
        **{name: as_plain(predicted[name].to_numpy()) for name in ENDS},
    }


def describe(run: Run, golden: Mapping[str, Any] | None) -> dict[str, Any]:
    """The manifest of a run that is about to finish, but for the digests, which come when its files are in place."""
    from core.families import FAMILIES

    request = run.request
    return {
        "format": FORMAT,
        "run_id": run.id,
        "request": request.model_dump(mode="json"),
        "columns": list(FAMILIES[request.family].columns(request.features)),
        "data": dict(run.data),
        "split": {name: getattr(request, name) for name in ("protocol", "test_share", "cv_folds", "seed")},
        "versions": dict(run.versions),
        "golden": None if golden is None else dict(golden),
    }


def read_manifest(content: bytes, digests: Mapping[str, str], request: TrainingRequest) -> dict[str, Any]:
    """Read a manifest and hold it against what is known of its run.

    Parameters
    ----------
    content : bytes
    digests : mapping
        SHA-256 of every file of the bundle.
    request : TrainingRequest
        What the run was asked for.

    Raises
    ------
    BundleError
        When it is of another format, or speaks of other files or of another request. What can be asked for only since
        the run was made does not count.
    """
    try:
        manifest: dict[str, Any] = json.loads(content)
        known, files, asked = manifest["format"], manifest["files"], manifest["request"]
    except (ValueError, LookupError, TypeError) as error:
        raise BundleError(f"The manifest of this run is damaged, {_AGAIN}") from error
    if known != FORMAT:
        raise BundleError(f"The manifest of this run has the format {str(known)[:20]!r}; this program reads {FORMAT}.")
    if files != {name: digest for name, digest in digests.items() if name != MANIFEST}:
        raise BundleError(f"The files of this run are not those that its manifest names, {_AGAIN}")
    now = request.model_dump(mode="json")
    if not isinstance(asked, dict) or not asked or any(now.get(name) != value for name, value in asked.items()):
        raise BundleError(f"The manifest of this run belongs to another request, {_AGAIN}")
    return manifest


def replay(predictor: Predictor, manifest: Mapping[str, Any]) -> float:
    """Predict the golden rows again.

    Returns
    -------
    float
        The largest difference, points; nan where the manifest has no golden rows.

    Raises
    ------
    BundleError
        When one differs by more than its tolerance.
    """
    golden = manifest.get("golden")
    if not golden:
        return float("nan")
    found = predictor.predict(golden_frame(golden))
    apart = largest_difference(golden, found)
    if not apart <= golden["tolerance"]:
        raise BundleError(
            f"The stored model does not repeat what it predicted when it was made (up to {apart:.3g} points apart on "
            f"{len(found)} rows kept for this), {_AGAIN}"
        )
    return apart


def golden_frame(golden: Mapping[str, Any]) -> pd.DataFrame:
    """The inputs of golden rows as a model takes them: numbers with nan, names as objects with nan."""
    columns = {}
    for name, values in golden["inputs"].items():
        is_text = any(isinstance(value, str) for value in values)
        filled = [np.nan if value is None else value for value in values]
        columns[name] = pd.Series(filled, dtype=object if is_text else np.float64)
    return pd.DataFrame(columns)


def largest_difference(golden: Mapping[str, Any], found: pd.DataFrame) -> float:
    """How far predictions and both ends of their intervals are from the golden ones at most, points; inf for nan."""
    kept = np.array([golden[name] for name in ENDS], dtype=np.float64)
    now = found[list(ENDS)].to_numpy(dtype=np.float64).T
    apart = float(np.max(np.abs(kept - now), initial=0.0)) if kept.shape == now.shape else np.inf
    return apart if np.isfinite(apart) else float("inf")
