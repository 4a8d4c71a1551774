"""The Explore view as a person uses it: filter, sections, brushes, address, phone, dark, keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from core.eda.view import SECTIONS as SECTION_TITLES
from tests.browser.test_shell import violations

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.live import LiveApp

SECTIONS = tuple(SECTION_TITLES)


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


def test_the_filter_narrows_every_chart_and_stands_in_the_address(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app)
    whole = drawn(tab, "eda-popularity-graph") and tab.locator("#eda-popularity-graph-n").inner_text()
    tab.get_by_label("rock", exact=True).check()
    tab.locator(".filter-chip", has_text="Genre: rock").wait_for()
    tab.wait_for_url("**/explore?genre=rock")
    tab.locator(f"#eda-popularity-graph-n:not(:text-is('{whole}'))").wait_for()
    assert " of " in tab.locator("#eda-filter-count").inner_text()
    tab.get_by_role("button", name="Remove filter: Genre: rock").click()
    tab.locator(f"#eda-popularity-graph-n:text-is('{whole}')").wait_for()
    assert not tab.get_by_label("rock", exact=True).is_checked()
    assert query_of(tab) == {}


def test_a_copied_link_shows_the_same_view(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app, "?section=relations&genre=pop&pop=20-80&x=tempo&y=valence&colour=genre&trend=lowess")
    drawn(tab, "eda-scatter-graph")
    assert tab.locator("#eda-scatter-graph-title").inner_text() == "Valence against tempo"
    expect(tab.get_by_label("Popularity from")).to_have_value("20")
    expect(tab.get_by_label("Horizontal")).to_have_value("tempo")
    assert tab.get_by_label("pop", exact=True).is_checked()
    assert "LOWESS" in tab.locator("#eda-scatter-graph-reading").inner_text()


def test_back_leads_to_the_view_before(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app)
    tab.get_by_role("link", name="Time", exact=True).click()
    drawn(tab, "eda-years-graph")
    tab.get_by_label("Band").select_option("mean")
    tab.wait_for_url("**band=mean**")
    tab.go_back()
    tab.wait_for_url(lambda url: "band" not in url)
    tab.get_by_role("heading", name="Popularity by release year").wait_for()
    expect(tab.get_by_label("Band")).to_have_value("iqr")


def test_only_the_section_in_view_is_computed_and_each_is_accessible_in_both_themes(
    tab: Page, live_app: LiveApp
) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.post_data or "") if request.method == "POST" else None)
    found = []
    for section in SECTIONS:
        if section == SECTIONS[0]:
            open_view(tab, live_app, "?genre=pop")
        else:
            asked.clear()
            tab.get_by_role("link", name=SECTION_TITLES[section], exact=True).click()
        tab.locator(f"#eda-{section}-section").wait_for(state="visible")
        tab.wait_for_timeout(1000)
        assert computed(asked) == {section}
        found += violations(tab)
        tab.keyboard.press("t")
        tab.wait_for_timeout(400)
        found += violations(tab)
        tab.keyboard.press("t")
    assert found == []


def computed(asked: list[str]) -> set[str]:
    """The sections that the page has asked the server for."""
    return {name for name in SECTIONS for body in asked if f'"changedPropIds":["eda-{name}-store.data"' in body}


def test_a_drag_over_the_histogram_filters_the_other_charts(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app)
    drag(tab, "eda-popularity-graph", (0.4, 0.4), (0.7, 0.6))
    tab.locator(".filter-chip", has_text="Popularity:").wait_for()
    low, high = (int(part) for part in query_of(tab)["pop"][0].split("-"))
    assert 35 <= low < high <= 75
    tab.get_by_role("button", name="Clear filters").click()
    tab.locator(".filter-chip").wait_for(state="detached")


def test_a_drag_over_the_scatter_keeps_that_part(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app, "?section=relations&x=energy&y=valence")
    drag(tab, "eda-scatter-graph", (0.3, 0.3), (0.7, 0.7))
    tab.locator(".filter-chip", has_text="Energy:").wait_for()
    tab.locator(".filter-chip", has_text="Valence:").wait_for()


def test_a_click_on_a_cell_shows_its_scatter_and_a_click_on_a_point_its_track(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app, "?section=relations&artist=a&pop=60-100&points=sample")
    area = drawn(tab, "eda-correlation-graph").locator(".nsewdrag").first
    drawn(tab, "eda-scatter-graph")
    box = area.bounding_box()
    assert box is not None
    cell = (box["x"] + box["width"] * 1.5 / 13, box["y"] + box["height"] * 7.5 / 13)
    tab.mouse.move(*cell)
    tab.mouse.click(*cell)
    tab.wait_for_url("**x=**")
    tab.locator("#eda-scatter-graph-title:not(:text-is('Popularity against energy'))").wait_for()
    place = tab.evaluate(
        """() => { const g = document.querySelector('#eda-scatter-graph .js-plotly-plot'), l = g._fullLayout;
        g.scrollIntoView({block: 'center', behavior: 'instant'});
        const b = g.getBoundingClientRect(), t = g._fullData[0];
        const i = 3; return [b.x + l._size.l + l.xaxis.d2p(t.x[i]), b.y + l._size.t + l.yaxis.d2p(t.y[i])]; }"""
    )
    tab.mouse.move(*place)
    tab.wait_for_timeout(300)
    tab.mouse.click(*place)
    tab.get_by_role("region", name="Clicked track").wait_for()


def test_charts_can_be_switched_off_and_on(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app)
    tab.get_by_label("Charts").uncheck()
    tab.get_by_text("Charts are switched off").wait_for()
    tab.wait_for_url("**charts=off**")
    tab.get_by_label("Charts").check()
    drawn(tab, "eda-popularity-graph")


def test_a_bad_address_says_what_was_left_out(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app, "?genre=rokc&pop=90-10")
    tab.get_by_role("alert").get_by_text("Did you mean “rock”?").wait_for()


def test_grids_sort_by_a_click_and_download(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app, "?section=summary")
    grid = tab.locator("#eda-category-table")
    grid.get_by_role("columnheader", name="Tracks").click()
    grid.get_by_role("columnheader", name="Tracks").click()
    cells = grid.locator(".ag-cell[col-id='count']").all_inner_texts()
    counts = [int(text.replace(",", "")) for text in cells]
    assert len(counts) > 3
    with tab.expect_download() as waiting:
        tab.locator("#eda-numbers-csv-button").click()
    assert waiting.value.suggested_filename == "synthetic-summary-columns.csv"


def test_on_a_phone_the_filter_opens_and_nothing_is_cut_off(mobile_tab: Page, live_app: LiveApp) -> None:
    open_view(mobile_tab, live_app)
    for section in SECTIONS:
        if section != SECTIONS[0]:
            mobile_tab.get_by_role("link", name=SECTION_TITLES[section], exact=True).click()
        mobile_tab.locator(f"#eda-{section}-section").wait_for(state="visible")
        mobile_tab.wait_for_timeout(800)
        for _ in range(50):  # on a busy machine a chart takes its width later
            if mobile_tab.evaluate("document.documentElement.scrollWidth") <= 390:
                break
            mobile_tab.wait_for_timeout(100)
        assert mobile_tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert not mobile_tab.get_by_label("rock", exact=True).is_visible()
    mobile_tab.get_by_role("button", name="Filters", exact=True).tap()
    mobile_tab.get_by_label("rock", exact=True).check()
    mobile_tab.locator(".filter-chip", has_text="Genre: rock").wait_for()
