"""Finished runs logged to an MLflow server: a copy for others, apart from the run, which never suffers from it."""

from __future__ import annotations

from core.mlflow.exporting import NOT_LOGGED, Tracking, log_again, log_runs

__all__ = ["NOT_LOGGED", "Tracking", "log_again", "log_runs"]
