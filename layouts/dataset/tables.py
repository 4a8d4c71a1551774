"""The owner's tables: the list to switch between, and the place to upload another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import html

from layouts import wording
from layouts.components import MAX_UPLOAD_MB, UploadIds, icon, upload_field
from layouts.ids import Dataset

DEFAULT_ID = "default"
UPLOAD = UploadIds(Dataset.UPLOAD, Dataset.UPLOAD_NOTE, Dataset.UPLOAD_PROBLEM)


class TableRow(Protocol):
    """What the list needs to know of a stored table."""

    id: str
    name: str
    rows: int
    tracks: int
    created_at: datetime | None
    extras: tuple[str, ...]
    can_train: bool
    is_current: bool
    is_default: bool


def tables_section(tables: Sequence[TableRow], doctor: Any = None) -> html.Div:
    """Draw the section: the tables, then the upload, or the file that is being looked at."""
    return html.Div([_list(tables), doctor or upload_panel()], className="stack")


def upload_panel(problem: Any = None) -> html.Section:
    """Draw the place that takes a file."""
    kinds = (
        f"CSV (also gzipped, .csv.gz) or Parquet, up to {MAX_UPLOAD_MB} MB. One row a track; it needs an id and the "
        "audio features, under whatever names: you confirm what is what before anything is stored. Only you see "
        "your tables."
    )
    field = upload_field(UPLOAD, kinds, problem=problem)
    return html.Section([html.H2("Add a table"), field], className="panel", **{"aria-label": "Add a table"})


def changed_notice(message: str, undo: str = "") -> html.Div:
    """Draw what was done, with the button that undoes the deletion of a table."""
    parts: list[Any] = [html.Span(message)]
    if undo:
        button = html.Button(
            [icon("arrow-counterclockwise"), " Undo"],
            id={"type": Dataset.UNDO, "table": undo},
            type="button",
            className="quiet-button",
        )
        parts += [" ", button]
    return html.Div(parts, className="callout callout-success")


def _list(tables: Sequence[TableRow]) -> html.Section:
    current = next((one.name for one in tables if one.is_current), "")
    return html.Section(
        [
            html.H2("Tables"),
            html.P(["In use on every page: ", html.Strong(current), "."], className="quiet-note"),
            html.Ul([_row(one) for one in tables], className="table-list"),
        ],
        className="panel",
    )


def _row(one: TableRow) -> html.Li:
    return html.Li(
        [
            html.Div([html.Strong(one.name), " ", *_badges(one), html.Div(_facts(one), className="control-help")]),
            html.Div(_actions(one), className="table-actions"),
        ],
        className="table-row is-current" if one.is_current else "table-row",
        **({"aria-current": "true"} if one.is_current else {}),
    )


def _badges(one: TableRow) -> list[Any]:
    badges = []
    if one.is_current:
        badges.append(html.Span([icon("check-circle-fill"), " In use"], className="table-badge table-current"))
    if one.is_default:
        badges.append(html.Span("The server's table", className="table-badge"))
    if not one.can_train:
        badges.append(html.Span("For scoring only: no popularity", className="table-badge"))
    return badges


def _facts(one: TableRow) -> str:
    words = []
    if one.rows:
        words.append(wording.counted(one.rows, "row"))
    if one.tracks:
        words.append(wording.counted(one.tracks, "track"))
    if one.extras:
        names = wording.listed([name.removeprefix("extra:") for name in one.extras[:6]])
        words.append(f"own columns: {names}" + (" and more" if len(one.extras) > 6 else ""))
    if one.created_at is not None and not one.is_default:
        words.append(f"added {wording.ago(one.created_at)}")
    return " · ".join(words)


def _actions(one: TableRow) -> list[Any]:
    actions: list[Any] = []
    if not one.is_current:
        actions.append(_button("Use", "check2", Dataset.USE, one))
    if not one.is_default:
        actions += [_rename(one), _button("Delete", "trash", Dataset.DELETE, one)]
    return actions


def _button(words: str, icon_name: str, kind: Dataset, one: TableRow) -> html.Button:
    return html.Button(
        [icon(icon_name), f" {words}"],
        id={"type": kind, "table": one.id},
        type="button",
        className="quiet-button",
        **{"aria-label": f"{words} {one.name}"},
    )


def _rename(one: TableRow) -> html.Details:
    field = dbc.Input(
        id={"type": Dataset.NEW_NAME, "table": one.id},
        value=one.name,
        maxLength=80,
        size="sm",
        autocomplete="off",
    )
    labelled = html.Label([html.Span(f"New name of {one.name}", className="visually-hidden"), field])
    save = html.Button(
        "Save name", id={"type": Dataset.RENAME, "table": one.id}, type="button", className="btn btn-sm btn-primary"
    )
    words = [icon("pencil"), " Rename", html.Span(f" {one.name}", className="visually-hidden")]
    summary = html.Summary(words, className="quiet-button")
    return html.Details([summary, html.Div([labelled, save], className="rename-row")], className="rename")
