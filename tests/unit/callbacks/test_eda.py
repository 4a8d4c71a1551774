"""Explore: what an answer leaves alone."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from dash import no_update

from callbacks.eda.charts import CHARTS, compute_correlation
from callbacks.eda.details import all_points, category_summary, clicked_track, number_summary
from callbacks.eda.state import Fields, unless_same
from core.eda.address import State
from core.eda.filters import Filter, Span, select
from core.eda.table import build_table
from core.eda.view import View

if TYPE_CHECKING:
    from data.sources import Dataset

NARROWED = Filter(artist="a", spans=(Span("energy", 0.1),))


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


@pytest.mark.parametrize("asked", [Filter(), NARROWED], ids=["all", "narrowed"])
def test_a_table_that_was_explored_leaves_memory_when_nobody_holds_it(sample_dataset: Dataset, asked: Filter) -> None:
    table = build_table(sample_dataset.tracks.head(400).copy())
    gone = weakref.ref(table), weakref.ref(table.tracks)
    state = State(asked, View(method="spearman", trend="robust", colour="genre"))
    assert select(table, asked).n > 10
    for chart in CHARTS:
        chart.draw(table, state, "light")
    for numbers in (number_summary, category_summary, all_points):
        numbers(table, state)
    compute_correlation(table, replace(state, view=View(method="information")))
    assert clicked_track(table, state, {"points": [{"curveNumber": 0, "pointNumber": 0}]}) is not None
    del table
    gc.collect()
    assert [one() for one in gone] == [None, None]
