"""What the exit code of a command says."""

from __future__ import annotations

from core.errors import BundleError, DashboardError, DataError, InvalidRequest, NotFound, Refused, StorageError
from data.errors import DataFileError

OK = 0
UNEXPECTED = 1
RUN_FAILED = 8
INTERRUPTED = 130
PIPE_CLOSED = 141

ERROR_CODES: dict[type[Exception], int] = {
    InvalidRequest: 2,
    NotFound: 3,
    Refused: 4,
    DataError: 5,
    DataFileError: 5,
    BundleError: 6,
    StorageError: 7,
}

MEANINGS: dict[int, str] = {
    OK: "done",
    UNEXPECTED: "something unexpected; the log says what",
    2: "the request is malformed: unknown name, number out of bounds, missing choice",
    3: "there is no such run",
    4: "sound, but it cannot be served now",
    5: "the table cannot be read or used",
    6: "the stored model is missing, changed or of another version",
    7: "state or a result could not be written",
    RUN_FAILED: "a run failed or was stopped; the finished ones are kept and printed",
    INTERRUPTED: "interrupted from the keyboard",
    PIPE_CLOSED: "the reader of the output went away",
}


def exit_code(error: DashboardError | DataFileError) -> int:
    """Give the exit code of a domain error.

    Examples
    --------
    >>> exit_code(NotFound("There is no such run."))
    3
    """
    return next((code for kind, code in ERROR_CODES.items() if isinstance(error, kind)), UNEXPECTED)
