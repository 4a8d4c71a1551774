"""Files from the wild that are accepted: what is recognised, converted, kept and left out."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from data.reading import file_sha256
from data.sources import load_dataset
from data.upload import Examination, examine, write_table
from tests.unit.data.upload.files import changed, good_table, good_text

TEXT = good_text()


def accepted(content: bytes, **options: object) -> tuple[Examination, pd.DataFrame]:
    found = examine(content, "songs.csv", **options)  # type: ignore[arg-type]
    assert found.accepted, found.problems
    assert found.frame is not None
    return found, found.frame


def test_the_tidy_table_is_accepted_without_a_word() -> None:
    found, frame = accepted(TEXT.encode())
    assert (found.rows, found.n_problems, found.can_train) == (8, 0, True)
    assert all("same value in every row" in note for note in found.notes)
    assert list(frame.columns) == list(good_table().columns)
    assert all(column.is_certain and not column.conversion for column in found.mapping.values())
    assert {column.name: column.dtype for column in found.columns}["tempo"] == "number"


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        (b"\xef\xbb\xbf" + TEXT.encode(), ","),
        (TEXT.replace("\n", "\r\n").encode(), ","),
        (TEXT.replace(",", ";").encode(), ";"),
        (TEXT.replace(",", "\t").encode(), "\t"),
        (TEXT.replace(",", "|").encode(), "|"),
        (("sep=;\n" + TEXT.replace(",", ";")).encode(), ";"),
        (gzip.compress(TEXT.encode()), ","),
        (gzip.compress(TEXT[:500].encode()) + gzip.compress(TEXT[500:].encode()), ","),
        ((TEXT + "\n,,,,,,,,,,,,,,,,,,,,,,\n\n").encode(), ","),
        (TEXT.replace("\n", ",\n").encode(), ","),
        (TEXT.replace("\n", ",, \r\n").encode(), ","),
        (TEXT.replace("\n", ",\n").replace(",\n", "\n", 1).encode(), ","),
        (("# exported by a program, today\n\n#;;\n" + TEXT).encode(), ","),
        (("#\r\nsep=;\r\n" + TEXT.replace(",", ";")).encode(), ";"),
        (("#" + TEXT).encode(), ","),
    ],
    ids=[
        "mark", "crlf", "semicolon", "tab", "bar", "sep line", "gzip", "gzip in parts", "empty rows", "open end",
        "open ends", "open end of rows alone", "comments", "comment and sep line", "header that begins with a hash",
    ],
)  # fmt: skip
def test_other_spellings_of_the_same_table_give_the_same_rows(content: bytes, separator: str) -> None:
    found, frame = accepted(content)
    assert found.separator == separator
    pd.testing.assert_frame_equal(frame, accepted(TEXT.encode())[1])


def test_a_parquet_file_gives_the_same_rows_and_leaves_pandas_as_it_is() -> None:
    polars = pytest.importorskip("polars")
    buffer = io.BytesIO()
    polars.read_csv(io.StringIO(TEXT)).with_columns(polars.lit([1, 2]).alias("lists")).write_parquet(buffer)
    found, frame = accepted(buffer.getvalue())
    assert found.format == "parquet"
    assert any("'lists'" in note for note in found.notes)
    pd.testing.assert_frame_equal(frame, accepted(TEXT.encode())[1])
    code = "import sys, data.upload; print('polars' in sys.modules, 'pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_other_names_of_the_same_columns_are_recognised() -> None:
    names = {
        "track_id": "track_uri", "track_name": "Title", "track_artist": "artist(s)", "track_popularity": "Popularity",
        "track_album_release_date": "year", "tempo": "BPM", "loudness": "Loudness (dB)", "duration_ms": "Duration",
    }  # fmt: skip
    table = good_table().rename(columns=names)
    table["track_uri"] = "spotify:track:" + table["track_uri"]
    table["Duration"] = ["3:25"] * 7 + ["1:00:01"]
    found, frame = accepted(table.to_csv(index=False).encode())
    assert {target: found.mapping[target].source for target in names} == names
    assert list(frame["track_id"][:2]) == ["t0", "t1"]
    assert list(frame["duration_ms"][6:]) == [205_000, 3_601_000]
    assert found.mapping["duration_ms"].conversion == "mm:ss to milliseconds"


@pytest.mark.parametrize(
    ("column", "name", "values", "expected"),
    [
        ("duration_ms", "duration_s", [200.5] * 8, 200_500),
        ("duration_ms", "duration", [200.5] * 8, 200_500),
        ("duration_ms", "duration", [200_500] * 8, 200_500),
        ("duration_ms", "duration_min", [3.5] * 8, 210_000),
        ("energy", "energy_%", [57] * 8, 0.57),
        ("key", "key", ["C♯/D♭"] * 8, 1),
        ("mode", "mode", ["Major"] * 8, 1),
        ("loudness", "loudness", ["-5.3 dB"] * 8, -5.3),
        ("track_popularity", "popularity", [0.01 * n + 0.5 for n in range(8)], 50),
        ("track_album_release_date", "released", ["31.12.1999"] * 8, "1999-12-31"),
        ("track_album_release_date", "released", ["12/31/1999"] * 8, "1999-12-31"),
        ("track_album_release_date", "released", ["1999.0"] * 8, "1999"),
    ],
)
def test_other_units_and_scales_are_converted_with_a_note(
    column: str, name: str, values: list[object], expected: object
) -> None:
    found, frame = accepted(changed(lambda t: t.assign(**{column: values}).rename(columns={column: name})))
    assert frame[column][0] == expected
    assert found.n_problems == 0
    if values[0] != expected:
        assert any(found.mapping[column].conversion in note for note in found.notes)


def test_decimal_commas_are_converted_where_the_separator_is_another() -> None:
    table = good_table().assign(energy=[f"0,{n + 1}" for n in range(8)])
    found, frame = accepted(table.to_csv(index=False, sep=";").encode())
    assert frame["energy"][0] == 0.1
    assert found.mapping["energy"].conversion == "decimal commas to points"


def test_small_numbers_with_a_decimal_comma_and_an_exponent_are_read() -> None:
    table = good_table().assign(instrumentalness=["8,174e-06", *[f"0,{n}" for n in range(1, 8)]])
    _, frame = accepted(table.to_csv(index=False, sep=";").encode())
    assert frame["instrumentalness"][0] == 8.174e-06


def test_a_parquet_file_with_types_that_csv_lacks_is_read() -> None:
    polars = pytest.importorskip("polars")
    table = polars.read_csv(io.StringIO(TEXT)).with_columns(
        polars.col("track_popularity").cast(polars.Int8),
        polars.col("energy").cast(polars.Decimal(10, 4)),
        polars.col("playlist_genre").cast(polars.Categorical),
        polars.duration(milliseconds=polars.col("duration_ms")).alias("duration_ms"),
        polars.lit(b"x").alias("blob"),
        polars.lit(dt.datetime(2020, 1, 2, tzinfo=dt.UTC)).alias("added_at"),
    )
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    _, frame = accepted(buffer.getvalue())
    pd.testing.assert_frame_equal(frame, accepted(TEXT.encode())[1])


def test_db_is_loudness() -> None:
    content = good_table().rename(columns={"loudness": "dB"}).to_csv(index=False).encode()
    assert accepted(content)[0].mapping["loudness"].source == "dB"


def test_texts_stay_as_they_are_and_ids_that_read_na_too() -> None:
    names = ["=cmd|' /C calc'!A0", "<img src=x onerror=alert(1)>", "one\ntwo", 'say "hi"', "NA", "ünï ☃", "", "\rx"]
    table = good_table().assign(track_name=names, track_id=["NA", "007", *"abcdef"])
    found, frame = accepted(table.to_csv(index=False).replace("\rx", '"\rx"').encode())
    assert list(frame["track_id"][:2]) == ["NA", "007"]
    assert list(frame["track_name"][:7]) == names[:7]
    assert found.rows == 8


def test_a_table_that_is_only_scored_may_have_columns_of_one_value() -> None:
    content = changed(lambda t: t.assign(mood=0.5))
    assert accepted(content)[0].extras == ()
    assert accepted(content, mapping={"track_popularity": None})[0].extras == ("mood",)


def test_lines_are_counted_from_the_top_of_the_file_whatever_stands_above_the_header() -> None:
    text = "# one\n# two\n" + good_text(energy="1.7").replace("\n", ",\n")
    found, _ = accepted(text.encode())
    assert found.problems[0].line == 6
    assert any("begin with # were left out (2)" in note for note in found.notes)
    assert "" not in {column.name for column in found.columns}


def test_row_numbers_without_a_name_are_left_out() -> None:
    found, _ = accepted(good_table().to_csv().encode())
    assert any("numbers of the rows" in note for note in found.notes)


def test_unknown_number_columns_are_kept_or_left_as_chosen() -> None:
    content = changed(lambda t: t.assign(mood=range(8), explicit=[True, False] * 4, label="x", constant=1))
    found, frame = accepted(content)
    assert (found.extras, found.ignored) == (("mood", "explicit"), ("label", "constant"))
    assert list(frame["explicit"][:2]) == [1, 0]
    assert any("'constant' is ignored: it holds the same value, 1, in every row" in note for note in found.notes)
    found, frame = accepted(content, keep=["mood"])
    assert (found.extras, found.candidates) == (("mood",), ("mood", "explicit"))
    assert "explicit" not in frame


def test_without_popularity_a_table_can_be_scored_but_not_trained_on() -> None:
    found, _ = accepted(changed(lambda t: t.drop(columns="track_popularity")))
    assert not found.can_train
    assert any("none can be trained" in note for note in found.notes)


def test_a_person_can_choose_the_mapping_and_leave_columns_out() -> None:
    content = changed(lambda t: t.rename(columns={"tempo": "speed"}).drop(columns=["track_id", "valence"]))
    assert not examine(content, "songs.csv").accepted
    choice = {"tempo": "speed", "valence": None, "track_id": None}
    table = pd.read_csv(io.BytesIO(content)).assign(track_name=[f"song {n}" for n in range(8)])
    found, frame = accepted(table.to_csv(index=False).encode(), mapping=choice)
    assert found.mapping["tempo"].is_certain
    assert frame["valence"].isna().all()
    assert frame["track_id"][1] == "Artist – song 1"
    wrong = examine(content, "songs.csv", mapping={"tempo": "spede", "nothing": "x"})
    assert [p.code for p in wrong.problems][:2] == ["E_HEADER", "E_HEADER"]


def test_an_accepted_table_is_read_back_as_it_was(tmp_path: Path) -> None:
    table = good_table().assign(mood=[0.1 + 0.2, None, -7, *range(5)], energy=[n / 7 for n in range(8)])
    table["track_name"] = ["a\r\nb", "c\nd", 'e"f', " g", "=1", "NA", "", "ü"]
    _, frame = accepted(table.to_csv(index=False, quoting=1).encode())
    path = tmp_path / "table.csv"
    assert write_table(frame, path) == file_sha256(path)
    dataset = load_dataset(path, tmp_path, name="Mine", extras=("mood",))
    assert (dataset.source.name, dataset.source.kind) == ("Mine", "file")
    assert list(dataset.tracks["energy"]) == list(frame["energy"])
    pd.testing.assert_series_equal(dataset.tracks["extra:mood"], frame["mood"], check_names=False)
    assert list(dataset.tracks["track_name"][:3]) == ["a\r\nb", "c\nd", 'e"f']
    assert "extra:mood" not in load_dataset(path, tmp_path).tracks
    assert [entry.name for entry in tmp_path.iterdir()] == ["table.csv"]
