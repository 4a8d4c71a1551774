"""Settings of a family, a search for better ones as it goes on and when it has ended, and all models at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.jobs import JOB_MS, SUBMIT, choose_only
from tests.browser.live import LiveApp

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

BOOSTING = "Gradient boosting (histogram)"
HEADING = "#training-search-live-heading"


@pytest.fixture
def form(live_app: LiveApp, page: Tab) -> Tab:
    page.goto(live_app.url + "/train")
    expect(page.locator(SUBMIT)).to_have_text(re.compile("Train 3 models"))
    return page


def ask_for_search(tab: Tab, model: str, tries: int) -> None:
    """Fill the form with a search of few folds, and press the button."""
    choose_only(tab, model)
    tab.get_by_label("Folds", exact=True).first.fill("2")
    tab.get_by_label("Search for better settings").check()
    tab.locator("#training-tune-tries-input").fill(str(tries))
    tab.locator("#training-tune-folds-input").fill("2")
    expect(tab.locator("#training-plan-section")).to_contain_text(f"First {tries + 1} candidates")
    expect(tab.locator("#training-plan-section")).to_contain_text("on 2 folds")
    expect(tab.locator(SUBMIT)).to_be_enabled()
    tab.locator(SUBMIT).click()


REDRAWN = """(section) => {
    const state = window.dash_stores[0].getState();
    const drawn = state.paths.strs[section].reduce((node, key) => node[key], state.layout);
    window.dash_clientside.set_props(section, {children: JSON.parse(JSON.stringify(drawn.props.children))});
}"""
"""Draws a part of the page anew as it is: what the answer of a callback does."""


def test_a_setting_out_of_bounds_is_told_at_once_and_a_reset_empties_the_form_of_its_family(form: Tab) -> None:
    choose_only(form, BOOSTING, "Random forest")
    settings = form.get_by_role("group", name=f"Settings of {BOOSTING}")
    form.locator(".family-settings summary", has_text=BOOSTING).click()
    trees = settings.get_by_label("Trees", exact=True)
    trees.fill("100000")
    expect(settings).to_contain_text("Too high. Expected: 1 to 2,000")
    expect(form.locator("#training-submit-reason")).to_contain_text("Trees (max_iter): expected a whole number from 1")
    expect(form.locator(SUBMIT)).to_be_disabled()
    trees.fill("30")
    expect(settings).not_to_contain_text("Too high")
    expect(form.locator(SUBMIT)).to_be_enabled()
    expect(form.locator(".family-settings summary", has_text=BOOSTING)).to_contain_text("1 changed")
    settings.get_by_role("button", name="Reset").click()
    expect(trees).to_have_value("")
    expect(trees).to_have_attribute("placeholder", re.compile(r"\d+"))
    expect(form.locator(".family-settings summary", has_text=BOOSTING)).not_to_contain_text("changed")


def test_one_familys_settings_stand_open_at_a_time_and_rare_ones_are_folded_away(form: Tab) -> None:
    choose_only(form, BOOSTING, "Random forest")
    form.locator(".family-settings summary", has_text=BOOSTING).click()
    expect(form.get_by_role("group", name=f"Settings of {BOOSTING}")).to_be_visible()
    form.locator(".family-settings summary", has_text="Random forest").click()
    expect(form.get_by_role("group", name="Settings of Random forest")).to_be_visible()
    expect(form.get_by_role("group", name=f"Settings of {BOOSTING}")).to_be_hidden()
    form.get_by_role("radio", name=re.compile("^Library")).check()
    trees = form.get_by_role("group", name="Settings of Random forest").get_by_label("Trees", exact=True)
    expect(trees).to_have_attribute("placeholder", "library default")


def test_a_search_goes_on_before_the_eyes_outlasts_a_refresh_and_stops_with_the_best(form: Tab) -> None:
    ask_for_search(form, BOOSTING, 150)
    expect(form.locator(HEADING)).to_contain_text("candidates tried, best RMSE", timeout=JOB_MS)
    form.reload()
    expect(form.locator(HEADING)).to_contain_text("candidates tried, best RMSE")
    expect(form.locator("#training-search-best-graph .scatterlayer .point").first).to_be_visible(timeout=JOB_MS)
    expect(form.get_by_role("heading", name="Settings and scores")).to_be_visible(timeout=JOB_MS)
    form.locator("#training-live-section").get_by_role("link", name=BOOSTING).click()
    expect(form.locator("#run-search-live-heading")).to_contain_text("candidates tried, best", timeout=JOB_MS)
    before = form.locator("#run-search-best-graph-n").inner_text()
    expect(form.locator("#run-search-best-graph-n")).not_to_have_text(before, timeout=JOB_MS)
    form.get_by_role("button", name=f"Stop {BOOSTING} and keep the best so far").click()
    expect(form.locator("#run-content-section")).to_contain_text(re.compile("Stopping, keeping the best|R²"))
    expect(form.locator("#run-found-section")).to_contain_text("You stopped it early", timeout=JOB_MS)
    expect(form.locator("#run-candidates-section table")).to_be_visible()
    expect(form.get_by_role("button", name=re.compile("^Cancel"))).to_have_count(0)
    assert violations(form) == []
    form.get_by_role("link", name="Train again with these settings").click()
    expect(form.get_by_text("the settings that the search found")).to_be_visible()
    expect(form.locator(".family-settings summary", has_text=BOOSTING)).to_contain_text("changed")
    expect(form.get_by_label("Search for better settings")).not_to_be_checked()


def test_a_search_runs_to_its_end_and_its_score_takes_its_place_on_the_leaderboard(form: Tab) -> None:
    ask_for_search(form, "Ridge regression", 3)
    row = form.locator(".board-table tr", has_text="Ridge regression").filter(has_text="settings searched")
    expect(row.first).to_be_visible(timeout=JOB_MS)
    row.first.get_by_role("link").click()
    expect(form.locator("#run-found-section")).to_contain_text("4 candidates over 2 folds")
    expect(form.locator("#run-candidates-section tbody tr")).to_have_count(4)
    with form.expect_download() as download:
        form.get_by_role("button", name="Download CSV: all candidates").click()
    assert download.value.suggested_filename.endswith(".csv")


def test_train_all_fills_the_leaderboard_and_takes_a_press_while_it_is_drawn_anew(form: Tab) -> None:
    form.get_by_label("Folds", exact=True).first.fill("0")
    form.get_by_label("Test, %").fill("50")
    button = form.get_by_role("button", name=re.compile(r"^Train all \d+"))
    models = int(button.inner_text().split()[-1])
    button.click()
    expect(form.locator("#training-submit-notice")).to_contain_text(f"{models} models queued")
    expect(form.get_by_role("group", name=re.compile("^Models:")).get_by_role("checkbox", checked=True)).to_have_count(
        models
    )
    expect(form.locator(".board-table", has_text="Linear regression")).to_contain_text("just now", timeout=JOB_MS)
    section = "training-live-section"
    live, cancel = form.locator(f"#{section}"), form.get_by_role("button", name=re.compile("^Cancel all"))
    live.get_by_text("Next:").click()
    cancel.focus()
    form.evaluate(REDRAWN, section)
    expect(cancel).to_be_focused()
    expect(live.get_by_role("button", name=re.compile("^Cancel Neural network"))).to_be_visible()
    cancel.hover()
    form.mouse.down()
    form.evaluate(REDRAWN, section)
    form.mouse.up()
    form.evaluate(REDRAWN, section)
    expect(live).to_be_empty()
    expect(form.locator(SUBMIT)).to_be_enabled()
