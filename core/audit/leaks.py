"""Columns that know the target: copies of it, what followed from it, and means that contain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from core.audit.association import binned_r2, cautious, correlation, rank_correlation, significance
from core.audit.model import Found, Level, NotChecked
from core.audit.table import AuditedTable, Floats, Ints, label, listed
from core.features import sounds_like_success

TOO_GOOD = 0.45
SUSPICIOUS = 0.25
"""Share of the variance that one column may explain. On the public table the best column known before release explains
a tenth, an out-of-fold mean of the artist a quarter; everything known after release, together, a little over a half."""
MIN_TRACKS = 30

POST_OUTCOME_R2 = 0.02
"""Weaker associations of a column that is named after success tell a model too little to matter."""


class TargetCopies:
    """Columns that tell the target better than anything honest could."""

    key: ClassVar[str] = "target_copies"
    title: ClassVar[str] = "Copies of the target"
    question: ClassVar[str] = "Does a single column tell popularity better than it honestly could?"
    why: ClassVar[str] = (
        "A column made from the target, or measured after it, gives the answer away: the score is high and worthless, "
        "as the column will not be there for a new track."
    )
    protocols: ClassVar[str] = (
        "No validation can help: the column is on both sides of every split. Leave it out, unless you know that it was "
        "there before release and how."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Judge each column by rank correlation and by out-of-fold means of 20 bins, whichever tells more."""
        if reason := _cannot_associate(table):
            return NotChecked(reason)
        rows = []
        for name in table.inputs:
            rho, r2, n = _association(table, name)
            strength = max(cautious(rho**2, n), cautious(r2, n))
            if n >= MIN_TRACKS and strength >= SUSPICIOUS:
                rows.append({"column": name, "rank_correlation": rho, "binned_r2": r2, "tracks": n, "sure": strength})
        if not rows:
            return None
        found = pd.DataFrame(rows).sort_values("sure", ascending=False, ignore_index=True)
        level: Level = "leak" if found["sure"].max() >= TOO_GOOD else "caution"
        best = found.iloc[0]
        told = max(best["binned_r2"], best["rank_correlation"] ** 2)
        who = "it" if len(found) == 1 else "the strongest"
        what = (
            f"{listed([label(name) for name in found['column']])}: alone, {who} tells {told:.0%} of the variance of "
            f"popularity.{table.sample_note}"
        )
        return Found(level, len(found), len(table.inputs), "columns", what, found.drop(columns="sure"))


class PostOutcome:
    """Columns that come about through success."""

    key: ClassVar[str] = "post_outcome"
    title: ClassVar[str] = "Known only afterwards"
    question: ClassVar[str] = "Are there columns that come about through success, such as playlist counts?"
    why: ClassVar[str] = (
        "Popular tracks get into more playlists, charts and plays: such a column follows from popularity. It helps to "
        "explain the past, but nobody has it before release."
    )
    protocols: ClassVar[str] = (
        "No validation can help. Playlist counts, and your own columns of this kind, are offered as features only "
        "behind a switch, and every score made with them carries a warning."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Look at the playlist counts and at own columns that are named after success, where they tell something."""
        if reason := _cannot_associate(table):
            return NotChecked(reason)
        counts = [name for name in ("n_playlists", "n_rows") if name in table.tracks]
        own = [name for name in table.extras if sounds_like_success(name.partition(":")[2])]
        rows = []
        for name in (*own, *counts):
            rho, r2, n = _association(table, name)
            if n >= MIN_TRACKS and max(rho**2, r2) >= POST_OUTCOME_R2 and significance(rho, n) > 5:
                is_feature = name in table.extras
                rows.append({"column": name, "rank_correlation": rho, "binned_r2": r2, "is_feature": is_feature})
        if not rows:
            return None
        found = pd.DataFrame(rows)
        level: Level = "leak" if found["is_feature"].any() else "note"
        verb = "rises or falls" if len(found) == 1 else "rise or fall"
        what = f"{listed([label(name) for name in found['column']])} {verb} with popularity.{table.sample_note}"
        return Found(level, len(found), len(counts) + len(own), "columns", what, found)


class GroupMeans:
    """Means of the target by artist or album that were taken before the split."""

    key: ClassVar[str] = "group_means"
    title: ClassVar[str] = "Means taken before the split"
    question: ClassVar[str] = "Does a column hold the mean popularity of the track's artist or album, itself included?"
    why: ClassVar[str] = (
        "A mean over all tracks of the artist contains the track's own popularity; for an artist with one track it is "
        "the answer itself. On the public table that alone gives an R² of 0.57, all of it fake."
    )
    protocols: ClassVar[str] = (
        "No validation can help, as the mean was taken before any split. Leave the column out; such a mean is honest "
        "only when it is worked out from the training tracks of each fold."
    )

    @staticmethod
    def find(table: AuditedTable) -> Found | NotChecked | None:
        """Compare columns that are constant within artists or albums with the mean that includes the track itself."""
        known = ~np.isnan(table.target)
        groupings = _groupings(table)
        if reason := _cannot_associate(table) or _cannot_group(groupings, known):
            return NotChecked(reason)
        rows = []
        for kind, groups in groupings.items():
            for name in table.inputs:
                match = _match(table.numbers(name)[known], table.target[known], groups[known])
                if match is not None:
                    rows.append({"column": name, "mean_of": kind, **vars(match)})
        if not rows:
            return None
        best = pd.DataFrame(rows).sort_values("with_itself", ascending=False).drop_duplicates("column")
        names = [f"{label(name)} (by {kind})" for name, kind in zip(best["column"], best["mean_of"], strict=True)]
        what = f"{listed(names)}: follows the group's mean with the track itself included."
        return Found("leak", len(best), len(table.inputs), "columns", what, best.reset_index(drop=True))


@dataclass(frozen=True)
class _Match:
    """How a column follows a group's mean: with the track itself, and with the others only."""

    with_itself: float
    others_only: float
    groups: int


MIN_GROUPS = 12
CONSTANT_WITHIN = 0.05
FOLLOWS = 0.9
EXACT = 0.99


def _match(values: Floats, target: Floats, groups: Ints) -> _Match | None:
    """Whether a column is a group's mean with the track itself included.

    An honest column about an artist cannot tell the chance part of the artist's own mean, so it stays below the mean's
    reliability; a mean that was taken with the track follows that part too, and better than the mean of the others.
    """
    stated = ~np.isnan(values)
    values, target = values[stated], target[stated]
    codes, uniques = pd.factorize(groups[stated])
    sizes = np.bincount(codes, minlength=len(uniques)).astype(np.float64)
    several = sizes[codes] > 1
    spread = float(np.std(values)) if len(values) else 0.0
    if (sizes > 1).sum() < MIN_GROUPS or spread <= 0:
        return None
    if correlation(values, target) < 0:
        values = -values
    centre = np.bincount(codes, values) / sizes
    within = float(np.sqrt(np.mean((values - centre[codes])[several] ** 2)))
    if within > CONSTANT_WITHIN * spread:
        return None
    total = np.bincount(codes, target)
    follows = _by_size(centre, total / sizes, sizes)
    row_sizes = sizes[codes][several]
    others = (total[codes][several] - target[several]) / (row_sizes - 1)
    without = correlation(values[several], others)
    inclusive = correlation(values[several], (total / sizes)[codes][several])
    if follows >= EXACT or (follows >= FOLLOWS and inclusive > without + 0.01):
        return _Match(follows, without, int((sizes > 1).sum()))
    return None


def _by_size(centre: Floats, mean: Floats, sizes: Floats) -> float:
    """Correlation within groups of the same size, weighted: smoothing toward a prior does not hide the mean then."""
    found, weights = [], []
    for size in np.unique(sizes[sizes > 1]):
        of_size = sizes == size
        if of_size.sum() >= MIN_GROUPS:
            found.append(correlation(centre[of_size], mean[of_size]))
            weights.append(int(of_size.sum()))
    if not found:
        several = sizes > 1
        return correlation(centre[several], mean[several])
    return float(np.average(found, weights=weights))


def _cannot_associate(table: AuditedTable) -> str:
    """Why no column can be compared with popularity; empty where it can."""
    known = table.target[~np.isnan(table.target)]
    if len(known) < MIN_TRACKS:
        return f"It takes {MIN_TRACKS} tracks with a popularity; the table has {len(known):,}."
    if np.ptp(known) == 0:
        return "All tracks have the same popularity: nothing can tell it."
    if not any(np.isfinite(table.numbers(name)).any() for name in table.inputs):
        return "The table states no number beside popularity."
    return ""


def _cannot_group(groupings: dict[str, Ints], known: np.ndarray) -> str:
    """Why no artist's or album's mean can be recognised; empty where one can."""
    several = {kind: int((np.bincount(groups[known]) > 1).sum()) for kind, groups in groupings.items()}
    if max(several.values(), default=0) >= MIN_GROUPS:
        return ""
    had = " and ".join(f"{count:,} {kind}{'' if count == 1 else 's'}" for kind, count in several.items())
    return f"It takes {MIN_GROUPS} artists or albums with two tracks or more; the table has {had} of that kind."


def _groupings(table: AuditedTable) -> dict[str, Ints]:
    """Labels by artist and by album."""
    labels = {"artist": table.artists}
    if "track_album_id" in table.tracks:
        labels["album"] = table.albums
    return labels


def _association(table: AuditedTable, name: str) -> tuple[float, float, int]:
    """Rank correlation and out-of-fold R² of a column with the target, and the tracks that have both."""
    values, target = table.numbers(name)[table.sample], table.target[table.sample]
    both = ~np.isnan(values) & ~np.isnan(target)
    values, target = values[both], target[both]
    return rank_correlation(values, target), binned_r2(values, target), len(values)
