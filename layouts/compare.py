"""Compare view: two to eight runs side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from core.cautions import cautions
from core.comparison import Board, Verdict
from core.metrics import MEASURES, METRICS
from core.requests import TuningRequest
from core.runs.model import Run
from layouts import measures, wording
from layouts.components import empty_state, icon, page_header
from layouts.links import address, button_link, run_address
from layouts.run_words import (
    cautions_in_words,
    features_in_words,
    measure,
    model_name,
    protocol_name,
    score_marks,
    settings_in_words,
)
from layouts.training.tuning import METHODS

LONGEST_LABEL = 40
"""Letters of a run's name beside the others."""


def layout(content: Any) -> html.Div:
    """Draw the view around its content."""
    purpose = "What differs between these runs, and where. The address of this page can be kept and shared."
    back = button_link([icon("clock-history"), " Choose others"], address("/history"), kind="outline-primary")
    return html.Div([page_header("Side by side", purpose, back), html.Div(content, className="stack")])


def nothing_chosen(message: str) -> Any:
    """Say why there is nothing to compare, and where runs are chosen."""
    return empty_state("Choose two to eight runs", message, button_link("Choose in the history", address("/history")))


def labels_of(runs: Sequence[Run]) -> dict[str, str]:
    """A short label of each run by its id, different for each."""
    found: dict[str, str] = {}
    for run in runs:
        label = _shortened(run.name or model_name(run))
        found[run.id] = label if label not in found.values() else f"{label} ({run.id[:4]})"
    return found


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1].rstrip()}…"


def settings_of(run: Run) -> dict[str, str]:
    """What a run was asked for, in words, parameters included."""
    request = run.request
    return {
        "Model": model_name(run),
        **({"Made of": ", ".join(f"run {one[:8]}" for one in request.members)} if request.members else {}),
        "Features": features_in_words(request.features),
        "Validation": protocol_name(request.protocol),
        "Held out": f"{100 * request.test_share:g}%",
        "Folds": str(request.cv_folds),
        "Seed": str(request.seed),
        "Intervals": _INTERVALS[request.interval],
        "Defaults": "recommended" if request.defaults == "recommended" else "the library's own",
        **_search_of(request.tuning),
        "Table": str(run.data.get("source_name") or wording.NOTHING),
        "Data hash": str(run.data.get("sha256") or wording.NOTHING)[:12],
        **settings_in_words(request.family, run.params),
    }


def _search_of(tuning: TuningRequest | None) -> dict[str, str]:
    if tuning is None:
        return {"Search": "none"}
    limit = "none of its own" if tuning.seconds is None else wording.duration(tuning.seconds)
    return {
        "Search": next((name for key, name, *_ in METHODS if key == tuning.method), tuning.method),
        "Search, candidates": str(tuning.iterations),
        "Search, folds": str(tuning.folds),
        "Search, compared by": METRICS[tuning.scoring].label,
        "Search, time limit": limit,
        "Search, at the same time": str(tuning.n_jobs),
    }


def differing(runs: Sequence[Run], labels: Mapping[str, str]) -> html.Section:
    """Draw the settings that are not the same in all runs."""
    settings = [settings_of(run) for run in runs]
    names = list(dict.fromkeys(name for each in settings for name in each))
    rows = [(name, [each.get(name, wording.NOTHING) for each in settings]) for name in names]
    different = [(name, values) for name, values in rows if len(set(values)) > 1]
    same = [f"{name.lower()} {values[0]}" for name, values in rows if len(set(values)) == 1 and name in _ALWAYS]
    return html.Section(
        [
            html.H2("What differs"),
            _table("Settings that differ", runs, labels, different)
            if different
            else html.P("All settings are the same."),
            html.P(f"The same in all: {'; '.join(same)}." if same else "", className="control-help"),
        ],
        className="panel",
    )


_ALWAYS = ("Model", "Features", "Validation", "Held out", "Folds", "Seed", "Intervals", "Table")
_INTERVALS = {"split": "from its errors", "quantile": "from quantiles"}


def scores(runs: Sequence[Run], labels: Mapping[str, str], board: Board | None, apart: Sequence[str]) -> html.Section:
    """Draw the metrics, with the differences to the best where the tracks are the same."""
    entries = {one.key: one for one in board.entries} if board else {}
    rows: list[tuple[str, list[Any]]] = []
    for key, metric in MEASURES.items():
        if not any(wording.is_number(_score_of(entries.get(run.id), run, key)) for run in runs):
            continue
        rows.append((measures.with_unit(metric), [_cell(entries.get(run.id), run, key) for run in runs]))
    rows.append(("Time to train", [wording.duration((run.timings or {}).get("fit_seconds")) for run in runs]))
    warning: list[Any] = [_caution(words) for words in cautions_in_words(runs)]
    if apart:
        words = ["These runs were not scored on the same tracks, so their scores cannot be compared: ", *apart]
        warning.append(_caution(*words))
    reading = (
        f"Below each score: difference to the best, with a 99% range for all differences at once, on the same "
        f"{board.n_tracks:,} held-out tracks in {board.n_groups:,} {board.unit}. A range that reaches zero is a tie."
        if board
        else ""
    )
    reading += _of_baselines(board) if board else ""
    reading += _of_missing(runs, entries)
    table = _table("Scores", runs, labels, rows)
    return html.Section(
        [html.H2("Scores"), *warning, table, html.P(reading, className="control-help")], className="panel"
    )


def _of_baselines(board: Board) -> str:
    """By which measures no run is the best, but a baseline that was scored on the same tracks."""
    best = {key: board.best(key) for key in MEASURES}
    ahead = {key: one.name for key, one in best.items() if one is not None and one.run is None}
    said = ""
    for name in dict.fromkeys(ahead.values()):
        by = wording.listed([MEASURES[key].label for key in ahead if ahead[key] == name])
        said += f" By {by} the best is no run: {name}, scored on the same tracks."
    return said


def _of_missing(runs: Sequence[Run], entries: Mapping[str, Any]) -> str:
    """Why a run has no pinball loss where others have."""
    has = {run.id: wording.is_number(_score_of(entries.get(run.id), run, "pinball")) for run in runs}
    lacking = [run for run in runs if not has[run.id]]
    if not lacking or len(lacking) == len(runs) or any(run.request.cv_folds for run in lacking):
        return ""
    return (
        " A run trained without cross-validation has no pinball loss: what its intervals hold can only be measured "
        "with folds."
    )


def _score_of(entry: Any, run: Run, key: str) -> float | None:
    value = measure(run, key)
    return entry.scores.get(key) if value is None and entry else value


def _caution(*words: Any) -> html.Div:
    return html.Div([icon("exclamation-triangle-fill"), " ", *words], className="callout callout-warning")


def _cell(entry: Any, run: Run, key: str) -> Any:
    value = html.Span(measures.number(key, _score_of(entry, run, key)), className="beside-value")
    found = entry.differences.get(key) if entry else None
    if found is None:
        return value
    if found.verdict is Verdict.BEST:
        return [html.Strong(value), html.Div(_best_in_words(run), className="control-help")]
    sign = -1 if MEASURES[key].greater_is_better else 1
    low, high = sorted((sign * found.low, sign * found.high))
    verdict = "tie" if found.verdict is Verdict.TIED else "worse"
    said = f"{verdict}, {measures.difference(key, sign * found.value, low, high)}"
    return [value, html.Div(said, className="control-help")]


def _best_in_words(run: Run) -> str:
    marks = [one.mark for one in cautions(run.request)]
    return f"best, but {wording.listed(marks)}" if marks else "best"


def _table(
    caption: str, runs: Sequence[Run], labels: Mapping[str, str], rows: Sequence[tuple[str, Sequence[Any]]]
) -> html.Div:
    heads = [html.Th([_link(run, labels[run.id]), *score_marks(run)], scope="col") for run in runs]
    head = html.Thead(html.Tr([html.Th(html.Span("Setting", className="visually-hidden")), *heads]))
    body = [
        html.Tr(
            [
                html.Th(name, scope="row"),
                *(_value(value, labels[run.id]) for run, value in zip(runs, values, strict=True)),
            ]
        )
        for name, values in rows
    ]
    title = html.Caption(caption, className="visually-hidden")
    table = html.Table([title, head, html.Tbody(body)], className="plain-table beside-table")
    return html.Div(table, className="table-scroll", tabIndex=0, role="region", **{"aria-label": caption})


def _link(run: Run, label: str) -> dcc.Link:
    """The way to a run; a name that is too long to be shown is its title."""
    return dcc.Link(label, href=run_address(run.id), title=run.name if run.name not in ("", label) else None)


def _value(value: Any, label: str) -> html.Td:
    """One cell; on a phone, where runs stand below each other, it says whose it is."""
    return html.Td(html.Div(value), **{"data-label": label})
