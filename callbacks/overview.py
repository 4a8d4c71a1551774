"""The overview page: facts of the table in use, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from dash import Dash, get_relative_path
from dash.development.base_component import Component

from callbacks.cleaning import decisions_frame
from callbacks.identity import current_theme
from core.figures.overview import plot_popularity, popularity_bins
from data.schema import label_of
from layouts import overview
from layouts.overview import OverviewValues


def register(app: Dash, services: Any) -> None:
    """Attach nothing: the page only shows."""


def page(services: Any, owner: str, query: str = "") -> Component:
    """Build the page for the table in use."""
    digest = services.tracks_for(owner).digest
    return overview.layout(overview_values(digest, current_theme(), has_explore=services.settings.eda))


def overview_values(digest: Any, theme: str, *, has_explore: bool) -> OverviewValues:
    """Turn the table's digest into what the page shows."""
    facts = digest.facts
    bins = popularity_bins(digest.histogram)
    return OverviewValues(
        source_name=facts.source_name,
        is_synthetic=facts.is_synthetic,
        facts=facts_in_words(facts),
        decisions=decisions_frame(digest.report).drop(columns="Step"),
        missing=missing_frame(facts),
        popularity=plot_popularity(bins, theme),
        bins=bins.assign(share=(bins["share"] * 100).round(1)).rename(
            columns={"popularity": "Popularity", "tracks": "Tracks", "share": "Share (%)"}
        ),
        tracks=facts.tracks,
        reading=popularity_reading(facts),
        train_href=get_relative_path("/train"),
        explore_href=get_relative_path("/explore") if has_explore else "",
    )


def facts_in_words(facts: Any) -> tuple[tuple[str, str, str], ...]:
    """Give the table's facts as (name, value, detail)."""
    rows = f"{facts.rows_read:,} rows read, {facts.repeated_rows:,} repeated rows merged"
    missing = sum(facts.missing.values())
    where = f"in {len(facts.missing)} columns" if missing else "every column is complete"
    return (
        ("Tracks", f"{facts.tracks:,}", rows),
        ("Artists", f"{facts.artists:,}", f"{facts.albums:,} albums"),
        ("Genres", f"{facts.genres:,}", f"{facts.subgenres:,} subgenres, {facts.playlists:,} playlists"),
        ("Period", _period(facts), "release dates, first to last"),
        ("Missing values", f"{missing:,}", where),
        ("Mean popularity", _points(facts.popularity_mean), f"SD {_points(facts.popularity_sd)} points, scale 0–100"),
    )


def missing_frame(facts: Any) -> pd.DataFrame:
    """Give the missing values by column, most first."""
    rows = [
        (label_of(name), count, round(100 * count / facts.tracks, 3) if facts.tracks else 0.0)
        for name, count in sorted(facts.missing.items(), key=lambda pair: -pair[1])
    ]
    return pd.DataFrame(rows, columns=["Column", "Tracks without a value", "Share (%)"])


def popularity_reading(facts: Any) -> str:
    """Say what the popularity figure shows."""
    if facts.popularity_zero_share is None:
        return ""
    mean = _points(facts.popularity_mean)
    return f"{facts.popularity_zero_share:.0%} of the tracks have popularity 0; the mean is {mean} points."


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _period(facts: Any) -> str:
    if not facts.period_first or not facts.period_last:
        return "–"
    first, last = (date.fromisoformat(day).year for day in (facts.period_first, facts.period_last))
    return f"{first}" if first == last else f"{first}–{last}"
