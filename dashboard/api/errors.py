"""Errors of the API: always JSON, with a code for programs and a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import Blueprint, Response, jsonify
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from callbacks.errors import describe, status_of
from core.errors import DashboardError, InvalidRequest
from core.places import BusyError
from dashboard.api.models import Error, Problem

CODES: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: ("malformed", "No JSON, or JSON with NaN, Infinity or bottomless nesting."),
        401: ("unknown_user", "The portal did not say who you are."),
        403: ("cross_site", "The request came from another site."),
        404: ("not_found", "There is no such run for you, or no such address."),
        405: ("method_not_allowed", "The address takes another method."),
        409: ("unusable", "The run is not finished, or its model cannot be used here."),
        413: ("too_large", "The body is too large."),
        415: ("not_json", "The body is not sent as application/json."),
        422: ("invalid", "A value makes no sense; `problems` says which."),
        429: ("busy", "Too many requests are being worked on; try again in a moment."),
        500: ("unexpected", "It is the server's fault; the log says more."),
        507: ("storage", "The server has no room."),
    }
)
"""HTTP status to the code of the error, and what it means."""

MOST_PROBLEMS = 20
RETRY_S = 2
LONGEST_MESSAGE = 300


class InvalidValues(InvalidRequest):
    """Some values make no sense; carries which."""

    def __init__(self, message: str, problems: Sequence[Problem]) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


def answer(status: int, message: str, problems: Sequence[Problem] = ()) -> Response:
    """Give an error as the API says it."""
    code = CODES[status][0] if status in CODES else f"http_{status}"
    response = jsonify(Error(code=code, error=message, problems=list(problems)[:MOST_PROBLEMS]).model_dump())
    response.status_code = status
    if status == 429:
        response.headers["Retry-After"] = str(RETRY_S)
    return response


def install(blueprint: Blueprint) -> None:
    """Answer whatever goes wrong in the blueprint, and before it in the guards of the door."""

    @blueprint.errorhandler(DashboardError)
    def _domain(error: DashboardError) -> Response:
        if isinstance(error, BusyError):
            return answer(429, str(error))
        status = 422 if isinstance(error, InvalidRequest) else status_of(error)
        return answer(status, describe(error), getattr(error, "problems", ()))

    @blueprint.errorhandler(ValidationError)
    def _model(error: ValidationError) -> Response:
        problems = [Problem(where=_path(one["loc"]), message=one["msg"][:LONGEST_MESSAGE]) for one in error.errors()]
        first = problems[0]
        return answer(422, f"The request does not fit: {first.where or 'body'}: {first.message}.", _merged(problems))

    @blueprint.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        response = answer(error.code or 500, error.description or error.name)
        for name, value in error.get_headers():
            if name == "Allow":
                response.headers[name] = value
        return response

    @blueprint.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        return answer(500, describe(error))


def _path(location: Sequence[int | str]) -> str:
    """Where in the body something is wrong; which kind of value was tried does not matter to anybody.

    Examples
    --------
    >>> _path(("tracks", 3, "energy", "float"))
    'tracks[3].energy'
    """
    words = ""
    for part in location[:3]:
        words += f"[{part}]" if isinstance(part, int) else f".{str(part)[:80]}" if words else str(part)[:80]
    return words


def _merged(problems: Sequence[Problem]) -> list[Problem]:
    """One problem a place: a value that may be of several types is told once a type."""
    return list({one.where: one for one in reversed(problems)}.values())[::-1]
