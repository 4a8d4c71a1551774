"""The one family that learns from the predictions of others; `core.stacking` makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import InvalidRequest
from core.families.model import ModelFamily


def _nothing(params: Mapping[str, Any], seed: int, n_jobs: int) -> Any:
    raise InvalidRequest("A stack is made of finished runs, not fitted to a table.")


STACK = (
    ModelFamily(
        key="stack",
        label="Stack of runs",
        summary="Adds up what several finished runs predict, each weighted by how much it helps on unseen tracks.",
        make=_nothing,
        combines_runs=True,
    ),
)
