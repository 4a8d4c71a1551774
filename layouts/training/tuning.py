"""The search for better settings: off until it is switched on."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from core.durations import in_words
from core.metrics import METRICS
from layouts import wording
from layouts.components import control
from layouts.ids import Training
from layouts.training.form import TrainingForm
from layouts.training.numbers import number_field

METHODS = (
    ("random", "At random", "Tries settings at random. Simple, and hard to beat with few tries.", "RandomizedSearchCV"),
    ("halving", "Dropping weak ones early", "Tries many on few tracks, and only the better ones on more.",
     "Successive halving"),
    ("tpe", "Learning from earlier tries", "Looks where earlier tries did well, and gives hopeless ones up.",
     "Optuna, tree-structured Parzen estimator (TPE) with pruning"),
)  # fmt: skip
"""Key, name, explanation and term of art of each way of searching."""


def tuning_choice(form: TrainingForm, most_jobs: int, most_seconds: float) -> list[Any]:
    """Draw the switch and what it opens.

    Parameters
    ----------
    form : TrainingForm
    most_jobs : int
        Fits that the server lets one search make at the same time.
    most_seconds : float, seconds
        What a search gets at most of the time that the server gives a run.
    """
    first = form.tuning
    kept = {"persistence": form.persistence, "persistence_type": "session"}
    switch = dbc.Switch(
        id=Training.TUNE, value=first.is_on, **kept,
        label=html.Span(["Search for better settings", _help("Settings that you fill in yourself below stay as they "
                                                             "are; the others are searched.")]),
    )  # fmt: skip
    return [switch, html.Div(_fields(form, most_jobs, most_seconds), id=Training.TUNE_FIELDS, hidden=not first.is_on)]


def _fields(form: TrainingForm, most_jobs: int, most_seconds: float) -> list[Any]:
    first, kept = form.tuning, {"persistence": form.persistence, "persistence_type": "session"}
    methods = [{"value": key, "label": _method(name, words, term)} for key, name, words, term in METHODS]
    among = {**kept, "persistence": form.kept_among(key for key, *_ in METHODS)}
    radio = dbc.RadioItems(id=Training.TUNE_METHOD, options=methods, value=first.method, **among)
    scorings = [{"value": key, "label": metric.label} for key, metric in METRICS.items()]
    among = {**kept, "persistence": form.kept_among(METRICS)}
    select = dbc.Select(id=Training.TUNE_SCORING, options=scorings, value=first.scoring, **among)
    cap = (
        "One: this server gives each job one processor core."
        if most_jobs == 1
        else f"1 to {most_jobs}: this server gives each job {wording.counted(most_jobs, 'processor core')}."
    )
    minutes = f"0.5 to 1,440. Empty: as long as a search may take here, {in_words(most_seconds)}."
    return [
        control("How", radio),
        html.Div(
            [
                number_field("Tries", Training.TUNE_TRIES, first.tries, "2 to 200", kept),
                number_field("Folds", Training.TUNE_FOLDS, first.folds, "2 to 10", kept),
                control("Judge by", select, term="Metric by which candidates are compared"),
            ],
            className="number-row",
        ),
        html.Div(
            [
                number_field("Minutes", Training.TUNE_MINUTES, first.minutes, minutes, kept, whole=False),
                number_field("At the same time", Training.TUNE_JOBS, first.n_jobs, cap, kept, term="n_jobs"),
            ],
            className="number-row number-pair",
        ),
    ]


def _method(name: str, words: str, term: str) -> html.Span:
    return html.Span([html.Span(name, className="has-help", title=term, tabIndex=0), _help(words)])


def _help(words: str) -> html.Span:
    return html.Span(words, className="control-help d-block")
