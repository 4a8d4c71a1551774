"""A real server in a process of its own, and Chromium in front of it.

``live_app`` is shared by the tests of a session, ``fresh_app`` belongs to one test, ``live_app_real`` serves the real
table. ``page`` (1440 x 900) and ``mobile_page`` (390 x 844) fail the test that makes the console complain or asks any
other host for anything; a test that means to provoke an error says so with ``console.allow("part of the message")``.
``tab`` and ``mobile_tab`` are the same for a visitor who has been here before: they spare the browser to read the
program again, and are for tests that leave nothing behind in its storage.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.console import Console
from tests.browser.live import LiveApp, serve
from tests.browser.waiting import PATIENCE_MS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
)
CALM = {"reduced_motion": "reduce"}
"""Without fading colours: a busy computer would be caught between two of them."""
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
MOBILE = {"viewport": PHONE, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
RESULTS = Path(__file__).resolve().parents[2] / "test-results"


@pytest.fixture(scope="session")
def live_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """A server on the sample, shared by the session: tests may add runs, never remove what they did not make."""
    with serve(tmp_path_factory.mktemp("live")) as app:
        yield app


@pytest.fixture
def fresh_app(tmp_path: Path) -> Iterator[LiveApp]:
    """A server on the sample with an empty home, for one test."""
    with serve(tmp_path / "live") as app:
        yield app


@pytest.fixture(scope="session")
def live_app_real(tmp_path_factory: pytest.TempPathFactory, real_table: Path) -> Iterator[LiveApp]:
    """A server on the real table, shared by the session."""
    with serve(tmp_path_factory.mktemp("live-real"), data=str(real_table)) as app:
        yield app


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium: $CHROMIUM, or Debian's."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not executable:
        pytest.skip("there is no Chromium: install Debian's package chromium, or set CHROMIUM to one")
    playwright.expect.set_options(timeout=PATIENCE_MS)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def console() -> Console:
    """What the browser complained about in this test."""
    return Console()


@pytest.fixture
def new_page(chromium: Browser, console: Console) -> Iterator[Callable[..., Page]]:
    """Open a page as another person would: a new context with its own cookies; keyword options go to the context."""
    contexts = []

    def open_page(**options: object) -> Page:
        context = chromium.new_context(**{"viewport": DESKTOP, "accept_downloads": True, **CALM, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        console.watch(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    console.check()


@pytest.fixture(scope="session")
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """A person who stays for the session, at a desk."""
    yield from _stay(chromium, viewport=DESKTOP)


@pytest.fixture(scope="session")
def mobile_visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """A person who stays for the session, with a phone."""
    yield from _stay(chromium, **MOBILE)


@pytest.fixture
def tab(visitor: BrowserContext, console: Console) -> Iterator[Page]:
    """A new tab of the visitor at a desk, 1440 x 900: with its own session storage, and the others' cookies."""
    yield from _watched_tab(visitor, console)


@pytest.fixture
def mobile_tab(mobile_visitor: BrowserContext, console: Console) -> Iterator[Page]:
    """A new tab of the visitor with a phone, 390 x 844."""
    yield from _watched_tab(mobile_visitor, console)


@pytest.fixture(scope="module")
def module_tab(visitor: BrowserContext) -> Iterator[Page]:
    """A tab that the tests of a file share, for what stands on one page; one that leaves it leads the next one back."""
    yield from _watched_tab(visitor, Console())


def _stay(chromium: Browser, **options: object) -> Iterator[BrowserContext]:
    context = chromium.new_context(accept_downloads=True, **CALM, **options)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def _watched_tab(context: BrowserContext, console: Console) -> Iterator[Page]:
    opened = context.new_page()
    console.watch(opened)
    yield opened
    opened.evaluate("localStorage.removeItem('dashboard-theme')")  # the next tab is light again
    opened.close()
    console.check()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A desktop page, 1440 x 900."""
    return new_page()


@pytest.fixture
def mobile_page(new_page: Callable[..., Page]) -> Page:
    """A phone's page, 390 x 844, with touch."""
    return new_page(**MOBILE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    browser = item.funcargs.get("chromium")
    if report.when == "call" and report.failed and browser is not None:
        _keep_pictures(browser, item.name)
    return report


def _keep_pictures(browser: Browser, name: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    open_pages = [page for context in browser.contexts for page in context.pages]
    for number, page in enumerate(open_pages):
        page.screenshot(path=RESULTS / f"{name.replace('/', '_')[:100]}-{number}.png")
