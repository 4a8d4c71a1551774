"""A sortable grid of summary statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_ag_grid as dag
import pandas as pd

ROW_HEIGHT = 36


def summary_grid(grid_id: str, frame: pd.DataFrame, headings: Mapping[str, str]) -> dag.AgGrid:
    """Draw a frame as a grid that sorts by any column, by mouse or keyboard.

    Parameters
    ----------
    grid_id : str
    frame : DataFrame
        Its first column heads the rows; numbers are shown with three digits.
    headings : mapping of column to words
        Columns in order.
    """
    first = next(iter(headings))
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return dag.AgGrid(
        id=grid_id,
        rowData=rows,
        columnDefs=[_column(name, words, frame, is_first=name == first) for name, words in headings.items()],
        defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True, "minWidth": 76},
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


def _column(name: str, words: str, frame: pd.DataFrame, *, is_first: bool) -> dict[str, Any]:
    column: dict[str, Any] = {"field": name, "headerName": words}
    if is_first:
        column |= {"pinned": "left", "minWidth": 130, "cellDataType": "text"}
    elif pd.api.types.is_numeric_dtype(frame[name]):
        whole = pd.api.types.is_integer_dtype(frame[name])
        formatter = "d3.format(',d')(params.value)" if whole else "d3.format(',.4~g')(params.value)"
        column |= {
            "type": "rightAligned",
            "cellDataType": "number",
            "valueFormatter": {"function": f"params.value == null ? '–' : {formatter}"},
        }
    return column
