"""Every class of error: refused with its code, the line, the column and what to do."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from data.schema import AUDIO_FEATURES
from data.upload import Examination, UploadLimits, examine
from tests.unit.data.upload.files import changed, good_text

TEXT = good_text()
HEADER, ROW = TEXT.splitlines()[:2]


def zipped(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, TEXT)
    return buffer.getvalue()


def replaced(line: int, new: str) -> bytes:
    lines = TEXT.splitlines()
    lines[line - 1] = new
    return ("\n".join(lines) + "\n").encode()


REFUSED: list[tuple[str, bytes, str, int | None, str]] = [
    ("zip", zipped("songs.csv"), "E_TYPE", None, "zip archive"),
    ("xlsx", zipped("[Content_Types].xml"), "E_TYPE", None, "Excel workbook"),
    ("png", b"\x89PNG\r\n\x1a\n" + bytes(50), "E_TYPE", None, "picture"),
    ("pickle", b"\x80\x04\x95" + bytes(50), "E_TYPE", None, "pickle"),
    ("pdf", b"%PDF-1.4 ...", "E_TYPE", None, "PDF"),
    ("utf-16", TEXT.encode("utf-16"), "E_TYPE", 1, "UTF-16"),
    ("utf-16 without a mark", TEXT.encode("utf-16-le"), "E_TYPE", 1, "UTF-16"),
    ("latin-1", good_text(track_name="Für").encode("latin-1"), "E_TYPE", 4, "UTF-8"),
    ("nul byte", TEXT.replace("t2", "t\0").encode(), "E_TYPE", 4, "NUL"),
    ("html", b"\n <!DOCTYPE html><html>", "E_TYPE", 1, "web page"),
    ("json", b'[{"track_id": 1}]', "E_TYPE", 1, "JSON"),
    ("control characters", bytes(range(1, 32)) * 20, "E_TYPE", 1, "control characters"),
    ("damaged gzip", gzip.compress(TEXT.encode())[:12] + b"junk" * 20, "E_TYPE", None, "gzip archive"),
    ("truncated gzip", gzip.compress(os.urandom(90_000))[:50_000], "E_TYPE", None, "cut off"),
    ("gzip in gzip", gzip.compress(gzip.compress(TEXT.encode())), "E_TYPE", None, "another archive"),
    ("parquet junk", b"PAR1" + os.urandom(200) + b"PAR1", "E_TYPE", None, "parquet"),
    ("truncated parquet", b"PAR1" + bytes(100), "E_TYPE", None, "parquet"),
    ("no bytes", b"", "E_EMPTY", None, "empty"),
    ("byte order mark only", b"\xef\xbb\xbf\r\n", "E_EMPTY", None, "empty"),
    ("header only", HEADER.encode(), "E_EMPTY", 1, "no rows"),
    ("empty gzip", gzip.compress(b""), "E_EMPTY", None, "empty"),
    ("gzip bomb", gzip.compress(bytes(70 << 20)), "E_SIZE", None, "64 MB"),
    ("many equal names", (",".join(["x"] * 20_000) + "\n1").encode(), "E_SIZE", 1, "20,000 columns"),
    ("many columns", (",".join(f"c{n}" for n in range(65)) + "\n").encode(), "E_SIZE", 1, "65 columns"),
    ("long cell", good_text(track_name="x" * 10_001).encode(), "E_SIZE", 4, "10,001 characters"),
    ("huge cell", good_text(track_name="x" * 200_000).encode(), "E_SIZE", 4, "Shorten"),
    ("misspelt column", TEXT.replace("tempo", "tempoo").encode(), "E_HEADER", 1, "nearest: 'tempoo'"),
    ("misspelt popularity", TEXT.replace("track_popularity", "populraity").encode(), "E_HEADER", 1, "'populraity'"),
    ("no id", changed(lambda t: t.drop(columns="track_id")), "E_HEADER", 1, "'track_id'"),
    ("duplicate column", TEXT.replace("liveness", "energy").encode(), "E_HEADER", 1, "2 columns"),
    ("blank name", TEXT.replace("liveness", " ").encode(), "E_HEADER", 1, "has no name"),
    ("no header", TEXT.partition("\n")[2].encode(), "E_HEADER", 1, "no header"),
    ("another separator", TEXT.replace(",", "~").encode(), "E_HEADER", 1, "Only one column"),
    ("row too wide", replaced(5, ROW + ",1"), "E_SHAPE", 5, "has 24 fields, 23 were expected"),
    (
        "last column with a value and no name",
        TEXT.replace("\n", ",x\n").replace(",x", ",", 1).encode(),
        "E_HEADER",
        1,
        "has no name",
    ),
    ("only some rows with an open end", replaced(5, ROW + ","), "E_SHAPE", 5, "has 24 fields, 23 were expected"),
    ("row too narrow", replaced(5, ROW.rpartition(",")[0]), "E_SHAPE", 5, "has 22 fields, 23 were expected"),
    ("open quote", replaced(5, ROW.replace("Song", '"Song')), "E_SHAPE", 5, "never closed"),
    ("text after a quote", replaced(5, ROW.replace("Song", '"So"ng')), "E_SHAPE", 5, "closing quote"),
    ("one popularity", changed(lambda t: t.assign(track_popularity=50)), "E_DATA", None, "nothing to learn"),
    ("empty feature", changed(lambda t: t.assign(tempo="")), "E_DATA", None, "no value in any row"),
    ("single track", changed(lambda t: t.assign(track_id="t")), "E_DATA", None, "single track"),
    ("few tracks", good_text(4).encode(), "E_DATA", None, "at least 5"),
    ("bad popularity", changed(lambda t: t.assign(track_popularity=101)), "E_DATA", None, "8 of 8 rows"),
]


@pytest.mark.parametrize(("content", "code", "line", "words"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_a_bad_file_is_refused_with_code_line_and_words(
    content: bytes, code: str, line: int | None, words: str
) -> None:
    found = examine(content, "songs.csv")
    assert not found.accepted
    assert found.frame is None
    problem = next(p for p in found.problems if p.code == code and words in p.message)
    assert problem.line == line
    json.dumps(found.to_dict(), allow_nan=False)


BAD_CELLS = [
    ("energy", "1e999"), ("energy", "1e308"), ("energy", "inf"), ("key", "9" * 5_000), ("energy", "0,5"),
    ("track_popularity", "101"), ("energy", "1.7"), ("duration_ms", "-5"), ("tempo", "=1+1"), ("valence", "1_0"),
    ("mode", "0.5"), ("loudness", "<img src=x onerror=alert(1)>"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "cell"), BAD_CELLS)
def test_a_bad_cell_rejects_its_row_and_is_named_with_line_and_column(column: str, cell: str) -> None:
    found = examine(good_text(**{column: cell}).encode(), "songs.csv")
    assert (found.accepted, found.rows, found.rows_read, found.n_problems) == (True, 7, 8, 1)
    problem = found.problems[0]
    assert (problem.code, problem.line, problem.column) == ("E_VALUE", 4, column)
    assert "expected" in problem.message
    assert len(problem.message) < 300
    assert found.rejected[["line", "track_id", column]].to_numpy().tolist() == [[4, "t2", cell]]
    assert found.frame is not None
    assert "t2" not in set(found.frame["track_id"])


@pytest.mark.parametrize(("column", "reason"), [("track_id", "no track id"), ("track_popularity", "no popularity")])
def test_a_row_without_id_or_popularity_is_rejected(column: str, reason: str) -> None:
    found = examine(good_text(**{column: ""}).encode(), "songs.csv")
    assert found.accepted
    assert found.to_dict()["rejected_rows"] == [{"line": 4, "reason": reason}]


@pytest.mark.parametrize("place", ["cell", "name"])
def test_text_of_a_parquet_file_that_csv_cannot_hold_is_refused(place: str) -> None:
    polars = pytest.importorskip("polars")
    table = polars.read_csv(io.StringIO(good_text(track_name="one" if place == "name" else "t\0wo")))
    table = table.rename({"track_name": "track\0name"}) if place == "name" else table
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    found = examine(buffer.getvalue(), "songs.parquet")
    assert (found.accepted, found.problems[0].code) == (False, "E_TYPE")
    assert "NUL" in found.problems[0].message


def test_a_large_table_of_no_use_is_refused_with_its_first_cells_and_all_its_columns() -> None:
    head = f"track_id,track_popularity,{','.join(AUDIO_FEATURES)}\n"
    rows = (f"t{n},{n % 100},{','.join(f'{name}{n}' for name in 'abcdefghij')}\n" for n in range(30_000))
    found = examine((head + "".join(rows)).encode(), "songs.csv")
    assert not found.accepted
    assert (found.problems[0].code, found.problems[0].line) == ("E_VALUE", 2)
    assert found.problems[-1].code == "E_DATA"
    assert "More than half of the 30,000 rows" in found.problems[-1].message
    assert list(found.mapping) == ["track_id", "track_popularity", *AUDIO_FEATURES]
    assert len(found.rejected) == 10_000


def test_a_comma_that_may_mean_thousands_is_not_called_a_decimal_comma() -> None:
    message = examine(good_text(duration_ms="150,696").encode(), "songs.csv").problems[0].message
    assert "write 150696 without it" in message
    assert "1,000 to 21,600,000 ms" in message


def test_many_problems_are_counted_and_twenty_are_told() -> None:
    text = HEADER + "\n" + "\n".join(f"{row}{',' * (row % 2)}" for row in [1] * 50)
    found = examine(text.encode(), "songs.csv")
    assert (len(found.problems), found.n_problems) == (20, 50)


def test_the_reason_for_refusing_a_file_is_told_even_after_many_bad_cells() -> None:
    lines = [HEADER, *[ROW.replace(",10,", ",101,")] * 30]
    found = examine("\n".join(lines).encode(), "songs.csv")
    assert not found.accepted
    assert found.problems[-1].code == "E_DATA"
    assert found.n_problems == 31


def test_lines_are_counted_through_quoted_line_breaks() -> None:
    text = good_text(track_name="one\ntwo\r\nthree").replace("t4,", "t4,,")
    problem = examine(text.encode(), "songs.csv").problems[0]
    assert (problem.code, problem.line) == ("E_SHAPE", 8)


def test_the_limits_of_bytes_and_rows_hold() -> None:
    def first(limits: UploadLimits) -> Examination:
        return examine(TEXT.encode(), "songs.csv", limits=limits)

    assert first(UploadLimits(max_bytes=100)).problems[0].code == "E_SIZE"
    found = first(UploadLimits(max_rows=3))
    assert (found.problems[0].code, found.problems[0].line) == ("E_SIZE", 5)


def test_a_path_in_the_content_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(TEXT)
    assert not examine(str(secret).encode(), str(secret)).accepted
    assert examine(b"x", "../../etc/passwd").filename == "passwd"
