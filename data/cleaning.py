"""The raw table to one row a track, with a report that counts every decision.

Rows are set aside only when they cannot be used at all (no track id, or no popularity); any other doubtful value
becomes missing. Where repeated rows of a track disagree, the value stated first in the table holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.errors import DataFileError, missing_columns
from data.merging import count_distinct, first_stated, label_sets, main_label
from data.report import CleaningReport, Decision, DecisionLog
from data.schema import (
    AUDIO_FEATURES,
    COLUMNS,
    EXTRA_PREFIX,
    REQUIRED_COLUMNS,
    TARGET,
    describe_extra,
)
from data.values import (
    NUMBER_AS_TEXT,
    PRECISIONS,
    RHYTHM_FEATURES,
    Codes,
    Dates,
    Floats,
    Mask,
    Texts,
    read_dates,
    read_numbers,
    read_texts,
    undetected_rhythm,
)

__all__ = ["CleanTable", "CleaningReport", "Decision", "clean"]

RELEASE = "track_album_release_date"
NAME_COLUMNS = ("track_name", "track_artist", "track_album_id", "track_album_name")
PLACEMENT_COLUMNS = {
    "playlist_id": "playlist_id",
    "playlist_name": "playlist_name",
    "genre": "playlist_genre",
    "subgenre": "playlist_subgenre",
}
FULL_SCALE_DB = 0.0
SHORT_MS = 30_000.0
"""Spotify counts a play from 30 seconds on, so shorter tracks can hardly earn popularity."""


@dataclass(frozen=True)
class CleanTable:
    """A cleaned table. Its frames are shared: derive new ones, do not change them.

    Parameters
    ----------
    tracks : DataFrame of shape (n_tracks, n_columns)
        One row a track, in order of first appearance; columns of the table's own are named ``extra:<name>``.
    placements : DataFrame of shape (n_rows_kept, 5)
        One row an accepted raw row, in raw order: ``track`` (position in ``tracks``), ``playlist_id``,
        ``playlist_name``, ``genre``, ``subgenre``.
    report : CleaningReport
        Every decision, counted.
    set_aside : DataFrame of shape (n_rows_set_aside, 2)
        ``row`` (position in the raw table, from 0) and ``reason`` of the rows that could not be used.
    """

    tracks: pd.DataFrame
    placements: pd.DataFrame
    report: CleaningReport
    set_aside: pd.DataFrame


@dataclass(frozen=True)
class _Values:
    """The typed values of a table's rows."""

    numbers: dict[str, Floats]
    texts: dict[str, Texts]
    dates: Dates

    def take(self, rows: Any) -> _Values:
        return _Values(
            {name: values[rows] for name, values in self.numbers.items()},
            {name: texts.take(rows) for name, texts in self.texts.items()},
            Dates(self.dates.days[rows], self.dates.precision[rows]),
        )


def clean(
    raw: pd.DataFrame,
    ignored_columns: Iterable[str] = (),
    *,
    extras: Sequence[str] = (),
    is_from_text: bool = False,
) -> CleanTable:
    """Clean a raw table: one row a track, its placements, and the report.

    Parameters
    ----------
    raw : DataFrame of shape (n_rows, n_columns)
        Columns named as in the schema. ``track_id``, ``track_popularity`` and the ten audio features are required;
        others may be absent (all missing, and noted), unknown ones are ignored (and noted).
    ignored_columns : iterable of str
        Further columns of the file which were left unread, for the report.
    extras : sequence of str
        Columns of numbers of the table's own, not in the schema; kept as ``extra:<name>``.
    is_from_text : bool
        Whether the table was read from a text file such as CSV, where every number is written as text: that is not
        noted then, as one unreadable cell would make it seem to concern its whole column.

    Returns
    -------
    CleanTable

    Raises
    ------
    DataFileError
        If a required column is missing or a known column stands twice.
    """
    _check_columns(raw, extras)
    log = DecisionLog(passed_over=frozenset({NUMBER_AS_TEXT}) if is_from_text else frozenset())
    for name in [*ignored_columns, *(str(name) for name in raw.columns if name not in {*COLUMNS, *extras})]:
        log.add("unknown column", name, len(raw), "ignored")
    values = _read(raw, log)
    for name in extras:
        spec = describe_extra(name)
        values.numbers[spec.name] = read_numbers(raw[name], spec, log)
    reasons, keep = _set_aside(values, log)
    if len(keep) < len(raw):
        values = values.take(keep)
    track, first_row = _number_tracks(values.texts["track_id"].codes)
    _note_repeats(track, first_row, values, log)
    tracks = _merge(track, first_row, values, keep, log)
    placements = pd.DataFrame(
        {"track": track.astype(np.int64, copy=False)}
        | {name: values.texts[column].to_array() for name, column in PLACEMENT_COLUMNS.items()}
    )
    report = CleaningReport(len(raw), len(keep), len(tracks), tuple(log.decisions))
    return CleanTable(tracks, placements, report, reasons)


def _check_columns(raw: pd.DataFrame, extras: Sequence[str]) -> None:
    missing = [name for name in (*REQUIRED_COLUMNS, *extras) if name not in raw.columns]
    if missing:
        raise missing_columns(missing, (str(name) for name in raw.columns))
    twice = [name for name in (*COLUMNS, *extras) if list(raw.columns).count(name) > 1]
    if twice:
        raise DataFileError(f"Column {twice[0]!r} stands {list(raw.columns).count(twice[0])} times. Keep one of them.")


def _read(raw: pd.DataFrame, log: DecisionLog) -> _Values:
    numbers: dict[str, Floats] = {}
    texts: dict[str, Texts] = {}
    for name, spec in COLUMNS.items():
        if name not in raw.columns:
            log.add("column absent", name, len(raw), "left missing")
            if spec.is_number:
                numbers[name] = np.full(len(raw), np.nan)
            else:
                texts[name] = Texts(np.full(len(raw), -1, dtype=np.intp), np.empty(0, dtype=object))
        elif spec.is_number:
            numbers[name] = read_numbers(raw[name], spec, log)
        else:
            texts[name] = read_texts(raw[name], spec, log)
    _mark_undetected_rhythm(numbers, log)
    log.add_rows("above full scale", "loudness", numbers["loudness"] > FULL_SCALE_DB, "kept")
    log.add_rows("shorter than 30 s", "duration_ms", numbers["duration_ms"] < SHORT_MS, "kept")
    return _Values(numbers, texts, read_dates(texts[RELEASE], RELEASE, log))


def _mark_undetected_rhythm(numbers: dict[str, Floats], log: DecisionLog) -> None:
    """Without a beat Spotify writes zeros for what it derives from rhythm and voice: they are not measurements."""
    for name in RHYTHM_FEATURES:
        zero = undetected_rhythm(numbers["tempo"], numbers[name])
        log.add_rows("not detected", name, zero, "set missing", lambda _row: 0.0)
        numbers[name] = np.where(zero, np.nan, numbers[name]) if zero.any() else numbers[name]


def _set_aside(values: _Values, log: DecisionLog) -> tuple[pd.DataFrame, npt.NDArray[np.intp]]:
    """Give the rows that cannot be used with the reason, and the positions of those that can."""
    ids = values.texts["track_id"]
    no_id = ids.codes < 0
    no_target = np.isnan(values.numbers[TARGET]) & ~no_id
    log.add_rows("no track id", "track_id", no_id, "set aside")
    log.add_rows("no popularity", TARGET, no_target, "set aside", ids.at)
    rows = np.flatnonzero(no_id | no_target)
    reasons = np.where(no_id[rows], "no track id", "no popularity").astype(object)
    frame = pd.DataFrame({"row": rows.astype(np.int64), "reason": pd.array(reasons, dtype="str")})
    return frame, np.flatnonzero(~(no_id | no_target))


def _number_tracks(codes: Codes) -> tuple[Codes, Codes]:
    """Number tracks in order of first appearance, and give the first row of each."""
    track, ids = pd.factorize(codes)
    track = track.astype(np.intp, copy=False)
    first_row = np.empty(len(ids), dtype=np.intp)
    first_row[track[::-1]] = np.arange(len(track) - 1, -1, -1)
    return track, first_row


def _note_repeats(track: Codes, first_row: Codes, values: _Values, log: DecisionLog) -> None:
    repeated = np.ones(len(track), dtype=bool)
    repeated[first_row] = False
    log.add_rows("repeated row", "track_id", repeated, "merged", values.texts["track_id"].at)
    for rule, column in (("several genres", "playlist_genre"), ("several subgenres", "playlist_subgenre")):
        several = count_distinct(track, values.texts[column].codes, len(first_row)) > 1
        log.add(rule, column, int(several.sum()), "kept")


def _merge(
    track: Codes, first_row: Codes, values: _Values, keep: npt.NDArray[np.intp], log: DecisionLog
) -> pd.DataFrame:
    n_tracks = len(first_row)

    def choose(name: str, column: npt.NDArray[Any], stated: Mask) -> Codes:
        rows = first_stated(track, stated, first_row)
        if n_tracks < len(track):
            _note_differences(name, column, stated, rows[track], keep, log)
        return rows

    chosen: dict[str, Any] = {}
    for name in ("track_id", *NAME_COLUMNS):
        texts = values.texts[name]
        chosen[name] = texts.take(choose(name, texts.codes, texts.codes >= 0)).to_array()
    for name, numbers in values.numbers.items():
        chosen[name] = numbers[choose(name, numbers, ~np.isnan(numbers))]
    days, precision = values.dates.days, values.dates.precision
    rows = choose(RELEASE, days * 4 + precision, precision >= 0)
    dates = Dates(days[rows], precision[rows])
    return _tracks_frame(chosen, dates, track, values, n_tracks)


def _note_differences(
    name: str,
    column: npt.NDArray[Any],
    stated: Mask,
    chosen_row: Codes,
    keep: npt.NDArray[np.intp],
    log: DecisionLog,
) -> None:
    """Count the rows whose value was filled from, or gave way to, another row of the same track."""
    differs = column != column[chosen_row]
    positions = np.flatnonzero(differs & stated)
    examples = tuple(f"row {keep[row] + 1}, settled by row {keep[chosen_row[row]] + 1}" for row in positions[:3])
    log.add("repeated rows disagree", name, len(positions), "resolved", examples)
    filled = np.flatnonzero(~stated & stated[chosen_row])
    examples = tuple(f"row {keep[row] + 1}, filled from row {keep[chosen_row[row]] + 1}" for row in filled[:3])
    log.add("stated in another row of the track", name, len(filled), "filled", examples)


def _tracks_frame(chosen: dict[str, Any], dates: Dates, track: Codes, values: _Values, n_tracks: int) -> pd.DataFrame:
    genres, subgenres = values.texts["playlist_genre"], values.texts["playlist_subgenre"]
    main = main_label(track, genres.codes, n_tracks)
    within_main = np.where(genres.codes == main[track], subgenres.codes, -1)
    known = dates.precision >= 0
    release = pd.Series(np.where(known, dates.days, np.int64(np.iinfo(np.int64).min)).view("datetime64[D]"))
    release = release.astype("datetime64[us]")
    playlists = values.texts["playlist_id"]
    return pd.DataFrame(
        {
            **{name: chosen[name] for name in ("track_id", "track_name", "track_artist", TARGET)},
            **{name: chosen[name] for name in ("track_album_id", "track_album_name")},
            "release_date": release,
            "release_precision": pd.array(PRECISIONS[dates.precision], dtype="str"),
            "release_year": release.dt.year.astype(np.float64),
            "genre": Texts(main, genres.values).to_array(),
            "subgenre": Texts(main_label(track, within_main, n_tracks), subgenres.values).to_array(),
            "genres": label_sets(track, genres, n_tracks),
            "subgenres": label_sets(track, subgenres, n_tracks),
            "n_playlists": count_distinct(track, playlists.codes, n_tracks),
            "n_rows": np.bincount(track, minlength=n_tracks).astype(np.int64),
            **{name: chosen[name] for name in (*AUDIO_FEATURES, "key", "mode")},
            **{name: chosen[name] for name in chosen if name.startswith(EXTRA_PREFIX)},
        }
    )
