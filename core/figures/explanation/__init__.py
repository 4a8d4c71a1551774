"""Figures of why a model says what it says; every one takes what a run keeps, or one track's contributions."""

from __future__ import annotations

from core.figures.explanation.features import plot_dependence, plot_partial_dependence
from core.figures.explanation.groups import compute_cohorts, plot_by_genre, plot_cohorts, plot_interactions
from core.figures.explanation.importance import (
    plot_beeswarm,
    plot_importance,
    plot_permutation,
    plot_two_models,
    read_importance,
    read_permutation,
)
from core.figures.explanation.track import compute_steps, plot_force, plot_waterfall

__all__ = [
    "compute_cohorts",
    "compute_steps",
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
    "read_importance",
    "read_permutation",
]
