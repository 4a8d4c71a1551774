"""Charts of many runs, as the history's address or selection names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import ClientsideFunction, Dash, Input, Output, State, html
from dash.development.base_component import Component

from callbacks.identity import current_owner, current_theme
from core.address import read_pairs, read_values
from core.comparison import Footing, comparable_groups
from core.errors import InvalidRequest, NotFound, unknown_name
from core.figures import trends as figures
from core.metrics import METRICS
from core.runs.history import parse_asked
from core.runs.model import Run
from layouts import trends as view
from layouts import wording
from layouts.components import graph_card
from layouts.ids import Trends
from layouts.training.tuning import METHODS

MOST_RUNS = 1000
MOST_ROWS = 150
"""Of the numbers behind each chart on the page; the history has all of them as a file."""
METRIC = "rmse"
_CHOICES = ("of", "by")
"""Of the page itself, in its address: the comparison and the score."""
_WORDS = {
    "Defaults": {"recommended": "Recommended", "library": "Library"},
    "Search": {"none": "None", **{key: name for key, name, *_ in METHODS}},
    "Interval": {"split": "From its errors", "quantile": "From quantiles"},
}
"""How the form of the page Train names what was chosen."""


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view of the runs that the address names."""
    try:
        runs, total = read_runs(services, owner, query)
    except (InvalidRequest, NotFound) as error:
        return view.layout([], view.nothing(str(error)), "", "")
    groups = comparable_groups(runs)
    labels = view.labels_of(groups)
    chosen, metric = read_choices(query, groups)
    said = f"{wording.counted(total, 'run')}."
    if total > len(runs):
        said = f"The {len(runs):,} newest of {wording.counted(total, 'run')}."
    shown = draw(runs, labels, chosen, metric, current_theme())
    return view.layout(view.choices(labels, chosen, metric) if groups else [], shown, query, said, filters_of(query))


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""

    @app.callback(
        Output(Trends.LIST, "children"),
        Input(Trends.METRIC, "value"),
        Input(Trends.GROUP, "value"),
        State(Trends.ASKED, "data"),
        prevent_initial_call=True,
    )
    def redraw(metric: Any, chosen: Any, asked: Any) -> Any:
        if not isinstance(metric, str) or metric not in METRICS:
            raise unknown_name("metric", str(metric)[:40], METRICS)
        if not isinstance(asked, str):
            raise InvalidRequest("The address of the runs is a text.")
        runs, _ = read_runs(services, current_owner(), asked)
        return draw(runs, view.labels_of(comparable_groups(runs)), str(chosen), metric, current_theme())

    app.clientside_callback(
        ClientsideFunction("address", "trends"),
        Input(Trends.GROUP, "value"),
        Input(Trends.METRIC, "value"),
        prevent_initial_call=True,
    )


def read_choices(query: str, groups: Mapping[Footing, Sequence[Run]]) -> tuple[str, str]:
    """Which comparison an address asks for, and by which score; the largest and the usual one where it makes no sense.

    Raises
    ------
    InvalidRequest
        When the address is none.
    """
    given = read_values(query)
    largest = max(groups, key=lambda each: len(groups[each])).key if groups else ""
    chosen, metric = given.get("of", ""), given.get("by", "")
    is_known = any(each.key == chosen for each in groups)
    return chosen if is_known else largest, metric if metric in METRICS else METRIC


def filters_of(query: str) -> str:
    """Give the part of an address that the history knows: its filters.

    Examples
    --------
    >>> filters_of("?family=knn&runs=a,b&by=mae")
    '?family=knn'
    """
    pairs = [(name, value) for name, value in read_pairs(query) if name not in ("runs", *_CHOICES)]
    return f"?{urlencode(pairs)}" if pairs else ""


def read_runs(services: Any, owner: str, query: str) -> tuple[list[Run], int]:
    """Read the runs that an address names: those chosen by id, or those that fit the history's filters.

    Returns
    -------
    tuple of (list of Run, int)
        At most 1,000 of them, newest first, and how many there are.

    Raises
    ------
    InvalidRequest
        When a filter makes no sense.
    NotFound
        When one that is named is not there for this owner.
    """
    pairs = read_pairs(query)
    named = [part for name, value in pairs if name == "runs" for part in value.split(",") if part]
    if named:
        found = [services.runs.get(run_id, owner) for run_id in dict.fromkeys(named[:MOST_RUNS])]
        return sorted(found, key=lambda run: run.created_at, reverse=True), len(found)
    values: dict[str, Any] = {key: value for key, value in pairs if key not in ("page", "sort", *_CHOICES)}
    values = {key: value == "1" if key in ("starred", "ascending") else value for key, value in values.items()}
    asked = parse_asked({**values, "ascending": False, "limit": MOST_RUNS})
    history = services.runs.history.page(owner, asked, in_brief=True)
    return list(history.runs), history.total


def draw(runs: Sequence[Run], labels: dict[Footing, str], chosen: str, metric: str, theme: str) -> Any:
    """Draw the charts.

    Parameters
    ----------
    runs : sequence of Run
    labels : dict of Footing to str
    chosen : str
        Key of the comparison whose choices are drawn; the largest one where there is none of that key.
    metric : str
    theme : {"light", "dark"}
    """
    if not labels:
        return view.nothing("None of these runs has a score.")
    groups = comparable_groups(runs)
    largest = max(groups, key=lambda each: len(groups[each]))
    footing = next((each for each in groups if each.key == chosen), largest)
    progress = figures.compute_progress(runs, metric, labels)
    picked = figures.compute_choices(groups[footing], metric, _WORDS)
    times = figures.compute_times(runs)
    cards = [
        graph_card(
            Trends.PROGRESS,
            figures.plot_progress(progress, metric, theme=theme),
            title=f"{METRICS[metric].label} over time",
            reading=figures.read_progress(progress, metric),
            n=len(progress),
            table=figures.named_progress(progress, metric),
            most_rows=MOST_ROWS,
        ),
        graph_card(
            Trends.CHOICES,
            figures.plot_choices(picked, metric, theme=theme),
            title=f"Choices and scores: {labels[footing]}",
            reading=figures.read_choices(picked, metric),
            n=len(picked),
            min_width=720,
            table=picked.rename(columns={"score": METRICS[metric].label}),
            most_rows=MOST_ROWS,
        ),
        graph_card(
            Trends.TIMES,
            figures.plot_times(times, theme=theme),
            title="Time to train, by model",
            reading="Each dot is a run; further left is quicker. Of the final fit alone, without validation or search.",
            n=len(times),
            table=figures.named_times(times),
            most_rows=MOST_ROWS,
            height=140 + 32 * max(2, times["model"].nunique()),
        ),
    ]
    return html.Div(cards, className="stack")
