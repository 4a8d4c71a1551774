"""Why a model says what it says, as a person finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from core.requests import parse_request
from tests.browser.axe import violations
from tests.browser.live import LiveApp
from tests.browser.waiting import fits

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


def test_from_the_run_to_what_moves_its_predictions(live_app: LiveApp, page: Tab) -> None:
    asked = [parse_request({"family": "ridge", "cv_folds": 2, "protocol": "track"})]
    (run,) = live_app.services.runs.run_inline(asked)
    page.goto(f"{live_app.url}/runs/{run.id}")
    page.get_by_role("link", name="Why", exact=True).click()
    expect(page.locator("h1")).to_have_text("Why: Ridge regression")
    expect(page.locator("#why-waterfall-graph .main-svg").first).to_be_visible()
    expect(page.locator("#why-waterfall-graph-reading")).not_to_be_empty()
    before = page.locator("#why-waterfall-graph-reading").inner_text()
    page.locator("#why-track-select").select_option("1")
    expect(page.locator("#why-waterfall-graph-reading")).not_to_have_text(before)
    page.locator("#why-feature-select").select_option("tempo")
    expect(page.locator("#why-dependence-graph-reading")).to_contain_text("Tempo moves predictions")
    expect(page.locator("#why-dependence-graph-table")).to_contain_text("Tempo")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the values as CSV").click()
    assert download.value.suggested_filename == f"synthetic-contributions-{run.id[:8]}.csv"
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page, 390)
