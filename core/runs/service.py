"""Runs: everything pages and the shell may ask of the registry and the bundles, with the owner checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.progress import Report, report_nothing
from core.runs.model import Job, Limits, Run

if TYPE_CHECKING:
    import pandas as pd

    from core.prediction import Predictor
    from core.requests import TrainingRequest


class Runs:
    """The one door to runs (API; the methods are being filled in)."""

    def __init__(
        self,
        home: Path,
        limits: Limits | None = None,
        *,
        database_url: str | None = None,
        data: Path | None = None,
    ) -> None: ...

    def submit(self, owner: str, requests: Sequence[TrainingRequest], key: str) -> Job:
        raise NotImplementedError

    def get(self, run_id: str, owner: str | None) -> Run:
        raise NotImplementedError

    def list(self, owner: str | None, limit: int = 200) -> list[Run]:
        return []

    def active(self, owner: str | None) -> Sequence[Run]:
        return []

    def recent(self, owner: str | None, seconds: float = 3600) -> Sequence[Run]:
        return []

    def cancel(self, run_id: str, owner: str | None) -> Run:
        raise NotImplementedError

    def cancel_job(self, job_id: str, owner: str | None) -> Job:
        raise NotImplementedError

    def delete(self, run_id: str, owner: str | None) -> Run:
        raise NotImplementedError

    def restore(self, run_id: str, owner: str | None) -> Run:
        raise NotImplementedError

    def predictions(self, run_id: str, owner: str | None) -> pd.DataFrame:
        raise NotImplementedError

    def predictor(self, run_id: str, owner: str | None) -> Predictor:
        raise NotImplementedError

    def run_inline(
        self, requests: Sequence[TrainingRequest], owner: str = "shell", report: Report = report_nothing
    ) -> Sequence[Run]:
        raise NotImplementedError

    def sweep(self) -> None: ...
