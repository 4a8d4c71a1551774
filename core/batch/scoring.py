"""The one way to score many tracks: in chunks of one size, so that memory is bounded and all callers get the same."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from core.explanation import Explanation
from core.features import FEATURES, feature_frame
from core.inputs import check_frame
from core.intervals import name_interval
from core.names import read_names, say_unmet, unmet_names
from core.progress import Progress, Report, report_nothing
from data.values import UNDETECTED

EXPLAINED_ROWS = 500
"""Explained in one part: of slow families some fifteen seconds, so that progress is seen."""
MOST_THREADS = 8
CHUNK_ROWS = MOST_THREADS * EXPLAINED_ROWS
"""Held at once: a part for each thread."""
REASONS = 3
POINT_DECIMALS = 2
SCORES = ("predicted", "low", "high", "interval")
FLAGS = ("taken_for_missing", "out_of_range")
SEPARATOR = "; "


def one_thread() -> int:
    """For callers that have one core."""
    return 1


def parts_at_once(n_rows: int, threads: int) -> int:
    """How many parts of a chunk are explained at the same time.

    Parameters
    ----------
    n_rows : int
        Rows of the chunk; what is beyond a whole one does not count.
    threads : int
        Cores that reasons may use.

    Examples
    --------
    >>> parts_at_once(500, 4), parts_at_once(501, 4), parts_at_once(4_000, 99)
    (1, 2, 8)
    """
    parts = -(-min(n_rows, CHUNK_ROWS) // EXPLAINED_ROWS)
    return max(1, min(threads, MOST_THREADS, parts))


def rows_in_turn(n_rows: int, threads: int) -> int:
    """How many rows are explained one after another: all of them on one core, fewer where parts share several.

    Parameters
    ----------
    n_rows : int
        Rows of the whole table.
    threads : int
        Cores that reasons may use.

    Examples
    --------
    >>> rows_in_turn(1_000, 1), rows_in_turn(600, 2), rows_in_turn(4_000, 2), rows_in_turn(4_500, 8)
    (1000, 500, 2000, 1000)
    """
    whole, rest = divmod(n_rows, CHUNK_ROWS)
    return whole * _chunk_in_turn(CHUNK_ROWS, threads) + _chunk_in_turn(rest, threads)


def _chunk_in_turn(n_rows: int, threads: int) -> int:
    at_once = parts_at_once(n_rows, threads)
    parts = -(-n_rows // EXPLAINED_ROWS)
    return min(n_rows, -(-parts // at_once) * EXPLAINED_ROWS)


class Reasoned(Protocol):
    """What is needed of a model: ``core.prediction.Predictor`` has it."""

    columns: tuple[str, ...]
    interval: Mapping[str, Any]
    ranges: Mapping[str, tuple[float, float]]
    cautions: tuple[str, ...]
    names: Mapping[str, Collection[str]]
    understood: Mapping[str, Collection[str]]

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Points with their interval, and ``attrs["genres"]``."""
        ...

    def explain(self, frame: pd.DataFrame) -> Explanation:
        """What each feature adds."""
        ...


@dataclass(frozen=True)
class _Checked:
    """The table with sound numbers only, and which of its values were out of range."""

    frame: pd.DataFrame
    outside: pd.DataFrame
    notices: list[str]


def added_columns(*, reasons: bool = False) -> tuple[str, ...]:
    """Names of the columns that scoring adds, in their order.

    Examples
    --------
    >>> added_columns(reasons=True)[4:8]
    ('reason_1', 'points_1', 'reason_2', 'points_2')
    """
    numbers = range(1, REASONS + 1) if reasons else ()
    return (*SCORES, *(f"{kind}_{number}" for number in numbers for kind in ("reason", "points")), *FLAGS)


def score_rows(
    predictor: Reasoned,
    frame: pd.DataFrame,
    *,
    reasons: bool = False,
    report: Report = report_nothing,
    threads: Callable[[], int] = one_thread,
) -> pd.DataFrame:
    """Score every row of a table.

    Parameters
    ----------
    predictor : Predictor
    frame : DataFrame of shape (n_rows, any)
        As for ``Predictor.predict``: numbers as float64 with nan where missing, texts, names of the raw table too.
    reasons : bool
        Whether to say which three features count most for each row; takes longer than the prediction itself.
    report : callable
        Hears first, and after each part, how many rows are done; then also how long the rest may take.
    threads : callable
        How many cores reasons may use now; asked for each chunk.

    Returns
    -------
    DataFrame of shape (n_rows, 6 or 12)
        The columns of `added_columns`: ``predicted``, ``low``, ``high`` (points from 0 to 100), ``interval`` in words;
        ``reason_1`` ... the feature that moves the prediction most and ``points_1`` by how much (points; "" and nan
        where nothing does); ``taken_for_missing`` and ``out_of_range`` list features: those without a usable value,
        which the model fills as in training, and those whose value cannot be, or is outside of all that the model's
        table had. ``attrs["notices"]`` says what the model's score is not good for,
        and how many values that concerned.

    Raises
    ------
    InvalidRequest
        When a column is missing or holds something that is not a number.
    """
    checked = _check(frame, predictor)
    began = time.monotonic()
    report(_progress(0, len(frame), 0.0))
    found = []
    with ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="explain") as pool:
        for start in range(0, len(frame), CHUNK_ROWS):
            rows = slice(start, min(start + CHUNK_ROWS, len(frame)))
            scored = _score_chunk(predictor, checked, rows)
            parts = []
            for part in _reasons_of(predictor, checked, rows, pool, threads()) if reasons else ():
                parts.append(part)
                done = start + sum(map(len, parts))
                report(_progress(done, len(frame), time.monotonic() - began))
            found.append(pd.concat([scored, pd.concat(parts)], axis=1) if parts else scored)
            report(_progress(rows.stop, len(frame), time.monotonic() - began))
    names = list(added_columns(reasons=reasons))
    whole = pd.concat(found) if found else pd.DataFrame({name: [] for name in names}, index=frame.index)
    whole = whole[names]
    whole.attrs["notices"] = [*predictor.cautions, *checked.notices]
    return whole


def _reasons_of(
    predictor: Reasoned, checked: _Checked, rows: slice, pool: ThreadPoolExecutor, threads: int
) -> Iterator[pd.DataFrame]:
    """The reasons for the rows of a chunk, in parts of one size, so that they are the same whoever asks."""

    def explain(start: int) -> pd.DataFrame:
        some = checked.frame.iloc[start : min(start + EXPLAINED_ROWS, rows.stop)]
        return pd.DataFrame(_top_reasons(predictor.explain(some)), index=some.index)

    starts = range(rows.start, rows.stop, EXPLAINED_ROWS)
    at_once = parts_at_once(rows.stop - rows.start, threads)
    if at_once == 1:
        yield from map(explain, starts)
        return
    waiting: deque[Future[pd.DataFrame]] = deque()
    for start in starts:
        waiting.append(pool.submit(explain, start))
        if len(waiting) >= at_once:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def state_interval(predictor: Any) -> dict[str, Any]:
    """What the interval of a model promises, and by which protocol it was found; JSON-safe.

    Parameters
    ----------
    predictor : Predictor
    """
    interval = predictor.interval
    return {
        "coverage": interval["coverage"],
        "keeps_its_share": predictor.keeps_its_share,
        "promise": predictor.promise,
        "method": interval.get("method"),
        "protocol": interval["protocol"],
        "measured": interval.get("measured"),
    }


def records(scored: pd.DataFrame) -> list[dict[str, Any]]:
    """What `score_rows` gave as JSON-safe values, a dict a row.

    Returns
    -------
    list of dict
        ``predicted``, ``low``, ``high``, ``interval``; ``reasons``, a list of ``{"feature", "points"}``, where asked
        for; ``taken_for_missing`` and ``out_of_range``, lists of features.
    """
    return [_record(row) for row in scored.to_dict("records")]


def _record(row: dict[Any, Any]) -> dict[str, Any]:
    found = {name: row[name] for name in SCORES}
    if "reason_1" in row:
        pairs = [(row[f"reason_{number}"], row[f"points_{number}"]) for number in range(1, REASONS + 1)]
        found["reasons"] = [{"feature": feature, "points": points} for feature, points in pairs if feature]
    return found | {name: row[name].split(SEPARATOR) if row[name] else [] for name in FLAGS}


def _check(frame: pd.DataFrame, predictor: Reasoned) -> _Checked:
    checked, notices = check_frame(frame, predictor.columns)
    checked, read = read_names(checked, predictor.understood)
    unmet = unmet_names(checked, predictor.names)
    outside = {name: flags.to_numpy() for name, flags in unmet.items()}
    for name in predictor.columns:
        given = frame if name in frame else checked  # what is worked out, such as the year, stands in the second
        if name in given and not FEATURES[name].is_text:
            low, high = predictor.ranges.get(name, FEATURES[name].bounds)
            numbers = pd.to_numeric(given[name], errors="coerce")
            is_value = numbers.notna() & (numbers != UNDETECTED.get(name, np.nan))
            cannot_be = ~numbers.between(low, high) | (numbers % 1 != 0 if FEATURES[name].categories else False)
            outside[name] = (is_value & cannot_be).to_numpy()
    flags = pd.DataFrame({name: outside[name] for name in predictor.columns if name in outside}, index=frame.index)
    for name in predictor.ranges:
        count = int(flags[name].sum()) if name in flags else 0
        if count:
            low, high = predictor.ranges[name]
            notices.append(f"{name}: {count:,} outside {low:g} to {high:g}, all that the model's table had.")
    said = [say_unmet(name, checked.loc[flags, name]) for name, flags in unmet.items() if flags.any()]
    return _Checked(checked, flags, [*notices, *read, *said])


def _score_chunk(predictor: Reasoned, checked: _Checked, rows: slice) -> pd.DataFrame:
    chunk = checked.frame.iloc[rows]
    scored = predictor.predict(chunk)
    genres = scored.attrs.get("genres") or [""] * len(scored)
    words = {genre: name_interval(predictor.interval, genre) for genre in set(genres)}
    scored["interval"] = [words[genre] for genre in genres]
    gaps = feature_frame(chunk, predictor.columns).isna()
    scored["taken_for_missing"] = _listed(gaps)
    scored["out_of_range"] = _listed(checked.outside.iloc[rows])
    scored.attrs = {}  # or joining the chunks would compare them
    return scored


def _top_reasons(explanation: Explanation) -> dict[str, Any]:
    """The features with the largest contributions, and these; what rounds to nothing is no reason."""
    values = np.round(explanation.values, POINT_DECIMALS)
    names = np.array([*explanation.features, ""], dtype=object)
    order = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :REASONS]
    columns: dict[str, Any] = {}
    for number in range(REASONS):
        if number < order.shape[1]:
            chosen = order[:, number]
            points = np.take_along_axis(values, chosen[:, None], axis=1)[:, 0]
        else:
            chosen, points = np.zeros(len(values), dtype=np.int64), np.zeros(len(values))
        columns[f"reason_{number + 1}"] = names[np.where(points == 0, -1, chosen)]
        columns[f"points_{number + 1}"] = np.where(points == 0, np.nan, points)
    return columns


def _listed(flags: pd.DataFrame) -> list[str]:
    """The names of the columns that are true, a row each."""
    words = np.full(len(flags), "", dtype=object)
    for name in flags:
        for row in np.flatnonzero(flags[name].to_numpy()):
            words[row] = f"{words[row]}{SEPARATOR}{name}" if words[row] else name
    return words.tolist()


def _progress(done: int, total: int, seconds: float) -> Progress:
    return Progress("Scoring", done, total, seconds / done * (total - done) if done else None)
