"""Import of exported runs: a file comes, a run is there, or a reason why not."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dash import Dash, Output, no_update

from callbacks import uploads
from callbacks.identity import current_owner
from core.errors import Refused
from core.runs.model import Run
from layouts import exchange as view
from layouts.components import MAX_UPLOAD_MB
from layouts.ids import Comparison

WAIT_S = 5
MOST_PACKED = 12
"""Models shrink to about a fifth in an export; what is larger than this many times the limit is not even tried."""
_place = threading.BoundedSemaphore(1)


@contextmanager
def alone() -> Iterator[None]:
    """Hold the one place in this process for making and reading such files: each takes a core and much memory.

    Raises
    ------
    Refused
        When it is not free within a few seconds.
    """
    if not _place.acquire(timeout=WAIT_S):
        raise Refused("Another file is being made or read at the moment. Try again in a moment.")
    try:
        yield
    finally:
        _place.release()


def register(app: Dash, services: Any) -> None:
    """Attach the import; a page that has its panel calls this."""
    outputs = [Output(Comparison.IMPORT_NOTICE, "children"), Output(Comparison.CHANGED, "data", allow_duplicate=True)]

    def take(content: bytes, _filename: str) -> uploads.Taken:
        return uploads.Taken(bring_in(services, current_owner(), content))

    uploads.register(app, view.UPLOAD, outputs, take)


def bring_in(services: Any, owner: str, content: bytes) -> tuple[Any, Any]:
    """Import a file; gives the notice, and a mark that there is a new run.

    Raises
    ------
    DashboardError
        When it is not a run that can be imported, or another file is being read.
    """
    from core.runs.exchange import AlreadyHere

    try:
        with alone():
            run = services.exchange.bring_in(io.BytesIO(content), owner)
    except AlreadyHere as error:
        return view.here_already(error.run_id), no_update
    return view.imported_notice(run), f"imported {run.id}"


def export_file(services: Any, run: Run) -> dict[str, Any]:
    """The export of a run as a download of the page.

    Raises
    ------
    Refused
        When it is too large for a page; else as ``Exchange.export``.
    BundleError, StorageError
    """
    from core.runs.exchange import SUFFIX

    size = services.exchange.size(run)
    if size > MOST_PACKED * MAX_UPLOAD_MB * 2**20:
        raise Refused(view.too_large(run, size, "--export"))
    target = io.BytesIO()
    with alone():
        services.exchange.export(run, target)
    return _download(run, target.getvalue(), SUFFIX, "--export")


def onnx_file(services: Any, run: Run, owner: str) -> tuple[dict[str, Any], Any]:
    """The model of a run as an ONNX download, and how well it repeats the model.

    Raises
    ------
    Refused
        When it cannot be written, predicts something else, or is too large for a page.
    NotFound, BundleError
    """
    with alone():
        made = services.runs.onnx(run.id, owner)
    said = view.onnx_said(made.difference, made.n_rows, made.n_drawn, made.advice)
    return _download(run, made.content, ".onnx", "--onnx"), said


def _download(run: Run, content: bytes, suffix: str, flag: str) -> dict[str, Any]:
    from core.runs.exchange import file_name

    if len(content) > MAX_UPLOAD_MB * 2**20:
        raise Refused(view.too_large(run, len(content), flag))
    encoded = base64.b64encode(content).decode("ascii")
    return {"content": encoded, "filename": file_name(run, suffix), "type": "application/octet-stream", "base64": True}
