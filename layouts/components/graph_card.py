"""The one way to put a chart on a page: title, n, reading line, text alternative, numbers, downloads."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html

from layouts.components.icon import icon
from layouts.components.table import MAX_ROWS
from layouts.components.table import table as plain_table

GRAPH_CONFIG: Final = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "responsive": True,
    "displayModeBar": "hover",
    "modeBarButtonsToRemove": ["toImage", "select2d", "lasso2d", "autoScale2d"],
}

MOST_COLUMNS: Final = 10
"""Heat maps of more columns have no numbers in their cells on a phone."""

PARTS: Final = ("title", "n", "reading", "alternative", "table")
"""Parts of a card that a callback may update beside the figure; see :func:`card_part`."""


def card_part(graph_id: str, part: str) -> str:
    """Give the id of a part of a graph's card: "title", "n", "reading", "alternative" or "table" (all ``children``).

    Examples
    --------
    >>> card_part("run-residuals-graph", "reading")
    'run-residuals-graph-reading'
    """
    if part not in PARTS:
        raise ValueError(f"Unknown part {part!r}. Choose one of: {', '.join(PARTS)}.")
    return f"{graph_id}-{part}"


def graph_card(
    graph_id: str,
    figure: go.Figure,
    *,
    title: str,
    reading: Any = "",
    n: int | None = None,
    text_alternative: str = "",
    table: pd.DataFrame | None = None,
    most_rows: int = MAX_ROWS,
    height: int = 360,
    min_width: int = 0,
    config: dict[str, Any] | None = None,
    actions: Any = None,
) -> html.Figure:
    """Draw a chart in its card.

    Parameters
    ----------
    graph_id : str
        Id of the ``dcc.Graph``; its parts carry ids of :func:`card_part`.
    figure : Figure
        Without a title of its own: the card has one.
    title : str
        The subject.
    reading : str or component
        One line on how to read it, or what it shows.
    n : int, optional
        Rows behind the chart, shown in the corner.
    text_alternative : str
        What the chart shows, for someone who does not see it; ``reading`` where empty.
    table : DataFrame, optional
        The numbers behind the chart: shown under "Numbers" and offered as CSV.
    most_rows : int
        How many rows of these are on the page; which part that is, is said.
    height : int, px
    min_width : int, px
        Least width of the chart: where the page is narrower it is moved sideways. 0 for none.
    config : dict, optional
        Changes to the graph's configuration.
    actions : component, optional
        Controls of this chart alone, beside the title.
    """
    alternative = text_alternative or (reading if isinstance(reading, str) else "")
    style = {"height": f"{height}px"} | ({"minWidth": f"{min_width}px"} if min_width else {})
    graph = dcc.Graph(id=graph_id, figure=figure, config={**GRAPH_CONFIG, **(config or {})}, style=style)
    head = html.Div(
        [
            html.H2(title, id=card_part(graph_id, "title"), className="graph-title"),
            html.Span(count_text(n), id=card_part(graph_id, "n"), className="graph-n"),
            *([html.Div(actions, className="graph-actions")] if actions is not None else []),
        ],
        className="graph-head",
    )
    scrolls: dict[str, Any] = {"tabIndex": 0, "style": {"overflowX": "auto"}} if min_width else {}
    described = html.Div(
        graph,
        **scrolls,
        role="group",
        **{"aria-labelledby": card_part(graph_id, "title"), "aria-describedby": f"{graph_id}-alternative"},
    )
    words = [
        html.P(alternative, id=card_part(graph_id, "alternative"), className="visually-hidden"),
        html.Figcaption(reading, id=card_part(graph_id, "reading"), className="graph-reading"),
    ]
    return html.Figure(
        [head, described, *words, _foot(graph_id, title, table, most_rows)],
        className="graph-card panel has-wide-cells" if _has_wide_cells(figure) else "graph-card panel",
        **{"data-graph": graph_id},
    )


def _has_wide_cells(figure: go.Figure) -> bool:
    """Whether a heat map has so few columns that a phone has room for the numbers in its cells."""
    grids = [trace for trace in figure.data if trace.type == "heatmap" and trace.texttemplate]
    return bool(grids) and all(len(trace.z[0]) <= MOST_COLUMNS for trace in grids)


def count_text(n: int | None) -> str:
    """Write the number of rows behind a chart: "n = 28,356", or nothing where it is not known."""
    return "" if n is None else f"n = {n:,}"


def graph_table(frame: pd.DataFrame | None, title: str, most_rows: int = MAX_ROWS) -> Any:
    """Draw the numbers behind a chart, for ``Output(card_part(graph_id, "table"), "children")``."""
    return "" if frame is None else plain_table(frame, f"Numbers behind: {title}", most_rows=most_rows)


def _foot(graph_id: str, title: str, frame: pd.DataFrame | None, most_rows: int) -> html.Div:
    numbers = html.Details(
        [
            html.Summary([icon("table"), " Numbers"]),
            html.Div(graph_table(frame, title, most_rows), id=card_part(graph_id, "table")),
        ],
        className="graph-numbers",
        **{"data-fold": f"numbers of {title}"},
    )
    return html.Div(
        [numbers, _button("PNG", "png", title), _button("CSV", "csv", title)],
        className="graph-foot",
    )


def _button(label: str, kind: str, title: str) -> html.Button:
    return html.Button(
        [icon("download"), f" {label}"],
        type="button",
        className="quiet-button",
        **{"data-download": kind, "aria-label": f"Download {label}: {title}"},
    )
