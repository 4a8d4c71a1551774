"""The charts of each section: from the state in the section's store to a figure with its words and numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import Dash, Input, Output, State, ctx
from dash.exceptions import PreventUpdate

from callbacks.eda.source import table_of
from core.eda import address
from core.eda.address import parse_query
from core.eda.artists import artists
from core.eda.cohorts import Cohorts, cohorts, describe_cohorts
from core.eda.columns import is_own, label, spoken
from core.eda.correlation import Correlations, correlations
from core.eda.distribution import Distribution, distribution
from core.eda.groups import Groups, groups
from core.eda.information import information
from core.eda.mean_interval import few_in_words
from core.eda.points import points, shown_points
from core.eda.table import EdaTable
from core.eda.trends import describe_trend, trend
from core.export import without_noise
from core.figures.eda.artists import artists_table, plot_artists_by_count, plot_artists_by_mean
from core.figures.eda.correlation import MOST_NUMBERED, correlation_table, correlation_title, is_grid, plot_correlations
from core.figures.eda.distribution import distribution_table, plot_distribution
from core.figures.eda.groups import groups_height, groups_table, groups_title, plot_groups
from core.figures.eda.scatter import plot_scatter
from core.figures.eda.time import BANDS, cohorts_table, plot_months, plot_years
from data.schema import TARGET
from layouts import eda
from layouts.components import card_part, count_text, graph_table
from layouts.ids import Eda, Shell

_ADJUSTED = "adjusted for many comparisons at once (Benjamini-Hochberg)."
IN_BRACKETS = f" Values in brackets may be chance: p above 5%, {_ADJUSTED}"
AT_A_TAP = f" Point at a cell or tap it for its value and p: above 5% it may be chance, {_ADJUSTED}"


@dataclass(frozen=True)
class Drawn:
    """A chart with its title, its words and the numbers behind it."""

    title: str
    figure: go.Figure
    n: int
    reading: str
    table: pd.DataFrame
    height: int = 360
    figcaption: Any = None

    @property
    def shown(self) -> Any:
        """The words below the chart, where they are more than `reading`, which is for people who do not see it."""
        return self.reading if self.figcaption is None else self.figcaption


@dataclass(frozen=True)
class Chart:
    """A chart: its graph, the store that says when to draw it, and how.

    `repaint_in` names the section of a chart whose own colours depend on the theme, so that it is drawn anew with it.
    `is_twice` says for which states another chart shows the same, so that this one is not drawn.
    """

    graph: Eda
    store: Eda
    draw: Callable[[EdaTable, address.State, str], Drawn]
    draw_without_webgl: Callable[[EdaTable, address.State, str], Drawn] | None = None
    repaint_in: str = ""
    is_twice: Callable[[address.State], bool] = lambda _state: False


def draw_popularity(table: EdaTable, state: address.State, theme: str) -> Drawn:
    """Distribution of popularity, split as chosen."""
    found = distribution(table, state.filter, TARGET, state.view.split)
    words = {"genre": ", by main genre", "decade": ", by release decade"}.get(state.view.split, "")
    return _distribution(found, f"Popularity of the tracks{words}", theme)


def draw_feature(table: EdaTable, state: address.State, theme: str) -> Drawn:
    """Distribution of another column, split the same way."""
    found = distribution(table, state.filter, state.view.feature, state.view.split)
    return _distribution(found, f"{label(state.view.feature)} of the tracks", theme)


def _distribution(found: Distribution, title: str, theme: str) -> Drawn:
    hint = " Drag across the chart to keep only that range." if found.n else ""
    figure = plot_distribution(found, theme)
    return Drawn(title, figure, found.n, found.reading + hint, distribution_table(found), 340)


def draw_correlation(table: EdaTable, state: address.State, theme: str) -> Drawn:
    """Correlations of all columns, or with popularity by genre, or mutual information."""
    found = compute_correlation(table, state)
    numbers = correlation_table(found)
    hint = ""
    if found.method != "information" and len(numbers):
        hint = " Click or tap a cell for its numbers and its scatter."
    hint += " * Your own column." if any(map(is_own, (*found.rows, *found.columns))) else ""
    if found.left_out:
        hint += f" Left out, as they do not vary: {', '.join(map(label, found.left_out))}."
    chance = _chance(found) if len(numbers) else ("",)
    words = [found.reading, *chance, hint]
    shown = eda.cells_said(*words, is_wide=len(found.columns) > eda.FEW_COLUMNS) if len(chance) > 1 else None
    rows = max(len(found.rows), len(found.columns)) if found.scope == "all" else len(found.rows)
    height = min(560, 40 * rows + 120)
    return Drawn(
        correlation_title(found), plot_correlations(found, theme), found.n_tracks, found.reading + chance[-1] + hint,
        numbers, height, shown,
    )  # fmt: skip


def _chance(found: Correlations) -> tuple[str, ...]:
    """How to tell what may be chance; two ways where the numbers stand in the cells only if there is room."""
    if not is_grid(found):
        return (IN_BRACKETS,)
    return (IN_BRACKETS, AT_A_TAP) if len(found.columns) <= MOST_NUMBERED else (AT_A_TAP,)


def compute_correlation(table: EdaTable, state: address.State) -> Correlations:
    """Associations as chosen: one of the two correlations, or mutual information."""
    view = state.view
    if view.method == "information":
        return information(table, state.filter, view.scope)
    return correlations(table, state.filter, view.method, view.scope)


def draw_scatter(table: EdaTable, state: address.State, theme: str, *, webgl: bool = True) -> Drawn:
    """Two columns against each other with a trend; a browser without WebGL gets a sample."""
    view = state.view
    shown = shown_points(view.points, webgl)
    drawn = points(table, state.filter, view.x, view.y, view.colour, shown)
    found = trend(table, state.filter, view.x, view.y, view.trend)
    axes = {"x": view.x, "y": view.y, "colour": view.colour}
    figure = plot_scatter(table, drawn, found, **axes, named=shown == "sample", webgl=webgl, theme=theme)
    words = describe_trend(found, view.x, view.y, view.trend)
    if drawn.is_part:
        why = "" if webgl else " as this browser has no WebGL"
        words += f" {len(drawn.rows):,} of {drawn.n:,} points are drawn, chosen at random{why}."
    numbers = pd.DataFrame(columns=["quantity", "value"]) if found is None else found.frame
    return Drawn(f"{label(view.y)} against {spoken(view.x)}", figure, drawn.n, words, numbers, 520)


def draw_scatter_svg(table: EdaTable, state: address.State, theme: str) -> Drawn:
    """The scatter for a browser without WebGL."""
    return draw_scatter(table, state, theme, webgl=False)


def draw_group(table: EdaTable, state: address.State, theme: str) -> Drawn:
    """A column by the chosen groups."""
    return _groups(groups(table, state.filter, state.view.group, state.view.measure), theme)


def draw_subgenres(table: EdaTable, state: address.State, theme: str) -> Drawn:
    """A column by subgenre."""
    return _groups(groups(table, state.filter, "subgenre", state.view.measure), theme)


def _groups(found: Groups, theme: str) -> Drawn:
    how = " Box: middle half and median; whiskers: 5% to 95%; diamond: mean with 95% interval."
    click = " Click a diamond to keep only that group." if found.category in ("genre", "subgenre", "decade") else ""
    words = found.reading + how + few_in_words(found.drawn) + click
    figure, numbers = plot_groups(found, theme), groups_table(found)
    return Drawn(groups_title(found), figure, found.n, words, numbers, groups_height(found))


def draw_years(table: EdaTable, state: address.State, theme: str) -> Drawn:
    """Popularity by release year."""
    found = cohorts(table, state.filter, "year")
    figure = plot_years(found, state.view.band, theme)
    return Drawn("Popularity by release year", figure, found.n, _of_cohorts(found, state), cohorts_table(found), 440)


def _of_cohorts(found: Cohorts, state: address.State) -> str:
    return describe_cohorts(found, BANDS[state.view.band][0])


def draw_months(table: EdaTable, state: address.State, theme: str) -> Drawn:
    """Popularity by calendar month of release."""
    found = cohorts(table, state.filter, "month")
    title, figure = "Popularity by month of release", plot_months(found, state.view.band, theme)
    return Drawn(title, figure, found.n, _of_cohorts(found, state), cohorts_table(found), 340)


def draw_artists_count(table: EdaTable, state: address.State, theme: str) -> Drawn:
    """Artists with most tracks."""
    found = artists(table, state.filter)
    numbers = artists_table(found.by_count)
    words = f"{found.reading_count} Click a bar to keep only that artist."
    return Drawn("Artists with most tracks", plot_artists_by_count(found, theme), found.n, words, numbers, 600)


def draw_artists_mean(table: EdaTable, state: address.State, theme: str) -> Drawn:
    """Artists with the highest shrunken mean."""
    found = artists(table, state.filter)
    title, figure = "Artists with the highest mean popularity", plot_artists_by_mean(found, theme)
    return Drawn(title, figure, found.n, found.reading_mean, artists_table(found.by_mean), 600)


CHARTS: tuple[Chart, ...] = (
    Chart(Eda.POPULARITY, Eda.AT_DISTRIBUTION, draw_popularity),
    Chart(Eda.FEATURE, Eda.AT_DISTRIBUTION, draw_feature),
    Chart(Eda.CORRELATION, Eda.AT_RELATIONS, draw_correlation, repaint_in="relations"),
    Chart(Eda.SCATTER, Eda.AT_RELATIONS, draw_scatter, draw_scatter_svg),
    Chart(Eda.GROUP, Eda.AT_GROUPS, draw_group),
    Chart(Eda.SUBGENRES, Eda.AT_GROUPS, draw_subgenres, is_twice=lambda state: state.view.group == "subgenre"),
    Chart(Eda.YEARS, Eda.AT_TIME, draw_years),
    Chart(Eda.MONTHS, Eda.AT_TIME, draw_months),
    Chart(Eda.ARTISTS_COUNT, Eda.AT_ARTISTS, draw_artists_count),
    Chart(Eda.ARTISTS_MEAN, Eda.AT_ARTISTS, draw_artists_mean),
)


def register(app: Dash, services: Any) -> None:
    """Attach one callback a chart."""
    for chart in CHARTS:
        _register_chart(app, services, chart)


def _register_chart(app: Dash, services: Any, chart: Chart) -> None:
    @app.callback(
        output={
            "figure": Output(chart.graph, "figure"),
            "style": Output(chart.graph, "style"),
            "title": Output(card_part(chart.graph, "title"), "children"),
            "n": Output(card_part(chart.graph, "n"), "children"),
            "reading": Output(card_part(chart.graph, "reading"), "children"),
            "alternative": Output(card_part(chart.graph, "alternative"), "children"),
            "table": Output(card_part(chart.graph, "table"), "children"),
        },
        inputs={
            "query": Input(chart.store, "data"),
            "theme": (Input if chart.repaint_in else State)(Shell.THEME, "data"),
            "now": State(Eda.STATE, "data"),
            "webgl": State(Eda.WEBGL, "data"),
        },
        prevent_initial_call=True,
    )
    def draw(query: Any, theme: Any, now: Any, webgl: Any) -> dict[str, Any]:
        if not isinstance(query, str):
            raise PreventUpdate
        table = table_of(services)
        if ctx.triggered_id == Shell.THEME and not _is_in_view(chart, now, table):
            raise PreventUpdate
        state = parse_query(query, table).state
        if chart.is_twice(state):
            raise PreventUpdate
        make = chart.draw_without_webgl if webgl is False and chart.draw_without_webgl else chart.draw
        drawn = make(table, state, theme if theme == "dark" else "light")
        return {
            "figure": drawn.figure,
            "style": {"height": f"{drawn.height}px"},
            "title": drawn.title,
            "n": count_text(drawn.n),
            "reading": drawn.shown,
            "alternative": drawn.reading,
            "table": graph_table(without_noise(drawn.table), drawn.title),
        }


def _is_in_view(chart: Chart, now: Any, table: EdaTable) -> bool:
    view = parse_query(now if isinstance(now, str) else "", table).state.view
    return view.section == chart.repaint_in and view.charts == "on"
