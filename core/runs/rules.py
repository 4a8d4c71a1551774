"""What may be asked of runs, and by whom."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from core.errors import InvalidRequest, Refused
from core.families import FAMILIES
from core.runs.model import SHELL_OWNER

if TYPE_CHECKING:
    from core.requests import TrainingRequest
    from core.runs.model import Run

MOST_RUNS_PER_JOB: Final = 50
LONGEST_KEY: Final = 200


def as_json(requests: Sequence[TrainingRequest]) -> list[dict[str, Any]]:
    """The requests of a job as the registry keeps them.

    Raises
    ------
    InvalidRequest
        When there are none, or too many.
    """
    if not 1 <= len(requests) <= MOST_RUNS_PER_JOB:
        raise InvalidRequest(f"A job has 1 to {MOST_RUNS_PER_JOB} runs, got {len(requests)}.")
    return [request.model_dump(mode="json") for request in requests]


def checked_key(key: object) -> str:
    """The key of a job.

    Raises
    ------
    InvalidRequest
        When it is no text, empty or too long.
    """
    if not isinstance(key, str) or not 1 <= len(key) <= LONGEST_KEY:
        raise InvalidRequest(f"The key of a job is a text of 1 to {LONGEST_KEY} characters.")
    return key


def is_uuid(text: object) -> bool:
    """Whether it is the canonical text of a UUID, as the server makes them."""
    try:
        return isinstance(text, str) and str(uuid.UUID(text)) == text
    except ValueError:
        return False


def has_a_best_so_far(run: Run) -> bool:
    """Whether it searches, or learns in steps or, after a search, on folds of which the later ones can be left out."""
    family = FAMILIES.get(run.request.family)
    if family is not None and family.stops_when_asked:
        return True
    return run.request.tuning is not None and (run.request.cv_folds > 1 or _followed_at(run) is None)


def is_stopping(run: Run) -> bool:
    """Whether the wish to stop still has to be followed: not once it ended a search, and what comes after goes on."""
    if run.stop_requested_at is None:
        return False
    followed_at = _followed_at(run)
    return followed_at is None or run.stop_requested_at > followed_at


def _followed_at(run: Run) -> datetime | None:
    told = (run.progress or {}).get("followed_at")
    return datetime.fromisoformat(told) if told else None


def may_see(owner_of_run: str, owner: str | None) -> bool:
    """Whether an owner may read a run; None is the operator, who sees all."""
    return owner is None or owner_of_run in (owner, SHELL_OWNER)


def refuse_foreign(owner_of_run: str, owner: str | None) -> None:
    """Keep people from changing what the shell has made.

    Raises
    ------
    Refused
    """
    if owner is not None and owner_of_run != owner:
        raise Refused("This run was made from the command line, where it can be changed.")
