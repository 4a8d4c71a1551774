"""How the stored predictions of a run are read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_TEXT = dict.fromkeys(("track_id", "track_name", "track_artist", "part"), "str")


def read_predictions(content: bytes, rows: int | None = None) -> pd.DataFrame:
    """Give the stored predictions as a frame.

    Parameters
    ----------
    content : bytes
        ``predictions.csv`` of a bundle.
    rows : int, optional
        Only so many from the start; the test part comes first.
    """
    import pandas as pd

    # A track may be called "NA": only an empty cell is missing.
    return pd.read_csv(io.BytesIO(content), dtype=_TEXT, keep_default_na=False, na_values=[""], nrows=rows)
