"""The overview: which table this is, what was decided in cleaning, what the honest numbers mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html

from layouts.components import graph_card, icon, metric_card, metric_row, page_header, table
from layouts.ids import Overview


@dataclass(frozen=True)
class OverviewValues:
    """What the overview shows.

    Parameters
    ----------
    source_name : str
    is_synthetic : bool
    facts : tuple of (label, value, detail)
        The table's facts in words.
    decisions : DataFrame with columns Rule, Column, Count, What was done, Examples
        Decisions of the cleaning; empty while the table is still loading.
    missing : DataFrame with columns Column, Missing, Share
    popularity : Figure or None
    bins : DataFrame or None
        The numbers behind the figure.
    tracks : int
    reading : str
        One line about the figure.
    train_href, explore_href : str
        Addresses with the base path; an empty one is not offered.
    """

    source_name: str
    is_synthetic: bool
    facts: tuple[tuple[str, str, str], ...]
    decisions: pd.DataFrame
    missing: pd.DataFrame
    popularity: go.Figure | None
    bins: pd.DataFrame | None
    tracks: int
    reading: str
    train_href: str
    explore_href: str = field(default="")


def layout(values: OverviewValues) -> html.Div:
    """Draw the page."""
    train = dcc.Link([icon("play-fill"), " Train a model"], href=values.train_href, className="btn btn-primary")
    parts: list[Any] = [
        page_header(
            "What do popular tracks have in common?",
            "Read the table, train models on it, and see how far they can be trusted.",
            train,
        )
    ]
    if values.is_synthetic:
        parts.append(_sample_notice())
    parts += [
        metric_row([metric_card(label, value, detail) for label, value, detail in values.facts]),
        html.Div([_popularity(values), _meaning()], className="two-columns"),
        _cleaning(values),
    ]
    return html.Div(parts)


def _sample_notice() -> html.Div:
    words = (
        "These are generated tracks, made to look like the public Spotify table. Numbers and models on these pages say "
        "nothing about real music. To see real tracks, start with DASHBOARD_DATA set to a table of your own, or run "
        "“python -m dashboard data --fetch” once and start again."
    )
    return html.Div(
        [icon("exclamation-triangle-fill"), html.Span(words)], className="notice notice-sample", role="note"
    )


def _popularity(values: OverviewValues) -> Any:
    if values.popularity is None:
        return html.Div()
    return graph_card(
        Overview.POPULARITY,
        values.popularity,
        title="Popularity of the tracks",
        reading=values.reading,
        n=values.tracks,
        table=values.bins,
        height=280,
    )


def _meaning() -> html.Section:
    return html.Section(
        [
            html.H2("What the scores mean"),
            html.P(
                [
                    html.Strong("R²"),
                    " says how much of the difference between tracks a model explains: 1 is all of it, 0 is no better "
                    "than naming the mean every time, below 0 is worse than that.",
                ]
            ),
            html.P(
                "Sound alone explains little: on the public table honest scores near 0.1 are normal. Genre, release "
                "date and above all the artist carry more."
            ),
            html.P(
                [
                    html.Strong("Why repeated rows are merged: "),
                    "the public table lists a track once for each playlist. Split such rows at random, and the same "
                    "track is in the training and in the test: the model recognises it, and a score near 0.3 turns out "
                    "to be memory. Here each track counts once, and you choose the question that the test answers.",
                ]
            ),
        ],
        className="panel prose",
    )


def _cleaning(values: OverviewValues) -> html.Div:
    decisions: Any = html.P("Nothing had to be changed.")
    if not values.decisions.empty:
        decisions = table(values.decisions, "Decisions of the cleaning", formats={"Count": ",.0f"})
    missing: Any = html.P("Every track has a value in every column.")
    if not values.missing.empty:
        missing = table(values.missing, "Missing values by column")
    return html.Div(
        [
            html.Section([html.H2("What was decided in cleaning"), decisions], className="panel"),
            html.Section([html.H2("Missing values after cleaning"), missing], className="panel short-table"),
        ]
    )
