"""What jobs need to know, out of the settings: where things are, the limits of training, where runs are logged."""

from __future__ import annotations

from dataclasses import fields
from urllib.parse import urlsplit

from core.batch.folders import count_active
from core.errors import InvalidRequest
from core.mlflow import Tracking
from core.runs.making import JobContext
from core.runs.model import Limits
from dashboard.settings import Settings


def limits_of(settings: Settings) -> Limits:
    """Give the limits: each has the name of its setting."""
    return Limits(**{field.name: getattr(settings, field.name) for field in fields(Limits)})


def tracking_of(settings: Settings) -> Tracking | None:
    """Give where finished runs are logged; None where no server is named.

    Raises
    ------
    InvalidRequest
        When the address is none of a server; it is not repeated, as it may hold a password.
    """
    if settings.mlflow_tracking_uri is None:
        return None
    parts = urlsplit(settings.mlflow_tracking_uri.get_secret_value())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidRequest(
            "DASHBOARD_MLFLOW_TRACKING_URI is the address of an MLflow server: http://... or https://..."
        )
    token = settings.mlflow_token.get_secret_value() if settings.mlflow_token else ""
    return Tracking(settings.mlflow_tracking_uri.get_secret_value(), settings.mlflow_experiment, token)


def context_of(settings: Settings) -> JobContext:
    """Give what jobs need to know; it travels to their processes, so paths are absolute."""
    data = settings.data.absolute() if settings.data else None
    home, limits = settings.home.absolute(), limits_of(settings)
    return JobContext(home, limits, settings.database_url, data, tracking_of(settings), count_active)
