"""Explore: what an answer leaves alone."""

from __future__ import annotations

from dash import no_update

from callbacks.eda.state import Fields, unless_same


def test_controls_that_show_their_value_already_are_left_alone() -> None:
    fields = Fields({"x": "energy", "y": "tempo"}, {("energy", "low"): None}, None, ["pop"], None, True)
    answer = {
        "search": "?x=tempo",
        "choices": ["tempo", "tempo"],
        "ranges": [None],
        "genre": [],
        "subgenre": [],
        "artist": None,
        "charts": False,
    }
    ids = [{"name": "x"}, {"name": "y"}]
    assert unless_same(answer, fields, ids, [{"column": "energy", "end": "low"}]) == {
        "search": "?x=tempo",
        "choices": ["tempo", no_update],
        "ranges": [no_update],
        "genre": no_update,
        "subgenre": [],
        "artist": no_update,
        "charts": False,
    }
