"""What is kept of comparisons, and what never is."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core import comparison
from core.runs.artifacts import PREDICTIONS, Bundles
from core.runs.compared import Comparisons
from core.runs.model import Run
from tests.fakes.finished import NOON, make_run


class Stored:
    """Runs with their stored predictions, the first one made the first; counts what is resampled."""

    def __init__(self, home: Path, errors: tuple[float, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self.n_resampled = home, 0
        self.runs = [self._store(error, minute) for minute, error in enumerate(errors)]
        self.comparisons = Comparisons(SimpleNamespace(context=SimpleNamespace(bundles=Bundles(home))))  # type: ignore[arg-type]
        counted, lock = comparison.compute_differences, threading.Lock()

        def count(*given: Any) -> Any:
            with lock:
                self.n_resampled += 1
            return counted(*given)

        monkeypatch.setattr("core.runs.compared.compute_differences", count)

    def board(self, runs: list[Run], objective: str = "rmse") -> tuple[Any, dict[str, str]]:
        return self.comparisons.board(runs, objective)

    def file(self, run: Run) -> Path:
        return self.home / run.id / PREDICTIONS

    def _store(self, error: float, minute: int, first: int = 0) -> Run:
        run = make_run(created_at=NOON + timedelta(minutes=minute))
        rows = [{"track_id": f"t{i}", "track_name": f"Song {i}", "track_artist": f"Artist {i // 2}"} for i in range(40)]
        actual = np.arange(40.0)
        signs = np.where(np.arange(40) % 2, 1.0, -1.0)
        frame = pd.DataFrame(rows).assign(actual=actual, predicted=actual + error * signs, part="test")
        if first:
            frame["track_id"] = [f"t{first + i}" for i in range(40)]
        self.file(run).parent.mkdir(parents=True)
        content = frame.to_csv(index=False).encode()
        self.file(run).write_bytes(content)
        run.metrics["test"]["rmse"] = error  # type: ignore[index]
        return replace(run, digests={PREDICTIONS: hashlib.sha256(content).hexdigest()})


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stored:
    return Stored(tmp_path, (1.0, 20.0, 5.0), monkeypatch)


def names(board: Any) -> list[str]:
    return [one.name for one in board.entries if one.run is not None]


def ids(board: Any) -> set[str]:
    return {one.key for one in board.entries if one.run is not None}


def test_a_new_name_is_on_the_board_at_once_without_another_resampling(stored: Stored) -> None:
    stored.board(stored.runs)
    renamed = [replace(stored.runs[0], name="Tempo only"), *stored.runs[1:]]
    board, _ = stored.board(renamed)
    assert names(board)[0] == "Tempo only"
    assert board.entries[0].run is renamed[0]
    assert stored.n_resampled == 1


def test_another_objective_and_another_order_cost_no_resampling(stored: Stored) -> None:
    first, _ = stored.board(stored.runs)
    other, _ = stored.board(stored.runs[::-1], "mae")
    assert other.objective == "mae"
    assert {one.key: one.differences for one in first.entries} == {one.key: one.differences for one in other.entries}
    assert stored.n_resampled == 1


def test_a_run_whose_file_cannot_be_read_for_a_while_comes_back(stored: Stored) -> None:
    away, file = stored.runs[1], stored.file(stored.runs[1])
    file.rename(file.with_suffix(".away"))
    board, trouble = stored.board(stored.runs)
    assert away.id not in ids(board)
    assert trouble.keys() == {away.id}
    file.with_suffix(".away").rename(file)
    board, trouble = stored.board(stored.runs)
    assert away.id in ids(board)
    assert trouble == {}


def test_runs_of_which_none_can_be_read_have_no_board(stored: Stored) -> None:
    for run in stored.runs:
        stored.file(run).unlink()
    board, trouble = stored.board(stored.runs)
    assert board is None
    assert trouble.keys() == {run.id for run in stored.runs}


def test_two_who_ask_at_once_resample_once(stored: Stored) -> None:
    begin = threading.Barrier(2)

    def ask(objective: str) -> Any:
        begin.wait()
        return stored.board(stored.runs, objective)[0]

    with ThreadPoolExecutor(2) as pool:
        boards = list(pool.map(ask, ("rmse", "mae")))
    assert [board.objective for board in boards] == ["rmse", "mae"]
    assert stored.n_resampled == 1


def test_of_tied_tracks_those_of_the_newest_run_count_in_any_order_and_the_others_are_named(stored: Stored) -> None:
    old, new = stored.runs[0], stored._store(3.0, 9, first=1000)
    for runs in ([old, new], [new, old]):
        board, trouble = stored.board(runs)
        assert names(board) == [new.model_label]
        assert trouble == {old.id: "Its stored predictions are of other tracks."}


def test_predictions_come_in_the_order_in_which_the_runs_are_given(stored: Stored) -> None:
    for runs in (stored.runs, stored.runs[::-1]):
        held_out, trouble = stored.comparisons.held_out(runs)
        assert held_out is not None
        assert trouble == {}
        assert list(held_out.predicted) == [run.id for run in runs]
