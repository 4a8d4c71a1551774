"""Choice of model families."""

from __future__ import annotations

from collections.abc import Iterable

import dash_bootstrap_components as dbc
from dash import html

from core.families import FAMILIES
from core.families.baseline import BASELINES
from core.families.boosting import BOOSTING
from core.families.forests import FORESTS
from core.families.kernel import KERNEL
from core.families.linear import LINEAR
from core.families.model import ModelFamily
from core.families.neighbors import NEIGHBORS
from layouts.ids import Training
from layouts.training.form import TrainingForm

FAMILY_GROUPS: tuple[tuple[str, tuple[ModelFamily, ...]], ...] = (
    ("Baselines", BASELINES),
    ("Linear", LINEAR),
    ("Trees and boosting", FORESTS + BOOSTING),
    ("Neighbours and kernel", NEIGHBORS + KERNEL),
)

COST = {
    "random_forest": "slower",
    "extra_trees": "slower",
    "gradient_boosting": "slower",
    "adaboost": "slower",
    "svr": "slow",
}
"""What a run costs beside the others, which take seconds on some 30,000 tracks: slower about a minute, slow minutes."""


def family_choice(form: TrainingForm) -> list[html.Div]:
    """Draw a checklist for each group of families."""
    return [_families(name, rows, form) for name, rows in _all_groups()]


def _all_groups() -> list[tuple[str, tuple[ModelFamily, ...]]]:
    grouped = {family.key for _, rows in FAMILY_GROUPS for family in rows}
    others = tuple(family for key, family in FAMILIES.items() if key not in grouped)
    return [*FAMILY_GROUPS, *([("Others", others)] if others else [])]


def _families(name: str, rows: Iterable[ModelFamily], form: TrainingForm) -> html.Div:
    rows = tuple(rows)
    options = [{"value": family.key, "label": _family_label(family)} for family in rows]
    checklist = dbc.Checklist(
        id={"type": Training.FAMILIES, "group": name},
        options=options,
        value=[family.key for family in rows if family.key in form.families],
        persistence=form.persistence,
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
    name = html.Span(family.label, className="has-help", title=words, tabIndex=0)
    cost = COST.get(family.key)
    return html.Span([name, *([html.Span(f" {cost}", className="quiet-note")] if cost else [])])
