"""How long a scoring may take, found by scoring a few of its rows."""

from __future__ import annotations

import time
from typing import Final
from weakref import WeakKeyDictionary

import pandas as pd

from core.batch.scoring import Reasoned, rows_in_turn, score_rows
from core.places import Places

SIZES = (1, 4, 64, 512)
MOST_S = 2.5
"""What the next larger sample may take, judged by the one before."""
START_S = 2.0
READ_ROWS_A_SECOND = 12_000
"""What reading and writing a file takes besides."""
ESTIMATING: Final = Places(
    1, "Times of other files are being estimated at the moment. Try again in a moment.", wait_s=3
)
"""One at a time in each process: it takes a core for seconds where a model is slow."""

_known: WeakKeyDictionary[Reasoned, dict[tuple[bool, int], float]] = WeakKeyDictionary()


def estimate_seconds(predictor: Reasoned, frame: pd.DataFrame, *, reasons: bool = False, threads: int = 1) -> float:
    """Estimate the seconds that scoring a file takes in a job of its own on free cores, once it has begun.

    What was found out about a model is kept as long as the model is.

    Parameters
    ----------
    predictor : Predictor
    frame : DataFrame of shape (n_rows, any)
        The whole file; at most some hundred of its rows are scored.
    reasons : bool
    threads : int
        Cores that reasons may use; they share parts of `EXPLAINED_ROWS`, so a short file gains nothing by them.

    Raises
    ------
    Refused
        When another estimate takes long.
    """
    n_rows = len(frame)
    a_row = _known_a_row(predictor, frame, reasons=False)
    seconds = START_S + n_rows / READ_ROWS_A_SECOND + a_row * n_rows
    if reasons:
        more = max(_known_a_row(predictor, frame, reasons=True) - a_row, 0.0)
        seconds += more * rows_in_turn(n_rows, threads)
    return seconds


def _known_a_row(predictor: Reasoned, frame: pd.DataFrame, *, reasons: bool) -> float:
    asked = (reasons, min(len(frame), SIZES[-1]))
    a_row = _known.get(predictor, {}).get(asked)
    if a_row is None:
        with ESTIMATING.hold():
            a_row = _seconds_a_row(predictor, frame, reasons)
        _known.setdefault(predictor, {})[asked] = a_row
    return a_row


def _seconds_a_row(predictor: Reasoned, frame: pd.DataFrame, reasons: bool) -> float:
    """Every call takes a while whatever its rows, so a row costs what a larger sample takes more than a smaller one."""
    a_row, before = 0.0, (0, 0.0)
    if len(frame):
        score_rows(predictor, frame.head(1), reasons=reasons)  # what is worked out once is not counted
    for size in (size for size in SIZES if size <= len(frame)):
        if before[1] / max(before[0], 1) * size > MOST_S and size > SIZES[1]:
            break
        seconds = min(_seconds(predictor, frame.head(size), reasons) for _ in range(2))
        a_row = max(seconds - before[1], 0.0) / (size - before[0])
        before = (size, seconds)
    return a_row


def _seconds(predictor: Reasoned, rows: pd.DataFrame, reasons: bool) -> float:
    """Processor seconds: what others do at the same time does not count; models predict with one thread."""
    began = time.thread_time()
    score_rows(predictor, rows, reasons=reasons)
    return time.thread_time() - began
