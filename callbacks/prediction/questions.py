"""What the page asks: checked, and put into the units of the table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidRequest
from core.inputs import TEXTS
from core.prediction import Prediction as Predicted
from core.release_dates import with_date
from core.runs.model import Run
from core.scenario_address import MOST_MODELS
from core.scenarios import LONGEST_TEXT, parse_values
from layouts import prediction as view
from layouts import wording
from layouts.run_words import feature_in_words

Values = dict[str, float | str]


@dataclass(frozen=True)
class Question:
    """A track that models are asked about.

    Parameters
    ----------
    run : str
        Id of the chosen run.
    values : dict
        As the page shows them.
    beside : tuple of str
        Ids of further runs.
    number : int
        By which the page knows its question again.
    """

    run: str
    values: Values
    beside: tuple[str, ...] = ()
    number: int = 0


def parse_question(asked: Any) -> Question:
    """Check what the page asks.

    Raises
    ------
    InvalidRequest
    """
    if not isinstance(asked, dict) or not isinstance(asked.get("run"), str):
        raise InvalidRequest("A question names a run and the values of a track.")
    number, beside = asked.get("number", 0), asked.get("beside") or []
    if not isinstance(number, int) or isinstance(number, bool):
        raise InvalidRequest("The number of a question is a whole number.")
    return Question(asked["run"], parse_values(asked.get("values")), parse_beside(beside), number)


def parse_beside(beside: Any) -> tuple[str, ...]:
    """Check the ids of the further runs that are asked.

    Raises
    ------
    InvalidRequest
    """
    fits = isinstance(beside, list) and len(beside) < MOST_MODELS
    if not fits or not all(isinstance(one, str) and len(one) <= LONGEST_TEXT for one in beside):
        raise InvalidRequest(f"At most {MOST_MODELS - 1} further models can be asked.")
    return tuple(dict.fromkeys(beside))


def in_table_units(values: Mapping[str, float | str], genre: str = "") -> dict[str, float | str | None]:
    """Write values as ``Predictor.predict_one`` takes them: units of the table, a date's parts, None for unknown.

    ``genre`` is that of the track that was started from: it tells whose interval to use where the model does not ask
    for a genre.

    Raises
    ------
    InvalidRequest
    """
    real = {name: (value or None) if name in TEXTS else _in_table_units(name, value) for name, value in values.items()}
    return {"genre": genre or None, **with_date(real)}


def _in_table_units(name: str, value: float | str) -> float | str:
    shown = view.SHOWN_IN.get(name)
    return value if shown is None or isinstance(value, str) else value * shown.factor


def predict(services: Any, run: Run, owner: str, values: Mapping[str, float | str], genre: str = "") -> Predicted:
    """Ask a run's model about one track, in the units that the page shows."""
    predicted: Predicted = services.runs.predictor(run.id, owner).predict_one(in_table_units(values, genre))
    return predicted


def actual_of(start: Any) -> float | None:
    """Popularity of the real track that was started from, points; None where there is none."""
    actual = start.get("actual") if isinstance(start, dict) else None
    return float(actual) if wording.is_number(actual) and 0 <= actual <= 100 else None


def genre_of(start: Any, values: Mapping[str, Any] | None = None) -> str:
    """Genre that is set, else that of the track that was started from; empty where neither is known."""
    chosen = (values or {}).get("genre")
    genre = chosen or (start.get("genre") if isinstance(start, dict) else None)
    return genre if isinstance(genre, str) and len(genre) <= LONGEST_TEXT else ""


def position_of(start: Any) -> int | None:
    """Row of the real track that was started from; whether there is such a row is not checked."""
    position = start.get("position") if isinstance(start, dict) else None
    return position if isinstance(position, int) and not isinstance(position, bool) else None


def list_changes(start: Any, values: Mapping[str, float | str]) -> tuple[str, list[str]]:
    """What the controls were set from, and each value that differs from it."""
    start = start if isinstance(start, dict) else {}
    label = start.get("label")
    before = start.get("values") if isinstance(start.get("values"), dict) else {}
    changes = [
        f"{value_name(name)} {_plain(before.get(name))} → {_plain(value)}"[:LONGEST_TEXT]
        for name, value in values.items()
        if not _same(before.get(name), value)
    ]
    return (label if isinstance(label, str) else "a typical track")[:LONGEST_TEXT], changes


def value_name(name: str) -> str:
    """Name a value inside a sentence."""
    return "release date" if name == "release_date" else feature_in_words(name)


def _same(old: Any, new: Any) -> bool:
    if wording.is_number(old) and wording.is_number(new):
        return math.isclose(old, new, rel_tol=1e-9, abs_tol=1e-9)
    return bool(old == new)


def _plain(value: Any) -> str:
    if wording.is_number(value):
        return f"{value:.3g}" if abs(value) < 100 else wording.count(value)
    return str(value)[:60] if value else "unknown"
