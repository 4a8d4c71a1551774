"""Choosing runs in the history and looking at them side by side."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from core.requests import parse_request
from tests.browser.jobs import train_one
from tests.browser.live import LiveApp

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


@pytest.fixture
def runs(live_app: LiveApp) -> list[str]:
    asked = [{"family": family, "cv_folds": 0, "protocol": "album"} for family in ("ridge", "genre_mean")]
    made = live_app.services.runs.run_inline([parse_request(each) for each in asked])
    return [run.id for run in made]


def test_two_runs_of_the_history_are_put_side_by_side_at_an_address_of_their_own(
    live_app: LiveApp, page: Tab, runs: list[str]
) -> None:
    page.goto(live_app.url + "/history?protocol=album")
    boxes = page.locator(".history-table").get_by_role("checkbox")
    expect(boxes.first).to_be_visible()
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("link", name="Compare 2 runs side by side").click()
    expect(page.locator("h1")).to_have_text("Side by side")
    expect(page.locator("#compare-agreement-graph .heatmaplayer")).to_be_attached()
    for run_id in runs:
        expect(page).to_have_url(re.compile(run_id))
    page.reload()
    expect(page.get_by_role("heading", name="What differs")).to_be_visible()


def test_the_search_keeps_itself_in_the_address(live_app: LiveApp, page: Tab, runs: list[str]) -> None:
    page.goto(live_app.url + "/history")
    page.get_by_label("Search").fill("zzzz")
    expect(page.locator("#history-runs-section")).to_contain_text("No run fits")
    expect(page).to_have_url(re.compile("text=zzzz"))
    page.get_by_label("Search").fill(runs[0][:8])
    expect(page.locator(".history-table tbody tr")).to_have_count(1)


def test_the_leaderboard_shows_comparable_runs_with_baselines(live_app: LiveApp, page: Tab, runs: list[str]) -> None:
    page.goto(live_app.url + "/runs")
    groups = page.get_by_label("Compare", exact=True)
    groups.select_option(label=groups.locator("option", has_text="New albums").first.inner_text())
    board = page.locator(".leaderboard-table")
    expect(board.locator(f"a[href$='{runs[0]}']")).to_be_visible()
    expect(board).to_contain_text("Baseline: mean")


def test_a_run_gets_a_star_a_name_and_can_be_deleted_and_taken_back(live_app: LiveApp, page: Tab) -> None:
    train_one(page, live_app, "Baseline: mean")
    page.goto(live_app.url + "/history?family=mean")
    rows = page.locator(".history-table tbody tr")
    expect(page.get_by_role("button", name="Give a star")).to_have_count(1)
    page.get_by_role("button", name="Give a star").click()
    expect(page.get_by_role("button", name="Take the star away")).to_have_count(1)
    page.locator(".history-edit summary").click()
    page.get_by_label("Name", exact=True).fill("My yardstick")
    page.get_by_label("Tags, with commas").fill("paper, try")
    page.get_by_role("button", name="Keep").click()
    mine = rows.filter(has_text="My yardstick")
    expect(mine).to_contain_text("paper")
    page.reload()
    mine.get_by_role("link", name="My yardstick").click()
    page.get_by_label("Why, in a sentence").fill("Everything must beat it")
    page.get_by_role("button", name="Promote").click()
    expect(page.locator(".alias-badge")).to_contain_text("Champion")
    page.go_back()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#history-notice-section")).to_contain_text("It was the champion for popularity")
    expect(mine).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(mine).to_have_count(1)
