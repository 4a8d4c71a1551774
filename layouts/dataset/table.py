"""The table in use: where it comes from, what cleaning did, its rows, its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
import pandas as pd
from dash import dcc, html

from layouts import wording
from layouts.components import control, table
from layouts.ids import Dataset

ORDERS: Mapping[str, str] = {
    "table": "As in the table",
    "popular": "Most popular first",
    "unpopular": "Least popular first",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "title": "By title",
}


@dataclass(frozen=True)
class FlowStep:
    """One step of the cleaning: what is counted, the count, what it means; a marked one goes on to the models."""

    label: str
    count: int
    detail: str
    is_marked: bool = False


@dataclass(frozen=True)
class TableValues:
    """What the section shows.

    Parameters
    ----------
    name : str
    provenance : str
        Where the table comes from, one sentence.
    is_synthetic, is_own : bool
    sha256 : str
    facts : tuple of (label, value)
    flow : tuple of FlowStep
    decisions : DataFrame
        One row a decision of the cleaning.
    dictionary : DataFrame
        One row a column: what it means, unit, range, tracks without a value.
    """

    name: str
    provenance: str
    is_synthetic: bool
    sha256: str
    facts: tuple[tuple[str, str], ...]
    flow: tuple[FlowStep, ...]
    decisions: pd.DataFrame
    dictionary: pd.DataFrame
    is_own: bool = False


def table_section(values: TableValues) -> html.Div:
    """Draw the section; the rows of the preview come with their own callback."""
    return html.Div(
        [
            _provenance(values),
            _flow(values),
            _preview(),
            html.Section(
                [
                    html.H2("Data dictionary"),
                    html.P("Every column that the pages and the models may use.", className="quiet-note"),
                    table(values.dictionary, "Data dictionary"),
                ],
                className="panel",
            ),
        ],
        className="stack",
    )


def preview_grid(frame: pd.DataFrame) -> dag.AgGrid:
    """Draw rows of the table; column names may hold anything, so the grid knows them by their position.

    Parameters
    ----------
    frame : DataFrame of shape (at most 200 tracks, n_columns)
        Column names are headings for people; None for a missing value.
    """
    names = list(frame.columns)
    fields = [f"c{position}" for position in range(len(names))]
    rows = [dict(zip(fields, row, strict=True)) for row in frame.itertuples(index=False, name=None)]
    numeric = [any(_is_number(row[field]) for row in rows) for field in fields]
    columns = [
        _column(field, name, is_number, position)
        for position, (field, name, is_number) in enumerate(zip(fields, names, numeric, strict=True))
    ]
    return dag.AgGrid(
        id=Dataset.GRID,
        rowData=rows,
        columnDefs=columns,
        defaultColDef={"sortable": False, "resizable": True, "suppressMovable": True},
        dashGridOptions={
            "rowHeight": 34,
            "headerHeight": 40,
            "animateRows": False,
            "enableCellTextSelection": True,
            "ensureDomOrder": True,
            "suppressFieldDotNotation": True,
        },
        className="summary-grid preview-grid",
        style={"height": f"{min(440, 58 + 34 * max(1, len(rows)))}px", "width": "100%"},
    )


def preview_count(shown: int, found: int, total: int, text: str) -> str:
    """Say how many rows are shown of how many.

    Examples
    --------
    >>> preview_count(200, 1204, 28356, "love")
    'The first 200 of 1,204 tracks that match “love”.'
    >>> preview_count(0, 0, 28356, "zzz")
    'No track matches “zzz”.'
    """
    which = f" that match “{text}”" if text else ""
    if not found:
        return f"No track matches “{text}”." if text else "The table holds no track."
    if shown < found:
        return f"The first {shown:,} of {wording.counted(found, 'track')}{which}."
    if not text:
        return f"All {wording.counted(total, 'track')}."
    return f"{wording.counted(found, 'track')} of {total:,} {'matches' if found == 1 else 'match'} “{text}”."


def _provenance(values: TableValues) -> html.Section:
    kind = "Your own table" if values.is_own else "Real table"
    kind = "Sample data (synthetic)" if values.is_synthetic else kind
    checksum = html.Span(
        [
            html.Code(values.sha256[:16] + "…", className="hash", title=values.sha256),
            dcc.Clipboard(content=values.sha256, title="Copy the whole checksum", className="copy-button"),
        ]
    )
    lines: list[Any] = [("Table", html.Strong(values.name)), ("Kind", kind), ("From", values.provenance)]
    lines += [*values.facts, ("Checksum (SHA-256)", checksum)]
    rows = [part for name, value in lines for part in (html.Dt(name), html.Dd(value))]
    return html.Section([html.H2("Where it comes from"), html.Dl(rows, className="fact-list")], className="panel")


def _flow(values: TableValues) -> html.Section:
    steps = [
        html.Li(
            [
                html.Div(step.label, className="flow-label"),
                html.Div(wording.count(step.count), className="flow-count"),
                html.Div(step.detail, className="control-help"),
            ],
            className="flow-step flow-used" if step.is_marked else "flow-step",
        )
        for step in values.flow
    ]
    decisions: Any = html.P("Nothing had to be changed.", className="quiet-note")
    if len(values.decisions):
        decisions = html.Details(
            [
                html.Summary(f"{wording.counted(len(values.decisions), 'decision')} of the cleaning"),
                table(values.decisions, "Decisions of the cleaning", formats={"Count": ",.0f"}),
            ]
        )
    return html.Section(
        [html.H2("From rows to tracks"), html.Ol(steps, className="flow"), decisions], className="panel plain-details"
    )


def _preview() -> html.Section:
    search = dbc.Input(
        id=Dataset.SEARCH,
        type="search",
        debounce=0.4,
        maxLength=100,
        placeholder="Title, artist, album, genre or id",
        autocomplete="off",
    )
    order = dbc.Select(
        id=Dataset.ORDER, options=[{"label": words, "value": key} for key, words in ORDERS.items()], value="table"
    )
    return html.Section(
        [
            html.H2("Rows"),
            html.Div([control("Search", search), control("Order", order)], className="section-controls"),
            html.P(id=Dataset.COUNT, className="preview-count", role="status", **{"aria-live": "polite"}),
            html.Div(html.Div("Loading the rows…", className="quiet-note"), id=Dataset.ROWS, className="preview-rows"),
        ],
        className="panel",
        **{"aria-label": "Rows of the table"},
    )


def _column(field: str, name: str, is_number: bool, position: int) -> dict[str, Any]:
    column: dict[str, Any] = {"field": field, "headerName": name, "minWidth": 96, "width": 120}
    if is_number:
        return column | {"type": "rightAligned", "cellDataType": "number", "width": max(96, 9 * len(name) + 24)}
    column |= {"cellDataType": "text", "width": 170, "tooltipField": field}
    return column | ({"width": 220} if position == 0 else {})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
