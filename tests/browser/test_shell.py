"""What holds on every page: it loads without a complaint, is accessible, fits a phone, and obeys the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import TimeoutError as TooLateError
from playwright.sync_api import expect

from core.requests import parse_request
from dashboard.pages import PAGES
from tests.browser.axe import violations
from tests.browser.console import Console
from tests.browser.live import LiveApp
from tests.browser.waiting import fits, in_the_other_theme, settle, theme_of

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

PATHS = [page.path for page in PAGES]
NAVIGATION = [page for page in PAGES if page.in_navigation]
EVERY_PATH = pytest.mark.parametrize("path", PATHS)


@pytest.fixture(scope="module")
def run_id(live_app: LiveApp) -> str:
    """A finished run that everybody may see."""
    (run,) = live_app.services.runs.run_inline([parse_request({"family": "ridge", "cv_folds": 3})])
    return run.id


@pytest.fixture
def visit(live_app: LiveApp, run_id: str) -> Callable[[Tab, str], Tab]:
    """Open a page and wait until it has settled."""

    def open_path(tab: Tab, path: str) -> Tab:
        tab.goto(live_app.url + path.replace("<run_id>", run_id))
        return settle(tab)

    return open_path


def looks_right(tab: Tab) -> None:
    """One heading, a title, a language, nothing that axe would object to."""
    assert tab.locator("h1").count() == 1
    assert tab.locator("h1").inner_text().strip()
    assert tab.title().strip()
    assert tab.locator("html").get_attribute("lang")
    assert violations(tab) == []


@EVERY_PATH
def test_every_page_obeys_the_keyboard_and_is_accessible_in_both_themes(path: str, tab: Tab, visit: Callable) -> None:
    visit(tab, path)
    shows_where_the_keyboard_is(tab)
    assert theme_of(tab) == "light"
    looks_right(tab)
    in_the_other_theme(tab)
    assert violations(tab) == []


@EVERY_PATH
def test_every_page_is_accessible_on_a_phone_and_fits_it(path: str, mobile_tab: Tab, visit: Callable) -> None:
    looks_right(visit(mobile_tab, path))
    fits(mobile_tab, 390)


def test_a_browser_that_prefers_the_dark_gets_it(new_page: Callable, visit: Callable) -> None:
    page = visit(new_page(color_scheme="dark"), "/")
    assert theme_of(page) == "dark"
    assert violations(page) == []


def shows_where_the_keyboard_is(page: Tab) -> None:
    """Skip to the content by key, and see where one is at the next twelve stops."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")
    for _ in range(12):
        focus = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return e === document.body ? null : [s.outlineStyle, s.boxShadow, e.outerHTML.slice(0, 120)]; }"
        )
        if focus is None:
            break
        assert focus[0] != "none" or focus[1] != "none", f"no visible focus: {focus[2]}"
        page.keyboard.press("Tab")


def test_navigation_goes_everywhere_and_shows_where_one_is(tab: Tab, visit: Callable) -> None:
    visit(tab, "/")
    for item in NAVIGATION:
        tab.locator("nav").get_by_role("link", name=item.title, exact=True).click()
        tab.wait_for_url(re.compile(re.escape(item.path) + r"(\?.*)?$"))
        expect(tab.locator("nav [aria-current=page]")).to_have_text(item.title)
        settle(tab)


def test_keys_go_to_pages_and_open_the_list_of_keys(tab: Tab, visit: Callable) -> None:
    visit(tab, "/")
    for item in NAVIGATION[1:]:
        assert any(chord_leads_to(tab, item.shortcut, item.path) for _ in range(3)), f"g {item.shortcut} leads nowhere"
        settle(tab)
    tab.keyboard.press("?")
    dialog = tab.get_by_role("dialog", name="Keyboard shortcuts")
    dialog.wait_for()
    assert violations(tab) == []
    tab.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def chord_leads_to(page: Tab, key: str, path: str) -> bool:
    """Press g and a key; on a busy machine the two may be heard too far apart to belong together."""
    page.keyboard.press("g")
    page.keyboard.press(key)
    try:
        page.wait_for_url(re.compile(re.escape(path) + r"(\?.*)?$"), timeout=8_000)
    except TooLateError:
        return False
    return True


def test_the_theme_is_kept_over_a_reload(page: Tab, visit: Callable) -> None:
    visit(page, "/")
    before = theme_of(page)
    in_the_other_theme(page)
    page.reload()
    settle(page)
    expect(page.locator("html")).not_to_have_attribute("data-bs-theme", before or "")


def test_an_unknown_address_says_so_and_leads_back(tab: Tab, visit: Callable, console: Console) -> None:
    console.allow("404")
    visit(tab, "/there/is/no/such/page")
    tab.locator("main").get_by_role("link").first.click()
    tab.wait_for_url(re.compile(r"/$"))


def test_a_run_that_does_not_exist_says_so(tab: Tab, visit: Callable, console: Console) -> None:
    console.allow("404")
    visit(tab, "/runs/00000000-0000-4000-8000-000000000000")
    expect(tab.locator("main")).to_contain_text(re.compile("no such run", re.IGNORECASE))


def test_an_unreachable_server_is_told_once_and_only_as_long_as_it_lasts(
    live_app: LiveApp, page: Tab, console: Console
) -> None:
    console.allow("ERR_INTERNET_DISCONNECTED")
    console.allow("The server cannot be reached")
    page.goto(live_app.url + "/runs")
    expect(page.locator("h1")).to_have_text("Runs")
    failures = page.locator("#shell-failures .toast")
    page.context.set_offline(True)
    expect(failures).to_have_count(1)
    expect(failures).to_contain_text("cannot be reached")
    page.wait_for_timeout(6000)  # longer than equal messages are held back
    expect(failures).to_have_count(1)
    page.context.set_offline(False)
    expect(failures).to_have_count(0)
