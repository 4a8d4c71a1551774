"""Figures of why a model says what it says; every one takes what a run keeps, or one track's contributions."""

from __future__ import annotations

from core.figures.explanation.features import (
    is_ordered,
    plot_dependence,
    plot_partial_dependence,
    read_dependence,
    read_partial_dependence,
)
from core.figures.explanation.groups import (
    compute_cohorts,
    plot_by_genre,
    plot_cohorts,
    plot_interactions,
    read_by_genre,
    read_cohorts,
    read_interactions,
)
from core.figures.explanation.importance import (
    compute_two_models,
    plot_beeswarm,
    plot_importance,
    plot_permutation,
    plot_two_models,
    read_importance,
    read_permutation,
    read_swarm,
    read_two_models,
)
from core.figures.explanation.numbers import (
    number_cohorts,
    number_dependence,
    number_genres,
    number_importance,
    number_interactions,
    number_models,
    number_partial,
    number_permutation,
    number_steps,
    number_swarm,
)
from core.figures.explanation.track import compute_steps, plot_force, plot_waterfall, read_force

__all__ = [
    "compute_cohorts",
    "compute_steps",
    "compute_two_models",
    "is_ordered",
    "number_cohorts",
    "number_dependence",
    "number_genres",
    "number_importance",
    "number_interactions",
    "number_models",
    "number_partial",
    "number_permutation",
    "number_steps",
    "number_swarm",
    "plot_beeswarm",
    "plot_by_genre",
    "plot_cohorts",
    "plot_dependence",
    "plot_force",
    "plot_importance",
    "plot_interactions",
    "plot_partial_dependence",
    "plot_permutation",
    "plot_two_models",
    "plot_waterfall",
    "read_by_genre",
    "read_cohorts",
    "read_dependence",
    "read_force",
    "read_importance",
    "read_interactions",
    "read_partial_dependence",
    "read_permutation",
    "read_swarm",
    "read_two_models",
]
