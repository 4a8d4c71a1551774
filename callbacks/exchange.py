"""Import of exported runs: a file comes, a run is there, or a reason why not."""

from __future__ import annotations

import base64
import binascii
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dash import Dash, Input, Output, no_update

from callbacks.identity import current_owner
from core.errors import DashboardError, InvalidRequest, Refused
from core.runs.model import Run
from layouts import exchange as view
from layouts.dataset.tables import MAX_UPLOAD_MB
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

    @app.callback(
        Output(Comparison.IMPORT_NOTICE, "children"),
        Output(Comparison.CHANGED, "data", allow_duplicate=True),
        Output(Comparison.IMPORT, "contents"),
        Input(Comparison.IMPORT, "contents"),
        running=[(Output(Comparison.IMPORT_NOTE, "children"), "Checking the file…", None)],
        prevent_initial_call=True,
    )
    def take(contents: Any) -> tuple[Any, Any, None]:
        if contents is None:
            return no_update, no_update, None
        notice, mark = bring_in(services, current_owner(), contents)
        return notice, mark, None


def bring_in(services: Any, owner: str, contents: Any) -> tuple[Any, Any]:
    """Import what the browser sent; gives the notice, and a mark that there is a new run."""
    from core.runs.exchange import AlreadyHere

    try:
        with alone():
            run = services.exchange.bring_in(io.BytesIO(_decoded(contents)), owner)
    except AlreadyHere as error:
        return view.here_already(error.run_id), no_update
    except DashboardError as error:
        return view.import_problem(str(error)), no_update
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
    return _download(run, made.content, ".onnx", "--onnx"), view.onnx_said(made.difference, made.n_rows)


def _download(run: Run, content: bytes, suffix: str, flag: str) -> dict[str, Any]:
    from core.runs.exchange import file_name

    if len(content) > MAX_UPLOAD_MB * 2**20:
        raise Refused(view.too_large(run, len(content), flag))
    encoded = base64.b64encode(content).decode("ascii")
    return {"content": encoded, "filename": file_name(run, suffix), "type": "application/octet-stream", "base64": True}


def _decoded(contents: Any) -> bytes:
    """The bytes of a data URL."""
    if not isinstance(contents, str) or not contents.startswith("data:"):
        raise InvalidRequest("The file could not be read. Choose it again.")
    try:
        return base64.b64decode(contents.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise InvalidRequest("The file came damaged. Choose it again.") from None
