"""Charts of the prediction view."""

from core.figures.prediction.position import (
    compute_popularity_bins,
    name_bins,
    plot_popularity_position,
    position_marks,
)
from core.figures.prediction.sensitivity import plot_sensitivity

__all__ = ["compute_popularity_bins", "name_bins", "plot_popularity_position", "plot_sensitivity", "position_marks"]
