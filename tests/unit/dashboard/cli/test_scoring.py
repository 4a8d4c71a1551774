from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.errors import DataError
from core.features import feature_frame
from core.inputs import check_frame
from dashboard.cli.csv_files import read_table
from dashboard.cli.scoring import score


class Echo:
    """Answers with the release month that a model would see."""

    columns = ("release_year", "release_month")
    interval = MappingProxyType({"coverage": 0.9, "protocol": "song", "n": 500})
    ranges = MappingProxyType({"release_year": (2018.0, 2020.0)})
    cautions: tuple[str, ...] = ()
    names = understood = MappingProxyType({})

    def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
        seen = feature_frame(check_frame(frame, self.columns)[0], self.columns)
        found = pd.DataFrame({"predicted": seen["release_month"], "low": seen["release_year"], "high": 100.0})
        return found


def scored(text: str, tmp_path: Path) -> pd.DataFrame:
    path = tmp_path / "tracks.csv"
    path.write_text(text, "utf-8")
    model: Any = Echo()
    return score(read_table(path), model)


@pytest.mark.parametrize("column", ["release_date", "track_album_release_date"])
def test_year_and_month_are_worked_out_from_either_name_of_the_date(column: str, tmp_path: Path) -> None:
    table = scored(f"id,{column}\na,2019-05-03\nb,2018\nc,NA\nd,2017-12\n", tmp_path)
    assert table["low"].tolist() == pytest.approx([2019, 2018, np.nan, 2017], nan_ok=True)
    assert table["predicted"].tolist() == pytest.approx([5, np.nan, np.nan, 12], nan_ok=True)


@pytest.mark.parametrize("column", ["release_date", "track_album_release_date"])
@pytest.mark.parametrize("cell", ["soon", "20190101", "01/02/2019", "2019-13-01", "0002-01-01"])
@pytest.mark.parametrize("year", ["", ",release_year"])
def test_a_cell_that_is_no_date_is_named_once(column: str, cell: str, year: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"line 2, column '{column}': expected YYYY") as raised:
        scored(f"{column}{year}\n{cell}{',2019' if year else ''}\n", tmp_path)
    assert str(raised.value).count("line 2") == 1


def test_a_year_beyond_those_of_the_model_is_flagged_and_counted(tmp_path: Path) -> None:
    found = scored("id,release_year,release_date\na,2019,2019-05-03\nb,1990,1990\nc,,\n", tmp_path)
    assert found["out_of_range"].tolist() == ["", "release_year", ""]
    assert found["taken_for_missing"].tolist() == ["", "release_month", "release_year; release_month"]
    assert found.attrs["notices"] == ["release_year: 1 outside 2018 to 2020, all that the model's table had."]


def test_the_tempo_is_shown_to_the_model_where_it_tells_of_zeros(tmp_path: Path) -> None:
    class Listener(Echo):
        columns = ("danceability",)

        def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
            seen = check_frame(frame, self.columns)[0]["danceability"]
            return pd.DataFrame({"predicted": seen, "low": 0.0, "high": 100.0})

    path = tmp_path / "tracks.csv"
    path.write_text("danceability,tempo\n0,0\n0,120\n0,\n0.5,what\n", "utf-8")
    model: Any = Listener()
    found = score(read_table(path), model)["predicted"]
    assert found.tolist() == pytest.approx([np.nan, 0, np.nan, 0.5], nan_ok=True)


def test_the_interval_is_named_by_the_genre_of_the_table_though_the_model_does_not_look_at_it(tmp_path: Path) -> None:
    class Genres(Echo):
        def predict(self, frame: pd.DataFrame) -> pd.DataFrame:
            found = super().predict(frame)
            found.attrs["genres"] = ["pop" if one == "pop" else "" for one in check_frame(frame, ())[0]["genre"]]
            return found

    model: Any = Genres()
    for column in ("genre", "playlist_genre"):
        path = tmp_path / f"{column}.csv"
        path.write_text(f"release_date,{column}\n2019,pop\n2018,jazz\n2017,\n", "utf-8")
        assert score(read_table(path), model)["interval"].tolist() == [
            "90%, pop tracks",
            "90%, all tracks",
            "90%, all tracks",
        ]
    assert scored("release_date\n2019\n", tmp_path)["interval"].tolist() == ["90%, all tracks"]
