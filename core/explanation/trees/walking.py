r"""Shapley values of sums of trees, by numerical integration that leaves no error.

A leaf answers ``v`` where all steps on its path are taken. With some features left out, a step on column j counts by
its share of the training rows :math:`z_j` instead of by whether the row takes it, :math:`o_j` (0 or 1). The Shapley
value of column j for such a product is

.. math:: v (o_j - z_j) \int_0^1 \prod_{k \ne j} (t o_k + (1 - t) z_k) \, dt,

a polynomial in t whose degree is the number of other columns on the path, so Gauss-Legendre quadrature with half as
many points gives it exactly. Leaves share the products of the nodes above them: one way down and one way up the tree
do for all of them, and a column that is asked about twice takes back what its earlier step was given.

References
----------
Lundberg et al. (2020), From local explanations to global understanding with explainable AI for trees, Nature Machine
Intelligence 2 (path-dependent values). Yu, Bian & Bifet (2022), Linear TreeSHAP, NeurIPS (products shared by leaves).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.explanation.model import Floats, Ints
from core.explanation.trees.ensemble import Ensemble, Paths


@dataclass(frozen=True)
class Quadrature:
    """Points t in (0, 1) and their weights."""

    points: Floats
    weights: Floats


def quadrature_for(most_columns: int) -> Quadrature:
    """Give the points that make paths of so many columns exact.

    Examples
    --------
    >>> float(quadrature_for(1).points[0])
    0.5
    """
    points, weights = np.polynomial.legendre.leggauss(max(1, (most_columns + 1) // 2))
    return Quadrature((points + 1) / 2, weights / 2)


def levels_of(paths: Paths) -> list[Ints]:
    """The nodes of each level but the roots', from the top."""
    order = np.argsort(paths.level, kind="stable")
    return np.split(order, np.searchsorted(paths.level[order], np.arange(1, paths.level.max() + 1)))[1:]


def walk_in_levels(
    trees: Ensemble, paths: Paths, quadrature: Quadrature, levels: Sequence[Ints], rows: Floats
) -> Floats:
    """Contributions of each column to the sum of the trees; the route without a compiler.

    Returns
    -------
    ndarray of shape (n_rows, n_columns)
    """
    found = np.zeros_like(rows)
    for number, row in enumerate(rows):
        found[number] = _one_row(trees, paths, quadrature, levels, row)
    return found


def _one_row(trees: Ensemble, paths: Paths, quadrature: Quadrature, levels: Sequence[Ints], row: Floats) -> Floats:
    t, w = quadrature.points, quadrature.weights
    cold = w / (1 - t)
    taken, products = np.ones(len(trees.left)), np.ones((len(trees.left), len(t)))
    for nodes in levels:
        above, before = paths.parent[nodes], paths.earlier[nodes]
        is_left = trees.left[above] == nodes
        goes = (row[trees.feature[above]] <= trees.threshold[above]) == is_left
        taken[nodes] = goes * taken[before]
        products[nodes] = products[above] * _factors(paths, taken, nodes, before, t)
    sums = products * np.where(trees.left < 0, trees.value, 0.0)[:, None]
    found = np.zeros(len(row))
    for nodes in reversed(levels):
        above, before = paths.parent[nodes], paths.earlier[nodes]
        z, z_before = paths.share[nodes, None], paths.share[before, None]
        hot, hot_before = (1 - z) * w / (z + t * (1 - z)), (1 - z_before) * w / (z_before + t * (1 - z_before))
        weight = taken[nodes, None] * (hot + cold) - taken[before, None] * (hot_before + cold)
        gained = np.einsum("nq,nq->n", weight, sums[nodes])
        found += np.bincount(trees.feature[above], gained, minlength=len(row))
        np.add.at(sums, above, sums[nodes])
    return found


def _factors(paths: Paths, taken: Floats, nodes: Ints, before: Ints, t: Floats) -> Floats:
    """By what a step multiplies the product above it: its own factor, in the place of an earlier one on its column."""
    z, z_before = paths.share[nodes, None], paths.share[before, None]
    hot_before = z_before + t * (1 - z_before)
    was_taken, is_taken = taken[before, None], taken[nodes, None]
    hot, missed = (z + t * (1 - z)) / hot_before, z * (1 - t) / hot_before
    never = np.divide(z, z_before, out=np.zeros_like(z), where=z_before > 0)
    factors: Floats = np.where(is_taken > 0, hot, np.where(was_taken > 0, missed, never))
    return factors
