"""From the press of a button to a queued job: the one way in which a page asks for runs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.errors import InvalidRequest

if TYPE_CHECKING:
    from core.requests import TrainingRequest
    from core.runs.model import Job
    from core.runs.service import Runs
    from core.tables import Tables


def submit_on_press(runs: Runs, tables: Tables, owner: str, requests: Sequence[TrainingRequest], nonce: object) -> Job:
    """Queue one job of runs on the table that an owner works with.

    Parameters
    ----------
    runs : Runs
    tables : Tables
    owner : str
    requests : sequence of TrainingRequest
    nonce : object
        What the page sent as its key: a UUID made anew for each press, so that a press sent twice is one job.

    Raises
    ------
    InvalidRequest
        When the key is no UUID, or the requests cannot be run on the table.
    DataError
        When the table cannot train a model.
    Refused
        When the owner has an active job already, or the queue is full.
    """
    try:
        key = str(uuid.UUID(nonce)) if isinstance(nonce, str) else ""
    except ValueError:
        key = ""
    if not key:
        raise InvalidRequest("What was sent carries no key. Reload the page and try again.")
    return runs.submit(owner, requests, key, table=tables.current(owner))
