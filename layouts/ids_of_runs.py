"""Ids of the pages on which runs stand side by side, and of what is said of one: part of ``layouts.ids``."""

from __future__ import annotations

from enum import StrEnum


class Comparison(StrEnum):
    """The leaderboard of comparable runs; those in the second part are the ``type`` of pattern-matching ids."""

    LIST = "comparison-runs-section"
    NOTICE = "comparison-undo-section"
    CHANGED = "comparison-changed-store"
    SEEN = "comparison-seen-store"
    TICK = "comparison-tick-interval"
    GROUP = "comparison-group-select"
    OBJECTIVE = "comparison-objective-select"
    COST = "comparison-cost-select"
    FRONT = "comparison-front-graph"
    TOGETHER = "comparison-together-section"
    PICKED = "comparison-picked-store"
    CHAMPIONS = "comparison-champions-section"
    IMPORT = "comparison-import-upload"
    IMPORT_NOTE = "comparison-import-status"
    IMPORT_NOTICE = "comparison-import-section"
    IMPORT_PROBLEM = "comparison-import-upload-problem"

    CHOSEN = "comparison-chosen-checkbox"
    DELETE = "comparison-delete-button"
    UNDO = "comparison-undo-button"


class History(StrEnum):
    """Every run; those in the second part are the ``type`` of pattern-matching ids."""

    URL = "history-address-location"
    LIST = "history-runs-section"
    NOTICE = "history-notice-section"
    CHANGED = "history-changed-store"
    TEXT = "history-text-input"
    STARRED = "history-starred-checkbox"
    ASCENDING = "history-direction-select"
    SEEN = "history-seen-store"
    TICK = "history-tick-interval"
    PICKED = "history-picked-store"
    DOWNLOAD = "history-download-file"
    TOGETHER = "history-together-section"

    FILTER = "history-filter-select"
    FIELD = "history-filter-field"
    UNPICK = "history-unpick-button"
    TURN = "history-page-button"
    EXPORT = "history-export-button"
    CHOSEN = "history-chosen-checkbox"
    STAR = "history-star-button"
    NAME = "history-name-input"
    TAGS = "history-tags-input"
    NOTE = "history-note-input"
    SAVE = "history-save-button"
    DELETE = "history-delete-button"
    UNDO = "history-undo-button"


class Standing(StrEnum):
    """Champion and candidate; those in the second part are the ``type`` of pattern-matching ids."""

    MARKS = "standing-marks-section"
    PANEL = "standing-panel-section"
    CHANGED = "standing-changed-store"

    ALIAS = "standing-alias-select"
    PURPOSE = "standing-purpose-input"
    WHY = "standing-why-input"
    PROMOTE = "standing-promote-button"
    WITHDRAW = "standing-withdraw-button"


class CardView(StrEnum):
    """The model card of a run."""

    RUN = "card-run-store"
    SAVE = "card-save-button"
    DOWNLOAD = "card-download-file"
    NOTICE = "card-notice-section"


class Trends(StrEnum):
    """Charts of many runs."""

    LIST = "trends-charts-section"
    ASKED = "trends-asked-store"
    METRIC = "trends-metric-select"
    GROUP = "trends-group-select"
    PROGRESS = "trends-progress-graph"
    CHOICES = "trends-choices-graph"
    TIMES = "trends-times-graph"


class Why(StrEnum):
    """Why the model of a run says what it says."""

    RUN = "why-run-store"
    SAVE = "why-save-button"
    DOWNLOAD = "why-download-file"
    IMPORTANCE = "why-importance-graph"
    SWARM = "why-swarm-graph"
    FEATURE = "why-feature-select"
    COLOUR = "why-colour-select"
    DEPENDENCE = "why-dependence-graph"
    PARTIAL = "why-partial-graph"
    INTERACTIONS = "why-interactions-graph"
    GENRES = "why-genres-graph"
    TRACK = "why-track-select"
    TRACK_PANEL = "why-track-section"
    WATERFALL = "why-waterfall-graph"
    FORCE = "why-force-graph"
    FIRST = "why-first-select"
    SECOND = "why-second-select"
    COHORTS = "why-cohorts-graph"
    PERMUTATION = "why-permutation-graph"
    OTHER = "why-other-select"
    OTHER_PANEL = "why-other-section"
    MODELS = "why-models-graph"


class Compare(StrEnum):
    """Two to eight runs side by side."""

    ACTUAL = "compare-actual-graph"
    RESIDUALS = "compare-residuals-graph"
    ERRORS = "compare-errors-graph"
    AGREEMENT = "compare-agreement-graph"
    TIMES = "compare-times-graph"
