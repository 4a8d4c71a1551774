"""Small tables as plain HTML, which every reader, keyboard and printer understands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import html

MAX_ROWS = 500


def table(
    frame: pd.DataFrame,
    caption: str,
    *,
    formats: Mapping[str, str] | None = None,
    visible_caption: bool = False,
    most_rows: int = MAX_ROWS,
) -> html.Div:
    """Draw a frame as an accessible table; the first column heads its row.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        A line below says how many rows there are where not all are drawn.
    caption : str
        What the table holds.
    formats : mapping of column to format spec, optional
        For example ``{"R2": ".2f", "Rows": ",.0f"}``. The exact value stays in the CSV download.
    visible_caption : bool
        Show the caption; it is read aloud either way.
    most_rows : int
        How many are drawn.
    """
    formats = formats or {}
    shown = frame.head(most_rows)
    numeric = {name: pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns}
    head = html.Thead(html.Tr([_head(str(name), numeric[name]) for name in frame.columns]))
    rows = zip(*(shown[name].tolist() for name in frame.columns), strict=True)
    body = html.Tbody([html.Tr(_cells(row, list(frame.columns), numeric, formats)) for row in rows])
    title = html.Caption(caption, className="" if visible_caption else "visually-hidden")
    parts: list[Any] = [html.Table([title, head, body], className="plain-table")]
    if len(frame) > most_rows:
        parts.append(html.P(f"First {most_rows:,} of {len(frame):,} rows.", className="control-help"))
    return html.Div(parts, className="table-scroll", tabIndex=0, role="region", **{"aria-label": caption})


def _head(name: str, is_number: bool) -> html.Th:
    return html.Th(name, scope="col", className="number" if is_number else "")


def _cells(row: tuple[Any, ...], names: list[Any], numeric: Mapping[Any, bool], formats: Mapping[str, str]) -> list:
    cells: list[Any] = []
    for position, (name, value) in enumerate(zip(names, row, strict=True)):
        kind = {"className": "number", "data-value": _exact(value)} if numeric[name] else {}
        text = _text(value, formats.get(str(name), ""))
        cells.append(html.Th(text, scope="row", **kind) if position == 0 else html.Td(text, **kind))
    return cells


def _exact(value: Any) -> str:
    return "" if pd.isna(value) else repr(value) if isinstance(value, float) else str(value)


def _text(value: Any, spec: str) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)) or value is pd.NaT:
        return "–"
    if spec:
        return format(value, spec)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3g}" if isinstance(value, float) else str(value)
