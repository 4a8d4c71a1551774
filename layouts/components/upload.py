"""The place that takes a file: by click, key or drop, with its name while it is sent, and refusals in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from layouts.components.icon import icon

MAX_UPLOAD_MB = 32
MAX_UPLOAD_BYTES = MAX_UPLOAD_MB * 1024 * 1024
AREA = "upload-area"


@dataclass(frozen=True)
class UploadIds:
    """Ids of the parts of one place; ``callbacks.uploads`` attaches what they do.

    Parameters
    ----------
    field : str
        What takes the file.
    note : str
        Says which file is being sent.
    problem : str
        Says why one is not taken.
    """

    field: str
    note: str
    problem: str


def upload_field(
    ids: UploadIds, kinds: Any, *, file: str = "File of a table", way: str = "", problem: Any = None
) -> html.Div:
    """Draw the place.

    Parameters
    ----------
    ids : UploadIds
    kinds : str or components
        Which files it takes, and what becomes of them.
    file : str
        What the file is, for those who hear the page.
    way : str
        What to do with a file that is too large; by default, to make it smaller.
    problem : optional
        What went wrong before.
    """
    described = f"{ids.field}-kinds"
    words = {"aria-describedby": described}
    button = html.Button("Choose a file", type="button", className="btn btn-primary", **words)
    drop = dcc.Upload(
        html.Div(
            [icon("file-earmark-arrow-up", "upload-icon"), button, html.Div("or drop it here")],
            className="upload-inner",
        ),
        id=ids.field,
        multiple=False,
        max_size=MAX_UPLOAD_BYTES,
        className=AREA,
        className_active=f"{AREA} upload-active",
        className_disabled=f"{AREA} upload-busy",
        style={},
        style_active={},
        style_reject={},
        style_disabled={},
    )
    told = {
        "data-upload-limit": str(MAX_UPLOAD_BYTES),
        "data-upload-name": file,
        "data-upload-note": ids.note,
        "data-upload-problem": ids.problem,
    } | ({"data-upload-way": way} if way else {})
    return html.Div(
        [
            html.P(kinds, id=described, className="control-help"),
            drop,
            html.Div(id=ids.note, role="status", className="quiet-note upload-note"),
            html.Div(problem, id=ids.problem, role="alert"),
        ],
        className="upload",
        **told,
    )
