"""Sliders answer at once, real tracks set them, and what was kept stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from core.features import DEFAULT_FEATURES
from core.requests import parse_request
from core.runs.model import Run
from tests.browser.live import LiveApp

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

NUMBER = ".answer-number"


@pytest.fixture(scope="module")
def run(live_app: LiveApp) -> Run:
    features = [*DEFAULT_FEATURES, "genre"]
    request = parse_request({"family": "hist_gradient_boosting", "cv_folds": 0, "features": features})
    (made,) = live_app.services.runs.run_inline([request])
    return made


@pytest.fixture
def what_if(live_app: LiveApp, page: Tab, run: Run) -> Tab:
    page.goto(f"{live_app.url}/predict?run={run.id}")
    expect(page.locator(NUMBER)).to_be_visible(timeout=60_000)
    return page


def drag(tab: Tab, steps: int = 40) -> None:
    box = tab.locator("input[type=range]").first.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + 8, middle)
    tab.mouse.down()
    for step in range(steps):
        tab.mouse.move(box["x"] + 8 + (box["width"] - 16) * step / steps, middle)
    tab.mouse.up()


def test_there_are_controls_for_the_features_of_the_run_only(what_if: Tab) -> None:
    assert what_if.locator("input[type=range]").count() == len(DEFAULT_FEATURES)
    expect(what_if.get_by_label("Genre")).to_be_visible()
    assert what_if.get_by_label("Key").count() == 0


def test_the_answer_carries_interval_protocol_and_the_synthetic_label(what_if: Tab) -> None:
    said = what_if.locator(".answer").inner_text()
    assert re.search(r"90% between \d+ and \d+", said)
    assert "new songs" in said
    assert "synthetic sample" in said


def test_dragging_asks_a_few_times_and_ends_at_the_last_value(what_if: Tab) -> None:
    asked: list[Any] = []
    what_if.on(
        "request", lambda one: asked.append(one) if "prediction-answer-section" in (one.post_data or "") else None
    )
    number = what_if.locator("input[type=number]").first
    drag(what_if)
    last = what_if.locator("input[type=range]").first.input_value()
    expect(number).to_have_value(last)
    what_if.wait_for_timeout(600)
    assert 1 <= len(asked) <= 40
    values = asked[-1].post_data_json["inputs"][0]["value"]["values"]
    assert values["danceability"] == float(last)


def test_a_number_that_is_typed_moves_the_slider(what_if: Tab) -> None:
    number = what_if.get_by_label("Energy, exact value")
    number.fill("0.123")
    number.press("Tab")
    what_if.wait_for_timeout(300)
    expect(what_if.get_by_label("Energy", exact=True)).to_have_value(re.compile(r"^0\.12"))


def test_a_number_beyond_the_slider_becomes_its_end(what_if: Tab) -> None:
    number, slider = what_if.get_by_label("Energy, exact value"), what_if.get_by_label("Energy", exact=True)
    end = slider.get_attribute("max")
    number.fill("7")
    number.press("Tab")
    expect(number).to_have_value(end)
    expect(slider).to_have_value(end)


def test_a_real_track_sets_the_sliders_and_tells_whether_the_model_knows_it(what_if: Tab) -> None:
    what_if.get_by_label("Start from a real track").fill("a")
    what_if.wait_for_timeout(400)
    assert what_if.locator(".found-track").count() == 0
    what_if.get_by_label("Start from a real track").fill("an")
    found = what_if.locator(".found-track")
    expect(found.first).to_be_visible()
    assert found.count() <= 8
    before = what_if.get_by_label("Danceability, exact value").input_value()
    found.first.click()
    expect(what_if.locator("#prediction-track-section")).to_contain_text(re.compile("learned from this track|held out"))
    expect(what_if.get_by_label("Danceability, exact value")).not_to_have_value(before)
    expect(what_if.locator(".answer")).to_contain_text("actual popularity of the track")
    what_if.get_by_role("button", name="Reset", exact=True).click()
    expect(what_if.get_by_label("Danceability, exact value")).to_have_value(before)


def test_kept_predictions_survive_another_page_and_clearing_can_be_undone(what_if: Tab) -> None:
    rows = what_if.locator(".kept-table tbody tr")
    drag(what_if, 10)
    what_if.get_by_role("button", name="Keep this prediction").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("danceability")
    what_if.get_by_role("link", name="Runs", exact=True).click()
    expect(what_if.locator("h1")).to_have_text("Runs")
    what_if.get_by_role("link", name="Predict", exact=True).click()
    expect(rows).to_have_count(1)
    what_if.reload()
    expect(rows).to_have_count(1)
    what_if.get_by_role("button", name="Clear").click()
    expect(rows).to_have_count(0)
    what_if.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(1)


def test_the_chosen_run_stands_in_the_address(what_if: Tab, live_app: LiveApp, run: Run) -> None:
    (other,) = live_app.services.runs.run_inline([parse_request({"family": "mean", "cv_folds": 0})])
    what_if.reload()
    what_if.get_by_label("Model").select_option(other.id)
    expect(what_if.locator("#prediction-controls-section")).to_contain_text("always says the same")
    expect(what_if).to_have_url(re.compile(other.id))
    expect(what_if.locator(".answer")).to_contain_text("Baseline: mean")
