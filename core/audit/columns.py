"""Columns that say little, or something else than they seem to."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from core.audit.model import Found, Level, NotChecked
from core.audit.table import AuditedTable, Floats, label, listed
from data.schema import describe

NEARLY_ALL = 0.995
ZERO_SHARE = 0.02
ZERO_ODDS = 0.05
FEWEST = 20
FAR_OUT = 3.0
"""Tukey's outer fence: so many interquartile ranges beyond the quartiles."""


class ConstantColumns:
    """Columns without variation."""

    key: ClassVar[str] = "constant_columns"
    title: ClassVar[str] = "Constant and near-constant columns"
    question: ClassVar[str] = "Does a column hold the same value almost everywhere, or none at all?"
    why: ClassVar[str] = (
        "A model learns nothing from it, and charts of it show nothing. It is often a sign of a column that was filled "
        "in or lost on the way."
    )
    protocols: ClassVar[str] = "Nothing: it does no harm to a score, though it can be left out of the features."

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Find columns of which 99.5% or more are one value, or all are missing."""
        if len(table.tracks) < 2:
            return NotChecked(f"It takes two tracks to see whether a value varies; the table has {len(table.tracks)}.")
        rows, names = [], []
        for name in table.inputs:
            values = table.numbers(name)
            stated = values[~np.isnan(values)]
            value, share = _most_frequent(stated)
            if not len(stated) or (len(stated) > 1 and share >= NEARLY_ALL):
                others = int((stated != value).sum())
                rows.append({"column": name, "value": value, "share": share, "missing": len(values) - len(stated)})
                names.append(f"{label(name)} ({_constancy(value, others)})")
        if not rows:
            return None
        found = pd.DataFrame(rows)
        level: Level = "caution" if found["value"].notna().any() else "note"
        return Found(level, len(found), len(table.inputs), "columns", f"{listed(names)}.", found)


class UnknownZeros:
    """Zeros that stand for something else."""

    key: ClassVar[str] = "unknown_zeros"
    title: ClassVar[str] = "Zeros that mean “unknown”"
    question: ClassVar[str] = "Are there zeros that stand for a missing or replaced value?"
    why: ClassVar[str] = (
        "A zero that means “not known” or “replaced by another release” is learnt as the lowest value there is. "
        "Popularity may be zero for a track that was re-released, not only for one that nobody plays."
    )
    protocols: ClassVar[str] = (
        "Zeros of popularity stay in training and test under every validation; 'time' tests on new tracks, which have "
        "few of them. A rhythm of zero is taken as missing by cleaning."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Look at zeros of popularity, and at zeros of own columns that stand apart from all other values."""
        if np.isnan(table.target).all():
            return NotChecked("No track states a popularity.")
        zero = np.zeros(len(table.tracks), dtype=bool)
        parts: list[str] = []
        level: Level = "note"
        at_zero = table.target == 0
        if len(at_zero) and at_zero.mean() >= ZERO_SHARE:
            zero |= at_zero
            by_age, depends = _zeros_by_age(table, at_zero)
            parts.append(f"Popularity is zero for {at_zero.sum():,} tracks ({at_zero.mean():.0%}){by_age}.")
            level = "caution" if depends else level
        for name in (*table.extras, "tempo", "duration_ms", "danceability"):
            values = table.numbers(name) if name in table.tracks else np.empty(0)
            if _stands_apart(values):
                zero |= values == 0
                parts.append(f"{label(name)} is zero for {(values == 0).sum():,} tracks, far from all other values.")
                level = "caution"
        if not parts:
            return None
        shown = table.show(np.flatnonzero(zero), "release_date", *table.extras)
        return Found(level, int(zero.sum()), len(zero), "tracks", " ".join(parts), shown)


class Outliers:
    """Values far from the rest."""

    key: ClassVar[str] = "outliers"
    title: ClassVar[str] = "Outliers"
    question: ClassVar[str] = "Do values stand far from the rest of their column?"
    why: ClassVar[str] = (
        "A few extreme values pull lines, means and scaled distances towards them. Most are real (an interlude, an "
        "hour of ambient), some are errors of a unit."
    )
    protocols: ClassVar[str] = (
        "They stay on whichever side they fall; errors are averaged over the test, so RMSE feels them more than MAE. "
        "Trees and quantile scaling hardly notice."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Find values more than three interquartile ranges beyond the quartiles; shares of 0 to 1 have no such ends."""
        far = np.zeros(len(table.tracks), dtype=bool)
        extent = np.zeros(len(table.tracks))
        counts: dict[str, int] = {}
        names = [name for name in table.inputs if _is_unbounded(name)]
        if not any(np.isfinite(table.numbers(name)).sum() >= FEWEST for name in names):
            return NotChecked(f"No column without fixed ends, such as tempo, is stated by {FEWEST} tracks or more.")
        for name in names:
            distance = _beyond(table.numbers(name))
            if (distance > FAR_OUT).any():
                counts[f"{label(name)} ({(distance > FAR_OUT).sum():,})"] = int((distance > FAR_OUT).sum())
                far |= distance > FAR_OUT
                extent = np.maximum(extent, distance)
        if not counts:
            return None
        order = np.flatnonzero(far)
        order = order[np.argsort(-extent[order], kind="stable")]
        most = sorted(counts, key=lambda name: -counts[name])
        what = f"{far.sum():,} tracks have a value beyond three interquartile ranges: {listed(most)}."
        return Found("note", int(far.sum()), len(far), "tracks", what, table.show(order, *_unbounded(table)))


def _is_unbounded(name: str) -> bool:
    column = describe(name)
    return not (column.role == "date" or (column.low == 0 and (column.high or 0) <= 11))


def _unbounded(table: AuditedTable) -> list[str]:
    return [name for name in ("loudness", "tempo", "duration_ms", *table.extras) if name in table.tracks]


def _beyond(values: Floats) -> Floats:
    """Distance from the nearer quartile in interquartile ranges; 0 between the quartiles and where missing."""
    stated = values[~np.isnan(values)]
    if len(stated) < FEWEST:
        return np.zeros(len(values))
    low, high = np.quantile(stated, [0.25, 0.75])
    if high <= low:
        return np.zeros(len(values))
    distance: Floats = np.nan_to_num(np.maximum(low - values, values - high) / (high - low), nan=0.0)
    return np.maximum(distance, 0.0)


def _most_frequent(stated: Floats) -> tuple[float, float]:
    if not len(stated):
        return float("nan"), 0.0
    # The most frequent value of a nearly constant column is its median.
    value = float(np.partition(stated, len(stated) // 2)[len(stated) // 2])
    return value, float((stated == value).mean())


def _constancy(value: float, others: int) -> str:
    """How constant a column is: without any value, with a single one, or how many tracks differ."""
    if np.isnan(value):
        return "empty"
    return f"{value:g} in all but {others:,} track{'s' * (others != 1)}" if others else f"always {value:g}"


def _stands_apart(values: Floats) -> bool:
    """Whether zeros lie farther from the other values than those lie from their middle."""
    stated = values[~np.isnan(values)]
    others = stated[stated != 0]
    n_zeros = len(stated) - len(others)
    if n_zeros < 2 or len(others) < 20 or n_zeros > len(others) or len(np.unique(others[:1000])) < 10:
        return False
    size = np.abs(others)
    low, middle = np.quantile(size, [0.01, 0.5])
    one_sided = bool((others > 0).all() or (others < 0).all())
    return one_sided and low > middle - low


def _zeros_by_age(table: AuditedTable, at_zero: np.ndarray) -> tuple[str, bool]:
    """Say how zeros differ between the older and the newer half, and whether that is more than chance."""
    dates = (
        table.tracks["release_date"] if "release_date" in table.tracks else pd.Series(pd.NaT, index=table.tracks.index)
    )
    dated = dates.notna().to_numpy()
    if dated.sum() < 100:
        return "", False
    middle = dates[dated].median()
    is_old = (dates <= middle).to_numpy() & dated
    is_new = dated & ~is_old
    if not is_new.any():
        return "", False
    old, new = float(at_zero[is_old].mean()), float(at_zero[is_new].mean())
    error = float(np.sqrt(old * (1 - old) / is_old.sum() + new * (1 - new) / is_new.sum()))
    depends = abs(old - new) > max(ZERO_ODDS, 5 * error)
    return f": {old:.0%} of the older half, {new:.0%} of the newer", depends
