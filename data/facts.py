"""The facts of a table that an overview shows: counts, missing values, period, popularity."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.schema import TARGET

if TYPE_CHECKING:
    from data.sources import Dataset


@dataclass(frozen=True)
class DatasetFacts:
    """Facts of a cleaned table; counts are of tracks unless the name says otherwise.

    Parameters
    ----------
    missing : dict of str to int
        Tracks without a value, by column; complete columns are left out.
    period_first, period_last : str or None
        First and last release date, ISO (YYYY-MM-DD), with unstated months and days taken as the first.
    popularity_mean, popularity_sd : float or None
        Points from 0 to 100.
    popularity_zero_share : float or None
        Share of tracks with popularity 0, from 0 to 1.
    """

    source_name: str
    source_kind: str
    is_synthetic: bool
    sha256: str
    rows_read: int
    rows_set_aside: int
    repeated_rows: int
    tracks: int
    artists: int
    albums: int
    genres: int
    subgenres: int
    playlists: int
    missing: dict[str, int]
    period_first: str | None
    period_last: str | None
    popularity_mean: float | None
    popularity_sd: float | None
    popularity_zero_share: float | None

    def to_dict(self) -> dict[str, Any]:
        """Give the facts as JSON-safe values."""
        return asdict(self)


def compute_facts(dataset: Dataset) -> DatasetFacts:
    """Compute the facts of a table."""
    tracks, placements, report = dataset.tracks, dataset.placements, dataset.report
    popularity = tracks[TARGET]
    return DatasetFacts(
        source_name=dataset.source.name,
        source_kind=dataset.source.kind,
        is_synthetic=dataset.source.is_synthetic,
        sha256=dataset.sha256,
        rows_read=report.rows_read,
        rows_set_aside=report.rows_set_aside,
        repeated_rows=report.repeated_rows_merged,
        tracks=len(tracks),
        artists=tracks["track_artist"].nunique(),
        albums=tracks["track_album_id"].nunique(),
        genres=placements["genre"].nunique(),
        subgenres=placements["subgenre"].nunique(),
        playlists=placements["playlist_id"].nunique(),
        missing=_missing(tracks),
        period_first=_iso_day(tracks["release_date"].min()),
        period_last=_iso_day(tracks["release_date"].max()),
        popularity_mean=_finite(popularity.mean()),
        popularity_sd=_finite(popularity.std()),
        popularity_zero_share=_finite((popularity == 0).mean()),
    )


def _missing(tracks: pd.DataFrame) -> dict[str, int]:
    counts = tracks.isna().sum()
    return {str(name): int(count) for name, count in counts.items() if count and name != "release_year"}


def _iso_day(day: Any) -> str | None:
    return None if pd.isna(day) else str(pd.Timestamp(day).date())


def _finite(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
