"""Which columns a table must have for a model to score it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from core.batch.scoring import added_columns
from core.errors import DataError
from core.features import FEATURES
from core.inputs import RAW_NAMES, TEXTS

RAW_DATE = "track_album_release_date"
DATES = ("release_date", RAW_DATE)
WORKED_OUT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "release_year": DATES,
        **{name: DATES for name, feature in FEATURES.items() if feature.sources == ("release_date",)},
        **{clean: (raw,) for raw, clean in RAW_NAMES.items()},
    }
)
"""Features that are worked out from any one of some columns."""


def absent_columns(columns: Sequence[str], header: Collection[str]) -> list[str]:
    """Features that a table neither has nor has the columns to work out.

    Parameters
    ----------
    columns : sequence of str
        Features that the model reads (``Predictor.columns``).
    header : collection of str
        Columns of the table.

    Examples
    --------
    >>> absent_columns(["tempo", "release_year", "genre"], ["tempo", "track_album_release_date"])
    ['genre']
    """
    return [name for name in columns if not is_there(name, header)]


def is_there(name: str, header: Collection[str]) -> bool:
    """Whether a table has a feature, or the columns from which it is worked out."""
    if name in header or any(source in header for source in WORKED_OUT.get(name, ())):
        return True
    texts = texts_of(name)
    return bool(texts) and all(text in header for text in texts)


def texts_of(name: str) -> tuple[str, ...]:
    """Columns of texts from which a feature is worked out."""
    return tuple(source for source in FEATURES[name].sources if source in TEXTS)


def check_free(header: Collection[str], *, reasons: bool = False) -> None:
    """Refuse a table that already has a column of those that scoring adds.

    Raises
    ------
    DataError
    """
    taken = [name for name in added_columns(reasons=reasons) if name in header]
    if taken:
        raise DataError(f"The table already has a column {taken[0]!r}. Rename it, so that it is not overwritten.")
