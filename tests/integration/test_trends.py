"""The charts of many runs follow the history's address or a selection, and show no one else's."""

from __future__ import annotations

from pathlib import Path

import pytest
from dash import Dash

from callbacks import trends
from core.comparison import comparable_groups
from core.errors import InvalidRequest, NotFound
from core.runs.service import Runs
from core.tables.tracks import TrackStore
from dashboard.services import Services
from dashboard.settings import Settings
from layouts.components import card_part
from layouts.ids import Trends
from tests.fakes import runs as fakes


@pytest.fixture
def services(settings: Settings, home: Path) -> Services:
    return Services(settings, TrackStore(None, home), lambda: Runs(home, context=fakes.context(home)))


def test_an_address_names_runs_by_filter_or_by_id_and_never_anothers(services: Services, app: Dash) -> None:
    mine = services.runs.run_inline([fakes.request(), fakes.request(family="knn")], "ann")
    (other,) = services.runs.run_inline([fakes.request()], "bob")
    assert {run.id for run in trends.read_runs(services, "ann", "")[0]} == {run.id for run in mine}
    (knn,) = trends.read_runs(services, "ann", "?family=knn&page=3&sort=rmse")[0]
    assert knn.id == mine[1].id
    chosen, total = trends.read_runs(services, "ann", f"?runs={mine[0].id},{mine[0].id}")
    assert ([run.id for run in chosen], total) == ([mine[0].id], 1)
    with pytest.raises(NotFound):
        trends.read_runs(services, "ann", f"?runs={other.id}")
    with pytest.raises(InvalidRequest):
        trends.read_runs(services, "ann", "?state=happy")
    with app.server.test_request_context():
        assert "over time" in str(trends.page(services, "ann"))
        assert "No runs to draw" in str(trends.page(services, "ann", "?state=happy"))
        assert "None of these runs has a score" in str(trends.page(services, "carl"))


def test_comparisons_of_one_name_are_told_apart_by_their_key(services: Services, app: Dash) -> None:
    services.runs.run_inline([fakes.request()], "ann")
    services.runs.run_inline([fakes.request(seed=7), fakes.request(seed=7, family="knn")], "ann")
    runs, _ = trends.read_runs(services, "ann", "")
    groups = comparable_groups(runs)
    same = dict.fromkeys(groups, "New songs")
    with app.server.test_request_context():
        for footing, some in groups.items():
            shown = trends.draw(runs, same, footing.key, "r2", "light")
            (card,) = [one for one in shown.children if getattr(one, "data-graph", "") == Trends.CHOICES]
            assert card[card_part(Trends.CHOICES, "n")].children == f"n = {len(some)}"


def test_many_runs_named_by_an_address_are_all_drawn_again(services: Services, app: Dash) -> None:
    (run,) = services.runs.run_inline([fakes.request()], "ann")
    query = "?runs=" + ",".join([run.id] * 60)
    with app.server.test_request_context():
        shown = trends.page(services, "ann", query)
    (kept,) = [one.data for one in shown._traverse() if getattr(one, "id", None) == Trends.ASKED]
    assert trends.read_runs(services, "ann", kept) == trends.read_runs(services, "ann", query)


def test_score_and_comparison_stand_in_the_address(services: Services, app: Dash) -> None:
    services.runs.run_inline([fakes.request(), fakes.request(family="knn"), fakes.request(seed=7)], "ann")
    groups = comparable_groups(trends.read_runs(services, "ann", "")[0])
    small = min(groups, key=lambda each: len(groups[each])).key
    query = f"?family=ridge&of={small}&by=mae"
    assert trends.read_choices(query, groups) == (small, "mae")
    assert trends.read_choices("?of=gone&by=nothing", groups)[0] != small
    with app.server.test_request_context():
        shown = trends.page(services, "ann", query)
    stands = {
        one.id: one.value for one in shown._traverse() if getattr(one, "id", None) in (Trends.GROUP, Trends.METRIC)
    }
    assert stands == {Trends.GROUP: small, Trends.METRIC: "mae"}
    assert "/history?family=ridge'" in str(shown)
