"""One track: who, when, how popular, and where its sound stands among all tracks."""

from __future__ import annotations

import math

from dash import html

from core.eda.details import TrackFacts


def track_card(facts: TrackFacts) -> html.Section:
    """Draw the card of a clicked track."""
    line = [facts.artist, facts.album, f"released {facts.released}" if facts.released else ""]
    genres = ", ".join((*facts.genres, *facts.subgenres))
    popularity = f"Popularity {facts.popularity:.0f}, above {facts.popularity_below:.0%} of the tracks."
    rows = [
        html.Tr(
            [
                html.Th(fact.label, scope="row"),
                html.Td(_value(fact.value, fact.unit), className="number"),
                html.Td(_share(fact.below), className="number"),
            ]
        )
        for fact in facts.features
    ]
    head = html.Thead(
        html.Tr(
            [
                html.Th("Sound", scope="col"),
                html.Th("Value", scope="col", className="number"),
                html.Th("Above so many tracks", scope="col", className="number"),
            ]
        )
    )
    return html.Section(
        [
            html.H3(facts.name),
            html.P(" · ".join(part for part in line if part), className="quiet-note"),
            html.P([popularity, f" {genres}." if genres else ""]),
            html.Div(html.Table([head, html.Tbody(rows)], className="plain-table"), className="table-scroll"),
        ],
        className="panel track-card",
        **{"aria-label": "Clicked track"},
    )


def _value(value: float, unit: str) -> str:
    if math.isnan(value):
        return "unknown"
    if unit == "ms":
        return f"{int(value // 60_000)}:{int(value % 60_000 // 1000):02d} min"
    return f"{value:.3g}" + (f" {unit}" if unit and unit != "0–1" else "")


def _share(share: float) -> str:
    return "–" if math.isnan(share) else f"{share:.0%}"
