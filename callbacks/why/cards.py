"""The cards of the page: what a run keeps of its explanation, as charts with their words and numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html

from core.explanation.stored import Stored
from core.figures import explanation as figures
from layouts import why as view
from layouts.components import graph_card
from layouts.components.graph_card import graph_table
from layouts.ids import Why

OVERALL, SWARM = "What moves predictions most", "Track by track"
DEPENDENCE, PARTIAL = "Its contribution along its values", "When it alone changes"
COHORTS = "Group against group"
Parts = tuple[Any, str, str, Any]
"""Figure, reading line, text alternative and table of a card, as a callback gives them."""


def overall(stored: Stored, importance: pd.DataFrame, theme: str) -> html.Div:
    """What moves predictions most, and each track's contributions."""
    n = len(stored.values)
    bars = graph_card(
        Why.IMPORTANCE, figures.plot_importance(importance, theme=theme), title=OVERALL, n=n,
        reading=figures.read_importance(importance), table=figures.number_importance(importance),
    )  # fmt: skip
    swarm = graph_card(
        Why.SWARM, figures.plot_beeswarm(stored, theme=theme), title=SWARM, n=n, reading=figures.read_swarm(stored),
        table=figures.number_swarm(stored),
    )  # fmt: skip
    return html.Div([bars, swarm], className="graph-grid")


def features(stored: Stored, importance: pd.DataFrame, theme: str, feature: str = "", colour: str = "") -> Any:
    """One feature: the one that is asked for, else the most important one."""
    read = [name for name in importance["feature"] if name in stored.inputs]
    if feature not in stored.features:
        feature = read[0] if read else stored.features[0]
    if colour not in (view.NOTHING, *stored.features):
        colour = next((name for name in read[1:] if figures.is_ordered(stored, name)), view.NOTHING)
    words = "Choose a feature to see how predictions go with its values."
    dependence = _card(Why.DEPENDENCE, DEPENDENCE, _dependence_of(stored, feature, colour, theme), n=len(stored.values))
    partial = _card(Why.PARTIAL, PARTIAL, _partial_of(stored, feature, theme))
    controls = view.feature_controls(stored, feature, colour)
    return view.section("One feature", words, controls, html.Div([dependence, partial], className="graph-grid"))


def of_feature(stored: Stored, feature: str, colour: str, theme: str) -> tuple[Parts, Parts]:
    """Both charts of a feature: when it alone changes, and its contributions coloured by another one."""
    partial, dependence = _partial_of(stored, feature, theme), _dependence_of(stored, feature, colour, theme)
    return _drawn(partial, PARTIAL), _drawn(dependence, DEPENDENCE)


def _dependence_of(stored: Stored, feature: str, colour: str, theme: str) -> tuple[Any, str, pd.DataFrame | None]:
    colour = "" if colour == feature else colour
    figure = figures.plot_dependence(stored, feature, colour, theme=theme)
    return figure, figures.read_dependence(stored, feature, colour), figures.number_dependence(stored, feature)


def _partial_of(stored: Stored, feature: str, theme: str) -> tuple[Any, str, pd.DataFrame | None]:
    told = (stored.told.get("dependence") or {}).get(feature)
    figure = figures.plot_partial_dependence(told, feature, theme=theme)
    return figure, figures.read_partial_dependence(told, feature), figures.number_partial(told, feature)


def _card(graph_id: str, title: str, parts: tuple[Any, str, pd.DataFrame | None], **more: Any) -> html.Figure:
    figure, reading, table = parts
    return graph_card(graph_id, figure, title=title, reading=reading, table=table, **more)


def _drawn(parts: tuple[Any, str, pd.DataFrame | None], title: str) -> Parts:
    figure, reading, table = parts
    return figure, reading, reading, graph_table(table, title)


def together(stored: Stored, importance: pd.DataFrame, theme: str) -> Any:
    """Pairs, genres, and what helps to be right."""
    told, by_genre = stored.told.get("interactions"), stored.by_genre
    cards = [
        graph_card(
            Why.INTERACTIONS, figures.plot_interactions(told, theme=theme), title="Features that act together",
            n=told["pairs"] if told else None, reading=figures.read_interactions(told),
            table=figures.number_interactions(told),
        ),
        graph_card(
            Why.GENRES, figures.plot_by_genre(by_genre, importance["label"].tolist(), theme=theme), title="By genre",
            reading=figures.read_by_genre(by_genre), table=figures.number_genres(by_genre),
        ),
        graph_card(
            Why.PERMUTATION, figures.plot_permutation(importance, theme=theme),
            title="What moves predictions, and what makes them better",
            n=(stored.told.get("permutation") or {}).get("rows"), reading=figures.read_permutation(importance),
            table=figures.number_permutation(importance),
        ),
    ]  # fmt: skip
    words = "Pairs, genres, and what helps to be right."
    return view.section("Together", words, html.Div(cards, className="graph-grid"))


def groups(stored: Stored, theme: str, first: str = "", second: str = "") -> Any:
    """Two groups of tracks, those that are asked for where there are such; nothing where there are no two."""
    names = list(stored.cohorts())
    if len(names) < 2:
        return None
    first = first if first in names else names[1]
    second = second if second in names else names[2] if len(names) > 2 else names[0]
    chart = _card(Why.COHORTS, COHORTS, _cohorts_of(stored, first, second, theme), height=420)
    words = "What sets the predictions of one group of tracks apart from those of another."
    return view.section("Groups of tracks", words, view.cohort_controls(names, first, second), chart)


def of_groups(stored: Stored, first: str, second: str, theme: str) -> Parts:
    """The chart of two groups that were chosen."""
    return _drawn(_cohorts_of(stored, first, second, theme), COHORTS)


def _cohorts_of(stored: Stored, first: str, second: str, theme: str) -> tuple[Any, str, pd.DataFrame]:
    cohorts, names = figures.compute_cohorts(stored, first, second), (first, second)
    figure = figures.plot_cohorts(cohorts, names, theme=theme)
    return figure, figures.read_cohorts(cohorts, names), figures.number_cohorts(cohorts, names)
