"""Runs: the registry of what was asked for, the bundles on disk and the jobs that make them."""

from __future__ import annotations

from core.runs.model import ACTIVE_STATES, SHELL_OWNER, Job, Limits, Run, RunState

__all__ = ["ACTIVE_STATES", "SHELL_OWNER", "Job", "Limits", "Run", "RunState"]
