"""Boards of finished runs: what is read and resampled for them is kept, what a run is called and costs is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.comparison import Board, Differences, HeldOut, align, build_board, compute_differences
from core.errors import BundleError
from core.keeping import Kept
from core.runs.artifacts import PREDICTIONS
from core.runs.members import read_predictions

if TYPE_CHECKING:
    import pandas as pd

    from core.runs.model import Run
    from core.runs.service import Runs

PARTS_KEPT: Final = 32
ALIGNED_KEPT: Final = 8
DIFFERENCES_KEPT: Final = 32

Ids = tuple[str, ...]


class Comparisons:
    """Compares runs that an owner has been given by `Runs`. Safe to share between threads.

    Whoever asks for what another one is waiting for waits with them. Trouble with a stored file is never kept: the file
    may be there again at the next look.

    Parameters
    ----------
    runs : Runs
    """

    def __init__(self, runs: Runs) -> None:
        self._bundles = runs.context.bundles
        self._parts: Kept[str, pd.DataFrame] = Kept(PARTS_KEPT)
        self._aligned: Kept[Ids, HeldOut] = Kept(ALIGNED_KEPT)
        self._differences: Kept[Ids, Differences] = Kept(DIFFERENCES_KEPT)

    def test_part(self, run: Run) -> pd.DataFrame:
        """The held-out predictions of a finished run; shared, so never to be changed.

        Raises
        ------
        BundleError
            When the file is missing or has changed.
        """
        return self._parts.of(run.id, lambda: (self._read(run), 1))

    def held_out(self, runs: Sequence[Run]) -> tuple[HeldOut | None, dict[str, str]]:
        """The predictions of runs on one footing side by side, and why those of some could not be used, by run id."""
        found, trouble = self._align(runs)
        if found is None:
            return None, trouble
        in_order = {run.id: found.predicted[run.id] for run in runs if run.id in found.predicted}
        return replace(found, predicted=in_order), trouble

    def board(self, runs: Sequence[Run], objective: str) -> tuple[Board | None, dict[str, str]]:
        """The leaderboard of runs on one footing, and why some could not be used, by run id.

        The runs stand there as they are given: a new name is seen at once. Another objective costs no resampling.
        """
        found, trouble = self._align(runs)
        if found is None:
            return None, trouble
        usable = [run for run in runs if run.id in found.predicted]
        differences = self._differences.of(tuple(found.predicted), lambda: (compute_differences(usable, found), 1))
        sizes = {run.id: self._bundles.model_size(run.id, run.digests) for run in usable}
        known = {run_id: size for run_id, size in sizes.items() if size is not None}
        return build_board(usable, found, known, objective, differences), trouble

    def _align(self, runs: Sequence[Run]) -> tuple[HeldOut | None, dict[str, str]]:
        """As `held_out`, the newest run first whatever the order they are given in."""
        trouble: dict[str, str] = {}
        left = sorted(runs, key=lambda run: (run.created_at, run.id), reverse=True)
        while left:
            try:
                found = self._align_all(left)
            except _UnreadableError as error:
                trouble |= error.reasons
                left = [run for run in left if run.id not in error.reasons]
            else:
                return found, trouble | dict.fromkeys(found.strangers, "Its stored predictions are of other tracks.")
        return None, trouble

    def _align_all(self, runs: Sequence[Run]) -> HeldOut:
        return self._aligned.of(tuple(run.id for run in runs), lambda: (self._read_all(runs), 1))

    def _read_all(self, runs: Sequence[Run]) -> HeldOut:
        tests, trouble = {}, {}
        for run in runs:
            try:
                tests[run.id] = self.test_part(run)
            except BundleError as error:
                trouble[run.id] = str(error)
        if trouble:
            raise _UnreadableError(trouble)
        return align(runs[0].request.protocol, tests)

    def _read(self, run: Run) -> pd.DataFrame:
        rows = (run.metrics or {}).get("n_test")
        frame = read_predictions(self._bundles.read(run.id, PREDICTIONS, run.digests), rows)
        return frame[frame["part"] == "test"].reset_index(drop=True)


class _UnreadableError(Exception):
    """The stored predictions of some runs cannot be read: why, by run id."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons
