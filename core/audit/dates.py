"""How exactly dates are known, and whether new tracks differ from old ones."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from core.audit.association import largest_gap
from core.audit.model import Found, Level, NotChecked
from core.audit.table import AuditedTable, Ints, label, listed, significant, unit
from data.schema import TARGET

NEWEST = 0.2
DRIFTED = 0.15
FEWEST = 20
CRITICAL = 2.6
"""Kolmogorov and Smirnov's critical value for about one chance in a million."""


class DatePrecision:
    """Dates that are known to the month or year only."""

    key: ClassVar[str] = "date_precision"
    title: ClassVar[str] = "Date precision"
    question: ClassVar[str] = "Are all release dates known to the day?"
    why: ClassVar[str] = (
        "A date known to the year only counts as 1 January, one known to the month as its first day: months and "
        "seasons of such tracks mean nothing."
    )
    protocols: ClassVar[str] = (
        "'time' sorts by the first day of what is stated and keeps undated tracks in training; the release month is "
        "taken as missing where only the year is known. The other validations do not look at dates."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Count the tracks whose date is not known to the day."""
        if "release_precision" not in table.tracks:
            return NotChecked("The table states no release date.")
        precision = table.tracks["release_precision"].astype(object).fillna("").to_numpy()
        if not (precision != "").any():
            return NotChecked("The table states no release date.")
        concerned = np.flatnonzero(precision != "day")
        if not len(concerned):
            return None
        rows = table.tracks["n_rows"].to_numpy() if "n_rows" in table.tracks else np.ones(len(precision))
        words = {"year": "by year only", "month": "by month only", "": "not at all"}
        said = [
            f"{(precision == key).sum():,} tracks {word} ({int(rows[precision == key].sum()):,} rows)"
            for key, word in words.items()
            if (precision == key).any()
        ]
        shown = table.show(concerned, "release_date", "release_precision")
        return Found("note", len(concerned), len(precision), "tracks", f"Dated {', '.join(said)}.", shown)


class Drift:
    """New tracks that differ from old ones."""

    key: ClassVar[str] = "drift"
    title: ClassVar[str] = "Drift between old and new"
    question: ClassVar[str] = "Do the newest tracks differ from the older ones?"
    why: ClassVar[str] = (
        "A model that learnt from the past meets other tracks in the future: a score from a random split does not hold "
        "for the next releases."
    )
    protocols: ClassVar[str] = (
        "'time' trains on the past and tests on the newest 20%, so its score has the drift in it. All the others "
        "mix old and new and do not see it."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Compare each column of the newest fifth with the rest by the largest gap of the cumulative shares."""
        old, new = _by_age(table)
        if not len(old):
            return NotChecked("The table states no release date.")
        if min(len(old), len(new)) < FEWEST:
            few = f"{len(new):,} tracks are newer than the rest, of {len(old) + len(new):,} with a date"
            return NotChecked(f"It takes {FEWEST} older and {FEWEST} newer tracks: {few}.")
        chance = CRITICAL * np.sqrt(1 / len(old) + 1 / len(new))
        rows = []
        names = [name for name in (TARGET, *table.inputs) if name != "release_year"]
        for name in names:
            values = table.numbers(name)
            before, after = (part[~np.isnan(part)] for part in (values[old], values[new]))
            gap = largest_gap(before, after)
            if gap > max(DRIFTED, chance):
                moved = {"mean_old": float(before.mean()), "mean_new": float(after.mean())}
                rows.append({"column": name, "largest_gap": gap, **moved})
        if not rows:
            return None
        found = pd.DataFrame(rows).sort_values("largest_gap", ascending=False, ignore_index=True)
        means = zip(found["column"], found["mean_old"], found["mean_new"], strict=True)
        named = [
            f"{label(name)} ({significant(before)} to {significant(after)}{unit(name)})"
            for name, before, after in means
        ]
        what = f"In the newest fifth the means of these columns moved: {listed(named)}.{table.sample_note}"
        level: Level = "caution"
        return Found(level, len(found), len(names), "columns", what, found)


def _by_age(table: AuditedTable) -> tuple[Ints, Ints]:
    """Positions of the older and of the newest dated tracks of the sample; a day is not divided."""
    nothing = np.empty(0, dtype=np.int64)
    if "release_date" not in table.tracks:
        return nothing, nothing
    dates = table.tracks["release_date"].iloc[table.sample]
    dated = table.sample[dates.notna().to_numpy()]
    if not len(dated):
        return nothing, nothing
    when = dates.dropna().to_numpy().astype("datetime64[s]").astype(np.int64)
    border = np.quantile(when, 1 - NEWEST, method="lower")
    return dated[when <= border], dated[when > border]
