"""A sortable grid of summary statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import html
from dash.development.base_component import Component

ROW_HEIGHT = 36
MOST_GROUPS = 200
"""Rows of a grid of groups: it stands at its full height, so all of its rows are in the page."""
_WIDTHS = {"mean": 62, "q1": 62, "median": 62, "q3": 62, "max": 62, "min": 54, "missing": 57, "share": 66}
_LEVELS = ("mean", "min", "q1", "median", "q3", "max")


def summary_grid(
    grid_id: str, frame: pd.DataFrame, headings: Mapping[str, str], years: frozenset[str] = frozenset()
) -> dag.AgGrid:
    """Draw a frame as a grid that sorts by any column, by mouse or keyboard.

    Parameters
    ----------
    grid_id : str
    frame : DataFrame
        Its first column heads the rows; numbers are shown with three digits.
    headings : mapping of column to words
        Columns in order.
    years : set of str
        Heads of rows whose numbers are years: written without a thousands separator.
    """
    first = next(iter(headings))
    rows = [
        _row(row, str(row[first]) in years)
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]
    return dag.AgGrid(
        id=grid_id,
        rowData=rows,
        columnDefs=[_column(name, words, frame, is_first=name == first) for name, words in headings.items()],
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True},
        dashGridOptions={
            "domLayout": "autoHeight",
            "rowHeight": ROW_HEIGHT,
            "headerHeight": 40,
            "animateRows": False,
            "suppressColumnVirtualisation": True,
            "enableCellTextSelection": True,
            "ensureDomOrder": True,
        },
        className="summary-grid",
        columnSize="responsiveSizeToFit",
        style={"height": None, "width": "100%"},
    )


def groups_grid(grid_id: str, frame: pd.DataFrame, headings: Mapping[str, str]) -> list[Component]:
    """Draw the summary of groups as a grid; of very many groups the largest ones, with a line that says so.

    Parameters
    ----------
    grid_id : str
    frame : DataFrame with a column count
        One row a group.
    headings : mapping of column to words
    """
    if len(frame) <= MOST_GROUPS:
        return [summary_grid(grid_id, frame, headings)]
    largest = frame.loc[frame["count"].nlargest(MOST_GROUPS).index.sort_values()]
    words = f"The {MOST_GROUPS} largest of {len(frame):,} groups; the CSV has all."
    return [summary_grid(grid_id, largest, headings), html.P(words, className="control-help")]


def _row(row: dict[str, Any], is_year: bool) -> dict[str, Any]:
    """Numbers sort as numbers and are shown as the words beside them."""
    words = {f"{name}_text": _words(name, value, is_year) for name, value in row.items() if not isinstance(value, str)}
    return row | words


def _words(name: str, value: Any, is_year: bool) -> str:
    if is_year and value is not None and name in _LEVELS:
        return f"{value:.0f}"
    if name == "skew" and value is not None:
        return f"{value:.2f}".replace("-", "−")
    return _text(value)


def _text(value: Any) -> str:
    """A number as people read it: whole from a thousand on, three digits, at most three decimals.

    Examples
    --------
    >>> _text(226575.9), _text(28356), _text(0.09117), _text(None), _text(-6.817)
    ('226,576', '28,356', '0.091', '–', '−6.82')
    """
    if value is None:
        return "–"
    if isinstance(value, int) or value == 0 or abs(value) >= 1000:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.3f}" if abs(value) < 1 else f"{value:.3g}"
    return text.replace("-", "−")


def _column(name: str, words: str, frame: pd.DataFrame, *, is_first: bool) -> dict[str, Any]:
    width = _WIDTHS.get(name, 52)
    column: dict[str, Any] = {"field": name, "headerName": words, "width": width, "minWidth": width}
    if is_first:
        column |= {"pinned": "left", "minWidth": 122, "width": 122, "cellDataType": "text"}
    elif pd.api.types.is_numeric_dtype(frame[name]):
        column |= {
            "type": "rightAligned",
            "cellDataType": "number",
            "valueFormatter": {"function": f"params.data.{name}_text"},
        }
    return column
