"""What is said of exported and imported runs, and the place that takes a file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.onnx_export import how_to_add
from core.runs.model import Run
from layouts import wording
from layouts.components import MAX_UPLOAD_MB, UploadIds, icon, upload_field, working
from layouts.ids import Comparison, RunView
from layouts.links import run_address
from layouts.run_words import model_name

EXPORT, ONNX = "bundle", "onnx"
"""Kinds of the downloads that are a whole run, and its model alone."""

COMMAND = "python -m dashboard runs"
UPLOAD = UploadIds(Comparison.IMPORT, Comparison.IMPORT_NOTE, Comparison.IMPORT_PROBLEM)


def export_row() -> html.Div:
    """Draw the button that exports the run of the page, and what the file is good for."""
    button = dbc.Button(
        [icon("box-arrow-up"), " Export"], id={"type": RunView.FILE, "kind": EXPORT}, color="primary", outline=True,
        type="button", size="sm",
    )  # fmt: skip
    words = (
        "One signed file with the model, the scores and everything else of this run: it can be imported on the page "
        "Runs, here or on another dashboard that trusts the same key."
    )
    busy = working(button, "Packing the run…")
    return html.Div([busy, html.Div(words, className="control-help")], className="download-row")


def onnx_row() -> html.Div:
    """Draw the button that writes the model as ONNX, or what has to be installed first."""
    words = (
        "The model alone in ONNX, a format that other programs and languages can run: its best guess, without the "
        "interval. Given only where it predicts the same as here; the difference is measured and said. Values that are "
        "no measurements (out of range, or 0 where no beat was found) count as missing in it, too."
    )
    if command := how_to_add():
        missing = html.Div(
            [words, " Not available here yet; whoever runs this dashboard adds it with: ", html.Code(command)]
        )
        return html.Div([html.Strong("ONNX"), html.Div(missing, className="control-help")], className="download-row")
    button = dbc.Button(
        [icon("box-arrow-up-right"), " ONNX"], id={"type": RunView.FILE, "kind": ONNX}, color="primary", outline=True,
        type="button", size="sm",
    )  # fmt: skip
    busy = working(button, "Converting the model and comparing what it predicts…")
    return html.Div([busy, html.Div(words, className="control-help")], className="download-row")


def onnx_said(difference: float, rows: int, drawn: int, advice: str = "") -> html.Div:
    """Say how well an ONNX file repeats the model, and what its user must see to."""
    within = f"{difference:.6f}".rstrip("0").rstrip(".") if difference >= 1e-6 else "a millionth"
    same = (
        f" The ONNX file repeats the model's predictions of {rows} tracks of the test, and of {wording.count(drawn)} "
        f"made-up ones like them, to within {within} points. "
    )
    return html.Div([icon("check-circle-fill"), same + advice], className="callout callout-success", role="status")


def too_large(run: Run, size: int, flag: str = "--export") -> str:
    """Say how to get a file that is too large for the page."""
    return (
        f"This file has {size / 2**20:,.0f} MB, and the page hands out {MAX_UPLOAD_MB} at most. Have it written in a "
        f"shell: {COMMAND} {run.id} {flag} FILE"
    )


def import_panel() -> html.Details:
    """Draw the place that takes an exported run."""
    kinds = (
        f"A file that the button Export on the page of a run made (.run), up to {MAX_UPLOAD_MB} MB; larger ones in a "
        f"shell: {COMMAND} --import FILE. It is signed: one that was changed, even by a byte, or that comes from a "
        "dashboard with another key is refused. The run becomes yours, and is marked as imported wherever it is shown."
    )
    way = f"Import it in a shell: {COMMAND} --import FILE"
    parts = [
        html.Summary("Import a run"),
        upload_field(UPLOAD, kinds, file="File of an exported run", way=way),
        html.Div(id=Comparison.IMPORT_NOTICE, **{"aria-live": "polite"}),
    ]
    return html.Details(parts, className="panel import-panel")


def imported_notice(run: Run) -> html.Div:
    """Confirm an import."""
    said = [icon("check-circle-fill"), " Imported: ", _link(run.id, model_name(run)), f", {origin(run)}."]
    return html.Div(said, className="callout callout-success", role="status")


def here_already(run_id: str) -> html.Div:
    """Say that a run need not be imported."""
    said = [icon("info-circle"), " This run is here already: ", _link(run_id, "open it"), "."]
    return html.Div(said, className="callout", role="status")


def origin(run: Run) -> str:
    """Where an imported run comes from, in words; empty for one that was made here.

    Examples
    --------
    >>> from tests.fakes.finished import make_run
    >>> origin(make_run())
    ''
    """
    told = run.imported
    if not told:
        return ""
    return f"from {told.get('host') or 'another computer'}, exported {_moment(told.get('exported_at'))}"


def imported_badge(run: Run) -> list[Any]:
    """Mark an imported run beside its state; nothing for one that was made here."""
    if not run.imported:
        return []
    when = _moment(run.imported.get("imported_at"))
    words = [icon("box-arrow-in-down"), f" Imported {when}, {origin(run)}"]
    return [html.Span(words, className="imported-badge")]


def origin_rows(run: Run) -> list[tuple[str, Any]]:
    """What the facts of an imported run say of where it comes from."""
    told = run.imported
    if not told:
        return []
    return [
        ("Imported", f"{_moment(told.get('imported_at'))}, {origin(run)}"),
        ("Id where it was made", html.Code(str(told.get("run_id")), className="hash")),
        ("Signed with the key", html.Code(str(told.get("key")), className="hash")),
    ]


def _link(run_id: str, words: str) -> dcc.Link:
    return dcc.Link(words, href=run_address(run_id))


def _moment(text: Any) -> str:
    try:
        return wording.moment(datetime.fromisoformat(text))
    except (TypeError, ValueError):
        return wording.NOTHING
