"""Files that can be read, and clear words about those that cannot."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pandas as pd
import pytest

from data.errors import DataFileError
from data.reading import file_sha256, read_table
from data.schema import COLUMNS, NUMBER_COLUMNS
from tests.unit.data.messy import raw_table


@pytest.fixture
def csv_text() -> str:
    return raw_table({}, {"track_id": "t2", "track_name": "Zwei, drei\nvier ☃"}).to_csv(index=False)


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "songs.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_utf8_is_read_with_and_without_a_byte_order_mark(
    tmp_path: Path, csv_text: str, mark: bytes, newline: str
) -> None:
    raw, ignored = read_table(write(tmp_path, mark + csv_text.replace("\n", newline).encode()))
    assert list(raw.columns) == list(COLUMNS)
    assert list(raw["track_id"]) == ["t1", "t2"]
    assert "☃" in raw["track_name"][1]
    assert ignored == []


def test_ids_that_read_na_stay_text_and_numbers_that_read_na_are_missing(tmp_path: Path) -> None:
    table = raw_table({"track_id": "NA", "tempo": "NA"}, {"track_id": "007", "tempo": 99})
    raw, _ = read_table(write(tmp_path, table.to_csv(index=False)))
    assert list(raw["track_id"]) == ["NA", "007"]
    assert raw["tempo"].isna().tolist() == [True, False]
    assert pd.api.types.is_float_dtype(raw["tempo"])


def test_unknown_columns_are_left_unread_and_named(tmp_path: Path, csv_text: str) -> None:
    table = raw_table({}).assign(mood="sad", camelot="8A")
    raw, ignored = read_table(write(tmp_path, table.to_csv(index=False)))
    assert ignored == ["mood", "camelot"]
    assert "mood" not in raw


def test_numbers_beyond_all_bounds_are_read_as_they_stand(tmp_path: Path) -> None:
    table = raw_table({"key": "9" * 5_000, "energy": "1e999"}, {"track_id": "t2"})
    raw, _ = read_table(write(tmp_path, table.to_csv(index=False)))
    assert set(NUMBER_COLUMNS) <= set(raw.columns)
    assert len(raw) == 2


def bad_files() -> list[tuple[str, str | bytes, str]]:
    text = raw_table({}, {"track_id": "t2"}).to_csv(index=False)
    header, row = text.splitlines()[:2]
    return [
        ("empty", b"", "is empty"),
        ("byte order mark only", b"\xef\xbb\xbf\n", "is empty"),
        ("header only", header + "\n", "has a header but no rows"),
        ("gzip", gzip.compress(text.encode()), "is a gzip archive"),
        ("spreadsheet", b"PK\x03\x04rest", "is a zip archive or a spreadsheet"),
        ("picture", b"\x89PNG\r\n", "is a picture"),
        ("utf-16", text.encode("utf-16"), "is text in UTF-16"),
        ("nul bytes", text.replace("Song", "So\x00ng"), "NUL bytes"),
        ("random bytes", os.urandom(2_000) + b"\x00", "songs.csv"),
        ("web page", "<!DOCTYPE html><html></html>", "is a web page"),
        ("latin-1", text.replace("t2", "ü").encode("latin-1"), r"not text in UTF-8 \(line 3\)"),
        ("semicolons", text.replace(",", ";"), "by semicolons"),
        ("tabs", text.replace(",", "\t"), "by tabs"),
        ("missing column", text.replace("tempo", "Temp"), r"'tempo' \(nearest: 'Temp'\) is missing"),
        ("no header", row + "\n" + row, "Required columns are missing"),
        ("duplicate column", text.replace("liveness", "energy"), "'energy' stands 2 times"),
        ("many columns", ",".join(["x"] * 20_000) + "\n1", "20,000 columns"),
        ("first row too wide", f"{header}\n{row},1\n", "first row has 24 fields, the header only 23"),
        ("later row too wide", f"{header}\n{row}\n{row},1\n", "Expected 23 fields in line 3, saw 24"),
        ("unclosed quote", f'{header}\n{row}\n"{row}\n', "not a well-formed CSV file"),
    ]


@pytest.mark.parametrize(("content", "message"), [case[1:] for case in bad_files()], ids=[c[0] for c in bad_files()])
def test_a_bad_file_is_refused_in_clear_words(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(DataFileError, match=message) as error:
        read_table(write(tmp_path, content))
    assert len(str(error.value)) < 600


def test_a_folder_an_absent_file_and_a_special_file_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, message in ((".", "is a folder"), ("absent.csv", "There is no file"), ("pipe", "not a regular file")):
        with pytest.raises(DataFileError, match=message):
            read_table(tmp_path / name)
        with pytest.raises(DataFileError, match=message):
            file_sha256(tmp_path / name)


def test_a_file_that_may_not_be_opened_is_refused(
    tmp_path: Path, csv_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, csv_text)

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataFileError, match="cannot be read: Permission denied"):
        read_table(path)
