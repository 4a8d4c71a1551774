"""Files as browsers send them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from core.errors import InvalidRequest
from core.received import read_upload


def data_url(content: bytes) -> str:
    return "data:text/csv;base64," + base64.b64encode(content).decode()


def test_a_file_comes_as_a_data_url_and_keeps_only_its_own_name() -> None:
    assert read_upload(data_url(b"a,b\n"), "C:\\x\\..\\my\x00songs.csv") == (b"a,b\n", "my songs.csv")
    assert read_upload(data_url(b"x"), "../../etc/passwd")[1] == "passwd"
    assert read_upload("data:,", None) == (b"", "table.csv")


@pytest.mark.parametrize(
    "contents", [None, 7, "", "http://x/y.csv", "/etc/passwd", "data:text/csv;base64,@@", "data:x,y", []]
)
def test_what_is_no_data_url_is_refused(contents: Any) -> None:
    with pytest.raises(InvalidRequest):
        read_upload(contents, "a.csv")
