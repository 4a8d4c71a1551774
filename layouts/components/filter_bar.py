"""The filter: which tracks are looked at. Every control is a plain, labelled form field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from core.eda.columns import NUMBERS, axis_title, is_own, number_words
from core.eda.filters import Filter
from data.schema import TARGET
from layouts.components.control import control
from layouts.components.icon import icon
from layouts.ids import Eda

OWN_FIELDS = (TARGET, "release_year")
"""Columns whose range has a place of its own; the others stand under "More ranges"."""


@dataclass(frozen=True)
class FilterOptions:
    """What can be filtered by in the table in use.

    Parameters
    ----------
    genres : sequence of str
    subgenres : mapping of str to sequence of str
        Subgenres under the genre they mostly belong to.
    n_genres, n_subgenres : int
        How many the table has, where those are only the ones with most tracks; else 0.
    limits : mapping of str to (low, high)
        Lowest and highest value of each numeric column, shown as placeholders.
    """

    genres: Sequence[str] = ()
    subgenres: Mapping[str, Sequence[str]] = field(default_factory=dict)
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    n_genres: int = 0
    n_subgenres: int = 0


def filter_bar(asked: Filter, options: FilterOptions) -> html.Div:
    """Draw the filter with its present values.

    On a phone it hides behind a button; the count and the chips of what is set stay visible (`filter_line`).
    """
    form = html.Div(
        [
            _genres(asked, options),
            _subgenres(asked, options),
            _range("Released", "release_year", asked, options, "Year from", "Year to"),
            _range("Popularity", TARGET, asked, options, "Popularity from", "Popularity to"),
            _artist(asked),
            _more(asked, options),
        ],
        className="panel form-section",
    )
    toggle = html.Button(
        [icon("funnel"), " Filters"],
        id=Eda.PANEL_TOGGLE,
        type="button",
        className="btn btn-outline-primary filter-toggle",
        **{"aria-expanded": "false", "aria-controls": Eda.PANEL},
    )
    return html.Div(
        [
            toggle,
            html.Div([html.H2("Filter", className="visually-hidden"), form], id=Eda.PANEL, className="filter-panel"),
        ],
        className="filter-bar",
    )


def filter_line() -> html.Div:
    """Draw the line that always says how many tracks are left and by which conditions, each removable."""
    clear = html.Button("Clear filters", id=Eda.CLEAR, type="button", className="quiet-button", hidden=True)
    return html.Div(
        [
            html.Div(
                [
                    html.Span(id=Eda.COUNT, className="filter-count", role="status", **{"aria-live": "polite"}),
                    html.Div(id=Eda.CHIPS, className="filter-chips"),
                    clear,
                ],
                className="filter-line",
            ),
            html.Div(id=Eda.PROBLEMS, role="status"),
        ]
    )


def filter_chips(pairs: Iterable[tuple[str, str]]) -> list[html.Button]:
    """Draw one button a condition, which takes that condition away.

    Parameters
    ----------
    pairs : iterable of (key, text)
    """
    return [
        html.Button(
            [text, icon("x-lg", "chip-cross")],
            id={"type": Eda.CHIP, "key": key},
            type="button",
            className="filter-chip",
            **{"aria-label": f"Remove filter: {text}"},
        )
        for key, text in pairs
    ]


def problem_list(problems: Sequence[str]) -> Any:
    """Say what of the address or the fields was left out."""
    if not problems:
        return None
    shown = [html.Li(problem) for problem in problems[:6]]
    more = [html.Li(f"and {len(problems) - 6} more.")] if len(problems) > 6 else []
    return html.Div(
        [icon("exclamation-triangle-fill"), html.Ul([*shown, *more])], className="notice notice-warning", role="alert"
    )


def _genres(asked: Filter, options: FilterOptions) -> Any:
    choice = dbc.Checklist(
        id=Eda.GENRE,
        options=_with_chosen(options.genres, asked.genres),
        value=list(asked.genres),
        class_name="filter-columns",
    )
    some = _offered(len(options.genres), options.n_genres)
    return control("Genre", choice, f"A track may have several genres; any of them counts.{some}")


def _subgenres(asked: Filter, options: FilterOptions) -> Any:
    offered = [name for names in options.subgenres.values() for name in names]
    rows = _with_chosen(offered, asked.subgenres)
    choice = dbc.Checklist(id=Eda.SUBGENRE, options=rows, value=list(asked.subgenres))
    some = _offered(len(offered), options.n_subgenres).strip()
    return html.Details(
        [
            html.Summary("Subgenre"),
            html.Div(choice, className="filter-scroll", role="group", tabIndex=0, **{"aria-label": "Subgenre"}),
            *([html.P(some, className="control-help")] if some else []),
        ],
        open=bool(asked.subgenres),
        className="filter-details",
    )


def _with_chosen(offered: Sequence[str], chosen: Sequence[str]) -> list[dict[str, str]]:
    """Boxes for what is offered, and for what an address has chosen beyond that."""
    return [{"label": name, "value": name} for name in dict.fromkeys([*offered, *chosen])]


def _offered(shown: int, n: int) -> str:
    return f" The {shown} with most tracks are offered, of {n:,}." if n else ""


def _artist(asked: Filter) -> Any:
    field_ = dbc.Input(
        id=Eda.ARTIST, type="search", value=asked.artist, maxlength=80, debounce=True, autocomplete="off"
    )
    return control("Artist", field_, "Part of the name; press Enter.")


def _more(asked: Filter, options: FilterOptions) -> Any:
    columns = [name for name in _numbers(options) if name not in OWN_FIELDS]
    rows = [_range(axis_title(name), name, asked, options) for name in columns]
    is_open = any(span.column in columns for span in asked.spans)
    return html.Details([html.Summary("More ranges"), *rows], open=is_open, className="filter-details")


def _numbers(options: FilterOptions) -> list[str]:
    """Numeric columns that every table has, then those that this one has of its own."""
    return [*NUMBERS, *(name for name in options.limits if is_own(name))]


def _range(
    title: str, column: str, asked: Filter, options: FilterOptions, first: str = "", second: str = ""
) -> html.Div:
    span = asked.span(column)
    low, high = options.limits.get(column, (0.0, 0.0))
    ends = (
        ("low", span.low, low, first or f"{title}, from"),
        ("high", span.high, high, second or f"{title}, to"),
    )
    fields = [_end(column, end, value, limit, words) for end, value, limit, words in ends]
    return html.Div(
        [
            html.Div(title, className="control-label"),
            html.Div([fields[0], html.Span("to"), fields[1]], className="range-row"),
        ],
        className="control",
        role="group",
        **{"aria-label": title},
    )


def _limit_words(column: str, limit: float) -> str:
    """A column's lowest or highest value, short enough for its field."""
    for size, word in ((1e12, "T"), (1e9, "B")):
        if abs(limit) >= size:
            return f"{limit / size:.3g}{word}"
    return number_words(column, round(limit, 3 if abs(limit) < 10 else 1)).replace(",", "")


def _end(column: str, end: str, value: float | None, limit: float, words: str) -> html.Div:
    part = {"type": Eda.RANGE, "column": column, "end": end}
    field_ = dbc.Input(
        id=part,
        type="number",
        step="any",
        value=value,
        placeholder=_limit_words(column, limit),
        debounce=True,
    )
    return html.Label([html.Span(words, className="visually-hidden"), field_], className="field-label")
