"""From values that people and files bring to values that a fitted model may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from core.errors import InvalidRequest
from core.features import FEATURES, Feature, feature_frame
from data.values import RHYTHM_FEATURES, UNDETECTED, undetected_rhythm

# Other names of the same thing, as in the raw public table.
RAW_NAMES = {"playlist_genre": "genre", "playlist_subgenre": "subgenre"}
TEXTS = MappingProxyType(
    {"track_name": "Title", "track_artist": "Artist", "track_album_name": "Album", "track_album_id": "Album id"}
)
"""Columns of texts from which features are worked out, and which may be given in their place; and their labels."""
MAX_SHOWN = 80
LONGEST_TEXT = 1000


def check_value(feature: Feature, value: object) -> float | str:
    """Give one value in the form that the table has; nan for None.

    Parameters
    ----------
    feature : Feature
        What the value is for.
    value : object
        A number, a category by its name or its whole code, or None for unknown.

    Raises
    ------
    InvalidRequest
        With what came and what was expected.
    """
    if value is None:
        return float("nan")
    if feature.is_text:
        return _check_text(f"Feature {feature.name!r}", value)
    if isinstance(value, str) and feature.categories and value in feature.categories:
        return float(feature.categories.index(value))
    low, high = feature.bounds
    if isinstance(value, int | float | np.number) and not isinstance(value, bool) and low <= value <= high:
        number = float(value)
        if not feature.categories or number.is_integer():
            return number
    expected = f"a {'whole ' if feature.categories else ''}number from {low:g} to {high:g}"
    if feature.categories:
        expected += f" or one of {', '.join(feature.categories)}"
    raise InvalidRequest(f"Feature {feature.name!r} expects {expected}, got {str(value)[:MAX_SHOWN]!r}.")


def _check_text(what: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise InvalidRequest(f"{what} expects a name, got {str(value)[:MAX_SHOWN]!r}.")
    return value


def check_track(
    values: Mapping[str, float | str | None], columns: Sequence[str], required: Collection[str]
) -> dict[str, float | str]:
    """Give the values of one track in the form that the table has, nan for what is not known.

    Parameters
    ----------
    values : mapping
        By name of a feature, or of the text that it comes from (``track_name`` for all that a title tells).
    columns : sequence of str
        Features that are needed.
    required : collection of str
        Those that must be given, if only as None.

    Raises
    ------
    InvalidRequest
        For a required feature without a value, or a value that makes no sense.
    """
    checked: dict[str, float | str] = {}
    for name in columns:
        feature = FEATURES[name]
        texts = [source for source in feature.sources if source in TEXTS]
        if name not in values and texts and all(text in values for text in texts):
            for text in texts:
                given = values[text]
                checked[text] = np.nan if given is None else _check_text(repr(text), given)
            continue
        if name not in values and name in required:
            instead = f" Give it, or {' and '.join(map(repr, texts))}." if texts else ""
            raise InvalidRequest(f"No value for feature {name!r}, which the model was trained on.{instead}")
        checked[name] = check_value(feature, values.get(name))
    return checked


def track_row(
    values: Mapping[str, float | str | None], columns: Sequence[str], required: Collection[str]
) -> pd.DataFrame:
    """Give one track as a pipeline takes it.

    Parameters
    ----------
    values, columns, required
        As for `check_track`; a zero of another feature that only says that no beat was found, as there is no tempo, is
        taken for missing.

    Returns
    -------
    DataFrame of shape (1, len(columns))
        As of `core.features.feature_frame`.

    Raises
    ------
    InvalidRequest
        For a required feature without a value, or a value that makes no sense.
    """
    checked = check_track(values, columns, required)
    if any(name not in checked or FEATURES[name].is_text for name in columns):
        frame, _ = forget_undetected(pd.DataFrame({name: [value] for name, value in checked.items()}), columns)
        return feature_frame(frame, columns)
    numbers = np.array([[checked[name] for name in columns]], dtype=np.float64)  # many times a second: without detours
    if "tempo" in checked:
        tempo = numbers[:, columns.index("tempo")]
        for place in (columns.index(name) for name in RHYTHM_FEATURES if name in checked):
            numbers[undetected_rhythm(tempo, numbers[:, place]), place] = np.nan
    return pd.DataFrame(numbers, columns=list(columns))


def check_frame(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Give a table whose named columns are of the right type and range.

    Parameters
    ----------
    frame : DataFrame of shape (n_tracks, any)
        Columns by their clean names, or by those of the raw table (``playlist_genre``, ``track_album_release_date``).
    columns : sequence of str
        Feature names that are needed.

    Returns
    -------
    checked : DataFrame
        The same rows; a number out of its range, and a zero that only says that no beat was found, are taken for
        missing, as cleaning does.
    notices : list of str
        How many values that concerned, by column.

    Raises
    ------
    InvalidRequest
        For a value that is no number where one is expected, with its column and row.
    """
    frame = _with_clean_names(frame)
    checked: dict[str, Any] = {}
    notices = []
    for name in columns:
        if name not in frame or FEATURES[name].is_text:
            continue
        numbers = _numbers(frame[name])
        low, high = FEATURES[name].bounds
        outside = numbers.notna() & ~numbers.between(low, high)
        between = ~outside & (numbers % 1 != 0) & numbers.notna() if FEATURES[name].categories else outside & False
        if outside.any():
            count = int(outside.sum())
            notices.append(f"{name}: {count:,} values outside {low:g} to {high:g} were taken for missing.")
        if between.any():
            count = int(between.sum())
            notices.append(f"{name}: {count:,} values that are no whole number were taken for missing.")
        checked[name] = numbers.mask(outside | between)
    frame = frame.assign(**checked) if checked else frame
    frame, found = forget_undetected(frame, columns)
    return frame, notices + found


def forget_undetected(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Take the zeros that Spotify writes where it found no beat for missing, as cleaning does.

    Parameters
    ----------
    frame : DataFrame of shape (n_tracks, any)
        Where it has no ``tempo``, nothing can be known and nothing is changed.
    columns : sequence of str
        Columns that the model reads, as numbers.

    Returns
    -------
    frame : DataFrame
    notices : list of str
        How many values that concerned, by column.
    """
    concerned = [name for name in RHYTHM_FEATURES if name in columns and name in frame]
    if not concerned or "tempo" not in frame:
        return frame, []
    tempo = pd.to_numeric(frame["tempo"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    tempo = np.where(tempo == UNDETECTED["tempo"], np.nan, tempo)
    changed: dict[str, Any] = {}
    notices = []
    for name in concerned:
        zero = undetected_rhythm(tempo, frame[name].to_numpy(dtype=np.float64))
        if zero.any():
            changed[name] = frame[name].mask(zero)
            notices.append(f"{name}: {int(zero.sum()):,} zeros without a tempo beside them were taken for missing.")
    return frame.assign(**changed), notices


def _numbers(values: pd.Series) -> pd.Series:
    name = str(values.name)
    if name in FEATURES and (categories := FEATURES[name].categories) and not pd.api.types.is_numeric_dtype(values):
        values = values.replace({label: code for code, label in enumerate(categories)})
    numbers = pd.to_numeric(values, errors="coerce").astype(np.float64)
    wrong = numbers.isna() & values.notna()
    if wrong.any():
        row = int(np.argmax(wrong.to_numpy()))
        got = str(values.iloc[row])[:MAX_SHOWN]
        raise InvalidRequest(f"Column {name!r}, row {row + 1}: expected a number, got {got!r}.")
    return numbers


def _with_clean_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the clean names of columns that came under their raw ones."""
    present = {raw: clean for raw, clean in RAW_NAMES.items() if raw in frame and clean not in frame}
    added: dict[str, Any] = {clean: frame[raw] for raw, clean in present.items()}
    if "track_album_release_date" in frame and "release_date" not in frame:
        text = frame["track_album_release_date"].astype("string").str.strip()
        dates = pd.to_datetime(text, format="ISO8601", errors="coerce")
        precision = text.str.len().map({4: "year", 7: "month", 10: "day"}).fillna("")
        added |= {"release_date": dates, "release_precision": precision}
        if "release_year" not in frame:
            added["release_year"] = dates.dt.year.astype(np.float64)
    return frame.assign(**added) if added else frame
