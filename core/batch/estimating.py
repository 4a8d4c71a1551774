"""How long a scoring may take, found by scoring a few of its rows."""

from __future__ import annotations

import time

import pandas as pd

from core.batch.scoring import Reasoned, score_rows

SIZES = (1, 4, 64, 512)
MOST_S = 2.5
"""What the next larger sample may take, judged by the one before."""
START_S = 2.0
READ_ROWS_A_SECOND = 12_000
"""What reading and writing a file takes besides."""


def estimate_seconds(predictor: Reasoned, frame: pd.DataFrame, *, reasons: bool = False) -> float:
    """Estimate the seconds that scoring a file takes in a job of its own on a free core, once it has begun.

    Every call takes a while whatever its rows, so a row costs what a larger sample takes more than a smaller one.

    Parameters
    ----------
    predictor : Predictor
    frame : DataFrame of shape (n_rows, any)
        The whole file; at most some hundred of its rows are scored.
    reasons : bool
    """
    n_rows = len(frame)
    a_row, before = 0.0, (0, 0.0)
    if n_rows:
        score_rows(predictor, frame.head(1), reasons=reasons)  # what is worked out once is not counted
    for size in (size for size in SIZES if size <= n_rows):
        if before[1] / max(before[0], 1) * size > MOST_S and size > SIZES[1]:
            break
        seconds = min(_seconds(predictor, frame.head(size), reasons) for _ in range(2))
        a_row = max(seconds - before[1], 0.0) / (size - before[0])
        before = (size, seconds)
    return START_S + n_rows / READ_ROWS_A_SECOND + a_row * n_rows


def _seconds(predictor: Reasoned, rows: pd.DataFrame, reasons: bool) -> float:
    """Processor seconds: what others do at the same time does not count; models predict with one thread."""
    began = time.thread_time()
    score_rows(predictor, rows, reasons=reasons)
    return time.thread_time() - began
