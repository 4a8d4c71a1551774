"""Choice of model families."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from core.families import FAMILIES
from core.families.model import ModelFamily
from layouts.ids import Training
from layouts.training.form import TrainingForm

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Baselines", ("mean", "genre_mean")),
    ("Linear", ("linear", "ridge", "lasso")),
    (
        "Trees and boosting",
        (
            "random_forest",
            "extra_trees",
            "hist_gradient_boosting",
            "gradient_boosting",
            "xgboost",
            "lightgbm",
            "catboost",
            "adaboost",
        ),
    ),
    ("Neighbours, kernel, network", ("knn", "svr", "neural_network")),
)
COMBINED = "stack"
"""Family that is made of finished runs, and so is not chosen here."""
COST = {
    "random_forest": "slower",
    "extra_trees": "slower",
    "gradient_boosting": "slower",
    "adaboost": "slower",
    "neural_network": "slower",
    "svr": "slow",
}
"""What a run costs beside the others, which take seconds on some 30,000 tracks: slower about a minute, slow minutes."""


def is_available(family: ModelFamily) -> bool:
    """Whether the libraries that a family needs are installed, and not known to fail when they are loaded."""
    return not family.missing and not family.trouble


def all_models() -> list[str]:
    """Keys of all families that can be trained here, but for the baselines, which stand beside every score anyway."""
    return [key for _, keys in all_groups() for key in keys
            if is_available(FAMILIES[key]) and not FAMILIES[key].is_baseline]  # fmt: skip


def all_models_by_group() -> list[list[str]]:
    """The same in the order of the checklists, as their values."""
    chosen = set(all_models())
    return [[key for key in keys if key in chosen] for _, keys in all_groups()]


def all_groups() -> list[tuple[str, tuple[str, ...]]]:
    """Groups of keys; families that no row names come last."""
    grouped = {key for _, keys in GROUPS for key in keys}
    known = [(name, tuple(key for key in keys if key in FAMILIES)) for name, keys in GROUPS]
    others = tuple(key for key in FAMILIES if key not in grouped and key != COMBINED)
    return [*known, *([("Others", others)] if others else [])]


def family_choice(form: TrainingForm) -> list[html.Div]:
    """Draw a checklist for each group of families."""
    return [_families(name, [FAMILIES[key] for key in keys], form) for name, keys in all_groups()]


def _families(name: str, rows: Iterable[ModelFamily], form: TrainingForm) -> html.Div:
    rows = tuple(rows)
    options = [
        {"value": family.key, "label": _family_label(family), "disabled": not is_available(family)} for family in rows
    ]
    checklist = dbc.Checklist(
        id={"type": Training.FAMILIES, "group": name},
        options=options,
        value=[family.key for family in rows if family.key in form.families and is_available(family)],
        persistence=form.kept_among(family.key for family in rows if is_available(family)),
        persistence_type="session",
    )
    return html.Div(
        [html.H3(name, className="form-group-title"), checklist], role="group", className="form-group",
        **{"aria-label": f"Models: {name}"},
    )  # fmt: skip


def _family_label(family: ModelFamily) -> html.Span:
    words = family.summary
    if family.row_cap:
        words += f" At most {family.row_cap:,} tracks."
    parts: list[Any] = [html.Span(family.label, className="has-help", title=words, tabIndex=0)]
    cost = COST.get(family.key)
    if cost:
        parts.append(html.Span(f" {cost}", className="quiet-note"))
    if not is_available(family):
        why = ["not installed: ", html.Code(family.install_hint)] if family.missing else family.trouble
        parts.append(html.Span(why, className="control-help d-block"))
    return html.Span(parts)
