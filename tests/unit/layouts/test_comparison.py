"""What the leaderboard says, and what stands apart and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from dash import html

from callbacks import comparison as drawing
from core.comparison import Difference, Verdict, align, build_board, comparable_groups
from core.runs.model import SHELL_OWNER, Run, RunState
from core.runs.standings import Group
from layouts import compare
from layouts import comparison as view
from layouts.ids import Comparison
from tests.fakes.finished import SAMPLE, make_run

Words = Callable[[Any], str]


class FakeComparisons:
    """Predictions made up: the error of each run is its position in ``errors``."""

    def __init__(self, errors: dict[str, float]) -> None:
        self.errors = errors

    def board(self, runs: list[Run], objective: str) -> tuple[Any, dict[str, str]]:
        rng = np.random.default_rng(0)
        actual = rng.uniform(20, 60, 400)
        names = {"track_id": range(400), "track_name": range(400), "track_artist": [str(i // 2) for i in range(400)]}
        noise = rng.normal(0, 1, 400)
        tests = {
            run.id: pd.DataFrame({**names, "actual": actual, "predicted": actual + self.errors[run.id] * noise})
            for run in runs
        }
        return build_board(runs, align("artist", tests), {}, objective), {}


class FakeServices:
    def __init__(self, errors: dict[str, float]) -> None:
        self.comparisons = FakeComparisons(errors)


def drawn(runs: list[Run], errors: list[float] | None = None) -> Any:
    services = FakeServices(dict(zip([run.id for run in runs], errors or [10.0] * len(runs), strict=True)))
    return drawing.draw(services, looked(runs), "rmse", "fit_seconds", "light")


def looked(runs: list[Run]) -> drawing.Looked:
    """What is read of these runs, the newest first."""
    groups = [Group(footing, some[0], len(some)) for footing, some in comparable_groups(runs).items()]
    best = next(iter(comparable_groups(runs).values()), [])
    return drawing.Looked(groups, groups[0] if groups else None, best, runs, len(runs))


def parts(component: Any, kind: str) -> list[Any]:
    found = [component, *component._traverse()]
    return [one for one in found if isinstance(getattr(one, "id", None), dict) and one.id.get("type") == kind]


def board_rows(component: Any) -> list[Any]:
    tables = [one for one in component._traverse() if isinstance(one, html.Table)]
    return next(table.children[2].children for table in tables if "leaderboard-table" in table.className)


def test_runs_of_other_protocols_data_or_splits_stand_apart_and_the_page_says_why(words: Words) -> None:
    runs = [make_run(), make_run(family="knn"), make_run(protocol="artist"), make_run(data=SAMPLE), make_run(seed=1)]
    page = drawn(runs)
    assert len(board_rows(page)) == 2 + 2  # two runs, two baselines
    said = words(page)
    apart = said[said.index("Not in this comparison") :]
    for reason in ("Another validation (New artists", "Another table (Built-in sample)", "Another seed"):
        assert reason in apart


def test_both_baselines_are_always_on_the_board(words: Words) -> None:
    said = [words(row) for row in board_rows(drawn([make_run()]))]
    assert sum("Baseline" in each for each in said) == 2


def test_a_tie_is_called_a_tie_and_a_worse_run_worse(words: Words) -> None:
    runs = [make_run(), make_run(family="linear"), make_run(family="knn")]
    page = drawn(runs, [10.0, 10.0, 20.0])
    by_name = {
        name: words(row) for row in board_rows(page) for name in ("Ridge", "Linear", "earest") if name in words(row)
    }
    assert "best" in by_name["Ridge"]
    assert "indistinguishable from the best" in by_name["Linear"]
    assert "worse" in by_name["earest"]
    assert "Best by RMSE (22.5), R² (" in words(page)
    assert "is indistinguishable from it" in words(page)


def test_runs_that_ended_before_they_read_any_data_say_so(words: Words) -> None:
    said = words(drawn([make_run(RunState.CANCELLED, family="svr", data={})]))
    assert "Ended before the data were read" in said
    assert "Data not read yet" in words(drawn([make_run(RunState.QUEUED, data={})]))


def test_the_genre_baseline_and_the_leak_are_said_above_the_table(words: Words) -> None:
    said = words(drawn([make_run(protocol="rows")]))
    assert "Knowing only the genre gives R² 0.03" in said
    assert "inflated" in said


def test_only_own_runs_that_have_ended_can_be_deleted() -> None:
    runs = [make_run(), make_run(RunState.RUNNING), make_run(owner=SHELL_OWNER)]
    assert [one.id["run"] for one in parts(drawn(runs), Comparison.DELETE)] == [runs[0].id]


def test_a_board_that_is_drawn_anew_keeps_what_was_ticked() -> None:
    runs = [make_run(), make_run(family="knn")]
    services = FakeServices({run.id: 10.0 for run in runs})
    again = drawing.draw(services, looked(runs), "rmse", "fit_seconds", "light", ticked=[runs[1].id])
    assert {box.id["run"]: box.value for box in parts(again, Comparison.CHOSEN)} == {
        runs[0].id: False,
        runs[1].id: True,
    }


def test_without_runs_the_view_says_what_to_do(words: Words) -> None:
    assert "Train models" in words(drawn([]))


@pytest.mark.parametrize(("n", "said"), [(1, "Choose two to eight"), (2, "Compare 2 runs"), (9, "Choose two to eight")])
def test_two_to_eight_runs_can_be_put_side_by_side(words: Words, n: int, said: str) -> None:
    assert said in words(view.together([str(i) for i in range(n)]))


def test_each_value_side_by_side_says_on_a_phone_whose_it_is() -> None:
    runs = [make_run(), make_run(family="random_forest")]
    labels = compare.labels_of(runs)
    for section in (compare.differing(runs, labels), compare.scores(runs, labels, None, [])):
        cells = [part for part in section._traverse() if isinstance(part, html.Td)]
        assert [getattr(cell, "data-label", "") for cell in cells[:2]] == list(labels.values())
        assert all(getattr(cell, "data-label", "") for cell in cells)


def test_compare_names_the_baseline_that_no_run_beats_and_the_measures_by_which(words: Words) -> None:
    runs = [make_run(), make_run(family="knn")]
    board, _ = FakeComparisons({run.id: 10.0 for run in runs}).board(runs, "rmse")
    assert "the best is no run" not in words(compare.scores(runs, compare.labels_of(runs), board, []))
    first = next(one for one in board.entries if one.run is None)
    ahead = replace(first, differences={"pinball": Difference(0.0, 0.0, 0.0, Verdict.BEST)})
    changed = replace(board, entries=tuple(ahead if one is first else one for one in board.entries))
    said = words(compare.scores(runs, compare.labels_of(runs), changed, []))
    assert f"By Pinball loss the best is no run: {first.name}" in said
