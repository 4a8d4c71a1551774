"""Exact contributions along the paths of trees, for every library's trees alike."""

from __future__ import annotations

from core.explanation.trees.strategy import TreePaths, is_additive_ensemble

__all__ = ["TreePaths", "is_additive_ensemble"]
