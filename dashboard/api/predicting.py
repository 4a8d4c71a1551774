"""Tracks of a request to predictions, through the same functions as the pages and the shell."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pandas as pd

from core.batch import records, score_rows, state_interval
from core.errors import InvalidRequest, unknown_name
from core.features import FEATURES, is_extra
from core.inputs import TEXTS, check_track, check_value
from core.places import Places
from core.plain_json import as_plain
from dashboard.api.errors import MOST_PROBLEMS, InvalidValues
from dashboard.api.models import MOST_EXPLAINED, PredictRequest, Problem

if TYPE_CHECKING:
    from core.prediction import Predictor

QUICK_TRACKS = 20
_BUSY = "Other predictions are being made at the moment. Try again in a moment."
QUICK = Places(2, _BUSY, each=1, wait_s=1.0, waiting=1)
"""For requests that take a moment: few tracks, and a model that is in memory."""
LONG = Places(1, _BUSY, waiting=0)
"""For all others; they keep nobody from a quick answer. Together they leave threads of the process to the pages."""
SHARED = "shared"
"""Everybody, where the server does not tell people apart."""
ASIDE = ("genre", "tempo")
"""Heeded also where the model does not look at them: whose interval it is, and whether a zero was measured."""


def place(asked: PredictRequest, owner: str, *, is_loaded: bool) -> AbstractContextManager[None]:
    """Hold one of the few places for predictions.

    Parameters
    ----------
    asked : PredictRequest
    owner : str
        Who asks: nobody has all places, unless all who ask are one to the server.
    is_loaded : bool
        Whether the model is in memory.

    Raises
    ------
    BusyError
        When none is free.
    """
    is_quick = is_loaded and len(asked.tracks) <= QUICK_TRACKS
    holder = uuid.uuid4().hex if owner == SHARED else owner
    return (QUICK if is_quick else LONG).hold(holder)


def predict(predictor: Predictor, asked: PredictRequest) -> dict[str, Any]:
    """Score the tracks of a request.

    Raises
    ------
    InvalidRequest
        For too many tracks with reasons, unknown names, missing features, and values that make no sense.
    """
    if asked.reasons and len(asked.tracks) > MOST_EXPLAINED:
        raise InvalidRequest(f"With reasons a request takes at most {MOST_EXPLAINED} tracks; got {len(asked.tracks)}.")
    rows = _checked(predictor, asked.tracks)
    found: list[dict[str, Any]] = [{} for _ in rows]
    notices: list[str] = []
    for frame in _alike(rows):
        scored = score_rows(predictor, frame, reasons=asked.reasons)
        notices += scored.attrs["notices"]
        for position, record in zip(frame.index, records(scored), strict=True):
            found[position] = _in_words(record)
    said = list(dict.fromkeys(notices))  # what is said of the model comes with each frame
    told = {"run_id": asked.run_id, "interval": state_interval(predictor), "notices": said, "tracks": found}
    plain: dict[str, Any] = as_plain(told)
    return plain


def _checked(predictor: Predictor, tracks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for position, values in enumerate(tracks):
        try:
            rows.append(_row(predictor, values))
        except InvalidRequest as error:
            problems.append(Problem(where=f"tracks[{position}]", message=str(error)))
            if len(problems) == MOST_PROBLEMS:
                break
    if problems:
        raise InvalidValues(f"{problems[0].where}: {problems[0].message}", problems)
    return rows


def _row(predictor: Predictor, values: Mapping[str, Any]) -> dict[str, Any]:
    known = {*FEATURES, *TEXTS, *predictor.columns}
    unknown = next((name for name in values if name not in known and not is_extra(name)), None)
    if unknown is not None:
        raise unknown_name("feature", unknown, [*predictor.columns, *TEXTS])
    row: dict[str, Any] = dict(check_track(values, predictor.columns, predictor.required))
    for name in ASIDE:
        if name in values and name not in row:
            row[name] = check_value(FEATURES[name], values[name])
    return row


def _alike(rows: Sequence[Mapping[str, Any]]) -> Iterator[pd.DataFrame]:
    """Frames of the rows that name the same columns, so that what one row names is not missing in another."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for position, row in enumerate(rows):
        groups.setdefault(tuple(sorted(row)), []).append(position)
    for names, positions in groups.items():
        yield pd.DataFrame({name: [rows[at][name] for at in positions] for name in names}, index=positions)


def _in_words(record: dict[str, Any]) -> dict[str, Any]:
    reasons = record.pop("reasons", None)
    if reasons is not None:
        reasons = [{**reason, "label": FEATURES[reason["feature"]].label} for reason in reasons]
    return {**record, "reasons": reasons}
