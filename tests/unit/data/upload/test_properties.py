"""What the doctor promises for any bytes whatever: an answer in words, quickly, and never an exception."""

from __future__ import annotations

import gzip
import json
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from data.schema import AUDIO_FEATURES, COLUMNS
from data.upload import Examination, examine
from tests.unit.data.upload.files import good_text

TEXT = good_text()
SECONDS = 2.0


def check(found: Examination) -> None:
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.accepted == (found.frame is not None)
    assert found.accepted or found.n_problems
    assert len(found.problems) == min(found.n_problems, 20)
    if found.frame is not None:
        assert found.rows == len(found.frame) == found.rows_read - len(found.rejected)
        for name in AUDIO_FEATURES:
            values = found.frame[name].dropna()
            assert values.between(COLUMNS[name].low, COLUMNS[name].high).all() or name == "tempo"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"\x1f\x8b\x08", b"\xef\xbb\xbf", b"sep=", b"track_id,tempo\n"]))
def test_any_bytes_get_an_answer(content: bytes, start: bytes) -> None:
    check(examine(start + content, "x"))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=20))
def test_any_text_and_any_name_get_an_answer(text: str, name: str) -> None:
    check(examine(text.encode("utf-8", "replace"), name))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_table_gets_an_answer(data: st.DataObject) -> None:
    content = TEXT.encode()
    pieces = st.one_of(
        st.sampled_from([b",", b'"', b"\n", b"\r", b";", b"NA", b"1e999", b"", b"-1", b"\0"]), st.binary(max_size=4)
    )
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = start + data.draw(st.integers(0, 5))
        content = content[:start] + data.draw(pieces) + content[end:]
    check(examine(gzip.compress(content) if data.draw(st.booleans()) else content, "songs.csv"))


def test_large_bad_files_are_refused_in_time() -> None:
    header, row = TEXT.splitlines()[:2]
    n_rows = (31 << 20) // (len(row) + 1)
    many = (row + "\n") * n_rows
    bad = {
        "too wide at the end": f"{header}\n{many}{row},1\n",
        "open quote at the start": f'{header}\n"{many}',
        "popularity out of range": f"{header}\n{many.replace(',10,', ',999,')}",
        "one column": "x\n" * (15 << 20),
        "names": "x," * (15 << 20),
        "one line": "x" * (31 << 20),
        "too many rows": "track_id,tempo\n" + "1,2\n" * (7 << 20),
        "no number anywhere": f"track_id,track_popularity,{','.join(AUDIO_FEATURES)}\n"
        + "".join(f"t{row},x{row},{','.join(f'y{row}{at}' for at in range(10))}\n" for row in range(240_000)),
        "one popularity": f"{header}\n" + (row + "\n") * 200_000,
        "too wide at the end, many cells": f"{header}\n" + (row + "\n") * 200_000 + row + ",1\n",
    }
    took = {}
    for name, text in bad.items():
        content = text.encode()
        start = time.process_time()
        assert not examine(content, "songs.csv").accepted
        took[name] = round(time.process_time() - start, 2)
    assert max(took.values()) < 2 * SECONDS, took  # generous: the machine may be busy
