"""The Explore view as a person uses it: filter, sections, brushes, address, phone, dark, keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from core.eda.view import SECTIONS as SECTION_TITLES
from tests.browser.axe import CONTRAST, violations
from tests.browser.waiting import eventually, fits, in_the_other_theme, plotted, repeat, settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.live import LiveApp

SECTIONS = tuple(SECTION_TITLES)


def open_view(page: Page, app: LiveApp, query: str = "") -> None:
    page.goto(f"{app.url}/explore{query}")
    page.locator("#eda-filter-count").get_by_text("tracks").wait_for(timeout=60_000)


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def drag(page: Page, graph: str, start: tuple[float, float], end: tuple[float, float], leads_to: str) -> None:
    """Drag over a part of the plot, given in shares of its size, until the filter has a chip with these words."""
    area = plotted(page, graph).locator(".nsewdrag").first

    def once() -> None:
        area.hover()  # waits until the plot is in view and stays where it is
        box = area.bounding_box()
        assert box is not None
        places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
        page.mouse.move(*places[0])
        page.mouse.down()
        page.mouse.move(*places[1], steps=6)
        page.mouse.up()

    repeat(page, once, page.locator(".filter-chip", has_text=leads_to))


def test_the_filter_narrows_every_chart_and_stands_in_the_address(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app)
    plotted(tab, "eda-popularity-graph")
    n = tab.locator("#eda-popularity-graph-n")
    whole = n.inner_text()
    tab.get_by_label("rock", exact=True).check()
    tab.locator(".filter-chip", has_text="Genre: rock").wait_for()
    tab.wait_for_url("**/explore?genre=rock")
    expect(n).not_to_have_text(whole)
    expect(tab.locator("#eda-filter-count")).to_contain_text(" of ")
    tab.get_by_role("button", name="Remove filter: Genre: rock").click()
    expect(n).to_have_text(whole)
    expect(tab.get_by_label("rock", exact=True)).not_to_be_checked()
    tab.wait_for_url("**/explore")


def test_a_copied_link_shows_the_same_view(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app, "?section=relations&genre=pop&pop=20-80&x=tempo&y=valence&colour=genre&trend=lowess")
    expect(tab.locator("#eda-scatter-graph-title")).to_have_text("Valence against tempo")
    expect(tab.get_by_label("Popularity from")).to_have_value("20")
    expect(tab.get_by_label("Horizontal")).to_have_value("tempo")
    expect(tab.get_by_label("pop", exact=True)).to_be_checked()
    expect(tab.locator("#eda-scatter-graph-reading")).to_contain_text("LOWESS")


def test_back_leads_to_the_view_before(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app)
    tab.get_by_role("link", name="Time", exact=True).click()
    plotted(tab, "eda-years-graph")
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
        eventually(tab, lambda: computed(asked))
        settle(tab)
        assert computed(asked) == {section}
        # The page is the same in both themes but for its colours, and those of its frame are looked at elsewhere.
        found += violations(tab, without=[CONTRAST])
        for _ in ("light", "dark"):
            found += violations(tab, f"#eda-{section}-section", only=[CONTRAST])
            in_the_other_theme(tab)
    assert found == []


def computed(asked: list[str]) -> set[str]:
    """The sections that the page has asked the server for."""
    return {name for name in SECTIONS for body in asked if f'"changedPropIds":["eda-{name}-store.data"' in body}


def test_a_drag_over_the_histogram_filters_the_other_charts(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app)
    drag(tab, "eda-popularity-graph", (0.4, 0.4), (0.7, 0.6), "Popularity:")
    tab.wait_for_url("**pop=**")
    low, high = (int(part) for part in query_of(tab)["pop"][0].split("-"))
    assert 35 <= low < high <= 75
    tab.get_by_role("button", name="Clear filters").click()
    tab.locator(".filter-chip").wait_for(state="detached")


def test_a_drag_over_the_scatter_keeps_that_part(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app, "?section=relations&x=energy&y=valence")
    drag(tab, "eda-scatter-graph", (0.3, 0.3), (0.7, 0.7), "Energy:")
    tab.locator(".filter-chip", has_text="Valence:").wait_for()


def test_a_click_on_a_cell_shows_its_scatter_and_a_click_on_a_point_its_track(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app, "?section=relations&artist=a&pop=60-100&points=sample")
    plotted(tab, "eda-correlation-graph")
    plotted(tab, "eda-scatter-graph")
    before = axes_of(tab, "eda-scatter-graph")
    repeat(tab, lambda: click(tab, "eda-correlation-graph", 1, 7), lambda: "x=" in tab.url)
    eventually(tab, lambda: axes_of(tab, "eda-scatter-graph") != before)
    track = tab.get_by_role("region", name="Clicked track")
    repeat(tab, lambda: click(tab, "eda-scatter-graph", 3, 3), track)


def axes_of(page: Page, graph: str) -> list[str]:
    """What the plot itself says at its axes: the words of its card change before it is drawn."""
    found: list[str] = page.evaluate(
        """(id) => { const layout = document.querySelector(`#${id} .js-plotly-plot`)._fullLayout;
        return [layout.xaxis.title.text, layout.yaxis.title.text]; }""",
        graph,
    )
    return found


def click(page: Page, graph: str, x: int, y: int) -> None:
    """Point at the place of the x-th and the y-th value of a chart's first trace, and click once it has noticed."""
    place = page.evaluate(
        """([id, x, y]) => { const graph = document.querySelector(`#${id} .js-plotly-plot`);
        graph.scrollIntoView({block: "center", behavior: "instant"});
        const box = graph.getBoundingClientRect(), trace = graph._fullData[0], layout = graph._fullLayout;
        const [left, top] = [box.x + layout._size.l, box.y + layout._size.t];
        return [left + layout.xaxis.d2p(trace.x[x]), top + layout.yaxis.d2p(trace.y[y])]; }""",
        [graph, x, y],
    )
    page.mouse.move(place[0] - 1, place[1])
    page.mouse.move(*place)
    page.wait_for_timeout(300)
    page.mouse.click(*place)


def test_charts_can_be_switched_off_and_on(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app)
    tab.get_by_label("Charts").uncheck()
    tab.get_by_text("Charts are switched off").wait_for()
    tab.wait_for_url("**charts=off**")
    tab.get_by_label("Charts").check()
    plotted(tab, "eda-popularity-graph")


def test_a_bad_address_says_what_was_left_out(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app, "?genre=rokc&pop=90-10")
    tab.get_by_role("alert").get_by_text("Did you mean “rock”?").wait_for()


def test_grids_sort_by_a_click_and_download(tab: Page, live_app: LiveApp) -> None:
    open_view(tab, live_app, "?section=summary")
    header = tab.locator("#eda-category-table").get_by_role("columnheader", name="Tracks")
    for order in ("ascending", "descending"):
        header.click()
        expect(header).to_have_attribute("aria-sort", order)
        eventually(tab, lambda order=order: is_in_order(counts_of(tab), order))
    with tab.expect_download() as waiting:
        tab.locator("#eda-numbers-csv-button").click()
    assert waiting.value.suggested_filename == "synthetic-summary-columns.csv"


def counts_of(page: Page) -> list[int]:
    cells = page.locator("#eda-category-table .ag-cell[col-id='count']").all_inner_texts()
    return [int(text.replace(",", "")) for text in cells]


def is_in_order(counts: list[int], order: str) -> bool:
    return len(set(counts)) > 3 and counts == sorted(counts, reverse=order == "descending")


def test_on_a_phone_the_filter_opens_and_nothing_is_cut_off(mobile_tab: Page, live_app: LiveApp) -> None:
    open_view(mobile_tab, live_app)
    for section in SECTIONS:
        if section != SECTIONS[0]:
            mobile_tab.get_by_role("link", name=SECTION_TITLES[section], exact=True).click()
        mobile_tab.locator(f"#eda-{section}-section").wait_for(state="visible")
        settle(mobile_tab)
        fits(mobile_tab, 390)
    expect(mobile_tab.get_by_label("rock", exact=True)).to_be_hidden()
    mobile_tab.get_by_role("button", name="Filters", exact=True).tap()
    mobile_tab.get_by_label("rock", exact=True).check()
    mobile_tab.locator(".filter-chip", has_text="Genre: rock").wait_for()
