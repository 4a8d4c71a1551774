"""What a test waits for before it looks: a page at rest, another theme, a chart that is drawn.

A computer that is busy with other things takes seconds for each. So a test never looks once at what comes later, and
never waits for what only passes by: a notice that goes with the job it tells of is gone before a slow look.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import TimeoutError as TooLateError
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PATIENCE_MS = 30_000
BUSY = ".page-waiting, [data-dash-is-loading=true]"
"""Still loading: the frame's own placeholder, or any output that Dash is waiting for."""

_IS_PLOTTED = """(id) => {
    const graph = document.querySelector(`#${id} .js-plotly-plot`);
    return Boolean(graph && graph._fullLayout && graph.calcdata && graph._fullData.length
        && graph.querySelector('.nsewdrag'));
}"""
"""Before its first figure a chart is a placeholder without a trace, which may have another place and size."""


def settle(page: Page) -> Page:
    """Wait until nothing on the page is loading any more."""
    page.wait_for_selector("main h1")
    page.wait_for_function(f"() => !document.querySelector('{BUSY}')")
    page.wait_for_timeout(300)
    return page


def eventually(page: Page, what: Callable[[], object], seconds: float = PATIENCE_MS / 1000) -> None:
    """Ask again and again until the answer is true; the page goes on meanwhile."""
    for _ in range(round(seconds * 10)):
        if what():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"waited {seconds:.0f} s in vain")


def repeat(page: Page, act: Callable[[], object], sign: Locator | Callable[[], object]) -> None:
    """Do something until the page shows a sign of it: a part that is just being drawn anew loses what is done to it.

    Only for what may be done twice.
    """
    for _ in range(4):
        act()
        try:
            if callable(sign):
                eventually(page, sign, 8)
            else:
                sign.wait_for(timeout=8_000)
        except (TooLateError, AssertionError):
            continue
        return
    raise AssertionError("done four times without a sign of it")


def fits(page: Page, width: int) -> None:
    """Wait until nothing stands out of a page of this width, px: charts take a moment to follow."""
    page.wait_for_function("(width) => document.scrollingElement.scrollWidth <= width", arg=width)


def theme_of(page: Page) -> str | None:
    """The theme the page is drawn in: "light" or "dark"."""
    return page.locator("html").get_attribute("data-bs-theme")


def in_the_other_theme(page: Page) -> None:
    """Change the theme by its key, and wait until the colours have faded over."""
    before = theme_of(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("t")
    expect(page.locator("html")).not_to_have_attribute("data-bs-theme", before or "")
    page.wait_for_function("() => !document.getAnimations().some((one) => one instanceof CSSTransition)")


def plotted(page: Page, graph: str) -> Locator:
    """The chart once it has its figure: its card says n, and the plot has a trace."""
    expect(page.locator(f"#{graph}-n")).to_contain_text("n = ", timeout=2 * PATIENCE_MS)
    page.wait_for_function(_IS_PLOTTED, arg=graph, timeout=2 * PATIENCE_MS)
    return page.locator(f"#{graph} .js-plotly-plot")
