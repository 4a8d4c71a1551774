"""How long a scoring may take, found by scoring a few of its rows."""

from __future__ import annotations

import time

import pandas as pd

from core.batch.scoring import Reasoned, score_rows

FEW, MANY = 4, 256
QUICK_S = 0.15
START_S = 2.0
READ_ROWS_A_SECOND = 25_000
"""What reading and writing a file takes besides."""


def estimate_seconds(predictor: Reasoned, frame: pd.DataFrame, *, reasons: bool = False) -> float:
    """Estimate the seconds that scoring a file takes in a job of its own, once it has begun.

    Parameters
    ----------
    predictor : Predictor
    frame : DataFrame of shape (n_rows, any)
        The whole file; a few of its rows are scored.
    reasons : bool
    """
    n_rows = len(frame)
    if not n_rows:
        return START_S
    score_rows(predictor, frame.head(1), reasons=reasons)  # what is worked out once is not counted
    few = min(FEW, n_rows)
    # Twice, as a library may still be warming up, or another process may take the core.
    seconds = min(_seconds(predictor, frame.head(few), reasons) for _ in range(2))
    a_row = seconds / few
    many = min(MANY, n_rows)
    if seconds < QUICK_S and many > few:
        a_row = max(_seconds(predictor, frame.head(many), reasons) - seconds, 0) / (many - few)
    return START_S + n_rows / READ_ROWS_A_SECOND + a_row * n_rows


def _seconds(predictor: Reasoned, rows: pd.DataFrame, reasons: bool) -> float:
    began = time.perf_counter()
    score_rows(predictor, rows, reasons=reasons)
    return time.perf_counter() - began
