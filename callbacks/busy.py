"""How much a person may have in progress at once, for whatever page wants to start more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.runs.model import Limits, Run


def jobs_of(active: Sequence[Run]) -> int:
    """How many jobs some runs belong to."""
    return len({run.job_id for run in active})


def busy_in_words(jobs: Any, limits: Limits) -> str:
    """Say why no further job can be asked for; empty when one can."""
    most = limits.jobs_per_user
    if not isinstance(jobs, int) or jobs < most:
        return ""
    if most == 1:
        return "Your last job is still in progress: wait for it, or cancel it."
    return f"You have {jobs} jobs in progress, the most that one person may have here: wait for one, or cancel one."
