"""Component ids of the view that scores a file."""

from __future__ import annotations

from enum import StrEnum


class Batch(StrEnum):
    """Score a file; the last one is the ``type`` of pattern ids."""

    URL = "score-address-location"
    UPLOAD = "score-upload-file"
    UPLOAD_NOTE = "score-upload-note"
    UPLOAD_PROBLEM = "score-upload-problem"
    STAGED = "score-doctor-store"
    RESULT = "score-doctor-result"
    REJECTED = "score-doctor-rejected-button"
    DISCARD = "score-doctor-discard-button"
    DOWNLOAD = "score-rejected-download"
    RUN = "score-model-select"
    REASONS = "score-reasons-switch"
    ESTIMATE = "score-estimate-content"
    GO = "score-start-button"
    REASON = "score-start-reason"
    NONCE = "score-start-nonce-store"
    GUARD = "score-form-fieldset"
    JOB = "score-job-store"
    SEEN = "score-job-seen-store"
    LIVE = "score-job-content"
    TICK = "score-job-interval"
    STOP = "score-job-cancel-button"
    GRAPH = "score-predictions-graph"
    MAP = "score-mapping-select"
