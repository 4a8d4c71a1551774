"""The optimism gap: what the same model scores when the test is made easy, and when it is honest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from core.features import DEFAULT_FEATURES
from core.validation import PROTOCOLS

if TYPE_CHECKING:
    from core.requests import TrainingRequest
    from core.runs.model import Run

GAP_PROTOCOLS = ("rows", "track", "artist", "time")
GAP_COLUMNS = ["protocol", "label", "r2", "low", "high", "is_leaky", "run_id"]


def optimism_requests(
    features: Sequence[str] = DEFAULT_FEATURES, family: str = "random_forest", seed: int = 42
) -> tuple[TrainingRequest, ...]:
    """Ask for the same model under each protocol of the gap.

    The settings are scikit-learn's own (for a forest: 100 trees of any depth), as most notebooks leave them: fully
    grown trees remember best, so they show best what a leak is worth. Without cross-validation, to be quick.

    Parameters
    ----------
    features : sequence of str
        Names from ``core.features.FEATURES``.
    family : str
        Key in ``core.families.FAMILIES``.
    seed : int

    Returns
    -------
    tuple of TrainingRequest
        In the order of ``GAP_PROTOCOLS``.
    """
    from core.requests import TrainingRequest

    return tuple(
        TrainingRequest(
            family=family, defaults="library", features=tuple(features), protocol=protocol, cv_folds=0, seed=seed
        )
        for protocol in GAP_PROTOCOLS
    )


def compute_optimism(runs: Sequence[Run]) -> pd.DataFrame:
    """Put the scores of finished runs side by side.

    Parameters
    ----------
    runs : sequence of Run
        Those without a score are left out; of several under one protocol the first counts.

    Returns
    -------
    DataFrame of shape (n_protocols, 7)
        ``protocol``, ``label``, ``r2`` on the held-out part, ``low`` and ``high`` (95% bootstrap interval, nan when
        unknown), ``is_leaky``, ``run_id``; the protocols of the gap in their order, then others.
    """
    scored: dict[str, list[object]] = {}
    for run in runs:
        r2 = ((run.metrics or {}).get("test") or {}).get("r2")
        if r2 is None or run.request.protocol in scored:
            continue
        low, high = ((run.metrics or {}).get("test_interval") or {}).get("r2") or (None, None)
        protocol = PROTOCOLS[run.request.protocol]
        scored[protocol.key] = [protocol.key, protocol.label, r2, low, high, protocol.is_leaky, run.id]
    order = [key for key in (*GAP_PROTOCOLS, *PROTOCOLS) if key in scored]
    frame = pd.DataFrame([scored[key] for key in dict.fromkeys(order)], columns=GAP_COLUMNS)
    return frame.astype({"r2": "float64", "low": "float64", "high": "float64", "is_leaky": "bool"})
