"""The audit of the table in use: made once a table, when somebody looks at it."""

from __future__ import annotations

import logging
import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from dash import MATCH, Dash, Input, Output, State, ctx, dcc
from dash.exceptions import PreventUpdate

from callbacks.errors import describe
from callbacks.same_table import store_of
from core.errors import DashboardError, NotFound, TableChanged
from core.export import to_csv
from layouts.dataset import audit as view
from layouts.ids import Dataset

logger = logging.getLogger(__name__)
KEPT_REPORTS = 8
KEPT_ROWS = 1_000_000
"""Rows of all kept findings together: a report lists every track concerned."""
_lock = threading.Lock()


@dataclass
class _Slot:
    """The report of one table, and what keeps two visitors from making it twice."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    report: Any = None


_kept: OrderedDict[tuple[Any, ...], _Slot] = OrderedDict()


def section(services: Any, owner: str) -> Any:
    """Draw the section; the findings follow."""
    return view.audit_section(services.tracks_for(owner).facts.sha256, str(uuid.uuid4()))


def register(app: Dash, services: Any) -> None:
    """Attach the audit."""

    @app.callback(Output(Dataset.AUDIT, "children"), Input(Dataset.AUDIT_ASKED, "data"))
    def show_findings(asked: Any) -> Any:
        if not isinstance(asked, str):
            raise PreventUpdate
        try:
            return view.findings(report_of(store_of(services).dataset))
        except TableChanged:
            raise
        except DashboardError as error:
            return view.trouble(describe(error))

    @app.callback(
        Output({"type": Dataset.CONCERNED_ROWS, "key": MATCH}, "children"),
        Input({"type": Dataset.CONCERNED, "key": MATCH}, "n_clicks"),
        State({"type": Dataset.CONCERNED_ROWS, "key": MATCH}, "children"),
        prevent_initial_call=True,
    )
    def show_rows(clicks: Any, shown: Any) -> Any:
        opened = ctx.triggered_id
        if not clicks or shown or not isinstance(opened, dict):
            raise PreventUpdate
        return view.concerned_rows(_finding(services, opened))

    @app.callback(
        Output({"type": Dataset.FINDING_FILE, "key": MATCH}, "data"),
        Input({"type": Dataset.FINDING, "key": MATCH}, "n_clicks"),
        prevent_initial_call=True,
    )
    def download(clicks: Any) -> Any:
        pressed = ctx.triggered_id
        if not isinstance(pressed, dict) or not clicks:
            raise PreventUpdate
        finding = _finding(services, pressed)
        return dcc.send_string(to_csv(finding.table), f"{finding.key}.csv", type="text/csv")


def _finding(services: Any, part: dict[str, Any]) -> Any:
    finding = report_of(store_of(services).dataset).find(str(part.get("key")))
    if finding is None:
        raise NotFound("The audit of this table has no such finding.")
    return finding


def report_of(dataset: Any) -> Any:
    """Audit a table, or give what was found in it before; nobody waits for the audit of another table."""
    from core.audit import audit

    key = (dataset.sha256, tuple(dataset.tracks.columns))
    with _lock:
        slot = _kept.setdefault(key, _Slot())
        _kept.move_to_end(key)
    with slot.lock:
        if slot.report is None:
            slot.report = audit(dataset)
            _forget_old()
        return slot.report


def _forget_old() -> None:
    """Keep the reports looked at last: few of them, and not too many rows in all."""
    with _lock:
        while len(_kept) > 1 and (len(_kept) > KEPT_REPORTS or _kept_rows() > KEPT_ROWS):
            _kept.popitem(last=False)


def _kept_rows() -> int:
    return sum(len(finding.table) for slot in _kept.values() if slot.report for finding in slot.report.findings)
