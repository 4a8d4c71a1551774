"""Compare view: two to eight runs side by side, named by the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import Dash, html
from dash.development.base_component import Component

from callbacks.identity import current_theme
from core.address import read_pairs
from core.comparison import HeldOut, footing_of, why_apart
from core.errors import DataError, NotFound
from core.figures import compare as figures
from core.runs.model import Run, RunState
from layouts import compare as view
from layouts import wording
from layouts.components import graph_card
from layouts.ids import Compare
from layouts.run_words import marked

FEWEST_RUNS, MOST_RUNS = 2, 8
OBJECTIVE = "rmse"


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view of the runs that the address names."""
    ids = read_ids(query)
    if not FEWEST_RUNS <= len(ids) <= MOST_RUNS:
        return view.layout(view.nothing_chosen(f"The address names {wording.counted(len(ids), 'run')}."))
    try:
        runs = [services.runs.get(run_id, owner) for run_id in ids]
    except NotFound:
        return view.layout(view.nothing_chosen("One of these runs is not there: deleted, or somebody else's."))
    if any(run.state is not RunState.FINISHED for run in runs):
        return view.layout(view.nothing_chosen("One of these runs has no score. Only finished runs can be compared."))
    return view.layout(_content(services, runs, owner, current_theme()))


def register(app: Dash, services: Any) -> None:
    """Nothing to attach: the page follows from its address."""


def read_ids(query: str) -> list[str]:
    """The ids that an address names, each once.

    Raises
    ------
    InvalidRequest

    Examples
    --------
    >>> read_ids("?runs=a,b,a")
    ['a', 'b']
    """
    given = [value for name, value in read_pairs(query) if name == "runs"]
    return list(dict.fromkeys(part for text in given for part in text.split(",") if part))


def _content(services: Any, runs: Sequence[Run], owner: str, theme: str) -> list[Any]:
    labels = view.labels_of(runs)
    first = footing_of(runs[0])
    reasons = {reason for run in runs for reason in (why_apart(run, first) if first else [])}
    board, held_out = None, None
    if not reasons:
        held_out, trouble = services.comparisons.held_out(runs)
        reasons = set(trouble.values())
    if not reasons:
        board, _ = services.comparisons.board(runs, OBJECTIVE)
    apart = [wording.listed(sorted(reasons)), "."] if reasons else []
    parts: list[Any] = [view.scores(runs, labels, board, apart), view.differing(runs, labels)]
    if board is not None and held_out is not None:
        named = {run.id: marked(labels[run.id], run) for run in runs}
        charts = _charts(held_out, named, _groups(services, runs[0], owner, held_out), theme)
        parts.append(html.Div(charts, className="graph-grid"))
    return [*parts, _times(runs, labels, theme)]


def _charts(held_out: HeldOut, labels: dict[str, str], groups: dict[str, pd.Series], theme: str) -> list[Any]:
    actual, n = held_out.actual, len(held_out.actual)
    predicted = {labels[run_id]: values for run_id, values in held_out.predicted.items()}
    calibration = figures.compute_calibration(actual, predicted)
    residuals = figures.compute_residuals(actual, predicted)
    agreement = figures.compute_agreement(predicted)
    cards = [
        graph_card(
            Compare.ACTUAL,
            figures.plot_calibration(calibration, theme=theme),
            title="Actual against predicted popularity",
            reading="Each dot: a tenth of the tracks, in the order of the predictions; those with the same "
            "prediction stay together. On the dashed line the predictions are right on average; a line that is longer "
            "tells tracks apart further.",
            n=n,
            table=figures.named(calibration),
        ),
        graph_card(
            Compare.RESIDUALS,
            figures.plot_residuals(residuals, theme=theme),
            title="Distribution of the errors",
            reading="The higher and narrower around 0, the better. Right of 0 the prediction is too high.",
            n=n,
            table=figures.named(residuals),
        ),
    ]
    for subject, of_track in {**groups, "popularity band": figures.bands_of(actual)}.items():
        frame = figures.compute_errors(actual, predicted, of_track)
        cards.append(
            graph_card(
                f"{Compare.ERRORS}-{subject.replace(' ', '-')}",
                figures.plot_errors(frame, subject, theme=theme),
                title=f"Error by {subject}",
                reading="Further left is better. Groups of fewer than 20 held-out tracks are left out.",
                n=n,
                table=figures.named(frame, subject),
            )
        )
    cards.append(
        graph_card(
            Compare.AGREEMENT,
            figures.plot_agreement(agreement, theme=theme),
            title="Agreement between the models",
            reading=_of_agreement(agreement),
            n=n,
            table=agreement.reset_index(names="Model"),
        )
    )
    return cards


def _of_agreement(agreement: pd.DataFrame) -> str:
    """How to read the heat map, with a word on the cells that have no number."""
    said = (
        "Correlation of the predictions: 1 where two models order the tracks alike. Models that agree less gain more "
        "from being combined."
    )
    if agreement.isna().to_numpy().any():
        said += " A cell with –: one of the two says the same of every track, so there is no order to compare."
    return said


def _groups(services: Any, run: Run, owner: str, held_out: HeldOut) -> dict[str, pd.Series]:
    """Genre and period of each held-out track, where the run's table is still there."""
    try:
        store, is_own = services.tracks_of_run(run, owner)
        if not is_own or store.facts.sha256 != run.data.get("sha256"):
            return {}
        tracks = store.dataset.tracks.drop_duplicates("track_id").set_index("track_id")
    except DataError:
        return {}
    found = {}
    ids = held_out.tracks["track_id"]
    if "genre" in tracks:
        found["genre"] = ids.map(tracks["genre"].astype("object")).reset_index(drop=True)
    if "release_year" in tracks:
        decade = ids.map(tracks["release_year"].astype("Float64")).floordiv(10).mul(10)
        found["period"] = decade.map(lambda year: f"{year:.0f}s", na_action="ignore").astype("object")
    return found


def _times(runs: Sequence[Run], labels: dict[str, str], theme: str) -> Any:
    seconds = [run.timings or {} for run in runs]
    table = figures.named_times([labels[run.id] for run in runs], seconds)
    return graph_card(
        Compare.TIMES,
        figures.plot_times([labels[run.id] for run in runs], seconds, theme=theme),
        title="Where the time went",
        reading="Seconds of each stage of training.",
        table=table,
        height=120 + 40 * len(runs),
    )
