"""The row of a frame with the highest or lowest value of a column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def row_of_most(frame: pd.DataFrame, column: str, *, absolute: bool = False) -> pd.Series[Any]:
    """The first row with the highest known value; by size regardless of sign where `absolute`.

    Raises
    ------
    ValueError
        When no value is known.
    """
    values = frame[column].to_numpy(dtype=np.float64)
    return frame.iloc[int(np.nanargmax(np.abs(values) if absolute else values))]


def row_of_least(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    """The first row with the lowest known value.

    Raises
    ------
    ValueError
        When no value is known.
    """
    return frame.iloc[int(np.nanargmin(frame[column].to_numpy(dtype=np.float64)))]
