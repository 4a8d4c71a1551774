"""Repeated rows to one value a track: first stated values, main labels and sets of labels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from data.values import Codes, Mask, Texts


def first_stated(track: Codes, stated: Mask, first_row: Codes) -> Codes:
    """Give, for each track, its first row in which a value is stated, or its first row where none is.

    Parameters
    ----------
    track : int array of shape (n_rows,)
        Track of each row.
    stated : bool array of shape (n_rows,)
        Rows with a value.
    first_row : int array of shape (n_tracks,)
        First row of each track.
    """
    if stated.all():
        return first_row
    rows = first_row.copy()
    backwards = np.flatnonzero(stated)[::-1]
    rows[track[backwards]] = backwards  # the last assignment to a track is its first stated row
    return rows


def main_label(track: Codes, labels: Codes, n_tracks: int) -> Codes:
    """Give the most frequent label of each track, the first seen among equals, -1 where it has none.

    Examples
    --------
    >>> main_label(np.array([0, 0, 0, 1]), np.array([5, 2, 2, -1]), 2)
    array([ 2, -1])
    """
    main = np.full(n_tracks, -1, dtype=np.intp)
    rows = np.flatnonzero(labels >= 0)
    if not len(rows):
        return main
    n_labels = int(labels.max()) + 1
    pairs, first, counts = np.unique(track[rows] * n_labels + labels[rows], return_index=True, return_counts=True)
    order = np.lexsort((-first, counts, pairs // n_labels))  # the last one of each track wins
    main[pairs[order] // n_labels] = pairs[order] % n_labels
    return main


def label_sets(track: Codes, texts: Texts, n_tracks: int) -> npt.NDArray[np.object_]:
    """Give the sorted tuple of a track's different labels, empty where it has none.

    Returns
    -------
    object array of shape (n_tracks,)
    """
    order = sorted(range(len(texts.values)), key=lambda code: str(texts.values[code]))
    names = [str(texts.values[code]) for code in order]
    rank = np.empty(len(order) + 1, dtype=np.intp)
    rank[order] = np.arange(len(order))
    tracks, ranks = _distinct_pairs(track, np.where(texts.codes >= 0, rank[texts.codes], -1))
    counts = np.bincount(tracks, minlength=n_tracks)
    starts = np.cumsum(counts) - counts
    sets = np.empty(n_tracks, dtype=object)
    sets.fill(())
    singles = np.empty(len(names), dtype=object)
    singles[:] = [(name,) for name in names]
    one = np.flatnonzero(counts == 1)
    sets[one] = singles[ranks[starts[one]]]
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for position in np.flatnonzero(counts > 1):
        start = starts[position]
        labels = tuple(names[code] for code in ranks[start : start + counts[position]])
        sets[position] = known.setdefault(labels, labels)
    return sets


def count_distinct(track: Codes, labels: Codes, n_tracks: int) -> npt.NDArray[np.int64]:
    """Count the different labels of each track, missing ones apart."""
    tracks, _ = _distinct_pairs(track, labels)
    return np.bincount(tracks, minlength=n_tracks).astype(np.int64)


def _distinct_pairs(track: Codes, labels: Codes) -> tuple[Codes, Codes]:
    """Give the distinct (track, label) pairs, sorted by track and then label."""
    rows = np.flatnonzero(labels >= 0)
    if not len(rows):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    n_labels = int(labels.max()) + 1
    pairs = track[rows] * n_labels + labels[rows]
    pairs.sort()
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
    return pairs // n_labels, pairs % n_labels
