"""The held-out tracks that several runs share, and which of them belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.grouping import artist_groups, song_groups
from core.metrics import Floats

BASELINE_PREFIX = "baseline_"
"""Before the key of a baseline in the stored predictions."""
BASELINES = ("genre_mean", "mean")
NAMES = ("track_id", "track_name", "track_artist")


@dataclass(frozen=True)
class HeldOut:
    """The same held-out tracks as several runs predicted them.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, 3)
        ``track_id``, ``track_name``, ``track_artist``.
    actual : ndarray of shape (n_tracks,)
        Points.
    predicted : dict of ndarray of shape (n_tracks,)
        Points, by run id.
    groups : ndarray of shape (n_tracks,)
        Label of what is resampled together.
    unit : str
        What a group is, in the plural: "artists", "songs" or "tracks".
    strangers : tuple of str
        Ids of runs whose stored predictions are of other tracks.
    baselines : dict of ndarray of shape (n_tracks,)
        What the baselines say of the tracks, points, by key; empty where no run has stored it.
    ends : dict of (ndarray, ndarray) of shape (n_tracks,)
        Low and high end of the intervals, points, by run id or key of a baseline; runs of earlier versions have none.
    """

    tracks: pd.DataFrame
    actual: Floats
    predicted: dict[str, Floats]
    groups: npt.NDArray[np.int64]
    unit: str
    strangers: tuple[str, ...] = ()
    baselines: dict[str, Floats] = field(default_factory=dict)
    ends: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)


def align(protocol: str, tests: Mapping[str, pd.DataFrame]) -> HeldOut:
    """Put the predictions of runs side by side; those of other tracks than the most common ones are left out.

    Parameters
    ----------
    protocol : str
        Key of the validation protocol that all of them share.
    tests : mapping of run id to DataFrame
        Stored predictions of the test part: track_id, track_name, track_artist, actual, predicted.

    Raises
    ------
    ValueError
        When there is no run.
    """
    if not tests:
        raise ValueError("There are no predictions to compare.")
    marks = {name: _mark(frame) for name, frame in tests.items()}
    counts = list(marks.values())
    usual = max(counts, key=counts.count)
    same = [name for name, mark in marks.items() if mark == usual]
    first = tests[same[0]]
    groups, unit = resampling_groups(protocol, first)
    baselines, ends = _baselines(tests[name] for name in same)
    for name in same:
        ends |= _ends(tests[name], name, "")
    return HeldOut(
        first[list(NAMES)].reset_index(drop=True),
        first["actual"].to_numpy(dtype=np.float64),
        {name: tests[name]["predicted"].to_numpy(dtype=np.float64) for name in same},
        groups,
        unit,
        tuple(name for name in tests if name not in same),
        baselines,
        ends,
    )


def _baselines(tests: Iterable[pd.DataFrame]) -> tuple[dict[str, Floats], dict[str, tuple[Floats, Floats]]]:
    """What the first run that has stored it says of each baseline, and its ends: on one footing all say the same."""
    found: dict[str, Floats] = {}
    ends: dict[str, tuple[Floats, Floats]] = {}
    for frame in tests:
        for key in BASELINES:
            column = BASELINE_PREFIX + key
            if key not in found and _is_whole(frame, column):
                found[key] = frame[column].to_numpy(dtype=np.float64)
            if key not in ends:
                ends |= _ends(frame, key, column + "_")
    return found, ends


def _ends(frame: pd.DataFrame, name: str, prefix: str) -> dict[str, tuple[Floats, Floats]]:
    """Both ends of the intervals under a name; nothing where they are not stored."""
    low, high = prefix + "low", prefix + "high"
    if not (_is_whole(frame, low) and _is_whole(frame, high)):
        return {}
    return {name: (frame[low].to_numpy(dtype=np.float64), frame[high].to_numpy(dtype=np.float64))}


def _is_whole(frame: pd.DataFrame, column: str) -> bool:
    return column in frame.columns and bool(frame[column].notna().all())


def resampling_groups(protocol: str, tracks: pd.DataFrame) -> tuple[npt.NDArray[np.int64], str]:
    """Which held-out tracks are drawn together, from what is stored of them, and what such a group is called.

    The split keeps artists, albums or songs together, and tracks of one resemble each other: drawing single tracks
    would make differences look surer than they are. Songs are told by artist and title. Albums are not stored, so their
    tracks are drawn by artist, which is the more careful choice.

    Parameters
    ----------
    protocol : str
    tracks : DataFrame of shape (n_tracks, any)
        With ``track_id``, ``track_name`` and ``track_artist``.
    """
    if protocol in ("artist", "album"):
        return artist_groups(tracks), "artists"
    if protocol == "song":
        return song_groups(tracks[["track_name", "track_artist"]]), "songs"
    return np.asarray(pd.factorize(tracks["track_id"])[0], dtype=np.int64), "tracks"


def _mark(frame: pd.DataFrame) -> int:
    """The same for the same tracks with the same actual popularity in the same order."""
    ids = pd.util.hash_pandas_object(frame["track_id"].astype(object), index=False).to_numpy()
    return hash((ids.tobytes(), frame["actual"].to_numpy(dtype=np.float64).tobytes()))
