"""The Explore view as a person uses it: filter, sections, brushes, address, phone, dark, keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.live import LiveApp

SECTIONS = ("distribution", "relations", "summary", "groups", "time", "artists")


def open_view(page: Page, app: LiveApp, query: str = "") -> None:
    page.goto(f"{app.url}/explore{query}")
    page.locator("#eda-filter-count").get_by_text("tracks").wait_for(timeout=60_000)


def drawn(page: Page, graph: str) -> Locator:
    """The chart once it has its figure: its card says n."""
    page.locator(f"#{graph}-n", has_text="n = ").wait_for(timeout=60_000)
    return page.locator(f"#{graph} .js-plotly-plot")


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def drag(page: Page, graph: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag over a part of the plot, given in shares of its size."""
    area = drawn(page, graph).locator(".nsewdrag").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box is not None
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=6)
    page.mouse.up()


def test_the_filter_narrows_every_chart_and_stands_in_the_address(page: Page, live_app: LiveApp) -> None:
    open_view(page, live_app)
    whole = drawn(page, "eda-popularity-graph") and page.locator("#eda-popularity-graph-n").inner_text()
    page.get_by_label("rock", exact=True).check()
    page.locator(".filter-chip", has_text="Genre: rock").wait_for()
    page.wait_for_url("**/explore?genre=rock")
    page.locator(f"#eda-popularity-graph-n:not(:text-is('{whole}'))").wait_for()
    assert " of " in page.locator("#eda-filter-count").inner_text()
    page.get_by_role("button", name="Remove filter: Genre: rock").click()
    page.locator(f"#eda-popularity-graph-n:text-is('{whole}')").wait_for()
    assert not page.get_by_label("rock", exact=True).is_checked()
    assert query_of(page) == {}


def test_a_copied_link_shows_the_same_view(page: Page, live_app: LiveApp) -> None:
    open_view(page, live_app, "?section=relations&genre=pop&pop=20-80&x=tempo&y=valence&colour=genre&trend=lowess")
    drawn(page, "eda-scatter-graph")
    assert page.locator("#eda-scatter-graph-title").inner_text() == "Valence against tempo"
    expect(page.get_by_label("Popularity from")).to_have_value("20")
    expect(page.get_by_label("Horizontal")).to_have_value("tempo")
    assert page.get_by_label("pop", exact=True).is_checked()
    assert "LOWESS" in page.locator("#eda-scatter-graph-reading").inner_text()


def test_back_leads_to_the_view_before(page: Page, live_app: LiveApp) -> None:
    open_view(page, live_app)
    page.get_by_role("link", name="Time", exact=True).click()
    drawn(page, "eda-years-graph")
    page.get_by_label("Band").select_option("mean")
    page.wait_for_url("**band=mean**")
    page.go_back()
    page.wait_for_url(lambda url: "band" not in url)
    page.get_by_role("heading", name="Popularity by release year").wait_for()
    expect(page.get_by_label("Band")).to_have_value("iqr")


@pytest.mark.parametrize("section", SECTIONS)
def test_only_the_section_in_view_is_computed(page: Page, live_app: LiveApp, section: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or "") if request.method == "POST" else None)
    open_view(page, live_app, f"?section={section}")
    page.locator(f"#eda-{section}-section").wait_for(state="visible")
    page.wait_for_timeout(1500)
    others = [store for store in SECTIONS if store != section]
    for other in others:
        assert not [body for body in asked if f'"changedPropIds":["eda-{other}-store.data"' in body]
    assert [body for body in asked if f'"changedPropIds":["eda-{section}-store.data"' in body]


def test_a_drag_over_the_histogram_filters_the_other_charts(page: Page, live_app: LiveApp) -> None:
    open_view(page, live_app)
    drag(page, "eda-popularity-graph", (0.4, 0.4), (0.7, 0.6))
    page.locator(".filter-chip", has_text="Popularity:").wait_for()
    low, high = (int(part) for part in query_of(page)["pop"][0].split("-"))
    assert 35 <= low < high <= 75
    page.get_by_role("button", name="Clear filters").click()
    page.locator(".filter-chip").wait_for(state="detached")


def test_a_drag_over_the_scatter_keeps_that_part(page: Page, live_app: LiveApp) -> None:
    open_view(page, live_app, "?section=relations&x=energy&y=valence")
    drag(page, "eda-scatter-graph", (0.3, 0.3), (0.7, 0.7))
    page.locator(".filter-chip", has_text="Energy:").wait_for()
    page.locator(".filter-chip", has_text="Valence:").wait_for()


def test_a_click_on_a_cell_shows_its_scatter_and_a_click_on_a_point_its_track(page: Page, live_app: LiveApp) -> None:
    open_view(page, live_app, "?section=relations&artist=a&pop=60-100&points=sample")
    area = drawn(page, "eda-correlation-graph").locator(".nsewdrag").first
    drawn(page, "eda-scatter-graph")
    box = area.bounding_box()
    assert box is not None
    cell = (box["x"] + box["width"] * 1.5 / 13, box["y"] + box["height"] * 7.5 / 13)
    page.mouse.move(*cell)
    page.mouse.click(*cell)
    page.wait_for_url("**x=**")
    page.locator("#eda-scatter-graph-title:not(:text-is('Popularity against energy'))").wait_for()
    place = page.evaluate(
        """() => { const g = document.querySelector('#eda-scatter-graph .js-plotly-plot'), l = g._fullLayout;
        g.scrollIntoView({block: 'center', behavior: 'instant'});
        const b = g.getBoundingClientRect(), t = g._fullData[0];
        const i = 3; return [b.x + l._size.l + l.xaxis.d2p(t.x[i]), b.y + l._size.t + l.yaxis.d2p(t.y[i])]; }"""
    )
    page.mouse.move(*place)
    page.wait_for_timeout(300)
    page.mouse.click(*place)
    page.get_by_role("region", name="Clicked track").wait_for()


def test_charts_can_be_switched_off_and_on(page: Page, live_app: LiveApp) -> None:
    open_view(page, live_app)
    page.get_by_label("Charts").uncheck()
    page.get_by_text("Charts are switched off").wait_for()
    page.wait_for_url("**charts=off**")
    page.get_by_label("Charts").check()
    drawn(page, "eda-popularity-graph")


def test_a_bad_address_says_what_was_left_out(page: Page, live_app: LiveApp) -> None:
    open_view(page, live_app, "?genre=rokc&pop=90-10")
    page.get_by_role("alert").get_by_text("Did you mean “rock”?").wait_for()


def test_grids_sort_by_a_click_and_download(page: Page, live_app: LiveApp) -> None:
    open_view(page, live_app, "?section=summary")
    grid = page.locator("#eda-category-table")
    grid.get_by_role("columnheader", name="Tracks").click()
    grid.get_by_role("columnheader", name="Tracks").click()
    cells = grid.locator(".ag-cell[col-id='count']").all_inner_texts()
    counts = [int(text.replace(",", "")) for text in cells]
    assert len(counts) > 3
    with page.expect_download() as waiting:
        page.locator("#eda-numbers-csv-button").click()
    assert waiting.value.suggested_filename == "synthetic-summary-columns.csv"


def test_on_a_phone_the_filter_opens_and_nothing_is_cut_off(mobile_page: Page, live_app: LiveApp) -> None:
    for section in SECTIONS:
        open_view(mobile_page, live_app, f"?section={section}")
        mobile_page.wait_for_timeout(800)
        assert mobile_page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not mobile_page.get_by_label("rock", exact=True).is_visible()
    mobile_page.get_by_role("button", name="Filters", exact=True).tap()
    mobile_page.get_by_label("rock", exact=True).check()
    mobile_page.locator(".filter-chip", has_text="Genre: rock").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_section_passes_the_accessibility_check(new_page, live_app: LiveApp, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = new_page(color_scheme=scheme, bypass_csp=True)
    found = []
    for section in SECTIONS:
        open_view(page, live_app, f"?section={section}&genre=pop")
        page.wait_for_timeout(1500)
        checked = axe.run(page).response
        assert len(checked["passes"]) > 10
        for problem in checked["violations"]:
            nodes = [node["html"][:160] for node in problem["nodes"][:3]]
            found.append((section, problem["id"], problem["impact"], nodes))
    assert not found
