"""One track in words, and the chosen tracks as a table to download."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.eda.columns import CATEGORIES, label, unit
from core.eda.filters import Filter, select
from core.eda.table import EdaTable, ranks
from data.schema import AUDIO_FEATURES, TARGET


@dataclass(frozen=True)
class FeatureFact:
    """A value of a track, and the share of tracks in the whole table that lie below it (ties count half)."""

    label: str
    unit: str
    value: float
    below: float


@dataclass(frozen=True)
class TrackFacts:
    """What is known about one track; missing text is empty."""

    name: str
    artist: str
    album: str
    released: str
    genres: tuple[str, ...]
    subgenres: tuple[str, ...]
    popularity: float
    popularity_below: float
    features: tuple[FeatureFact, ...]


def track_facts(table: EdaTable, row: int) -> TrackFacts:
    """Describe the track at a position of the table."""
    track = table.tracks.iloc[row]
    return TrackFacts(
        name=_text(track.get("track_name")) or "(no title)",
        artist=_text(track.get("track_artist")) or "(no artist)",
        album=_text(track.get("track_album_name")),
        released=_released(track.get("release_date"), _text(track.get("release_precision"))),
        genres=tuple(track.get("genres") or ()),
        subgenres=tuple(track.get("subgenres") or ()),
        popularity=float(table.numbers[TARGET][row]),
        popularity_below=share_below(table, TARGET, row),
        features=tuple(
            FeatureFact(label(name), unit(name), float(table.numbers[name][row]), share_below(table, name, row))
            for name in (*AUDIO_FEATURES, *table.own)
        ),
    )


def share_below(table: EdaTable, name: str, row: int) -> float:
    """Share of known values below that of a track, ties counting half; NaN where the value is unknown."""
    found = ranks(table, name)
    code = int(found.codes[row])
    if code < 0:
        return float("nan")
    known = found.codes[found.codes >= 0]
    return float((np.count_nonzero(known < code) + np.count_nonzero(known == code) / 2) / len(known))


def points_frame(table: EdaTable, asked: Filter, columns: Iterable[str]) -> pd.DataFrame:
    """The chosen tracks with id, title, artist and the named columns (numbers, or categories as names)."""
    rows = select(table, asked).positions()
    frame = table.tracks.reindex(columns=["track_id", "track_name", "track_artist"]).iloc[rows].reset_index(drop=True)
    for name in dict.fromkeys(columns):
        if name in CATEGORIES:
            groups = table.categories[name]
            frame[name] = np.array([*groups.names, ""], dtype=object)[groups.codes[rows]]
        elif name in table.numbers:
            frame[name] = table.tracks[name].to_numpy()[rows] if name in table.tracks else np.nan
    return frame


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _released(date: object, precision: str) -> str:
    if not isinstance(date, pd.Timestamp):
        return ""
    return date.strftime({"year": "%Y", "month": "%B %Y"}.get(precision, "%d %B %Y").lstrip("0"))
