"""The status page: what is installed, which table is in use, and what a training may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from dash import html

from layouts.components import icon, page_header, table
from layouts.links import address

Facts = tuple[tuple[str, str], ...]
"""Pairs of a name and what there is to say, in words."""


@dataclass(frozen=True)
class Availability:
    """Whether one model family can be trained here.

    Parameters
    ----------
    label : str
        Name of the family.
    library : str
        What it is made with.
    command : str
        What to type to add what is missing; "" where it is available.
    """

    label: str
    library: str
    command: str = ""


@dataclass(frozen=True)
class StatusValues:
    """What the status page shows.

    Parameters
    ----------
    families : tuple of Availability
    data, limits, versions : tuple of (name, words)
    """

    families: tuple[Availability, ...]
    data: Facts
    limits: Facts
    versions: Facts


def layout(values: StatusValues) -> html.Div:
    """Draw the page."""
    return html.Div(
        [
            page_header("Status", "What this dashboard is made of, and what a training may use."),
            _missing(values.families),
            html.Div(
                [
                    html.Div(html.Section([html.H2("Models"), _families(values.families)], className="panel")),
                    html.Div(
                        [
                            _facts("Table in use", values.data),
                            _facts("Limits of a training", values.limits),
                            _facts("Versions", values.versions),
                        ]
                    ),
                ],
                className="two-columns",
            ),
            html.P(
                ["For programs: ", html.A("the JSON API", href=address("/api/v1/")), " gives predictions and runs."],
                className="quiet-note",
            ),
        ]
    )


def _missing(families: tuple[Availability, ...]) -> Any:
    """Say first what cannot be done, and what to do about it."""
    missing = [family for family in families if family.command]
    if not missing:
        return html.P(
            [icon("check-circle"), html.Span(f" All {len(families)} kinds of models can be trained.")],
            className="quiet-note",
        )
    lines = [
        html.Li([html.Strong(family.label), f" needs {family.library}. Add it with: ", html.Code(family.command)])
        for family in missing
    ]
    words = "Not everything is installed. The rest works without it; after adding it, start the dashboard again."
    return html.Div(
        [icon("info-circle-fill"), html.Div([html.Span(words), html.Ul(lines, className="mb-0")])],
        className="notice",
        role="note",
    )


def _families(families: tuple[Availability, ...]) -> html.Div:
    rows = [
        {"Model": family.label, "Made with": family.library, "Here": "not installed" if family.command else "available"}
        for family in families
    ]
    return table(pd.DataFrame(rows, columns=["Model", "Made with", "Here"]), "Models and whether they can be trained")


def _facts(title: str, facts: Facts) -> html.Section:
    frame = pd.DataFrame(facts, columns=["What", "Value"])
    return html.Section([html.H2(title), table(frame, title)], className="panel short-table")
