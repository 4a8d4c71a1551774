"""A run as MLflow keeps it: parameters, metrics, tags and files."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from core.families import FAMILIES
from core.mlflow.client import RUN_TAG

if TYPE_CHECKING:
    from datetime import datetime

    from core.runs.artifacts import Bundles
    from core.runs.model import Run

LONGEST_PARAM = 500
"""Characters of a parameter's value; older servers refuse longer ones."""

LARGEST_FILE = 200 * 2**20


def describe(run: Run, bundles: Bundles) -> dict[str, Any]:
    """Give a finished run as plain values that can be handed to another process.

    Parameters
    ----------
    run : Run
    bundles : Bundles

    Returns
    -------
    dict
        ``name``, ``start`` and ``end`` (milliseconds since 1970), ``params``, ``metrics``, ``tags``, and ``files``:
        pairs of a file's name and its path.
    """
    label = FAMILIES[run.request.family].label if run.request.family in FAMILIES else run.request.family
    return {
        "name": run.name or f"{label} {run.id[:8]}",
        "start": _milliseconds(run.started_at or run.created_at),
        "end": _milliseconds(run.finished_at or run.created_at),
        "params": params_of(run),
        "metrics": dict(metrics_of(run)),
        "tags": _tags(run, label),
        "files": _files(run, bundles),
    }


def params_of(run: Run) -> dict[str, str]:
    """What the run was made with, as text."""
    request = run.request
    asked = {
        "family": request.family,
        "features": ",".join(request.features),
        "protocol": request.protocol,
        "test_share": request.test_share,
        "cv_folds": request.cv_folds,
        "seed": request.seed,
        "defaults": request.defaults,
        "interval": request.interval,
        **{f"param.{name}": value for name, value in run.params.items()},
    }
    if request.tuning is not None:
        asked |= {f"search.{name}": value for name, value in request.tuning.model_dump().items()}
    if request.members:
        asked["members"] = ",".join(request.members)
    return {name[:250]: str(value)[:LONGEST_PARAM] for name, value in asked.items()}


def metrics_of(run: Run) -> Iterator[tuple[str, float]]:
    """Each number of the result, by a name with its part before it."""
    metrics = run.metrics or {}
    coverage = (metrics.get("coverage") or {}).get("overall") or {}
    flat: dict[str, Any] = {
        **_named("test", metrics.get("test")),
        **_named("train", metrics.get("train")),
        **{f"cv_{key}_{part}": found.get(part) for key, found in (metrics.get("cv") or {}).items()
           if isinstance(found, Mapping) for part in ("mean", "sd")},
        **{f"baseline_{name}_{key}": value for name, found in (metrics.get("baselines") or {}).items()
           for key, value in (found.get("test") or {}).items()},
        "interval_coverage": coverage.get("coverage"),
        "interval_width": coverage.get("width"),
        **(run.timings or {}),
    }  # fmt: skip
    for key, ends in (metrics.get("test_interval") or {}).items():
        if isinstance(ends, list | tuple) and len(ends) == 2:
            flat |= {f"test_{key}_low": ends[0], f"test_{key}_high": ends[1]}
    for key, value in flat.items():
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            yield key, float(value)


def _named(part: str, found: Any) -> dict[str, Any]:
    return {f"{part}_{key}": value for key, value in (found or {}).items()}


def _tags(run: Run, label: str) -> dict[str, str]:
    data = run.data
    return {
        RUN_TAG: run.id,
        "dashboard.model": label,
        "dashboard.version": str(run.versions.get("dashboard", "")),
        "dashboard.table": str(data.get("source_name") or ""),
        "dashboard.table_sha256": str(data.get("sha256") or ""),
        "dashboard.is_synthetic": str(bool(data.get("is_synthetic"))).lower(),
        "dashboard.versions": json.dumps(run.versions)[:4000],
    }


def _files(run: Run, bundles: Bundles) -> list[tuple[str, str]]:
    """Files of the bundle, the small ones first, so that a short time suffices for what says most."""
    found = []
    for name in run.digests:
        path = bundles.path(run.id, name).absolute()
        if path.is_file() and path.stat().st_size <= LARGEST_FILE:
            found.append((path.stat().st_size, name, str(path)))
    return [(name, path) for _, name, path in sorted(found)]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
