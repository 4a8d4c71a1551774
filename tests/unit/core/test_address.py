"""The query of an address: bounded, and of texts that can be stored, on whichever page."""

from __future__ import annotations

from typing import Any

import pytest

from callbacks.compare import read_ids
from callbacks.dataset.section import section_of
from callbacks.history.address import read_query as of_history
from core.address import MOST, read_pairs, read_values
from core.eda.address import parse_query
from core.errors import InvalidRequest
from core.scenario_address import read_address


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?a=%00", r"U\+0000"),
        ("?%00=a", r"U\+0000"),
        ("?a=\ud800", r"U\+D800"),
        ("?" + "&".join(f"a{number}=1" for number in range(MOST + 1)), "more than 200 values"),
        ("?a=" + "x" * 40_000, "more than 40,000 characters"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused_with_the_reason(query: str, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        read_pairs(query)


def test_bytes_that_are_no_text_become_a_mark_that_can_be_stored() -> None:
    assert read_values("?a=%ED%A0%80&b=%ff") == {"a": "\ufffd" * 3, "b": "\ufffd"}


@pytest.mark.parametrize("read", [read_ids, section_of, of_history])
def test_no_page_takes_a_text_that_cannot_be_stored(read: Any) -> None:
    for query in ("?text=%00&runs=%00", "?section=\ud800"):
        with pytest.raises(InvalidRequest, match="can be stored"):
            read(query)


def test_pages_that_use_what_they_can_say_what_they_left_out() -> None:
    assert "can be stored" in parse_query("?artist=%00", None).problems[0]  # type: ignore[arg-type]
    assert read_address("?run=%00").ignored
