"""Validation protocols: which tracks are held out, and the question that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import DataError, unknown_name
from core.grouping import album_groups, artist_groups, song_groups
from data.schema import describe

if TYPE_CHECKING:
    from data.sources import Dataset

Ints = npt.NDArray[np.int64]
Folds = tuple[tuple[Ints, Ints], ...]

MIN_ROWS = 10
UNDATED = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Protocol:
    """One way of holding out tracks.

    Parameters
    ----------
    key : str
        Name in requests and in ``PROTOCOLS``.
    label, question, term : str
        For people: what it is, the question it answers, and the term of art.
    groups : callable or None
        ``groups(table)`` gives an integer label a row; rows with one label stay on one side.
    is_leaky : bool
        Whether the same track may stand on both sides, so that scores look better than they are.
    by_time : bool
        Whether the newest rows are held out.
    uses_placements : bool
        Whether a row is a placement in a playlist rather than a track.
    group_column : str or None
        Column without which there are no groups, where it is a single one.
    """

    key: str
    label: str
    question: str
    term: str
    groups: Callable[[pd.DataFrame], Ints] | None = None
    is_leaky: bool = False
    by_time: bool = False
    uses_placements: bool = False
    group_column: str | None = None


PROTOCOLS: Mapping[str, Protocol] = MappingProxyType(
    {
        protocol.key: protocol
        for protocol in (
            Protocol(
                "song",
                "New songs (copies of a song stay together)",
                "How well does it do on another song of the same catalogue?",
                "Group split by song: identical audio, or same artist and normalised title",
                groups=song_groups,
            ),
            Protocol(
                "track",
                "New tracks (each track once)",
                "How well does it do on another track, which may be a copy of a known song?",
                "Random split of unique tracks (ShuffleSplit, KFold)",
            ),
            Protocol(
                "album",
                "New albums (no album on both sides)",
                "How well does it do on the next release of artists it may know?",
                "Group split by album (GroupShuffleSplit, GroupKFold)",
                groups=album_groups,
                group_column="track_album_id",
            ),
            Protocol(
                "artist",
                "New artists (no artist on both sides)",
                "How well does it do on a newcomer?",
                "Group split by artist (GroupShuffleSplit, GroupKFold)",
                groups=artist_groups,
                group_column="track_artist",
            ),
            Protocol(
                "time",
                "Next releases (train on the past, test on the newest)",
                "How well does it do on what comes out next?",
                "Split by release date, expanding window (TimeSeriesSplit)",
                by_time=True,
            ),
            Protocol(
                "rows",
                "Leaky: raw rows (the same track on both sides)",
                "What would one report if repeated rows were split at random, as most notebooks do?",
                "Random split of raw rows (train_test_split without groups); optimistic, for contrast only",
                is_leaky=True,
                uses_placements=True,
            ),
        )
    }
)


@dataclass(frozen=True)
class Split:
    """A table of rows and which of them train, validate and test.

    Parameters
    ----------
    table : DataFrame of shape (n_rows, any)
        One row a track (one a placement under ``rows``), with the columns of the clean tracks and ``track``, the
        position in the clean tracks.
    group : ndarray of shape (n_rows,) or None
        Integer label of the group that stays together; None when the protocol has no groups.
    train, test : ndarray of int
        Positions in ``table``; together every row exactly once.
    folds : tuple of (train, valid)
        Positions in ``table``, all inside ``train``.
    notes : tuple of str
        What people should know about this split.
    """

    table: pd.DataFrame
    group: Ints | None
    train: Ints
    test: Ints
    folds: Folds
    notes: tuple[str, ...] = ()

    @property
    def resampling_unit(self) -> Ints:
        """Integer label a row of what is resampled for intervals: the group, or else the track."""
        return self.group if self.group is not None else self.table["track"].to_numpy(dtype=np.int64)


def make_split(
    dataset: Dataset, protocol: str, test_share: float, cv_folds: int, seed: int, other_folds: int = 0
) -> Split:
    """Hold out a test part, and cut the training part into folds, by the same rule.

    Parameters
    ----------
    dataset : Dataset
        Clean tracks and placements.
    protocol : str
        Key of ``PROTOCOLS``.
    test_share : float
        Share of the rows to hold out; groups stay whole, so it is met as nearly as they allow.
    cv_folds : int
        Number of folds, 0 for none.
    seed : int
        The same seed gives the same split.
    other_folds : int
        Above 0 it names another way of cutting the training part; ``time`` has only one.

    Raises
    ------
    InvalidRequest
        For an unknown protocol.
    DataError
        When the rows or groups are too few for such a split.
    """
    if protocol not in PROTOCOLS:
        raise unknown_name("protocol", protocol, PROTOCOLS)
    rule = PROTOCOLS[protocol]
    table = placements_table(dataset) if rule.uses_placements else tracks_table(dataset)
    if len(table) < MIN_ROWS:
        raise DataError(f"The table has {len(table)} usable rows; training needs {MIN_ROWS} or more.")
    if rule.by_time:
        return _split_by_time(table, test_share, cv_folds)
    notes = _ungrouped_notes(table, rule.group_column)
    group = None if rule.groups is None else rule.groups(table)
    rng = np.random.default_rng(seed)
    is_test = _hold_out(_labels(group, len(table)), test_share, rng)
    train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    if other_folds:
        rng = np.random.default_rng([seed, other_folds])
    folds = _folds(train, _labels(group, len(table))[train], cv_folds, rng)
    return Split(table, group, train, test, folds, notes)


def hold_out_inside(split: Split, protocol: str, rows: Ints, share: float, seed: int) -> tuple[Ints, Ints]:
    """Hold out a part of some training rows by the same rule, to know when to stop learning.

    Parameters
    ----------
    split : Split
    protocol : str
        Key of ``PROTOCOLS`` by which the split was made.
    rows : ndarray of int
        Positions in ``split.table``.
    share : float
        Share of the rows to hold out.
    seed : int
        The same seed gives the same rows.

    Returns
    -------
    learn, held_out : ndarray of int
        No group in both; the newest rows are held out under ``time``. Where no rule can part the rows (one group, one
        date), they are drawn at random.
    """
    rng = np.random.default_rng(seed)
    if PROTOCOLS[protocol].by_time:
        dates = pd.to_datetime(split.table["release_date"]).iloc[rows]
        known = dates.dropna().to_numpy(dtype="datetime64[ns]").astype(np.int64)
        if cuts := _date_blocks(known, [1 - share * len(rows) / max(1, len(known))]):
            is_held = (dates >= pd.Timestamp(cuts[0])).to_numpy()
            return rows[~is_held], rows[is_held]
    labels = _labels(split.group, len(split.table))[rows]
    if len(np.unique(labels)) < 2:
        labels = np.arange(len(rows))
    is_held = _hold_out(labels, share, rng)
    return rows[~is_held], rows[is_held]


def tracks_table(dataset: Any) -> pd.DataFrame:
    """Tracks with a known popularity, each once, with their position as ``track``."""
    table = dataset.tracks.assign(track=np.arange(len(dataset.tracks)))
    return _with_target(table)


def placements_table(dataset: Any) -> pd.DataFrame:
    """Raw rows as they were: a track as often as it was placed, with the genre of that placement."""
    placements = dataset.placements
    positions = placements["track"].to_numpy(dtype=np.int64)
    table = dataset.tracks.iloc[positions].reset_index(drop=True)
    own = {name: placements[name].to_numpy() for name in ("genre", "subgenre") if name in placements}
    return _with_target(table.assign(track=positions, **own))


def _with_target(table: pd.DataFrame) -> pd.DataFrame:
    known = table["track_popularity"].notna().to_numpy()
    return (table if known.all() else table[known]).reset_index(drop=True)


def _ungrouped_notes(table: pd.DataFrame, column: str | None) -> tuple[str, ...]:
    """Say how many rows have no group; without any group the protocol would be another one in disguise."""
    if column is None:
        return ()
    missing = int(table[column].isna().sum())
    label = describe(column).label.lower()
    if missing == len(table):
        raise DataError(f"No row of the table states its {label} ({column}). Choose another protocol.")
    return (f"{missing:,} rows have no {label}: each counts as one of its own.",) if missing else ()


def _labels(group: Ints | None, n_rows: int) -> Ints:
    return np.arange(n_rows) if group is None else group


def _hold_out(groups: Ints, share: float, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Take whole groups in random order until their rows come to the share; groups too large for it are passed over."""
    _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        raise DataError("All rows belong to one group under this protocol, so none can be held out. Choose another.")
    order = rng.permutation(len(sizes))
    wanted = max(1, round(share * len(groups)))
    taken = _fill(sizes[order], wanted)
    if not taken.any():
        taken[np.argmin(sizes[order])] = True
    is_held = np.zeros(len(sizes), dtype=bool)
    is_held[order[taken]] = True
    return is_held[codes.reshape(-1)]


def _fill(sizes: Ints, wanted: int) -> npt.NDArray[np.bool_]:
    """Choose sizes in order, skipping each that would overshoot; stops at the wanted sum or when nothing fits."""
    taken = np.zeros(len(sizes), dtype=bool)
    left, start = wanted, 0
    while left > 0 and start < len(sizes):
        fits = np.cumsum(sizes[start:]) <= left
        n_fit = int(np.argmin(fits)) if not fits.all() else len(fits)
        taken[start : start + n_fit] = True
        left -= int(sizes[start : start + n_fit].sum())
        start += n_fit
        rest = np.flatnonzero(sizes[start:] <= left)
        start = start + int(rest[0]) if len(rest) else len(sizes)
    return taken


def _folds(rows: Ints, groups: Ints, n_folds: int, rng: np.random.Generator) -> Folds:
    """Cut rows into folds of about equal size, groups whole: large groups first, each to the smallest fold."""
    if n_folds == 0:
        return ()
    _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(sizes) < n_folds:
        raise DataError(
            f"Cannot cut {len(sizes)} groups of training rows into {n_folds} folds. "
            f"Ask for {_folds_to_ask_for(len(sizes))}, or choose another protocol."
        )
    fold_of = _deal(sizes, n_folds, rng)[codes.reshape(-1)]
    return tuple((rows[fold_of != fold], rows[fold_of == fold]) for fold in range(n_folds))


def _folds_to_ask_for(most: int) -> str:
    return f"{most} folds or fewer" if most >= 2 else "0 folds"


def _deal(sizes: Ints, n_folds: int, rng: np.random.Generator) -> Ints:
    fold_of = np.empty(len(sizes), dtype=np.int64)
    load = np.zeros(n_folds, dtype=np.int64)
    order = rng.permutation(len(sizes))
    large = order[sizes[order] > 1]
    for index in large[np.argsort(-sizes[large], kind="stable")]:
        lightest = int(np.argmin(load))
        fold_of[index] = lightest
        load[lightest] += sizes[index]
    single = order[sizes[order] == 1]
    fold_of[single] = np.repeat(np.arange(n_folds), _top_up(load, len(single)))
    return fold_of


def _top_up(load: Ints, n_single: int) -> Ints:
    """How many single rows each fold gets so that the loads end as level as can be."""
    order = np.argsort(load, kind="stable")
    level = np.sort(load)
    # Raise the k lightest folds to a common level, for the largest k that the single rows can lift.
    costs = np.arange(1, len(load) + 1) * level - np.cumsum(level)
    k = int(np.searchsorted(costs, n_single, side="right"))
    base, extra = divmod(n_single + int(level[:k].sum()), k)
    gets = np.zeros(len(load), dtype=np.int64)
    gets[order[:k]] = base - level[:k]
    gets[order[:extra]] += 1
    return gets


def _split_by_time(table: pd.DataFrame, share: float, n_folds: int) -> Split:
    """Newest rows test; rows without a date always train; rows of one date are never parted."""
    dates = pd.to_datetime(table["release_date"]).to_numpy(dtype="datetime64[ns]").astype(np.int64)
    undated = table["release_date"].isna().to_numpy()
    dates = np.where(undated, UNDATED, dates)
    blocks = _date_blocks(dates[~undated], [1 - share * len(dates) / max(1, (~undated).sum())])
    first_test = blocks[0] if blocks else None
    if first_test is None:
        raise DataError(
            "The newest rows cannot be held out: fewer than two release dates are known. Choose another protocol."
        )
    train, test = np.flatnonzero(dates < first_test), np.flatnonzero(dates >= first_test)
    folds = _folds_by_time(train, dates[train], n_folds)
    return Split(table, None, train, test, folds, _time_notes(table, undated))


def _folds_by_time(rows: Ints, dates: Ints, n_folds: int) -> Folds:
    """Expanding window: the past of each block of dates (and what has no date) trains, the block validates."""
    if n_folds == 0:
        return ()
    dated = dates[dates > UNDATED]
    cuts = _date_blocks(dated, [i / (n_folds + 1) for i in range(1, n_folds + 1)])
    if len(cuts) < n_folds:
        raise DataError(
            f"Cannot cut the training rows into {n_folds} folds by release date: they have only "
            f"{len(np.unique(dated))} different dates. Ask for {_folds_to_ask_for(len(cuts))}."
        )
    ends = [*cuts[1:], np.iinfo(np.int64).max]
    return tuple((rows[dates < cut], rows[(dates >= cut) & (dates < end)]) for cut, end in zip(cuts, ends, strict=True))


def _date_blocks(dates: Ints, quantiles: list[float]) -> list[int]:
    """Distinct dates nearest to the given shares of the rows at which to cut; each side of each cut keeps a row."""
    unique, counts = np.unique(dates, return_counts=True)
    before = np.cumsum(counts)[:-1] / max(1, len(dates))
    n_cuts = min(len(quantiles), len(before))
    chosen: list[int] = []
    for number, quantile in enumerate(quantiles[:n_cuts], start=1):
        first, last = chosen[-1] + 1 if chosen else 0, len(before) - n_cuts + number  # leave dates for the later cuts
        chosen.append(first + int(np.argmin(np.abs(before[first:last] - quantile))))
    return [int(unique[index + 1]) for index in chosen]


def _time_notes(table: pd.DataFrame, undated: npt.NDArray[np.bool_]) -> tuple[str, ...]:
    notes = []
    if undated.any():
        notes.append(f"{int(undated.sum()):,} rows have no release date: they only train, they are never in the test.")
    if "release_precision" in table.columns:
        vague = int(table["release_precision"].isin(["year", "month"]).sum())
        if vague:
            notes.append(f"{vague:,} release dates state only a year or a month: they count from its first day.")
    return tuple(notes)
