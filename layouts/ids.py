"""Component ids: one StrEnum a view, values are page-subject-component."""

from __future__ import annotations

from enum import StrEnum


class Shell(StrEnum):
    """Frame, job tray and the stores that every page shares."""

    URL = "shell-url"
    CONTENT = "shell-page-content"
    NAV = "shell-navigation-nav"
    TRAY = "shell-tray-content"
    TRAY_TICK = "shell-tray-interval"
    TOASTS = "shell-toasts-container"
    THEME = "shell-theme-store"
    THEME_TOGGLE = "shell-theme-button"
    LAUNCH = "shell-launch-store"
    JOB_PROGRESS = "shell-job-progress-store"
    JOB_ENDED = "shell-job-ended-store"


class Overview(StrEnum):
    """The data set's facts."""


class Eda(StrEnum):
    """Explore the table."""


class Training(StrEnum):
    """Choose and start training runs."""


class Comparison(StrEnum):
    """All runs, side by side."""


class RunView(StrEnum):
    """One run."""


class Prediction(StrEnum):
    """What-if."""
