"""The one place where errors become messages for people."""

from __future__ import annotations

import logging
import uuid
from typing import Final

from dash import html
from dash.exceptions import DependencyException, InvalidCallbackReturnValue, PreventUpdate
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from core.errors import (
    BundleError,
    DashboardError,
    DataError,
    InvalidRequest,
    NotFound,
    Refused,
    StorageError,
    TableChanged,
)
from layouts.components import empty_state

logger = logging.getLogger(__name__)

STATUS: Final[dict[type[DashboardError], int]] = {
    InvalidRequest: 400,
    NotFound: 404,
    Refused: 409,
    BundleError: 409,
    DataError: 422,
    StorageError: 507,
}


def status_of(error: DashboardError) -> int:
    """Give the HTTP status of a domain error (400 for one without a row of its own)."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def describe(error: BaseException) -> str:
    """Give the message people may read: the error's own, or a reference to the log for the unexpected."""
    if isinstance(error, DashboardError):
        return str(error)
    reference = uuid.uuid4().hex[:8]
    logger.error("Unexpected error, reference %s", reference, exc_info=error)
    return f"Something went wrong on the server. It is in the log under the reference {reference}."


def error_page(title: str, message: str, href: str, link_text: str = "Go to the overview") -> html.Div:
    """Draw a page that says what is wrong and where to go on."""
    return empty_state(
        title, message, html.A(link_text, href=href, className="btn btn-primary"), icon_name="signpost", level=1
    )


def install(server: Flask) -> None:
    """Answer every error of a request with JSON ``{"error": message}`` and its status, never with a traceback."""

    @server.errorhandler(DashboardError)
    def _domain(error: DashboardError) -> tuple[Response, int]:
        redraw = {"redraw": True} if isinstance(error, TableChanged) else {}
        return jsonify(error=describe(error), **redraw), status_of(error)

    @server.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[Response, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        return jsonify(error=error.description or error.name), error.code

    @server.errorhandler(DependencyException)
    def _no_file(error: DependencyException) -> tuple[Response, int]:
        return jsonify(error="There is no such file."), 404

    @server.errorhandler(InvalidCallbackReturnValue)
    def _other_parts(error: InvalidCallbackReturnValue) -> tuple[Response | str, int]:
        """How many components an answer is for comes from the page: a forged or outdated one asks for other numbers."""
        outputs = (request.get_json(silent=True) or {}).get("outputs")
        if not isinstance(outputs, list) or not any(isinstance(one, list) for one in outputs):
            return _unexpected(error)
        logger.warning("An answer did not fit the parts of the page that it was for", exc_info=error)
        return jsonify(error="The page does not have the parts that belong to it. Load it again."), 400

    @server.errorhandler(Exception)
    def _unexpected(error: Exception) -> tuple[Response | str, int]:
        if isinstance(error, PreventUpdate):
            return "", 204
        logger.debug("While answering %s %s", request.method, request.path)
        return jsonify(error=describe(error)), 500
