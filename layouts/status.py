"""The status page: what is installed, which table is in use, and what a training may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from dash import dcc, html

from layouts.components import icon, page_header, table
from layouts.ids import Status
from layouts.links import address

TICK_MS = 1_000

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
        What to type to add what is missing; "" where nothing is.
    trouble : str
        Why it cannot be loaded, and what helps; "" where it can, or where nobody has looked yet.
    is_probed : bool
        Whether somebody has looked.
    """

    label: str
    library: str
    command: str = ""
    trouble: str = ""
    is_probed: bool = True

    @property
    def is_available(self) -> bool:
        """Whether it can be trained here, as far as that is known."""
        return not self.command and not self.trouble


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
            html.Div(missing(values.families), id=Status.SAID, role="status"),
            html.Div(
                [
                    html.Div(
                        html.Section(
                            [html.H2("Models"), html.Div(models(values.families), id=Status.MODELS)], className="panel"
                        )
                    ),
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
            dcc.Interval(id=Status.TICK, interval=TICK_MS, max_intervals=0 if is_known(values.families) else -1),
        ]
    )


def is_known(families: tuple[Availability, ...]) -> bool:
    """Whether it is known of all families if they can be loaded."""
    return all(family.is_probed for family in families)


def missing(families: tuple[Availability, ...]) -> Any:
    """Say first what cannot be done, and what to do about it."""
    lacking = [family for family in families if not family.is_available]
    if not lacking:
        looking = "" if is_known(families) else " Whether their libraries load is being looked at."
        return html.P(
            [icon("check-circle"), html.Span(f" All {len(families)} kinds of models can be trained.{looking}")],
            className="quiet-note",
        )
    lines = [
        html.Li([html.Strong(family.label), f" needs {family.library}. Add it with: ", html.Code(family.command)])
        if family.command
        else html.Li([html.Strong(family.label), f": {family.trouble}"])
        for family in lacking
    ]
    words = "Not everything can be used. The rest works without it; after mending it, start the dashboard again."
    return html.Div(
        [icon("info-circle-fill"), html.Div([html.Span(words), html.Ul(lines, className="mb-0")])],
        className="notice",
        role="note",
    )


def models(families: tuple[Availability, ...]) -> html.Div:
    """Draw each family with what it is made with, and whether it can be trained here."""
    rows = [{"Model": family.label, "Made with": family.library, "Here": _here(family)} for family in families]
    return table(pd.DataFrame(rows, columns=["Model", "Made with", "Here"]), "Models and whether they can be trained")


def _here(family: Availability) -> str:
    if family.command:
        return "not installed"
    if family.trouble:
        return "cannot be loaded"
    return "available" if family.is_probed else "installed"


def _facts(title: str, facts: Facts) -> html.Section:
    frame = pd.DataFrame(facts, columns=["What", "Value"])
    return html.Section([html.H2(title), table(frame, title)], className="panel short-table")
