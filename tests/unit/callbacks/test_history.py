"""The address of the history, and its exports."""

from __future__ import annotations

import csv
import io
import json

import pytest

from callbacks import compare, history
from core.errors import InvalidRequest
from core.runs.history import Asked
from tests.fakes.finished import make_run


def test_what_is_asked_survives_its_address() -> None:
    asked = Asked(text="a&b=c %", family="ridge", starred=True, sort="rmse", ascending=True, offset=60, limit=30)
    assert history.read_query(history.write_query(asked)) == asked
    assert history.write_query(Asked(limit=30)) == ""


@pytest.mark.parametrize("query", ["?page=-1", "?page=x", "?sort=nonsense", "?state=happy", "?text=" + "x" * 300])
def test_an_address_that_makes_no_sense_is_refused(query: str) -> None:
    with pytest.raises(InvalidRequest):
        history.read_query(query)


def test_exports_hold_every_run_and_run_nothing_in_a_spreadsheet() -> None:
    runs = [make_run(name="=1+1", tags=("a", "b")), make_run(family="knn")]
    rows = list(csv.DictReader(io.StringIO(history.make_file(runs, "csv")["content"])))
    assert [row["family"] for row in rows] == ["ridge", "knn"]
    assert rows[0]["name"] == "'=1+1"
    assert float(rows[0]["test_rmse"]) == 22.49
    found = json.loads(history.make_file(runs, "json")["content"])
    assert (found[0]["name"], found[0]["tags"]) == ("=1+1", ["a", "b"])
    with pytest.raises(InvalidRequest):
        history.make_file(runs, "exe")


def test_an_address_names_each_run_once() -> None:
    assert compare.read_ids("?runs=a,b,a&runs=c") == ["a", "b", "c"]
    assert compare.read_ids("") == []
