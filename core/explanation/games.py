"""Any model at all: asked about mixtures of a track and reference tracks, over all combinations or sampled orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import comb

import numpy as np
import numpy.typing as npt

from core.explanation.model import Contributions, Floats, Ints

MOST_ENUMERATED = 12
"""Features: 4096 combinations."""
FEWEST_REFERENCES = 8
"""Reference tracks below which all combinations say less than samples against more of them."""
SEED = 20_231
ROWS_AT_ONCE = 50_000


@dataclass
class Game:
    """Contributions of features to the output of a function, against reference rows.

    Parameters
    ----------
    predict : callable
        Rows of shape (n, n_columns) to outputs of shape (n,).
    owners : ndarray of shape (n_columns,)
        The feature of each column.
    n_features : int
        Those without a column contribute nothing.
    background : ndarray of shape (n_background, n_columns)
        Reference rows; as many of the first ones are used as the budget allows.
    budget : int
        Mixtures that the function may be asked about for each row to explain.
    ask : callable, optional
        A quicker function that says the same, for mixtures.
    """

    predict: Callable[[Floats], Floats]
    owners: Ints
    n_features: int
    background: Floats
    budget: int
    ask: Callable[[Floats], Floats] | None = None
    key: str = field(init=False)
    n_background: int = field(init=False)

    def __post_init__(self) -> None:
        self.players = np.unique(self.owners)
        self._is_prepared = False
        n_players, n_known = len(self.players), len(self.background)
        affordable = self.budget >> n_players
        if n_players <= MOST_ENUMERATED and affordable >= min(FEWEST_REFERENCES, n_known):
            self.key, self.n_background = "enumeration", min(affordable, n_known)
        else:
            orders = max(2, self.budget // max(1, n_players - 1))
            self.key, self.n_background = "permutation", max(1, min(orders // 2, n_known))

    def prepare(self) -> None:
        """Draw the mixtures: the same ones for every row, so that rows can be compared."""
        if self._is_prepared:
            return
        references = self.background[: self.n_background]
        self._base = float(self.predict(references).mean())
        if self.key == "enumeration":
            masks, self._weights = all_combinations(len(self.players))
            self._masks, self._sources = masks, references
        else:
            orders_each = max(1, self.budget // (max(1, len(self.players) - 1) * self.n_background * 2))
            self._draw(references, orders_each)
        self._is_prepared = True

    def contributions(self, rows: Floats) -> Contributions:
        """See `core.explanation.model.Strategy`."""
        self.prepare()
        values, errors = np.zeros((len(rows), self.n_features)), np.zeros((len(rows), self.n_features))
        ask = self._enumerated if self.key == "enumeration" else self._sampled
        outputs = self.predict(rows)
        for number, row in enumerate(rows):
            values[number, self.players], errors[number, self.players] = ask(row, float(outputs[number]))
        return Contributions(values, self._base, None if self.key == "enumeration" else errors)

    def _enumerated(self, row: Floats, output: float) -> tuple[Floats, Floats]:
        asked = self._ask(row, self._masks, self._sources).mean(axis=0)
        asked[0], asked[-1] = self._base, output  # known already, and by the model itself
        return self._weights @ asked, np.zeros(len(self.players))

    def _sampled(self, row: Floats, output: float) -> tuple[Floats, Floats]:
        """Steps of each feature along each order; an order and its reverse count as one draw."""
        n_orders, n_players = self._orders.shape
        inner = np.empty((n_orders, n_players + 1))
        inner[:, 0], inner[:, -1] = self._of_sources, output
        if n_players > 1:
            mixed = np.where(self._taken, row, self._sources[:, None, :])
            inner[:, 1:-1] = self._in_parts(mixed.reshape(-1, mixed.shape[-1])).reshape(n_orders, n_players - 1)
        steps = np.empty((n_orders, n_players))
        np.put_along_axis(steps, self._orders, np.diff(inner, axis=1), axis=1)
        pairs = steps.reshape(-1, 2, n_players).mean(axis=1)
        error = pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs)) if len(pairs) > 1 else np.zeros(n_players)
        return steps.mean(axis=0), error

    def _ask(self, row: Floats, masks: npt.NDArray[np.bool_], references: Floats) -> Floats:
        """Outputs for each reference mixed with the row in each of the ways, shape (n_references, n_masks)."""
        columns = masks[:, np.searchsorted(self.players, self.owners)]
        mixed = np.where(columns[None], row, references[:, None, :])
        return self._in_parts(mixed.reshape(-1, mixed.shape[-1])).reshape(len(references), len(masks))

    def _in_parts(self, rows: Floats) -> Floats:
        ask = self.ask or self.predict
        parts = [ask(rows[start : start + ROWS_AT_ONCE]) for start in range(0, len(rows), ROWS_AT_ONCE)]
        return np.concatenate(parts)

    def _draw(self, references: Floats, orders_each: int) -> None:
        """Orders in which features are exchanged, each followed by its reverse, with the reference of each."""
        rng, n_players = np.random.default_rng(SEED), len(self.players)
        n_pairs = orders_each * len(references)
        forward = np.array([rng.permutation(n_players) for _ in range(n_pairs)])
        self._orders = np.stack([forward, forward[:, ::-1]], axis=1).reshape(-1, n_players)
        self._sources = np.repeat(np.tile(references, (orders_each, 1)), 2, axis=0)
        self._of_sources = self.predict(self._sources)
        place = np.argsort(self._orders, axis=1)
        reached = np.arange(1, n_players)[None, :, None]
        self._taken = place[:, None, np.searchsorted(self.players, self.owners)] < reached


def all_combinations(n: int) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Give every combination of n features, and what the output of each adds to each feature's Shapley value.

    Returns
    -------
    masks : ndarray of bool, shape (2 ** n, n)
    weights : ndarray of shape (n, 2 ** n)

    Examples
    --------
    >>> all_combinations(1)[1]
    array([[-1.,  1.]])
    """
    masks = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    size = masks.sum(axis=1)
    with_it = np.array([0.0] + [1 / (n * comb(n - 1, k - 1)) for k in range(1, n + 1)])[size]
    without = np.array([1 / (n * comb(n - 1, k)) for k in range(n)] + [0.0])[size]
    return masks, np.where(masks.T, with_it, -without)
