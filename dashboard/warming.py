"""What a fresh worker does before its first visitor, and what it does beside."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask

logger = logging.getLogger(__name__)

EXTENSION = "dashboard"
"""Where an app keeps what is to be warmed: ``server.extensions["dashboard"]``, a tuple of (services, manager, path)."""


def warm_up(server: Flask) -> None:
    """Warm a worker.

    Dash builds its bundles' table with the first request, and threads that come at once get errors: so the first
    request is our own. The table and the server of job processes load in threads.
    """
    services, manager, layout_path = server.extensions[EXTENSION]
    answer: Any = server.test_client().get(layout_path)
    if answer.status_code != 200:
        logger.error("The first request was answered with %s", answer.status_code)
    services.tracks.warm()
    if manager is not None:
        manager.warm()
