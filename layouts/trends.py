"""Charts of many runs: how the best came about, which choices went with which score, what training took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.comparison import Footing
from core.metrics import METRICS
from core.runs.model import Run
from layouts import wording
from layouts.components import control, empty_state, icon, page_header
from layouts.ids import Trends
from layouts.links import address, button_link
from layouts.run_words import protocol_name


def layout(controls: Any, shown: Any, asked: str, said: str, filters: str = "") -> html.Div:
    """Draw the view around its choices and its charts.

    Parameters
    ----------
    controls, shown : component
    asked : str
        Query string of the address, with its question mark.
    said : str
        Which runs these are.
    filters : str
        What the history is asked for, to choose others.
    """
    purpose = f"{said} Choose others in the history; the address of this page can be kept and shared."
    back = button_link([icon("clock-history"), " Choose others"], address("/history") + filters, kind="outline-primary")
    return html.Div(
        [
            page_header("Charts of runs", purpose, back),
            html.Div(controls, className="trends-choices"),
            html.Div(shown, id=Trends.LIST),
            dcc.Store(id=Trends.ASKED, data=asked),
        ]
    )


def choices(labels: Mapping[Footing, str], chosen: str, metric: str) -> list[Any]:
    """Draw the choices: the score, and which comparison (by its key) the parallel lines are of."""
    metrics = [{"label": one.label, "value": key} for key, one in METRICS.items()]
    groups = [{"label": label, "value": footing.key} for footing, label in labels.items()]
    term = "Runs with one table, one protocol, one share held out and one seed"
    return [
        control("Choices and scores of", dbc.Select(groups, chosen or None, id=Trends.GROUP), term=term),
        control("Score", dbc.Select(metrics, metric, id=Trends.METRIC)),
    ]


def nothing(words: str) -> Any:
    """Say that there is nothing to draw, and where runs are chosen."""
    return empty_state("No runs to draw", words, button_link("Choose in the history", address("/history")))


def labels_of(footings: Mapping[Footing, Sequence[Run]]) -> dict[Footing, str]:
    """What each comparison is called: only by what tells it from the others."""
    tables = {each.sha256 for each in footings}
    shares = {each.test_share for each in footings}
    seeds = {each.seed for each in footings}
    found: dict[Footing, str] = {}
    for footing, some in footings.items():
        parts = [protocol_name(footing.protocol).partition(" (")[0]]
        parts += [f"{some[0].data.get('source_name')} ({footing.sha256[:6]})"] if len(tables) > 1 else []
        parts += [f"{wording.share(footing.test_share)} held out"] if len(shares) > 1 else []
        parts += [f"seed {footing.seed}"] if len(seeds) > 1 else []
        found[footing] = " · ".join(parts)
    return found
