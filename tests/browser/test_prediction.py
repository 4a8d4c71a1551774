"""Sliders answer at once, real tracks set them, what was kept stays, and an address shows the same again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from core.features import DEFAULT_FEATURES
from core.requests import parse_request
from core.runs.model import Run
from tests.browser.axe import violations
from tests.browser.console import Console
from tests.browser.live import LiveApp
from tests.browser.waiting import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab
    from playwright.sync_api import Request, Route

NUMBER = ".answer-number"
SPOIL = """() => {
    const key = "prediction-kept-store";
    const kept = JSON.parse(sessionStorage.getItem(key));
    sessionStorage.setItem(key, JSON.stringify([{ of: "another version" }, ...kept]));
}"""
"""What a tab may hold after an upgrade."""


REDRAW = """() => {
    const kept = JSON.parse(sessionStorage.getItem("prediction-kept-store"));
    window.dash_clientside.set_props("prediction-kept-store", { data: kept });
}"""
"""The board is drawn anew as it is."""


@pytest.fixture(scope="module")
def runs(live_app: LiveApp) -> tuple[Run, Run]:
    features = [*DEFAULT_FEATURES, "genre", "release_month"]
    request = parse_request({"family": "ridge", "cv_folds": 2, "features": features})
    mean = parse_request({"family": "mean", "cv_folds": 0})
    made, other = live_app.services.runs.run_inline([request, mean])
    return made, other


def of_danceability(question: Request) -> float:
    return float(question.post_data_json["inputs"][0]["value"]["values"]["danceability"])


def drag(tab: Tab, steps: int = 30) -> None:
    box = tab.locator("input[type=range]").first.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + 8, middle)
    tab.mouse.down()
    for step in range(steps):
        tab.mouse.move(box["x"] + 8 + (box["width"] - 16) * step / steps, middle)
    tab.mouse.up()


def test_sliders_answer_real_tracks_set_them_and_another_model_takes_the_values(
    live_app: LiveApp, page: Tab, runs: tuple[Run, Run]
) -> None:
    page.goto(f"{live_app.url}/predict?run={runs[0].id}")
    expect(page.locator(NUMBER)).to_be_visible(timeout=60_000)
    said = page.locator(".answer").inner_text()
    assert re.search(r"90% between \d+ and \d+", said)
    for part in ("of all tracks", "were hits", "new songs", "synthetic sample"):
        assert part in said
    assert page.locator("input[type=range]").count() == len(DEFAULT_FEATURES)
    expect(page.get_by_label("Release date")).to_be_visible()

    asked: list[Any] = []
    page.on("request", lambda one: asked.append(one) if "prediction-values-store" in (one.post_data or "") else None)
    drag(page)
    last = page.locator("input[type=range]").first.input_value()
    expect(page.locator("input[type=number]").first).to_have_value(last)
    eventually(page, lambda: asked and of_danceability(asked[-1]) == float(last))
    assert len(asked) <= 30

    number, slider = page.get_by_label("Energy, exact value"), page.get_by_role("slider", name="Energy")
    number.fill("7")
    number.press("Tab")
    expect(number).to_have_value(slider.get_attribute("max") or "")
    before = page.get_by_label("Danceability, exact value").input_value()
    page.get_by_label("Start from a real track").fill("an")
    found = page.locator("#prediction-track-list .found-track")
    expect(found.first).to_be_visible()
    assert found.count() <= 8
    found.first.click()
    expect(page.locator("#prediction-track-section")).to_contain_text(re.compile("learned from this track|held out"))
    near = page.locator("#prediction-nearest-section .found-track")
    expect(page.locator("#prediction-nearest-section")).to_contain_text("the one you started from left out")
    position = near.nth(1).get_attribute("data-position") or ""
    near.nth(1).press("Enter")
    expect(page.locator(f"#prediction-nearest-section [data-position='{position}']")).to_have_count(0)
    expect(near.nth(1)).to_be_focused()
    expect(page.get_by_label("Danceability, exact value")).not_to_have_value(before)
    expect(page.locator(".answer")).to_contain_text("actual popularity of the track")

    page.locator("#prediction-if-section > summary").click()
    expect(page.locator(".sweep-row").first).to_be_visible()
    page.get_by_role("button", name="Look for changes").click()
    expect(page.locator(".suggestions")).to_contain_text(re.compile("No reliable change|stand"))
    assert violations(page) == []
    page.get_by_label("Model", exact=True).select_option(runs[1].id)
    expect(page.locator("#prediction-controls-section")).to_contain_text("always says the same")
    expect(page.locator(".answer")).to_contain_text("Baseline: mean")
    expect(page).to_have_url(re.compile(runs[1].id))
    page.get_by_role("link", name="Ridge regression").first.click()  # it did better
    expect(page.get_by_label("Model", exact=True)).to_have_value(runs[0].id)
    expect(page.locator(".answer")).to_contain_text("Ridge regression")


def test_kept_predictions_outlast_pages_are_named_compared_and_used_again(
    live_app: LiveApp, page: Tab, runs: tuple[Run, Run]
) -> None:
    address = f"{live_app.url}/predict?run={runs[0].id}&energy=0.25&genre=rap&release_date=2018-05-04&vibe=1"
    page.goto(address)
    expect(page.locator(NUMBER)).to_be_visible(timeout=60_000)
    expect(page.get_by_label("Energy, exact value")).to_have_value("0.25")
    expect(page.get_by_label("Release date")).to_have_value("2018-05-04")
    expect(page.locator(".callout-warning").first).to_contain_text("vibe")
    rows = page.locator(".kept-table tbody tr")
    page.get_by_role("button", name="Keep this prediction").click()
    expect(rows).to_have_count(1)
    page.get_by_label("Energy, exact value").fill("0.75")
    page.get_by_label("Energy, exact value").press("Tab")
    expect(page).to_have_url(re.compile(r"energy=0\.75&"))
    page.get_by_role("button", name="Keep this prediction").click()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Rename Scenario 2").click()
    page.evaluate(REDRAW)
    page.get_by_label("Name of the kept prediction").fill("louder")
    page.get_by_label("Name of the kept prediction").press("Enter")
    expect(rows.first).to_contain_text("louder")
    page.get_by_text("Side by side").click()
    expect(page.locator(".side-by-side")).to_contain_text("Energy")
    assert violations(page) == []
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.locator("h1")).to_have_text("Runs")
    page.get_by_role("link", name="Predict", exact=True).click()
    expect(rows).to_have_count(2)
    rows.nth(1).get_by_role("button", name="Use").click()
    expect(page.get_by_label("Energy, exact value")).to_have_value("0.25")
    page.evaluate(SPOIL)
    page.reload()
    expect(page.locator("#prediction-kept-section")).to_contain_text("1 kept prediction could not be read")
    expect(rows).to_have_count(2)
    with page.expect_download() as saved:
        page.locator("#prediction-board-button").click()
    assert saved.value.suggested_filename == "kept-predictions.csv"
    page.get_by_role("button", name="Clear").click()
    expect(rows).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    page.evaluate("document.querySelectorAll('[data-board=remove]').forEach((one) => one.click())")
    expect(rows).to_have_count(0)


def test_an_answer_that_was_lost_on_its_way_is_asked_for_again(
    live_app: LiveApp, page: Tab, console: Console, runs: tuple[Run, Run]
) -> None:
    console.allow("ERR_FAILED")
    console.allow("The server cannot be reached")
    track = str(live_app.services.tracks.dataset.tracks["track_id"].iloc[0])
    page.goto(f"{live_app.url}/predict?run={runs[0].id}&track={track}&energy=0.25")
    why, late = page.locator("#prediction-why-section"), page.locator("#prediction-late-section")
    expect(why).to_contain_text("0.25", timeout=60_000)
    expect(page).to_have_url(re.compile(rf"track={track}&.*duration_s="))
    questions: list[Route] = []
    held: list[Route] = []
    curves: list[Route] = []
    is_held = True

    def lose(route: Route) -> None:
        if (route.request.post_data or "").startswith('{"output":"..prediction-curve-graph.figure'):
            curves.append(route)
            if len(curves) == 1:
                route.abort()
                return
        if "prediction-answered-store" not in (route.request.post_data or ""):
            route.continue_()
            return
        questions.append(route)
        if len(questions) == 1:
            route.abort()
        elif is_held:
            held.append(route)
        else:
            route.continue_()

    page.route(re.compile("_dash-update-component"), lose)
    page.get_by_label("Energy, exact value").fill("0.875")
    page.get_by_label("Energy, exact value").press("Tab")
    expect(late).to_contain_text("of earlier ones")
    expect(page).to_have_url(re.compile(r"energy=0\.875&"))
    expect(why).not_to_contain_text("0.875")
    expect(page.locator("#prediction-answer-section")).to_have_attribute("aria-busy", "true")
    eventually(page, lambda: held)
    is_held = False
    for route in held:
        route.continue_()
    expect(why).to_contain_text("0.875")
    expect(late).to_be_empty()
    page.locator("#prediction-if-section > summary").click()
    expect(page.locator(".sweep-row").first).to_be_visible(timeout=20_000)
    assert len(curves) == 2


def test_a_model_that_is_deleted_while_its_page_is_open_leaves_no_answer_behind(live_app: LiveApp, page: Tab) -> None:
    runs = live_app.services.runs
    (gone,) = runs.run_inline([parse_request({"family": "mean", "cv_folds": 0, "seed": 99, "features": ["energy"]})])
    page.goto(f"{live_app.url}/predict?run={gone.id}")
    expect(page.locator(NUMBER)).to_be_visible(timeout=60_000)
    runs.delete(gone.id, None)
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.locator("#prediction-answer-section")).to_contain_text("not there any more")
    expect(page.locator(NUMBER)).to_have_count(0)
    expect(page.locator("#prediction-nearest-section")).to_be_hidden()


def test_on_a_phone_the_answer_stays_in_view_and_nothing_is_wider_than_the_screen(
    live_app: LiveApp, mobile_page: Tab, runs: tuple[Run, Run]
) -> None:
    mobile_page.goto(f"{live_app.url}/predict?run={runs[0].id}")
    expect(mobile_page.locator(NUMBER)).to_be_visible(timeout=60_000)
    average = mobile_page.get_by_text("The average of all tracks is")
    expect(mobile_page.get_by_text("More than the popularity of")).to_be_visible()
    expect(average).to_be_hidden()
    mobile_page.get_by_text("More about this answer").click()
    expect(average).to_be_visible()
    mobile_page.get_by_role("slider", name="Energy").press("End")
    expect(mobile_page.locator("#prediction-answer-section")).to_contain_text("in cross-validation")
    expect(average).to_be_visible()
    mobile_page.get_by_text("More about this answer").click()
    mobile_page.get_by_role("slider", name="Duration").scroll_into_view_if_needed()
    expect(mobile_page.locator(NUMBER)).to_be_in_viewport()
    mobile_page.locator("#prediction-if-section > summary").click()
    expect(mobile_page.locator(".sweep-row").first).to_be_visible()
    assert mobile_page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(mobile_page) == []
