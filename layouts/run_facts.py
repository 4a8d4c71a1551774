"""What stands at the foot of a run's page: what was asked for, how it was made, its files."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.families import FAMILIES
from core.features import FEATURES
from core.runs.model import SHELL_OWNER, Run, RunState
from core.validation import PROTOCOLS
from layouts import wording
from layouts.components import icon, working
from layouts.exchange import EXPORT, ONNX, export_row, onnx_row, origin_rows
from layouts.ids import RunView
from layouts.links import run_address
from layouts.run_words import features_in_words, settings_in_words

FILES = {
    "test": "Test predictions",
    "cv": "Cross-validation predictions",
    "request": "Request",
    EXPORT: "Export",
    ONNX: "ONNX",
}
"""What can be downloaded: key and name."""


def facts(run: Run) -> html.Div:
    """Draw what was asked for, what should be known about it, and how it was made."""
    left = [_request(run)]
    if run.notices:
        words = html.Ul([html.Li(notice_words) for notice_words in run.notices])
        left.insert(0, html.Section([html.H2("Notices"), words], className="panel"))
    if run.state is RunState.FINISHED:
        left.append(_downloads(run))
    columns = [html.Div(left, className="stack"), html.Div(_making(run), className="stack")]
    return html.Div(columns, className="fact-grid")


def combines_runs(run: Run) -> bool:
    """Whether a run is a stack: made of other runs, so that the form cannot ask for it again."""
    return FAMILIES[run.request.family].combines_runs


def _request(run: Run) -> html.Section:
    request = run.request
    family = FAMILIES[request.family]
    names = ", ".join(FEATURES[name].label for name in request.features)
    used = family.columns(request.features)
    shown = f"{features_in_words(request.features)}: {names}" if family.uses_features else "looks at none of them"
    return _panel(
        "Request",
        [
            ("Model", f"{family.label}. {family.summary}"),
            ("Features", shown if used or not family.uses_features else "none"),
            ("Protocol", f"{PROTOCOLS[request.protocol].label}. {PROTOCOLS[request.protocol].question}"),
            *([("Made of", _parts_of(run))] if combines_runs(run) else _settings(run)),
            *_maker(run),
        ],
    )


def _maker(run: Run) -> list[tuple[str, Any]]:
    """Who made it, or where it comes from."""
    return origin_rows(run) or [("Made by", "the command line" if run.owner == SHELL_OWNER else "you")]


def _settings(run: Run) -> list[tuple[str, Any]]:
    is_ours = run.request.defaults == "recommended"
    named = settings_in_words(run.request.family, run.params)
    settings = [f"{wording.lower_first(name)} {value}" for name, value in named.items()]
    return [
        ("Defaults", "recommended for this kind of data" if is_ours else "the library's own"),
        ("Settings", ", ".join(settings) or "the library's own"),
    ]


def _parts_of(run: Run) -> html.Ul:
    """The runs that a stack is made of, each with a link, and with its weight once the stack is there."""
    found = (run.metrics or {}).get("stack")
    told = {one.get("run_id"): one for one in found or () if isinstance(one, dict)}
    items = []
    for number, run_id in enumerate(run.request.members, 1):
        one = told.get(run_id, {})
        name = one.get("name") or (FAMILIES[one["family"]].label if one.get("family") in FAMILIES else f"Run {number}")
        weight = one.get("weight")
        said = f", weight {weight:.2f}" if wording.is_number(weight) else ""
        linked = name if run.imported else dcc.Link(name, href=run_address(run_id))  # they did not travel with it
        items.append(html.Li([linked, said]))
    return html.Ul(items)


def _making(run: Run) -> html.Section:
    timings, data = run.timings or {}, run.data
    rows = [("Asked for", wording.moment(run.created_at))]
    if run.started_at:
        rows.append(("Waited", wording.duration((run.started_at - run.created_at).total_seconds())))
    stages = {"cv_seconds": "Cross-validation", "fit_seconds": "Final fit", "total_seconds": "In all"}
    if "weighing_seconds" in timings:  # a stack: its runs were fitted before it
        named = {"fit_seconds": "With the final fits of its runs", "total_seconds": "This run in all"}
        stages = {"weighing_seconds": "Weighing", **named}
    elif not run.request.cv_folds:
        del stages["cv_seconds"]
    rows += [(words, wording.duration(timings[key])) for key, words in stages.items() if key in timings]
    if data.get("sha256"):
        rows.append(("Table", f"{data.get('source_name')}, {wording.count(data.get('tracks'))} tracks"))
        rows.append(("Data hash", _hash(str(data["sha256"]))))
    rows += [(name, str(version)) for name, version in run.versions.items()]
    rows.append(("Run id", html.Code(run.id, className="hash")))
    return _panel("How it was made", rows)


def _hash(full: str) -> html.Span:
    return html.Span(
        [
            html.Code(full[:12], title=full, tabIndex=0, className="hash"),
            dcc.Clipboard(content=full, title="Copy the whole hash", className="copy-button"),
        ]
    )


def _panel(title: str, rows: list[tuple[str, Any]]) -> html.Section:
    items = [part for name, value in rows for part in (html.Dt(name), html.Dd(value))]
    return html.Section([html.H2(title), html.Dl(items, className="fact-list")], className="panel")


def _downloads(run: Run) -> html.Section:
    buttons = [
        _file(run, "test", "CSV: track id, name, artist, fold, actual, predicted"),
        *(
            [_file(run, "cv", "CSV, same columns, one row a track and fold: predicted by a model that had not seen it")]
            if run.request.cv_folds
            else []
        ),
        _file(run, "request", "JSON: model, settings, features, split and seed"),
        export_row(),
        onnx_row(),
    ]
    return html.Section([html.H2("Downloads"), *buttons], className="panel")


def _file(run: Run, kind: str, words: str) -> html.Div:
    button = dbc.Button(
        [icon("download"), f" {FILES[kind]}"], id={"type": RunView.FILE, "kind": kind}, color="primary", outline=True,
        type="button", size="sm",
    )  # fmt: skip
    busy = working(button, "Making the file…")
    return html.Div([busy, html.Div(words, className="control-help")], className="download-row")
