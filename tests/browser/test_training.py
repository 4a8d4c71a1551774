"""From the form to a running job and its end, as a person does it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from core.requests import parse_request
from core.runs.model import RunState
from tests.browser.jobs import JOB_MS, SUBMIT, choose_only, new_runs, runs_from_pages
from tests.browser.live import LiveApp

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


@pytest.fixture
def form(live_app: LiveApp, tab: Tab) -> Tab:
    tab.goto(live_app.url + "/train")
    expect(tab.locator(SUBMIT)).to_have_text(re.compile("Train 3 models"))
    return tab


@pytest.fixture
def own_form(live_app: LiveApp, page: Tab) -> Tab:
    """The form of a person of one's own: a job that a test leaves in progress is in nobody else's way."""
    page.goto(live_app.url + "/train")
    expect(page.locator(SUBMIT)).to_have_text(re.compile("Train 3 models"))
    return page


def test_a_double_click_trains_once_and_the_result_stays_after_a_refresh(own_form: Tab, live_app: LiveApp) -> None:
    before = runs_from_pages(live_app)
    choose_only(own_form, "Linear regression")
    expect(own_form.locator(SUBMIT)).to_have_text(re.compile("Train 1 model$"))
    own_form.locator(SUBMIT).dblclick()
    (run_id,) = new_runs(own_form, live_app, before)
    own_form.reload()
    link = own_form.locator(f".board-table a[href$='{run_id}']")
    expect(link).to_be_visible(timeout=JOB_MS)
    assert runs_from_pages(live_app)[run_id].state is RunState.FINISHED
    assert runs_from_pages(live_app).keys() - before.keys() == {run_id}
    link.click()
    expect(own_form.locator("h1")).to_have_text("Linear regression")
    expect(own_form.locator(".verdict")).to_be_visible()


def test_a_running_job_can_be_cancelled_and_the_button_says_why_it_waits(own_form: Tab) -> None:
    choose_only(own_form, "Support vector regression")
    own_form.get_by_label("Folds", exact=True).first.fill("20")
    expect(own_form.locator("#training-plan-section")).to_contain_text("20-fold")
    own_form.locator(SUBMIT).click()
    expect(own_form.locator("#training-submit-reason")).to_contain_text("still in progress")
    expect(own_form.locator(SUBMIT)).to_be_disabled()
    own_form.locator("#training-live-section").get_by_role("button", name="Cancel Support vector regression").click()
    expect(own_form.locator(".recent-runs li", has_text="Cancelled").first).to_be_visible()
    expect(own_form.locator(SUBMIT)).to_be_enabled()


def test_after_one_lost_request_the_page_goes_on_following_the_job(own_form: Tab, console: Any) -> None:
    for expected in ("ERR_CONNECTION_RESET", "The server cannot be reached"):
        console.allow(expected)
    polls: list[str] = []

    def lose_the_first(route: Any) -> None:
        body = json.loads(route.request.post_data or "{}")
        if body.get("changedPropIds") == ["training-tick-interval.n_intervals"]:
            polls.append("asked" if polls else "lost")
            if len(polls) == 1:
                return route.abort("connectionreset")
        return route.continue_()

    own_form.route("**/_dash-update-component*", lose_the_first)
    choose_only(own_form, "Support vector regression")
    own_form.get_by_label("Folds", exact=True).first.fill("20")
    expect(own_form.locator(SUBMIT)).to_be_enabled()
    own_form.locator(SUBMIT).click()
    live = own_form.locator("#training-live-section")
    expect(live).to_contain_text("Support vector regression")
    for _ in range(300):
        own_form.wait_for_timeout(100)
        if len(polls) > 2:
            break
    assert polls[:3] == ["lost", "asked", "asked"]
    live.get_by_role("button", name="Cancel Support vector regression").click()
    expect(live).to_be_empty(timeout=JOB_MS)


def test_an_incomplete_form_says_what_is_missing(form: Tab) -> None:
    def is_refused(reason: str) -> None:
        expect(form.locator("#training-submit-reason")).to_contain_text(reason)
        expect(form.locator(SUBMIT)).to_be_disabled()

    form.get_by_role("button", name="None of the audio features").click()
    is_refused("at least one feature")
    form.get_by_role("button", name="All of the audio features").click()
    form.get_by_label("Folds", exact=True).first.fill("1")
    is_refused("2 to 20")
    form.get_by_label("Folds", exact=True).first.fill("5")
    form.get_by_label("Test, %").fill("")
    is_refused("5 to 50")
    form.get_by_label("Test, %").fill("20")
    expect(form.locator(SUBMIT)).to_be_enabled()
    choose_only(form)
    is_refused("Choose at least one model.")


def test_what_was_typed_into_settings_outlasts_a_refresh_and_counts_before_they_are_opened(form: Tab) -> None:
    choose_only(form, "Random forest")
    name, fields = form.locator(".family-settings summary", has_text="Random forest"), form.locator(".param-label")
    expect(fields).to_have_count(0)
    name.click()
    settings = form.get_by_role("group", name="Settings of Random forest")
    settings.get_by_label("Trees", exact=True).fill("100000")
    expect(form.locator("#training-submit-reason")).to_contain_text("n_estimators")
    form.reload()
    expect(form.locator("#training-submit-reason")).to_contain_text("n_estimators")
    expect(name).to_contain_text("1 changed")
    expect(fields).to_have_count(0)
    name.click()
    expect(settings.get_by_label("Trees", exact=True)).to_have_value("100000")
    expect(form.get_by_role("group", name="Settings of Nearest neighbours")).to_be_hidden()
    settings.get_by_role("button", name="Reset").click()
    expect(form.locator(SUBMIT)).to_be_enabled()


def test_a_form_filled_from_a_run_shows_its_settings_and_not_earlier_changes(form: Tab, live_app: LiveApp) -> None:
    (run,) = live_app.services.runs.run_inline([parse_request({"family": "linear", "cv_folds": 0, "protocol": "song"})])
    form.get_by_label("Seed").fill("7")
    form.get_by_label("New artists", exact=False).check()
    expect(form.locator("#training-plan-section")).to_contain_text("newcomer")
    form.get_by_role("link", name="Runs", exact=True).click()
    form.locator(f".runs-table a[href$='{run.id}']").click()
    form.get_by_role("link", name="Train again").click()
    expect(form.locator("#training-plan-section")).to_contain_text("Linear regression, on")
    expect(form.get_by_label("Seed")).to_have_value("42")
    expect(form.get_by_label("Folds", exact=True).first).to_have_value("0")
    expect(form.get_by_label("New songs", exact=False)).to_be_checked()


def test_the_end_of_a_job_is_told_on_another_page_with_a_link_to_the_result(own_form: Tab) -> None:
    choose_only(own_form, "Baseline: mean")
    own_form.get_by_label("Folds", exact=True).first.fill("0")
    own_form.locator(SUBMIT).click()
    own_form.get_by_role("link", name="Overview", exact=True).click()
    message = own_form.locator(".toasts .toast-success")
    expect(message).to_contain_text("on new songs", timeout=JOB_MS)
    message.get_by_role("link", name="See the result").click()
    expect(own_form.locator("h1")).to_have_text("Baseline: mean")
    expect(own_form.locator(".verdict")).to_be_visible()


def test_the_way_to_train_leads_to_an_empty_form_after_one_that_a_run_filled(form: Tab, live_app: LiveApp) -> None:
    (run,) = live_app.services.runs.run_inline([parse_request({"family": "linear", "cv_folds": 0})])
    form.goto(f"{live_app.url}/train?from={run.id}")
    expect(form.locator("#training-plan-section")).to_contain_text("Linear regression, on")
    form.get_by_role("link", name="Train", exact=True).click()
    expect(form.locator(SUBMIT)).to_have_text(re.compile("Train 3 models"))
    expect(form.get_by_text("Filled in from your run")).to_have_count(0)
    form.go_back()
    expect(form.get_by_text("Filled in from your run")).to_be_visible()


def test_choices_outlast_a_refresh(form: Tab) -> None:
    choose_only(form, "Linear regression")
    form.get_by_label("Seed").fill("7")
    expect(form.locator(SUBMIT)).to_have_text(re.compile("Train 1 model$"))
    form.reload()
    expect(form.locator(SUBMIT)).to_have_text(re.compile("Train 1 model$"))
    expect(form.get_by_label("Seed")).to_have_value("7")
    expect(form.locator("#training-plan-section")).to_contain_text("Linear regression, on")


def test_the_form_works_where_storage_is_closed(page: Tab, live_app: LiveApp) -> None:
    for name in ("localStorage", "sessionStorage"):
        closed = "() => { throw new DOMException('closed', 'SecurityError'); }"
        page.add_init_script(f"Object.defineProperty(window, '{name}', {{ get: {closed}, configurable: true }});")
    page.goto(live_app.url + "/train")
    expect(page.locator(SUBMIT)).to_have_text(re.compile("Train 3 models"))
    choose_only(page, "Linear regression")
    expect(page.locator(SUBMIT)).to_have_text(re.compile("Train 1 model$"))


def test_the_leaky_protocol_is_labelled_before_anything_is_trained(form: Tab) -> None:
    form.get_by_label("Leaky", exact=False).check()
    expect(form.locator("#training-plan-section")).to_contain_text("better than it is")


def test_a_posted_form_with_an_unknown_model_gets_400_and_trains_nothing(form: Tab, console: Any) -> None:
    console.allow("400")
    console.allow("body stream already read")  # Dash's renderer reads the refusal once for each output
    choose_only(form, "Linear regression")
    expect(form.locator(SUBMIT)).to_have_text(re.compile("Train 1 model$"))
    sent: list[str] = []

    def tamper(route: Any) -> None:
        body = route.request.post_data or ""
        if '"training-submit-button","property":"n_clicks"' not in body or "training-submit-store" not in body:
            route.continue_()
            return
        sent.append(body)
        route.continue_(post_data=body.replace('"value":["linear"]', '"value":["rigde"]'))

    form.route(re.compile("_dash-update-component"), tamper)
    with form.expect_response(lambda answer: answer.status == 400) as answer:
        form.locator(SUBMIT).click()
    assert "Did you mean 'ridge'" in json.loads(answer.value.text())["error"]
    assert sent
