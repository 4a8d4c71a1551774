"""The guard in front of Dash, on callbacks made for the purpose."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from core.errors import InvalidRequest
from dashboard.payload import MAX_DEPTH, StrictJSON, check_nesting, check_payload

PATTERN = '{"run":["ALL"],"type":"cancel"}'
ONE = '{"family":["MATCH"],"type":"params"}'
CALLBACKS: dict[str, dict[str, Any]] = {
    "..a.children...b.data@1f..": {
        "inputs": [{"id": "tick", "property": "n"}, {"id": PATTERN, "property": "n_clicks"}],
        "state": [],
        "no_output": False,
    },
    f"{ONE}.hidden": {"inputs": [{"id": ONE, "property": "value"}], "state": [], "no_output": False},
}


def body(**changes: Any) -> dict[str, Any]:
    return {
        "output": "..a.children...b.data@1f..",
        "outputs": [{"id": "a", "property": "children"}, {"id": "b", "property": "data@1f"}],
        "inputs": [
            {"id": "tick", "property": "n", "value": 1},
            [{"id": {"run": "1", "type": "cancel"}, "property": "n_clicks", "value": None}],
        ],
        "changedPropIds": ['{"run":"1","type":"cancel"}.n_clicks'],
        "state": [],
    } | changes


def test_what_the_page_sends_passes() -> None:
    check_payload(body(), CALLBACKS)


def test_a_pattern_may_match_nothing() -> None:
    check_payload(body(inputs=[{"id": "tick", "property": "n"}, []], changedPropIds=[]), CALLBACKS)


def test_a_matched_id_passes_on_both_sides() -> None:
    matched = {"id": {"family": "ridge", "type": "params"}, "property": "value", "value": 1}
    outputs = {"id": {"family": "ridge", "type": "params"}, "property": "hidden"}
    check_payload({"output": f"{ONE}.hidden", "outputs": outputs, "inputs": [matched], "state": []}, CALLBACKS)


@pytest.mark.parametrize(
    "item",
    [
        {"id": {"run": "1", "type": "delete"}, "property": "n_clicks"},
        {"id": {"run": ["1"], "type": "cancel"}, "property": "n_clicks"},
        {"id": {"run": {"a": 1}, "type": "cancel"}, "property": "n_clicks"},
        {"id": {"run": None, "type": "cancel"}, "property": "n_clicks"},
        {"id": {"run": "1" * 500, "type": "cancel"}, "property": "n_clicks"},
        {"id": {"type": "cancel"}, "property": "n_clicks"},
        {"id": {"run": "1", "type": "cancel", "more": 1}, "property": "n_clicks"},
        {"id": "cancel", "property": "n_clicks"},
        {"id": {"run": "1", "type": "cancel"}, "property": "style"},
        "text",
        None,
    ],
)
def test_an_id_that_does_not_fit_the_pattern_is_refused(item: Any) -> None:
    with pytest.raises(InvalidRequest, match="do not fit"):
        check_payload(body(inputs=[{"id": "tick", "property": "n"}, [item]], changedPropIds=[]), CALLBACKS)


def test_an_output_of_another_callback_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="outputs"):
        check_payload(body(outputs=[{"id": "a", "property": "children"}, {"id": "c", "property": "data"}]), CALLBACKS)


def pair(given: list[str], named: list[str]) -> dict[str, Any]:
    """A payload in which one pattern stands twice: the values of some components, and the ids of some."""
    values = [{"id": {"run": run, "type": "cancel"}, "property": "value", "value": "x"} for run in given]
    ids = [{"id": {"run": run, "type": "cancel"}, "property": "id"} for run in named]
    ids = [one | {"value": one["id"]} for one in ids]
    return {"output": "a.children", "outputs": {"id": "a", "property": "children"}, "inputs": [values], "state": [ids]}


PAIRED = {
    "a.children": {
        "inputs": [{"id": PATTERN, "property": "value"}],
        "state": [{"id": PATTERN, "property": "id"}],
        "no_output": False,
    }
}


def test_lists_of_one_pattern_name_the_same_components() -> None:
    check_payload(pair(["1", "2"], ["1", "2"]), PAIRED)
    for given, named in ((["1", "2"], ["1"]), (["1"], ["1", "2"]), (["1", "2"], ["2", "1"]), ([], ["1"])):
        with pytest.raises(InvalidRequest, match="do not fit one another"):
            check_payload(pair(given, named), PAIRED)


def test_a_component_that_is_asked_for_its_id_says_it() -> None:
    forged = pair(["1"], ["1"])
    del forged["state"][0][0]["value"]
    with pytest.raises(InvalidRequest, match="do not fit"):
        check_payload(forged, PAIRED)


@pytest.mark.parametrize("text", ["1e999", "NaN", "-Infinity", "9" * 23, "-" + "9" * 400, "9" * 5000])
def test_json_has_no_number_that_a_browser_would_not_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"large|number"):
        StrictJSON(Flask("x")).loads(f"[{text}]")


@pytest.mark.parametrize(
    "body",
    [
        rb'"\ud800"',
        rb'["a", {"b": "x\uDFFFy"}]',
        rb'{"\u0000": 1}',
        b'"\xed\xa0\x80"',
        '"\ud800"',
        rb'["\ude00\ud83d"]',
    ],
)
def test_json_has_no_text_that_cannot_be_stored(body: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"can be stored|codec"):
        StrictJSON(Flask("x")).loads(body)


def test_json_reads_every_text_that_a_browser_writes() -> None:
    read = StrictJSON(Flask("x")).loads
    assert read(r'["\ud83d\ude00", "\\u0000", "\n", "Ünïcode"]'.encode()) == ["😀", r"\u0000", "\n", "Ünïcode"]
    assert read(b'\xef\xbb\xbf{"a": "\xf0\x9f\x98\x80"}') == {"a": "😀"}


def test_json_reads_every_number_that_a_browser_writes() -> None:
    assert StrictJSON(Flask("x")).loads("[0, -7, 100000000000000000000, 1e+21, 5e-324]") == [
        0,
        -7,
        10**20,
        1e21,
        5e-324,
    ]


def test_nesting_is_allowed_up_to_the_limit_and_no_further() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    check_nesting(value)
    with pytest.raises(InvalidRequest, match="nested"):
        check_nesting([value])
