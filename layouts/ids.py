"""Component ids: one StrEnum a view, values are page-subject-component."""

from __future__ import annotations

from enum import StrEnum


class Shell(StrEnum):
    """Frame, job tray and the stores that every page shares."""

    URL = "shell-url"
    PLACE = "shell-place-store"
    QUERIES = "shell-queries-store"
    CONTENT = "shell-page-content"
    SOURCE = "shell-source-content"
    NAV = "shell-navigation-nav"
    TRAY = "shell-tray-content"
    TRAY_TICK = "shell-tray-interval"
    TRAY_TOGGLE = "shell-tray-button"
    TRAY_SUMMARY = "shell-tray-summary"
    TRAY_PANEL = "shell-tray-panel"
    TRAY_DIGEST = "shell-tray-digest"
    TOASTS = "shell-toasts-container"
    THEME = "shell-theme-store"
    THEME_TOGGLE = "shell-theme-button"
    TEMPLATES = "shell-templates-store"
    SHORTCUTS = "shell-shortcuts-dialog"
    SHORTCUTS_TITLE = "shell-shortcuts-title"
    SHORTCUTS_OPEN = "shell-shortcuts-button"
    LAUNCH = "shell-launch-store"
    JOB_PROGRESS = "shell-job-progress-store"
    JOB_RETURN = "shell-job-return-store"
    JOB_ENDED = "shell-job-ended-store"


class Overview(StrEnum):
    """The data set's facts."""

    POPULARITY = "overview-popularity-graph"


class Eda(StrEnum):
    """Explore the table; those in the second part are the ``type`` of pattern-matching ids."""

    URL = "eda-address-location"
    STATE = "eda-state-store"
    BRUSH = "eda-brush-store"
    SWITCH = "eda-charts-switch"
    OFF = "eda-charts-off"
    BODY = "eda-charts-body"
    NAV = "eda-sections-nav"
    COUNT = "eda-filter-count"
    CHIPS = "eda-filter-chips"
    PROBLEMS = "eda-filter-problems"
    CLEAR = "eda-filter-clear-button"
    PANEL = "eda-filter-panel"
    PANEL_TOGGLE = "eda-filter-toggle-button"
    GENRE = "eda-filter-genre-checklist"
    SUBGENRE = "eda-filter-subgenre-checklist"
    ARTIST = "eda-filter-artist-input"
    DISTRIBUTION = "eda-distribution-section"
    RELATIONS = "eda-relations-section"
    SUMMARY = "eda-summary-section"
    GROUPS = "eda-groups-section"
    TIME = "eda-time-section"
    ARTISTS = "eda-artists-section"
    AT_DISTRIBUTION = "eda-distribution-store"
    AT_RELATIONS = "eda-relations-store"
    AT_SUMMARY = "eda-summary-store"
    AT_GROUPS = "eda-groups-store"
    AT_TIME = "eda-time-store"
    AT_ARTISTS = "eda-artists-store"
    POPULARITY = "eda-popularity-graph"
    FEATURE = "eda-feature-graph"
    CORRELATION = "eda-correlation-graph"
    SCATTER = "eda-scatter-graph"
    TRACK = "eda-scatter-track"
    SWAP = "eda-scatter-swap-button"
    WEBGL = "eda-webgl-store"
    NUMBERS_GRID = "eda-numbers-grid"
    CATEGORY_GRID = "eda-category-grid"
    GROUP = "eda-group-graph"
    SUBGENRES = "eda-subgenre-graph"
    YEARS = "eda-years-graph"
    MONTHS = "eda-months-graph"
    ARTISTS_COUNT = "eda-artists-count-graph"
    ARTISTS_MEAN = "eda-artists-mean-graph"
    DOWNLOAD = "eda-download"
    NUMBERS_CSV = "eda-numbers-csv-button"
    CATEGORY_CSV = "eda-category-csv-button"
    POINTS_CSV = "eda-points-csv-button"

    CHOICE = "eda-choice"
    RANGE = "eda-range"
    CHIP = "eda-chip"


class Training(StrEnum):
    """Choose and start training runs; those in the second part are the ``type`` of pattern-matching ids."""

    FORM = "training-form-section"
    GUARD = "training-submit-fieldset"
    SUBMIT = "training-submit-button"
    REASON = "training-submit-reason"
    NOTICE = "training-submit-notice"
    NONCE = "training-submit-store"
    PROTOCOL = "training-protocol-radio"
    TEST_SHARE = "training-test-share-input"
    FOLDS = "training-folds-input"
    SEED = "training-seed-input"
    DEFAULTS = "training-defaults-radio"
    SETTINGS_EMPTY = "training-settings-empty"
    PLAN = "training-plan-section"
    LIVE = "training-live-section"
    RECENT = "training-recent-section"
    ACTIVE = "training-active-store"
    SEEN = "training-seen-store"
    TICK = "training-tick-interval"

    FAMILIES = "training-families-checklist"
    FEATURES = "training-features-checklist"
    ALL = "training-features-all-button"
    NONE = "training-features-none-button"
    PARAM = "training-param-input"
    PARAMS = "training-params-section"
    CANCEL = "training-cancel-button"


class Comparison(StrEnum):
    """All runs, side by side; the last two are the ``type`` of pattern-matching ids."""

    LIST = "comparison-runs-section"
    NOTICE = "comparison-undo-section"
    CHANGED = "comparison-changed-store"
    SEEN = "comparison-seen-store"
    TICK = "comparison-tick-interval"

    DELETE = "comparison-delete-button"
    UNDO = "comparison-undo-button"


class RunView(StrEnum):
    """One run; the last three are the ``type`` of pattern-matching ids."""

    RUN = "run-id-store"
    CONTENT = "run-content-section"
    NOTICE = "run-notice-section"
    SEEN = "run-seen-store"
    TICK = "run-tick-interval"
    DOWNLOAD = "run-download-file"
    ACTUAL = "run-actual-graph"
    RESIDUALS = "run-residuals-graph"
    TREND = "run-residual-trend-graph"
    BANDS = "run-bands-graph"

    CANCEL = "run-cancel-button"
    FILE = "run-file-button"


class Prediction(StrEnum):
    """What-if; those in the second part are the ``type`` of pattern-matching ids."""

    RUN = "prediction-run-select"
    RUN_FACTS = "prediction-run-facts"
    ASKED = "prediction-asked-store"
    CONTROLS = "prediction-controls-section"
    VALUES = "prediction-values-store"
    START = "prediction-start-store"
    ANSWER = "prediction-answer-section"
    ANSWERED = "prediction-answered-store"
    GRAPH = "prediction-position-graph"
    SEARCH = "prediction-track-input"
    FOUND = "prediction-track-list"
    TRACK = "prediction-track-section"
    RESET = "prediction-reset-button"
    KEEP = "prediction-keep-button"
    KEPT = "prediction-kept-store"
    BIN = "prediction-bin-store"
    KEPT_LIST = "prediction-kept-section"
    CLEAR = "prediction-clear-button"
    UNDO = "prediction-undo-button"

    SLIDER = "prediction-feature-slider"
    NUMBER = "prediction-feature-number"
    SELECT = "prediction-feature-select"
    PICK = "prediction-track-button"
