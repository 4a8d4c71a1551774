"""What the upload doctor found in a file, in steps: what it is, which column is what, what is wrong, use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import dcc, html

from core.tables.choices import NAMED, NOT_THERE
from data.schema import OPTIONAL_COLUMNS, REQUIRED_COLUMNS, TARGET, describe
from layouts import wording
from layouts.components import control, icon, table
from layouts.ids import Dataset

MAX_SHOWN = 50
MAX_NAME = 80
FORMATS = {"csv": "CSV text", "csv.gz": "CSV text, gzipped", "parquet": "Parquet"}
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}


@dataclass(frozen=True)
class DoctorValues:
    """A staged file as the doctor sees it.

    Parameters
    ----------
    staged : str
        Id of the staged file.
    suggested : Examination
        With the mapping that the doctor suggests.
    name : str
        Name that the table would get.
    keepable : tuple of str
        Numeric columns of the file that are not known to us.
    """

    staged: str
    suggested: Any
    name: str
    keepable: tuple[str, ...]


def doctor_section(values: DoctorValues) -> html.Section:
    """Draw the steps for a staged file."""
    found = values.suggested
    head = html.Div([html.H2(f"New table: {found.filename}"), _discard()], className="panel-head")
    steps: list[Any] = [detected(found)]
    if found.columns:
        steps += [mapping(found), _keep(values)]
    steps.append(step("What comes of it", html.Div(result(found), id=Dataset.RESULT, **{"aria-live": "polite"})))
    steps.append(step("Use it", *_accept(values)) if found.columns else _nothing_to_use())
    return html.Section(
        [dcc.Store(id=Dataset.STAGED, data=values.staged), head, html.Ol(steps, className="doctor-steps")],
        className="panel",
        **{"aria-label": "New table"},
    )


def result(found: Any, notes: Sequence[str] | None = None, *, rejected_id: str = Dataset.REJECTED) -> list[Any]:
    """Draw what an examination says of the rows: verdict, problems, conversions, notes, rejected rows.

    Parameters
    ----------
    found : Examination
    notes : sequence of str, optional
        Instead of those of the examination, where the table is only scored.
    rejected_id : str
        Id of the button that downloads the rejected rows.
    """
    parts: list[Any] = [_verdict(found, only_scored=notes is not None)]
    if found.n_problems or found.problems:
        parts.append(_problems(found))
    notes = found.notes if notes is None else notes
    if notes:
        parts += [html.H4("Good to know"), html.Ul([html.Li(note) for note in notes], className="plan-list")]
    parts.append(_rejected(found.rejected, rejected_id))
    return parts


def refusal(found: Any) -> html.Div:
    """Draw why nothing can be read in a file."""
    return html.Div([_verdict(found), _problems(found), html.P("Nothing was stored. Choose another file.")])


def accept_reason(found: Any) -> str:
    """Say why the file cannot be used as it stands, or nothing."""
    if found.accepted:
        return ""
    return "This file cannot be used yet: see the problems above. Change the columns, or choose another file."


def keep_options(keepable: Iterable[str], mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the choices of columns to keep; one that is already used as a known column cannot be kept twice."""
    used = {source for source in mapping.values() if source}
    return [{"label": name, "value": name, "disabled": name in used} for name in keepable]


def step(title: str, *content: Any) -> html.Li:
    """Draw one step of the doctor."""
    return html.Li([html.H3(title), *content], className="doctor-step")


def detected(found: Any) -> html.Li:
    """Draw what kind of file it is."""
    lines = [("Format", FORMATS.get(found.format, found.format or "not recognised"))]
    if found.separator:
        lines.append(("Separator", SEPARATORS.get(found.separator, repr(found.separator))))
    if found.encoding:
        lines.append(("Encoding", found.encoding))
    if found.columns:
        lines.append(
            ("Size", f"{wording.counted(found.rows_read, 'row')}, {wording.counted(len(found.columns), 'column')}")
        )
    facts = [part for name, value in lines for part in (html.Dt(name), html.Dd(value))]
    parts: list[Any] = [html.Dl(facts, className="fact-list")]
    if found.columns:
        rows = [(one.name, one.dtype, one.n_missing, ", ".join(map(str, one.examples))) for one in found.columns]
        frame = pd.DataFrame(rows, columns=["Column", "Kind", "Missing", "Examples"])
        parts.append(html.Details([html.Summary("The file's columns"), table(frame, "Columns of the file")]))
    return step("What this file is", *parts)


def mapping(found: Any, map_type: str = Dataset.MAP, required: Sequence[str] = REQUIRED_COLUMNS) -> html.Li:
    """Draw the choice of columns.

    Parameters
    ----------
    found : Examination
    map_type : str
        ``type`` of the pattern ids of the selects.
    required : sequence of str
        Columns of the schema that stand in front.
    """
    sources = [one.name for one in found.columns]
    here = [found.mapping[target] for target in OPTIONAL_COLUMNS if target in found.mapping]
    others = [_choice(target, found.mapping.get(target), sources, map_type) for target in OPTIONAL_COLUMNS]
    there = sum(bool(one.source) for one in here)
    unsure = sum(bool(one.source) and not one.is_certain for one in here)
    needed = [_choice(target, found.mapping.get(target), sources, map_type) for target in required]
    words = f"Other columns: {there} of {len(others)} found" + (f", {unsure} to check" if unsure else "")
    more = html.Details(
        [html.Summary(words), html.Div(others, className="mapping-grid")],
        open=bool(unsure),
    )
    return step(
        "Which column is what",
        html.P("Check what was recognised, and change what is wrong.", className="control-help"),
        html.Div(needed, className="mapping-grid"),
        more,
    )


def _choice(target: str, one: Any, sources: Sequence[str], map_type: str) -> html.Div:
    source = one.source if one is not None else None
    options = [
        {"label": "Not in this file", "value": NOT_THERE},
        *({"label": name, "value": NAMED + name} for name in sources),
    ]
    select = dbc.Select(
        id={"type": map_type, "target": target},
        options=options,
        value=NAMED + source if source else NOT_THERE,
        size="sm",
    )
    if not source:
        help_words: Any = "Not recognised" + (": needed to train." if target == TARGET else " in this file.")
    elif one.is_certain:
        help_words = [icon("check2"), " Recognised by its name."]
    else:
        help_words = html.Span([icon("question-circle"), " A guess: please check."], className="guess")
    return control(describe(target).label, select, help_words)


def _keep(values: DoctorValues) -> html.Li:
    if not values.keepable:
        nothing = html.P("No other numeric column is in this file.", className="control-help")
        return step("Columns of your own", nothing, dbc.Checklist(id=Dataset.KEEP, options=[], value=[]))
    used = {one.target: one.source for one in values.suggested.mapping.values()}
    box = dbc.Checklist(
        id=Dataset.KEEP,
        options=keep_options(values.keepable, used),
        value=[name for name in values.suggested.extras if name in values.keepable],
        class_name="keep-columns",
    )
    words = "Numeric columns that are not known here. Keep those that models may learn from."
    return step(
        "Columns of your own",
        html.P(words, className="control-help"),
        html.Div(box, role="group", **{"aria-label": "Columns to keep"}),
    )


def _verdict(found: Any, *, only_scored: bool = False) -> html.Div:
    if not found.accepted:
        return html.Div(
            [icon("x-octagon-fill"), " ", html.Strong(f"“{found.filename}” cannot be used as it is.")],
            className="callout callout-danger",
        )
    words = f"{found.rows:,} of {wording.counted(found.rows_read, 'row')} can be used."
    parts: list[Any] = [icon("check-circle-fill"), " ", html.Strong(words)]
    if not found.can_train and not only_scored:
        parts.append(" There is no popularity to learn from: the table can be looked at and scored, not trained on.")
    return html.Div(
        parts, className="callout callout-success" if found.can_train or only_scored else "callout callout-warning"
    )


def _problems(found: Any) -> html.Div:
    rows = [(_place(one.line), one.column or "–", one.message, one.code) for one in found.problems]
    frame = pd.DataFrame(rows, columns=["Line", "Column", "What is wrong", "Code"])
    title = wording.counted(found.n_problems or len(rows), "problem")
    if found.n_problems > len(rows):
        title += f", the first {len(rows)} shown"
    return html.Div([html.H4(title), table(frame, "Problems of the file")], className="file-problems")


def _place(line: int | None) -> str:
    return f"line {line:,}" if line else "whole file"


def _rejected(rejected: pd.DataFrame, button_id: str) -> html.Div:
    """The button is always there, as its callback needs it; it is hidden where there is nothing to download."""
    n = 0 if rejected is None else len(rejected)
    button = html.Button(
        [icon("download"), " Rejected rows as CSV"], id=button_id, type="button", className="quiet-button"
    )
    if not n:
        return html.Div(button, hidden=True)
    title = f"{wording.counted(n, 'row')} would be left out"
    shown = rejected.head(MAX_SHOWN).astype(object)
    shown = shown.where(shown.notna(), None).rename(columns={"line": "Line", "reason": "Reason"})
    parts: list[Any] = [
        html.Div([html.H4(title), button], className="panel-head"),
        html.Details(
            [html.Summary("See them with their reasons"), table(shown, "Rejected rows")],
            className="rejected-rows",
            open=n <= 10,
        ),
    ]
    if n > MAX_SHOWN:
        parts.append(html.P(f"The first {MAX_SHOWN} are shown; the download has all.", className="control-help"))
    return html.Div(parts)


def _accept(values: DoctorValues) -> list[Any]:
    found = values.suggested
    name = dbc.Input(id=Dataset.NAME, value=values.name, maxLength=MAX_NAME, autocomplete="off")
    button = html.Button(
        [icon("check2"), " Use this table"],
        id=Dataset.ACCEPT,
        type="button",
        className="btn btn-primary",
        disabled=not found.accepted,
    )
    reason = html.Span(accept_reason(found), id=Dataset.REASON, className="submit-reason", role="status")
    return [
        html.Div(control("Name of the table", name), className="name-field"),
        html.Div([button, reason], className="submit-row"),
    ]


def _nothing_to_use() -> html.Li:
    return step("Go on", html.P("Correct the file and upload it again, or choose another. Nothing was stored."))


def _discard() -> html.Button:
    return html.Button(
        [icon("x-lg"), " Choose another file"], id=Dataset.DISCARD, type="button", className="quiet-button"
    )
