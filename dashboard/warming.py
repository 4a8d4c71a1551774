"""What a fresh worker does before its first visitor, and what it does beside."""

from __future__ import annotations

import gc
import importlib
import logging
import threading
import time
from typing import Any

from flask import Flask

from callbacks.jobs import follow_job
from dashboard.upkeep import Upkeep

logger = logging.getLogger(__name__)

EXTENSION = "dashboard"
"""Where an app keeps what is to be warmed: ``server.extensions["dashboard"]``, a tuple of (services, manager, path,
upkeep)."""


PREDICTION_LIBRARIES = ("sklearn.pipeline", "sklearn.ensemble", "skops.io", "core.prediction")
QUIET_S = 3.0
"""The first pages go before: loading libraries takes a processor for a second or two."""


def warm_up(server: Flask) -> None:
    """Warm a worker.

    Dash builds its bundles' table with the first request, and threads that come at once get errors: so the first
    request is our own. The table and the server of job processes load in threads.
    """
    services, manager, layout_path, upkeep = server.extensions[EXTENSION]
    answer: Any = server.test_client().get(layout_path)
    if answer.status_code != 200:
        logger.error("The first request was answered with %s", answer.status_code)
    services.tracks.warm()
    if manager is not None:
        manager.warm(follow_job)
    threading.Thread(target=_afterwards, args=(upkeep,), name="upkeep", daemon=True).start()


def _afterwards(upkeep: Upkeep) -> None:
    """Spare the first what-if question the wait for scikit-learn, then tidy up for as long as the worker lives."""
    time.sleep(QUIET_S)
    for name in PREDICTION_LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is loaded stays: looking through it again and again takes a tenth of a second of large pages
    upkeep.keep_on()
