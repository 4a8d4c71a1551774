"""The leaderboard as a page: what it remembers having shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from callbacks import comparison
from core.runs.service import Runs
from core.tables.tracks import TrackStore
from dashboard.services import Services
from dashboard.settings import Settings
from layouts.ids import Comparison
from tests.fakes import runs as fakes


@pytest.fixture
def services(home: Path) -> Services:
    settings = Settings(home=home, identity="shared")
    return Services(settings, TrackStore(None, home), lambda: Runs(home, context=fakes.context(home)))


def part_of(drawn: Any, component_id: str) -> Any:
    (found,) = [part for part in drawn._traverse() if getattr(part, "id", None) == component_id]
    return found


def test_a_run_that_ends_while_the_page_is_drawn_is_news_to_the_page(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Remembered after the look, it would count as shown, and the page would wait for ever."""
    looked = comparison.look

    def look_and_then_end(*given: Any) -> comparison.Looked:
        found = looked(*given)
        services.runs.run_inline([fakes.request()], owner="shared")
        return found

    monkeypatch.setattr(comparison, "look", look_and_then_end)
    seen = part_of(comparison.page(services, "shared"), Comparison.SEEN).data
    assert seen[0] != services.runs.standings.digest("shared")


def test_a_page_at_rest_remembers_what_it_shows(services: Services) -> None:
    services.runs.run_inline([fakes.request()], owner="shared")
    seen = part_of(comparison.page(services, "shared"), Comparison.SEEN).data
    assert seen[0] == services.runs.standings.digest("shared")


def test_the_address_chooses_the_comparison_the_measure_and_the_cost(services: Services) -> None:
    older, _ = (services.runs.run_inline([fakes.request(seed=seed)], owner="shared")[0] for seed in (1, 2))
    group = next(one for one in services.runs.standings.groups("shared") if one.footing.seed == older.request.seed)
    asked = {"of": group.footing.key, "by": "mae", "cost": "size_mb"}
    drawn = comparison.page(services, "shared", f"?{urlencode(asked)}")
    shown = [part_of(drawn, one).value for one in (Comparison.GROUP, Comparison.OBJECTIVE, Comparison.COST)]
    assert shown == list(asked.values())


@pytest.mark.parametrize("query", ["", "?of=gone&by=beauty&cost=money", "?of=%00&by=&cost"])
def test_an_address_that_makes_no_sense_shows_the_usual(services: Services, query: str) -> None:
    services.runs.run_inline([fakes.request()], owner="shared")
    drawn = comparison.page(services, "shared", query)
    assert part_of(drawn, Comparison.OBJECTIVE).value == comparison.OBJECTIVE
    assert part_of(drawn, Comparison.GROUP).value == services.runs.standings.groups("shared")[0].footing.key
