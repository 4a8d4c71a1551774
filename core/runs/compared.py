"""Boards of finished runs: their held-out predictions read once and kept, their differences computed once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from core.comparison import Board, HeldOut, align, build_board
from core.errors import BundleError
from core.runs.artifacts import PREDICTIONS
from core.runs.members import read_predictions

if TYPE_CHECKING:
    import pandas as pd

    from core.runs.model import Run
    from core.runs.service import Runs

PARTS_KEPT: Final = 32
ALIGNED_KEPT: Final = 8
BOARDS_KEPT: Final = 32


class Comparisons:
    """Compares runs that an owner has been given by `Runs`. Safe to share between threads.

    Parameters
    ----------
    runs : Runs
    """

    def __init__(self, runs: Runs) -> None:
        self._bundles = runs.context.bundles
        self._parts: OrderedDict[str, Any] = OrderedDict()
        self._aligned: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self._boards: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    def test_part(self, run: Run) -> pd.DataFrame:
        """The held-out predictions of a finished run; shared, so never to be changed.

        Raises
        ------
        BundleError
            When the file is missing or has changed.
        """
        found: pd.DataFrame | None = self._known(self._parts, run.id)
        if found is None:
            rows = (run.metrics or {}).get("n_test")
            frame = read_predictions(self._bundles.read(run.id, PREDICTIONS, run.digests), rows)
            found = frame[frame["part"] == "test"].reset_index(drop=True)
            self._keep(self._parts, run.id, found, PARTS_KEPT)
        return found

    def held_out(self, runs: Sequence[Run]) -> tuple[HeldOut | None, dict[str, str]]:
        """The predictions of runs on one footing side by side, and why those of some could not be used, by run id."""
        key = tuple(run.id for run in runs)
        found: tuple[HeldOut | None, dict[str, str]] | None = self._known(self._aligned, key)
        if found is None:
            found = self._align(runs)
            if not found[1]:  # what could not be read now may be there again
                self._keep(self._aligned, key, found, ALIGNED_KEPT)
        return found

    def _align(self, runs: Sequence[Run]) -> tuple[HeldOut | None, dict[str, str]]:
        tests, trouble = {}, {}
        for run in runs:
            try:
                tests[run.id] = self.test_part(run)
            except BundleError as error:
                trouble[run.id] = str(error)
        if not tests:
            return None, trouble
        found = align(runs[0].request.protocol, tests)
        trouble |= dict.fromkeys(found.strangers, "Its stored predictions are of other tracks.")
        return found, trouble

    def board(self, runs: Sequence[Run], objective: str) -> tuple[Board | None, dict[str, str]]:
        """The leaderboard of runs on one footing, and why some could not be used, by run id."""
        key = (objective, *(run.id for run in runs))
        found: tuple[Board | None, dict[str, str]] | None = self._known(self._boards, key)
        if found is None:
            held_out, trouble = self.held_out(runs)
            usable = [run for run in runs if run.id not in trouble]
            sizes = {run.id: self._bundles.model_size(run.id, run.digests) for run in usable}
            known = {run_id: size for run_id, size in sizes.items() if size is not None}
            found = (None if held_out is None else build_board(usable, held_out, known, objective)), trouble
            self._keep(self._boards, key, found, BOARDS_KEPT)
        return found

    def _known(self, kept: OrderedDict[Any, Any], key: Any) -> Any:
        with self._lock:
            if key in kept:
                kept.move_to_end(key)
            return kept.get(key)

    def _keep(self, kept: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
        with self._lock:
            kept[key] = value
            while len(kept) > most:
                kept.popitem(last=False)
