"""``runs``: what was trained."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.cli.commands import Command


def test_runs_are_listed_newest_first_and_shown_one_by_one(shared_home: Path, ridge: dict, dashboard: Command) -> None:
    code, out, _ = dashboard("runs", ridge["run_id"], "--home", str(shared_home), "--json")
    assert code == 0
    assert json.loads(out) == ridge
    code, out, _ = dashboard("runs", "--home", str(shared_home), "--limit", "1")
    assert code == 0
    listed = json.loads(dashboard("runs", "--home", str(shared_home), "--json")[1])
    assert [run["created_at"] for run in listed] == sorted((run["created_at"] for run in listed), reverse=True)
    assert [run["run_id"] in out for run in listed] == [True] + [False] * (len(listed) - 1)


def test_an_empty_home_says_how_to_begin(home: Path, dashboard: Command) -> None:
    assert dashboard("runs", "--home", str(home), "--json") == (0, "[]\n", "")
    assert "Train one" in dashboard("runs", "--home", str(home))[1]


def test_runs_are_filtered_searched_and_sorted(shared_home: Path, ridge: dict, dashboard: Command) -> None:
    def ids(*filters: str) -> list[str]:
        code, out, _ = dashboard("runs", "--home", str(shared_home), "--json", *filters)
        assert code == 0
        return [run["run_id"] for run in json.loads(out)]

    assert ridge["run_id"] in ids("--family", "ridge", "--state", "finished", "--sort", "rmse", "--ascending")
    assert ridge["run_id"] in ids("--search", "Ridge", "--period", "day")
    assert ridge["run_id"] not in ids("--family", "knn")
    assert ids("--tag", "nothing") == []


def test_an_unknown_order_is_refused_with_the_known_ones(home: Path, dashboard: Command) -> None:
    code, _, err = dashboard("runs", "--home", str(home), "--sort", "beauty")
    assert code != 0
    assert "rmse" in err
