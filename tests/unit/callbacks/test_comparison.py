"""The leaderboard as a page: what it remembers having shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callbacks import comparison
from core.runs.service import Runs
from dashboard.services import Services, TrackStore
from dashboard.settings import Settings
from layouts.ids import Comparison
from tests.fakes import runs as fakes


@pytest.fixture
def services(home: Path) -> Services:
    settings = Settings(home=home, identity="shared")
    return Services(settings, TrackStore(None, home), lambda: Runs(home, context=fakes.context(home)))


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
    drawn = comparison.page(services, "shared")
    (seen,) = [part.data for part in drawn._traverse() if getattr(part, "id", None) == Comparison.SEEN]
    assert seen[0] != services.runs.standings.digest("shared")


def test_a_page_at_rest_remembers_what_it_shows(services: Services) -> None:
    services.runs.run_inline([fakes.request()], owner="shared")
    drawn = comparison.page(services, "shared")
    (seen,) = [part.data for part in drawn._traverse() if getattr(part, "id", None) == Comparison.SEEN]
    assert seen[0] == services.runs.standings.digest("shared")
