"""What the leaderboard says in sentences: which run is best by which measure, and what that is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.comparison import Board, Entry
from core.metrics import INTERVAL_METRICS, MEASURES
from layouts import measures, wording
from layouts.run_words import features_in_words, is_no_forecast, settings_in_words

LONGEST_LISTED = 3


def best_in_words(board: Board) -> list[str]:
    """Say which run is best by each measure, and from how many it cannot be told; the chosen measure first.

    Measures by which the same run is best, and the same ones cannot be told from it, share a sentence.
    """
    names = distinct_names(board.entries)
    keys = [board.objective, *(key for key in MEASURES if key != board.objective)]
    sentences: dict[tuple[str, ...], list[str]] = {}
    for key in keys:
        best = board.best(key)
        if best is not None:
            told = (best.key, *sorted(one.key for one in board.tied(key)), _whom(board, key))
            sentences.setdefault(told, []).append(key)
    said = [_sentence(board, some, names) for some in sentences.values()]
    asked = [key for key in INTERVAL_METRICS if key == board.objective or _compared(board, key)]
    return said + [_without(key) for key in asked if _lacking(board, key)]


def _sentence(board: Board, keys: Sequence[str], names: Mapping[str, str]) -> str:
    best, tied = board.best(keys[0]), [names[one.key] for one in board.tied(keys[0])]
    assert best is not None
    by = [f"{MEASURES[key].label} ({measures.number(key, best.scores.get(key))})" for key in keys]
    words = f"Best by {wording.listed(by)}: {names[best.key]}"
    if tied:
        verb = "is" if len(tied) == 1 else "are"
        words += f"; {wording.listed(_several(tied))} {verb} indistinguishable from it"
    elif len(_compared(board, keys[0])) > 1:
        words += f", and it is better than every other {_whom(board, keys[0])} by more than chance"
    if best.run is not None and is_no_forecast(best.run):
        words += (
            f". {names[best.key]} looks at what is only known after a release, so it is no forecast"
            f"{_next(board, keys[0], names)}"
        )
    return words + "."


def _next(board: Board, key: str, names: Mapping[str, str]) -> str:
    """The best of those whose score is a forecast."""
    sign = -1.0 if MEASURES[key].greater_is_better else 1.0
    others = [one for one in board.entries if key in one.scores and not (one.run and is_no_forecast(one.run))]
    if not others:
        return ""
    found = min(others, key=lambda one: sign * one.scores[key])
    return f"; of those that are one, {names[found.key]} is the best ({measures.number(key, found.scores[key])})"


def _compared(board: Board, key: str) -> list[Entry]:
    """The runs that a measure compares."""
    return [one for one in board.entries if one.run is not None and key in one.differences]


def _lacking(board: Board, key: str) -> list[Entry]:
    return [one for one in board.entries if one.run is not None and key not in one.differences]


def _whom(board: Board, key: str) -> str:
    return "run here" if not _lacking(board, key) else "run here that has it"


def _without(key: str) -> str:
    return (
        f"Not every run has a {MEASURES[key].label.lower()}: without cross-validation an interval is made from the "
        "test itself, and earlier versions did not keep the intervals. Train again, with folds, to compare them."
    )


def _several(names: Sequence[str]) -> list[str]:
    if len(names) <= LONGEST_LISTED:
        return list(names)
    return [*names[: LONGEST_LISTED - 1], f"{len(names) - LONGEST_LISTED + 1} others"]


def distinct_names(entries: Sequence[Entry]) -> dict[str, str]:
    """A name of each entry by its key: as short as tells it from the others.

    First by the name that a person gave it or its model, then with its features, its settings, and when it began.
    """
    ways: tuple[Callable[[Entry], str], ...] = (_features, _settings, _begun)
    names = {one.key: one.name for one in entries}
    for way in ways:
        same = {key for key, name in names.items() if list(names.values()).count(name) > 1}
        more = {one.key: way(one) for one in entries if one.key in same}
        of_name = {name: {more[key] for key in same if names[key] == name} for name in {names[key] for key in same}}
        for key in same:
            if len(of_name[names[key]]) > 1 and more[key]:
                names[key] = f"{names[key]} ({more[key]})"
    return names


def _features(entry: Entry) -> str:
    return features_in_words(entry.run.request.features) if entry.run else ""


def _settings(entry: Entry) -> str:
    if entry.run is None:
        return ""
    request = entry.run.request
    asked_for = settings_in_words(request.family, request.params)
    words = [f"{wording.lower_first(name)} {value}" for name, value in asked_for.items()]
    return wording.listed([*words, *(["searched"] if request.tuning else [])]) or "settings as they come"


def _begun(entry: Entry) -> str:
    return wording.moment(entry.run.created_at) if entry.run else ""
