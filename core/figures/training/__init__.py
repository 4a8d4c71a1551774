"""Figures of a run at work: candidates of a search, folds and learning curves, from the events that the run tells.

Every function takes events as they are kept: dicts with a ``kind`` ("fold", "candidate" or "curve") and the fields of
that event in ``core.progress``. The order does not matter; of two events about the same thing the later one counts.
"""

from core.figures.training.candidates import (
    candidate_table,
    compute_candidates,
    plot_best_so_far,
    plot_seconds,
    read_best_so_far,
    read_seconds,
)
from core.figures.training.curves import compute_curves, plot_learning_curves, read_learning_curves
from core.figures.training.events import in_digits, metric_name
from core.figures.training.parallel import plot_parallel, read_parallel

__all__ = [
    "candidate_table",
    "compute_candidates",
    "compute_curves",
    "in_digits",
    "metric_name",
    "plot_best_so_far",
    "plot_learning_curves",
    "plot_parallel",
    "plot_seconds",
    "read_best_so_far",
    "read_learning_curves",
    "read_parallel",
    "read_seconds",
]
