"""Kept predictions: what the browser stores of them, and in what they differ from where they began."""

from __future__ import annotations

import math
from typing import Any

from core.errors import InvalidRequest
from core.features import FEATURES
from layouts import prediction as view
from layouts import wording
from layouts.run_words import feature_in_words

MOST_KEPT = 50
LONGEST_TEXT = 300
MOST_VALUES = len(FEATURES) + 64
"""Values a question may hold: the features of every table, and the columns of one's own."""

Values = dict[str, float | str]


def parse_kept(data: Any) -> list[view.Kept]:
    """Check the kept predictions, which come back from the browser.

    Raises
    ------
    InvalidRequest
    """
    if data is None:
        return []
    if not isinstance(data, list) or len(data) > MOST_KEPT:
        raise InvalidRequest(f"Kept predictions are a list of at most {MOST_KEPT}.")
    return [_parse_one(one) for one in data]


def _parse_one(one: Any) -> view.Kept:
    texts, numbers = ("run", "title", "start"), ("predicted", "low", "high")
    fits = isinstance(one, dict) and set(one) == {*texts, *numbers, "changes"}
    fits = fits and all(isinstance(one[name], str) and len(one[name]) <= LONGEST_TEXT for name in texts)
    fits = fits and all(wording.is_number(one[name]) for name in numbers)
    fits = fits and isinstance(one["changes"], list) and len(one["changes"]) <= MOST_VALUES
    fits = fits and all(isinstance(words, str) and len(words) <= LONGEST_TEXT for words in one["changes"])
    if not fits:
        raise InvalidRequest("A kept prediction does not have the expected fields.")
    return view.Kept(**{**one, "changes": tuple(one["changes"])})


def as_dict(one: view.Kept) -> dict[str, Any]:
    """Give a kept prediction as the browser stores it."""
    return {**vars(one), "changes": list(one.changes)}


def list_changes(start: Any, values: Values) -> tuple[str, list[str]]:
    """What the sliders were set from, and each feature that differs from it."""
    start = start if isinstance(start, dict) else {}
    label = start.get("label")
    before = start.get("values") if isinstance(start.get("values"), dict) else {}
    changes = []
    for name, value in values.items():
        old = before.get(name)
        if not _same(old, value):
            changes.append(f"{feature_in_words(name)} {_plain(old)} → {_plain(value)}")
    return (label if isinstance(label, str) else "a typical track")[:LONGEST_TEXT], [
        one[:LONGEST_TEXT] for one in changes
    ]


def _same(old: Any, new: Any) -> bool:
    if wording.is_number(old) and wording.is_number(new):
        return math.isclose(old, new, rel_tol=1e-9, abs_tol=1e-9)
    return bool(old == new)


def _plain(value: Any) -> str:
    return (
        f"{value:.3g}"
        if wording.is_number(value) and abs(value) < 100
        else wording.count(value)
        if wording.is_number(value)
        else str(value)[:60]
    )
