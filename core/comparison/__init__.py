"""Comparing runs: which may be compared, which differences are more than chance, and what a score costs."""

from core.comparison.board import Board, Differences, Entry, build_board, compute_differences
from core.comparison.comparable import Footing, comparable_groups, footing_of, why_apart
from core.comparison.costs import COSTS, Cost, pareto_front
from core.comparison.held_out import BASELINE_PREFIX, HeldOut, align, resampling_groups
from core.comparison.paired import CONFIDENCE, Difference, Verdict, compare_paired

__all__ = [
    "BASELINE_PREFIX",
    "CONFIDENCE",
    "COSTS",
    "Board",
    "Cost",
    "Difference",
    "Differences",
    "Entry",
    "Footing",
    "HeldOut",
    "Verdict",
    "align",
    "build_board",
    "comparable_groups",
    "compare_paired",
    "compute_differences",
    "footing_of",
    "pareto_front",
    "resampling_groups",
    "why_apart",
]
