"""Component ids: one StrEnum a view, values are page-subject-component."""

from __future__ import annotations

from enum import StrEnum

from layouts.ids_of_batch import Batch as Batch
from layouts.ids_of_runs import CardView as CardView
from layouts.ids_of_runs import Compare as Compare
from layouts.ids_of_runs import Comparison as Comparison
from layouts.ids_of_runs import History as History
from layouts.ids_of_runs import Standing as Standing
from layouts.ids_of_runs import Trends as Trends
from layouts.ids_of_runs import Why as Why


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
    TABLE = "shell-table-store"


class Overview(StrEnum):
    """The data set's facts."""

    POPULARITY = "overview-popularity-graph"


class Status(StrEnum):
    """What is installed, and whether it can be loaded."""

    SAID = "status-said"
    MODELS = "status-models"
    TICK = "status-tick"


class Eda(StrEnum):
    """Explore the table; those in the second part are the ``type`` of pattern-matching ids."""

    URL = "eda-address-location"
    STATE = "eda-state-store"
    BRUSH = "eda-brush-store"
    HEARD = "eda-heard-store"
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
    SUBGENRES_CARD = "eda-subgenre-card"
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
    INTERVAL = "training-interval-radio"
    RULES = "training-rules-store"
    TYPED = "training-typed-store"
    SETTINGS_EMPTY = "training-settings-empty"
    TUNE = "training-tune-switch"
    TUNE_FIELDS = "training-tune-fields"
    TUNE_METHOD = "training-tune-method-radio"
    TUNE_TRIES = "training-tune-tries-input"
    TUNE_FOLDS = "training-tune-folds-input"
    TUNE_SCORING = "training-tune-scoring-select"
    TUNE_MINUTES = "training-tune-minutes-input"
    TUNE_JOBS = "training-tune-jobs-input"
    TRAIN_ALL = "training-all-button"
    COMBINE = "training-combine-button"
    COMBINE_SAID = "training-combine-notice"
    COMBINE_NONCE = "training-combine-store"
    SAID = "training-live-status"
    CHANGED = "training-changed-store"
    BOARD = "training-board-section"
    PLAN = "training-plan-section"
    LIVE = "training-live-section"
    FOLLOWED = "training-followed-section"
    RECENT = "training-recent-section"
    ACTIVE = "training-active-store"
    SEEN = "training-seen-store"
    TICK = "training-tick-interval"

    FAMILIES = "training-families-checklist"
    FEATURES = "training-features-checklist"
    FEATURE_SET = "training-feature-set-button"
    UNKNOWABLE = "training-unknowable-switch"
    AFTERWARDS = "training-afterwards-section"
    ALL = "training-features-all-button"
    NONE = "training-features-none-button"
    PARAM = "training-param-input"
    PARAM_SAID = "training-param-said"
    PARAMS = "training-params-section"
    PARAMS_OPEN = "training-params-summary"
    PARAMS_BODY = "training-params-fields"
    PARAMS_CHANGED = "training-params-changed"
    RESET = "training-params-reset-button"
    MEMBER = "training-member-checkbox"
    CANCEL_ALL = "training-cancel-all-button"
    CANCEL = "training-cancel-button"
    STOP = "training-stop-button"


class RunView(StrEnum):
    """One run; those in the last part are the ``type`` of pattern-matching ids."""

    RUN = "run-id-store"
    CONTENT = "run-content-section"
    FOUND = "run-found-section"
    CANDIDATES = "run-candidates-section"
    FACTS = "run-facts-section"
    CHANGED = "run-changed-store"
    NOTICE = "run-notice-section"
    SEEN = "run-seen-store"
    TICK = "run-tick-interval"
    DOWNLOAD = "run-download-file"
    ACTUAL = "run-actual-graph"
    RESIDUALS = "run-residuals-graph"
    TREND = "run-residual-trend-graph"
    BANDS = "run-bands-graph"
    COVERAGE_GENRES = "run-coverage-genres-graph"
    COVERAGE_BANDS = "run-coverage-bands-graph"

    CANCEL = "run-cancel-button"
    STOP = "run-stop-button"
    FILE = "run-file-button"


class Search(StrEnum):
    """What a run tells while it works; stands on two pages, under ids of :func:`at`."""

    RUN = "search-run-store"
    SEEN = "search-seen-store"
    TICK = "search-tick-interval"
    PANEL = "search-live-section"
    HEAD = "search-live-heading"
    SAID = "search-live-status"
    FOLDS = "search-folds-section"
    BEST = "search-best-graph"
    PARALLEL = "search-parallel-graph"
    SECONDS = "search-seconds-graph"
    CURVE = "search-curve-graph"
    BEST_BOX = "search-best-graph-box"
    PARALLEL_BOX = "search-parallel-graph-box"
    SECONDS_BOX = "search-seconds-graph-box"
    CURVE_BOX = "search-curve-graph-box"


TrainingSearch = StrEnum("TrainingSearch", {one.name: f"training-{one}" for one in Search})
RunSearch = StrEnum("RunSearch", {one.name: f"run-{one}" for one in Search})


def at(place: str, part: Search) -> str:
    """Give the id of a part of `Search` on a page.

    Examples
    --------
    >>> at("run", Search.BEST)
    'run-search-best-graph'
    """
    return f"{place}-{part}"


class Prediction(StrEnum):
    """What-if."""

    RUN = "prediction-run-select"
    RUN_FACTS = "prediction-run-facts"
    BEGIN = "prediction-begin-store"
    START = "prediction-start-store"
    SEARCH = "prediction-track-input"
    FOUND = "prediction-track-list"
    TRACK = "prediction-track-section"
    GENRE = "prediction-genre-select"
    CONTROLS = "prediction-controls-section"
    DRAWN = "prediction-controls-store"
    VALUES = "prediction-values-store"
    ANSWERED = "prediction-answered-store"
    ANSWER = "prediction-answer-section"
    LATE = "prediction-late-section"
    GRAPH = "prediction-position-graph"
    WHY = "prediction-why-section"
    NEAREST = "prediction-nearest-section"
    MODELS = "prediction-models-section"
    ADD_MODEL = "prediction-beside-select"
    BESIDE = "prediction-beside-store"
    BESIDE_GONE = "prediction-gone-store"
    KEEP = "prediction-keep-button"
    SHARE = "prediction-share-button"
    KEPT = "prediction-kept-store"
    BIN = "prediction-bin-store"
    BOARD = "prediction-board-store"
    KEPT_LIST = "prediction-kept-section"
    CSV = "prediction-board-button"
    DOWNLOAD = "prediction-board-file"
    WHAT_IF = "prediction-if-section"
    OPENED = "prediction-opened-store"
    FEATURE = "prediction-curve-select"
    CURVE_ASKED = "prediction-curve-store"
    CURVE = "prediction-curve-graph"
    SWEEP = "prediction-sweep-section"
    LOCKED = "prediction-locked-checklist"
    SUGGEST = "prediction-suggest-button"
    SUGGESTIONS = "prediction-suggest-section"


class Dataset(StrEnum):
    """The table in use, the owner's tables, the audit; those in the last part are the ``type`` of pattern ids."""

    URL = "dataset-address-location"
    SHOWN = "dataset-shown-store"
    GUARD = "dataset-section-fieldset"
    NAV = "dataset-sections-nav"
    BODY = "dataset-section-content"
    NOTICE = "dataset-notice-content"
    DOWNLOAD = "dataset-file-download"
    SEARCH = "dataset-preview-search-input"
    ORDER = "dataset-preview-order-select"
    COUNT = "dataset-preview-count"
    ROWS = "dataset-preview-rows"
    GRID = "dataset-preview-grid"
    UPLOAD = "dataset-upload-file"
    UPLOAD_NOTE = "dataset-upload-note"
    UPLOAD_PROBLEM = "dataset-upload-problem"
    STAGED = "dataset-doctor-store"
    RESULT = "dataset-doctor-result"
    KEEP = "dataset-doctor-keep-checklist"
    NAME = "dataset-doctor-name-input"
    ACCEPT = "dataset-doctor-accept-button"
    REASON = "dataset-doctor-reason"
    REJECTED = "dataset-doctor-rejected-button"
    DISCARD = "dataset-doctor-discard-button"
    AUDIT = "dataset-audit-content"
    AUDIT_ASKED = "dataset-audit-store"
    MEASURE = "dataset-gap-measure-button"
    MEASURE_REASON = "dataset-gap-reason"
    NONCE = "dataset-gap-nonce-store"
    GAP = "dataset-gap-content"
    GAP_SEEN = "dataset-gap-seen-store"
    GAP_TICK = "dataset-gap-interval"
    GAP_GRAPH = "dataset-gap-graph"
    MAP = "dataset-mapping-select"
    USE = "dataset-use-button"
    RENAME = "dataset-rename-button"
    NEW_NAME = "dataset-rename-input"
    DELETE = "dataset-delete-button"
    UNDO = "dataset-undo-button"
    FINDING = "dataset-finding-button"
    FINDING_FILE = "dataset-finding-download"
    CONCERNED = "dataset-concerned-button"
    CONCERNED_ROWS = "dataset-concerned-content"
    CANCEL = "dataset-gap-cancel-button"
