"""Scoring many tracks: the same in any number of chunks, with reasons and flags that belong to their rows."""

from __future__ import annotations

import time
from threading import Barrier, Lock
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.batch import (
    absent_columns,
    added_columns,
    check_free,
    csv_pieces,
    format_table,
    records,
    score_rows,
    scoring,
    writing,
)
from core.errors import DataError, InvalidRequest
from core.explanation import Explanation
from core.progress import Progress


class Linear:
    """Predicts 100 times the energy; explains it by fixed contributions."""

    columns = ("energy", "tempo", "genre")
    interval = MappingProxyType({"coverage": 0.9, "protocol": "song", "n": 500})
    ranges = MappingProxyType({"energy": (0.2, 0.9)})
    cautions: tuple[str, ...] = ()
    names = understood = MappingProxyType({"genre": frozenset({"pop", "rock"})})

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        self.sizes.append(len(frame))
        energy = 100 * frame["energy"].fillna(0.5)
        found = pd.DataFrame({"predicted": energy, "low": energy - 1, "high": energy + 1}, index=frame.index)
        found.attrs["genres"] = ["pop" if one == "pop" else "" for one in frame["genre"]]
        return found

    def explain(self, frame: pd.DataFrame) -> Explanation:
        energy = frame["energy"].fillna(0.5).to_numpy()
        values = np.column_stack([10 * energy, np.full(len(frame), -3.0), np.full(len(frame), 0.001)])
        return Explanation(self.columns, values, 0.0, values.sum(axis=1), "linear", True, 0.0, 0)


@pytest.fixture
def tracks() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "energy": [0.1, 0.5, np.nan, 0.95, 0.4],
            "tempo": [0.0, 120.0, 90.0, 100.0, 700.0],
            "genre": ["pop", None, "rock", "pop", "pop"],
        }
    )


def test_the_answer_does_not_depend_on_the_size_of_the_chunks(
    tracks: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = score_rows(Linear(), tracks, reasons=True)
    monkeypatch.setattr(scoring, "CHUNK_ROWS", 2)
    monkeypatch.setattr(scoring, "EXPLAINED_ROWS", 1)
    model = Linear()
    heard: list[Any] = []
    pd.testing.assert_frame_equal(score_rows(model, tracks, reasons=True, report=heard.append), whole)
    assert model.sizes == [2, 2, 1]
    told = [(one.done, one.total) for one in heard if isinstance(one, Progress)]
    assert list(dict.fromkeys(told)) == [(0, 5), (1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert heard[-1].seconds_left == 0


@pytest.mark.parametrize("threads", [2, 3, 99])
def test_several_cores_explain_at_once_and_say_the_same_in_the_same_order(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "CHUNK_ROWS", 12)
    monkeypatch.setattr(scoring, "EXPLAINED_ROWS", 3)

    class Slow(Linear):
        def explain(self, frame: pd.DataFrame) -> Explanation:
            time.sleep(0.02 if frame.index[0] % 6 == 0 else 0.005)  # the first of a pair ends last
            return super().explain(frame)

    frame = pd.DataFrame({"energy": np.linspace(0.2, 0.9, 31), "tempo": 120.0, "genre": "pop"})
    heard: list[Any] = []
    found = score_rows(Slow(), frame, reasons=True, report=heard.append, threads=lambda: threads)
    pd.testing.assert_frame_equal(found, score_rows(Linear(), frame, reasons=True))
    done = [one.done for one in heard]
    assert done == sorted(done)
    assert done[-1] == 31


@pytest.mark.parametrize(("rows", "threads"), [(3, 4), (4, 4), (7, 2), (24, 99), (31, 8)])
def test_as_many_parts_are_explained_at_once_as_the_estimate_counts_on(
    rows: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "CHUNK_ROWS", 24)
    monkeypatch.setattr(scoring, "EXPLAINED_ROWS", 3)
    at_once = scoring.parts_at_once(rows, threads)
    together, lock = Barrier(at_once, timeout=5), Lock()
    working, most, begun = 0, 0, 0

    class Watched(Linear):
        def explain(self, frame: pd.DataFrame) -> Explanation:
            nonlocal working, most, begun
            with lock:
                working, begun = working + 1, begun + 1
                most, is_first = max(most, working), begun <= at_once
            if is_first:
                together.wait()
            with lock:
                working -= 1
            return super().explain(frame)

    frame = pd.DataFrame({"energy": np.linspace(0.2, 0.9, rows), "tempo": 120.0, "genre": "pop"})
    score_rows(Watched(), frame, reasons=True, threads=lambda: threads)
    assert most == at_once


def test_a_chunk_has_a_part_for_each_thread() -> None:
    assert scoring.parts_at_once(scoring.CHUNK_ROWS, 99) == scoring.MOST_THREADS
    assert scoring.parts_at_once(scoring.EXPLAINED_ROWS, 99) == 1
    assert scoring.rows_in_turn(2 * scoring.CHUNK_ROWS + 1, 99) == 2 * scoring.EXPLAINED_ROWS + 1
    assert scoring.rows_in_turn(0, 4) == 0


def test_an_explanation_that_fails_in_a_thread_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "EXPLAINED_ROWS", 1)

    class Broken(Linear):
        def explain(self, frame: pd.DataFrame) -> Explanation:
            raise InvalidRequest("Not this one.")

    frame = pd.DataFrame({"energy": [0.5] * 3, "tempo": 120.0, "genre": "pop"})
    with pytest.raises(InvalidRequest, match="Not this one"):
        score_rows(Broken(), frame, reasons=True, threads=lambda: 2)


def test_the_features_that_count_most_come_first_and_what_rounds_to_nothing_is_no_reason(tracks: pd.DataFrame) -> None:
    scored = score_rows(Linear(), tracks, reasons=True)
    assert list(scored) == list(added_columns(reasons=True))
    assert scored["reason_1"].tolist() == ["tempo", "energy", "energy", "energy", "energy"]
    assert scored["points_1"].tolist() == [-3.0, 5.0, 5.0, 9.5, 4.0]
    assert scored["reason_3"].tolist() == [""] * 5
    assert scored["points_3"].isna().all()


def test_each_row_says_what_was_missing_and_what_lies_outside(tracks: pd.DataFrame) -> None:
    scored = score_rows(Linear(), tracks)
    assert scored["taken_for_missing"].tolist() == ["tempo", "genre", "energy", "", "tempo"]
    assert scored["out_of_range"].tolist() == ["energy", "", "", "energy", "tempo"]
    assert scored["interval"].tolist()[:2] == ["90%, pop tracks", "90%, all tracks"]
    assert any(notice.startswith("energy: 2 outside 0.2 to 0.9") for notice in scored.attrs["notices"])
    assert any(notice.startswith("tempo: 2 values outside") for notice in scored.attrs["notices"])


def test_a_name_that_the_model_never_met_is_out_of_range_and_one_in_other_case_is_read() -> None:
    frame = pd.DataFrame({"energy": 0.5, "tempo": 120.0, "genre": ["polka", " Pop", "rock", None]})
    scored = score_rows(Linear(), frame)
    assert scored["out_of_range"].tolist() == ["genre", "", "", ""]
    assert scored["interval"].tolist()[1] == "90%, pop tracks"
    assert [notice for notice in scored.attrs["notices"] if notice.startswith("genre")] == [
        "genre: ' Pop' was read as 'pop'.",
        "genre: 1 with a name that the model never met ('polka'), so it cannot tell what that adds.",
    ]


def test_records_are_made_of_lists_and_numbers(tracks: pd.DataFrame) -> None:
    first, second = records(score_rows(Linear(), tracks, reasons=True))[:2]
    assert first["reasons"] == [{"feature": "tempo", "points": -3.0}, {"feature": "energy", "points": 1.0}]
    assert (first["taken_for_missing"], first["out_of_range"]) == (["tempo"], ["energy"])
    assert second["predicted"] == 50.0
    assert "reasons" not in records(score_rows(Linear(), tracks))[0]


def test_a_table_without_rows_gives_the_columns(tracks: pd.DataFrame) -> None:
    scored = score_rows(Linear(), tracks.head(0), reasons=True)
    assert list(scored) == list(added_columns(reasons=True))
    assert records(scored) == []


def test_a_word_where_a_number_is_expected_is_refused(tracks: pd.DataFrame) -> None:
    with pytest.raises(InvalidRequest, match=r"'energy', row 2.*'loud'"):
        score_rows(Linear(), tracks.astype(object).replace({"energy": {0.5: "loud"}}))


def test_what_can_be_worked_out_is_not_absent() -> None:
    assert absent_columns(["release_month", "genre", "tempo"], ["track_album_release_date", "playlist_genre"]) == [
        "tempo"
    ]


def test_a_column_that_scoring_would_overwrite_is_refused() -> None:
    check_free(["reason_1"])
    with pytest.raises(DataError, match="'reason_1'"):
        check_free(["reason_1"], reasons=True)


@pytest.mark.parametrize("cell", ["plain", "with\rreturn", "=1+1", 'a,b\n"c"'])
def test_pieces_of_a_table_are_the_table(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = pd.DataFrame({"=name": [cell, "x", "-5.3", "", "@home"]})
    results = pd.DataFrame({"predicted": [1.5, 2.0, 1 / 3, np.nan, 0.0], "reason_1": ["tempo", "", "", "", "extra:=x"]})
    whole = format_table(pd.concat([cells, results], axis=1))
    monkeypatch.setattr(writing, "PIECE_ROWS", 2)
    assert "".join(csv_pieces(cells, results)) == whole
    assert "".join(csv_pieces(cells.head(0), results.head(0))).strip() == "'=name,predicted,reason_1"


def test_what_the_models_score_is_not_good_for_is_told_first(tracks: pd.DataFrame) -> None:
    class Ahead(Linear):
        cautions = ("Its score is no forecast.",)

    plain = score_rows(Linear(), tracks).attrs["notices"]
    assert score_rows(Ahead(), tracks).attrs["notices"] == ["Its score is no forecast.", *plain]
