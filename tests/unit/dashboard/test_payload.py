"""The guard in front of Dash, on callbacks made for the purpose."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import InvalidRequest
from dashboard.payload import MAX_DEPTH, check_nesting, check_payload

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


def test_nesting_is_allowed_up_to_the_limit_and_no_further() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    check_nesting(value)
    with pytest.raises(InvalidRequest, match="nested"):
        check_nesting([value])
