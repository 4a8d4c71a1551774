"""The controls of the prediction view: one for each feature of a run's model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from typing import Any

import pandas as pd

from core.families import FAMILIES
from core.features import FEATURES, FeatureRange, feature_ranges, is_extra
from core.inputs import TEXTS
from core.runs.model import Run
from layouts import prediction as view
from layouts import wording

SUGGESTED = 200
"""Artists whose names are suggested: those with the most tracks."""


def make_controls(tracks: pd.DataFrame, run: Run, values: Mapping[str, Any]) -> list[view.FeatureControl]:
    """One control for each feature that the run's model reads, set to the given values or to typical ones."""
    features = FAMILIES[run.request.family].columns(run.request.features)
    texts = tuple(dict.fromkeys(text for name in features if (text := _text_of(name))))
    names = tuple(name for name in features if not _text_of(name))
    here = [name for name in names if not is_extra(name) or name in tracks]
    ranges = feature_ranges(tracks, here) | _kept_ranges(run, set(names) - set(here))
    return [
        *(_text_control(name, tracks, values.get(name)) for name in texts),
        *(_control(name, ranges[name], values.get(name)) for name in names if name in ranges),
    ]


def _text_of(name: str) -> str:
    """The one text that a feature is worked out from; empty for a feature that has a control of its own."""
    sources = FEATURES[name].sources
    return sources[0] if len(sources) == 1 and sources[0] in TEXTS else ""


def _text_control(name: str, tracks: pd.DataFrame, value: Any) -> view.FeatureControl:
    names: tuple[str, ...] | None = None
    if name == "track_artist" and name in tracks:
        names = tuple(str(one) for one in tracks[name].value_counts().index[:SUGGESTED])
    return view.FeatureControl(name, value if isinstance(value, str) else "", options=names, is_text=True)


def _kept_ranges(run: Run, names: Set[str]) -> dict[str, FeatureRange]:
    """Ranges of columns that the table at hand does not have, as the run has noted them."""
    noted = run.data.get("extra_ranges") or {}
    return {
        name: FeatureRange(low, high, median, (high - low) / 100 or 1.0, "", None, median)
        for name, (low, high, median) in noted.items()
        if name in names
    }


def _control(name: str, limits: FeatureRange, value: Any) -> view.FeatureControl:
    if limits.options is not None:
        chosen = value if value in limits.options else str(limits.default)
        return view.FeatureControl(name, chosen, options=limits.options)
    shown = view.SHOWN_IN.get(name, view.Shown(1.0, limits.unit, limits.step))
    low = math.floor(limits.low / shown.factor / shown.step + 1e-9) * shown.step  # so that steps fall on round numbers
    high = math.ceil(limits.high / shown.factor / shown.step - 1e-9) * shown.step
    typical = round(limits.median / shown.factor / shown.step) * shown.step
    chosen = float(value) if wording.is_number(value) else float(f"{typical:.6g}")
    unit = "" if shown.unit == "0–1" else shown.unit
    return view.FeatureControl(name, min(max(chosen, low), high), round(low, 6), round(high, 6), shown.step, unit)


def typical_start(controls: Sequence[view.FeatureControl]) -> view.Start:
    """Give the start that controls at their typical values make."""
    return view.Start("a typical track", {one.name: one.value for one in controls})
