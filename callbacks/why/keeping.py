"""What a run keeps of its explanation, and the interval of a prediction that it explained."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from core.errors import BundleError, DashboardError
from core.explanation.stored import Stored, read_stored
from core.intervals import bounds, keeps_its_share
from core.runs.artifacts import EXPLANATION, LOW, RESULT
from core.runs.model import Run, RunState

BEFORE = (
    "This run keeps no explanation: it was made before there were any, or without asking for one. Train it again to "
    "see what its model looks at."
)


def stored_of(services: Any, run: Run) -> Stored:
    """Give what a run keeps of its explanation.

    Raises
    ------
    BundleError
        When it is not finished, keeps nothing, or the file has changed.
    """
    if run.state is not RunState.FINISHED:
        raise BundleError("This run is not finished. When it is, this page says what its model looks at.")
    if EXPLANATION not in run.digests:
        raise BundleError(BEFORE)
    return read_stored(json.loads(services.runs.context.bundles.read(run.id, EXPLANATION, run.digests)))


def interval_of(services: Any, run: Run, owner: str, stored: Stored, at: int) -> tuple[float, float, str] | None:
    """The interval of a prediction of the sample.

    Only where quantiles make the interval is a model asked; else the margin that the run keeps is enough.

    Returns
    -------
    low, high : float
        Points.
    share : str
        "90% " where the interval may be named by its share, else "".

    None where the run does not keep what it takes.
    """
    if RESULT not in run.digests:
        return None
    result = json.loads(services.runs.context.bundles.read(run.id, RESULT, run.digests))
    interval = {"protocol": run.request.protocol, **result["interval"]}
    try:
        low, high = _ends(services, run, owner, stored, at, interval)
    except DashboardError:
        return None
    share = f"{100 * interval['coverage']:.0f}% " if keeps_its_share(interval) else ""
    return low, high, share


def _ends(
    services: Any, run: Run, owner: str, stored: Stored, at: int, interval: dict[str, Any]
) -> tuple[float, float]:
    row = stored.tracks.iloc[[at]]
    if LOW in run.digests:
        frame = stored.inputs.iloc[[at]].assign(genre=row["genre"])
        scored = services.runs.predictor(run.id, owner).predict(frame)
        return float(scored["low"].iloc[0]), float(scored["high"].iloc[0])
    predicted = np.clip(row["predicted"].to_numpy(dtype=np.float64), 0.0, 100.0)
    low, high = bounds(interval, predicted, row["genre"].to_numpy())
    return float(low[0]), float(high[0])
