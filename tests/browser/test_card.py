"""A run is promoted, its card is read and downloaded, and many runs stand in one chart."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from core.requests import parse_request
from tests.browser.axe import violations
from tests.browser.live import LiveApp
from tests.browser.waiting import fits

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


@pytest.fixture
def runs(live_app: LiveApp) -> list[str]:
    asked = [{"family": family, "cv_folds": 2, "protocol": "track"} for family in ("ridge", "genre_mean")]
    made = live_app.services.runs.run_inline([parse_request(each) for each in asked])
    live_app.services.runs.promotions.promote(made[0].id, None, "champion", "the test", "It explains more")
    return [run.id for run in made]


def test_the_card_of_a_champion_is_read_and_downloaded_as_a_file_that_stands_alone(
    live_app: LiveApp, page: Tab, runs: list[str], tmp_path: Path
) -> None:
    page.goto(f"{live_app.url}/runs/{runs[0]}")
    expect(page.locator(".alias-badge")).to_contain_text("Champion for the test")
    page.get_by_role("link", name="Model card").click()
    expect(page.locator("h1")).to_have_text("Ridge regression")
    expect(page.locator(".model-card")).to_contain_text("It explains more")
    expect(page.locator(".card-figure-light").first).to_be_visible()
    assert page.locator(".card-figure-dark").first.is_hidden()
    assert violations(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download as one HTML file").click()
    file = tmp_path / "card.html"
    waiting.value.save_as(file)
    page.emulate_media(color_scheme="dark")
    page.goto(file.as_uri())
    expect(page.locator("svg").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"
    assert violations(page) == []


def test_many_runs_stand_in_one_chart_on_a_phone_too(live_app: LiveApp, mobile_page: Tab, runs: list[str]) -> None:
    page = mobile_page
    page.goto(f"{live_app.url}/history?protocol=track")
    page.get_by_role("link", name="Charts").click()
    expect(page).to_have_url(re.compile("/history/charts.*protocol=track"))
    expect(page.locator("#trends-progress-graph .scatterlayer .trace").first).to_be_attached()
    expect(page.locator("#trends-choices-graph .parcoords")).to_be_attached()
    page.get_by_label("Score", exact=True).select_option(label="R²")
    expect(page.locator("#trends-progress-graph-title")).to_have_text("R² over time")
    fits(page, 390)
    assert violations(page) == []
