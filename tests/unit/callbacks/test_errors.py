"""Errors become messages, never tracebacks."""

from __future__ import annotations

import logging

import pytest
from dash.exceptions import DependencyException
from flask import Flask

from callbacks.errors import describe, install, status_of
from core.errors import BundleError, DashboardError, DataError, InvalidRequest, NotFound, Refused, StorageError


def ask(error: Exception) -> tuple[int, str]:
    server = Flask("test")
    install(server)

    @server.get("/")
    def fail() -> str:
        raise error

    answer = server.test_client().get("/")
    return answer.status_code, answer.get_json()["error"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidRequest("a"), 400),
        (NotFound("a"), 404),
        (Refused("a"), 409),
        (BundleError("a"), 409),
        (DataError("a"), 422),
        (StorageError("a"), 507),
        (DashboardError("a"), 400),
    ],
)
def test_a_domain_error_has_its_status_and_says_its_message(error: DashboardError, status: int) -> None:
    assert ask(error) == (status, "a")
    assert status_of(error) == status


def test_an_unexpected_error_tells_a_reference_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        status, message = ask(ZeroDivisionError("secret detail"))
    assert status == 500
    assert "secret" not in message
    assert "Traceback" not in message
    reference = message.rstrip(".").split()[-1]
    assert any(reference in record.getMessage() and record.exc_info for record in caplog.records)


def test_an_unknown_address_answers_in_json() -> None:
    server = Flask("test")
    install(server)
    answer = server.test_client().get("/none")
    assert answer.status_code == 404
    assert answer.get_json()["error"]


def test_two_unexpected_errors_have_different_references() -> None:
    assert describe(KeyError("a")) != describe(KeyError("a"))


def test_a_library_file_that_does_not_exist_is_not_found_and_names_no_other() -> None:
    status, said = ask(DependencyException("Registered libraries are: dash, plotly"))
    assert status == 404
    assert "plotly" not in said
