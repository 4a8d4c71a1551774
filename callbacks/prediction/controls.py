"""The controls of the prediction view: one for each thing that a run's model reads."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

import numpy as np
import pandas as pd

from callbacks.prediction.knowledge import columns_of
from core.errors import InvalidRequest
from core.features import FEATURES, FeatureRange, feature_frame, feature_ranges, is_extra
from core.inputs import TEXTS
from core.release_dates import DATE, DATE_FEATURES, EXACTNESS, has_date, parse_date
from core.runs.model import Run
from core.scenarios import LONGEST_TEXT
from core.suggestions import can_suggest
from core.what_if import can_vary
from layouts import prediction as view
from layouts import wording

SUGGESTED = 200
"""Artists whose names are suggested: those with the most tracks."""
SPREAD_BINS = 48


def make_controls(tracks: pd.DataFrame, run: Run, values: Mapping[str, Any]) -> list[view.FeatureControl]:
    """One control for each thing that the run's model reads, set to the given values or to typical ones."""
    features = columns_of(run)
    texts = tuple(dict.fromkeys(text for name in features if (text := _text_of(name))))
    is_dated = has_date(features)
    hidden = set(DATE_FEATURES) - {EXACTNESS} if is_dated else set()
    names = tuple(name for name in features if not _text_of(name) and name not in hidden)
    here = [name for name in names if not is_extra(name) or name in tracks]
    ranges = _ranges(tracks, here) | _kept_ranges(run, set(names) - set(here))
    return [
        *(_text_control(name, tracks, values.get(name)) for name in texts),
        *([_date_control(tracks, values.get(DATE))] if is_dated else []),
        *(_control(name, ranges[name], values.get(name), tracks) for name in names if name in ranges),
    ]


def what_can_be_tried(run: Run, controls: Sequence[view.FeatureControl]) -> view.Choices:
    """The features for which there is a curve, and those that suggestions leave as they are at first."""
    columns = columns_of(run)
    labels = {one.name: one.label for one in controls if not one.is_text and can_vary(one.name, columns)}
    if any(one.is_date for one in controls) and "release_year" in columns:
        labels["release_year"] = FEATURES["release_year"].label
    return view.Choices(labels, tuple(name for name in labels if not can_suggest(name)))


def typical_start(controls: Sequence[view.FeatureControl]) -> view.Start:
    """Give the start that controls at their typical values make."""
    return view.Start("a typical track", {one.name: one.value for one in controls})


def values_from_address(
    controls: Sequence[view.FeatureControl], written: Mapping[str, str]
) -> tuple[dict[str, float | str], list[str]]:
    """Read the values of an address.

    Returns
    -------
    values : dict
        Those that a control of the page can have.
    problems : list of str
        Labels of what could not be used, or only at the end of its slider.
    """
    known = {one.name: one for one in controls}
    values: dict[str, float | str] = {}
    problems = []
    for name, text in written.items():
        read = _read(known[name], text) if name in known else None
        if read is None:
            problems.append(known[name].label if name in known else name[:40])
            continue
        values[name] = read
        if isinstance(read, float) and read != float(text):
            problems.append(f"{known[name].label} (beyond its range)")
    return values, problems


def _read(one: view.FeatureControl, text: str) -> float | str | None:
    if one.is_date:
        try:
            parse_date(text)
        except InvalidRequest:
            return None
        return text
    if one.is_text:
        return text[:LONGEST_TEXT]
    if one.options is not None:
        return text if text in one.options else None
    try:
        number = float(text)
    except ValueError:
        return None
    return min(max(number, one.low), one.high) if math.isfinite(number) else None


def _text_of(name: str) -> str:
    """The one text that a feature is worked out from; empty for a feature that has a control of its own."""
    sources = FEATURES[name].sources
    return sources[0] if len(sources) == 1 and sources[0] in TEXTS else ""


def _text_control(name: str, tracks: pd.DataFrame, value: Any) -> view.FeatureControl:
    names: tuple[str, ...] | None = None
    if name == "track_artist" and name in tracks:
        names = _kept_of(tracks, name, lambda: _most_frequent(tracks[name]))
    return view.FeatureControl(name, value if isinstance(value, str) else "", options=names, is_text=True)


def _date_control(tracks: pd.DataFrame, value: Any) -> view.FeatureControl:
    if not isinstance(value, str):
        value = _kept_of(tracks, DATE, lambda: _middle_date(tracks))
    return view.FeatureControl(DATE, value, is_text=True)


def _most_frequent(names: pd.Series) -> tuple[str, ...]:
    return tuple(str(one) for one in names.value_counts().index[:SUGGESTED])


def _middle_date(tracks: pd.DataFrame) -> str:
    dates = pd.to_datetime(tracks[DATE]).dropna() if DATE in tracks else pd.Series(dtype="datetime64[ns]")
    return str(dates.median())[:10] if len(dates) else ""


def _ranges(tracks: pd.DataFrame, names: Sequence[str]) -> dict[str, FeatureRange]:
    """Ranges of features, each worked out once a table: that of a single takes a third of a second."""
    found = [_kept_of(tracks, ("range", name), lambda name=name: feature_ranges(tracks, [name])) for name in names]
    return {name: limits for one in found for name, limits in one.items()}


def _kept_of(tracks: pd.DataFrame, key: Any, make: Callable[[], Any]) -> Any:
    """What was made of a table, as long as the table lives."""
    if id(tracks) not in _KEPT:
        _KEPT[id(tracks)] = {}
        weakref.finalize(tracks, _KEPT.pop, id(tracks), None)
    kept = _KEPT[id(tracks)]
    if key not in kept:
        kept[key] = make()
    return kept[key]


_KEPT: dict[int, dict[Any, Any]] = {}


def _kept_ranges(run: Run, names: Set[str]) -> dict[str, FeatureRange]:
    """Ranges of columns that the table at hand does not have, as the run has noted them."""
    noted = run.data.get("extra_ranges") or {}
    return {
        name: FeatureRange(low, high, median, (high - low) / 100 or 1.0, "", None, median)
        for name, (low, high, median) in noted.items()
        if name in names
    }


def _control(name: str, limits: FeatureRange, value: Any, tracks: pd.DataFrame) -> view.FeatureControl:
    if limits.options is not None:
        chosen = value if value in limits.options else str(limits.default)
        return view.FeatureControl(name, chosen, options=limits.options)
    shown = view.SHOWN_IN.get(name, view.Shown(1.0, limits.unit, limits.step))
    low = math.floor(limits.low / shown.factor / shown.step + 1e-9) * shown.step  # so that steps fall on round numbers
    high = math.ceil(limits.high / shown.factor / shown.step - 1e-9) * shown.step
    typical = round(limits.median / shown.factor / shown.step) * shown.step
    chosen = float(value) if wording.is_number(value) else float(f"{typical:.6g}")
    unit = "" if shown.unit == "0–1" else shown.unit
    low, high = round(low, 6), round(high, 6)
    return view.FeatureControl(
        name, min(max(chosen, low), high), low, high, shown.step, unit,
        spread=_spread(tracks, name, low * shown.factor, high * shown.factor),
    )  # fmt: skip


def _spread(tracks: pd.DataFrame, name: str, low: float, high: float) -> str:
    if (is_extra(name) and name not in tracks) or high <= low:
        return ""
    return _kept_of(tracks, (name, low, high), lambda: _draw_spread(tracks, name, low, high))


def _draw_spread(tracks: pd.DataFrame, name: str, low: float, high: float) -> str:
    values = feature_frame(tracks, [name])[name].to_numpy(dtype=np.float64)
    counts, _ = np.histogram(values[np.isfinite(values)], bins=SPREAD_BINS, range=(low, high))
    return view.draw_spread(counts.tolist())
