"""The Dataset view as a person uses it: rows, uploads good, odd and bad, switching, undo, audit; phone and keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import TimeoutError as TooLateError
from playwright.sync_api import expect

from tests.browser.axe import CONTRAST, violations
from tests.browser.jobs import new_runs, runs_from_pages
from tests.browser.waiting import fits, in_the_other_theme, theme_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd
    from playwright.sync_api import Page

    from tests.browser.live import LiveApp


def songs(n: int = 400) -> pd.DataFrame:
    from data.sample import generate_sample

    return generate_sample(n_rows=600, seed=7).head(n)


def open_section(page: Page, app: LiveApp, section: str, heading: str) -> None:
    page.goto(f"{app.url}/dataset?section={section}")
    page.get_by_role("heading", name=heading, exact=True).wait_for(timeout=60_000)


def upload(page: Page, path: Path) -> None:
    page.locator("#dataset-upload-file input[type=file]").set_input_files(path)


def use_table(page: Page, app: LiveApp, path: Path, name: str) -> None:
    songs().to_csv(path, index=False)
    open_section(page, app, "tables", "Add a table")
    upload(page, path)
    page.get_by_label("Name of the table").fill(name)
    page.get_by_role("button", name="Use this table").dblclick()
    page.locator(".table-row.is-current", has_text=name).wait_for()


def test_rows_are_searched_on_the_server(tab: Page, live_app: LiveApp) -> None:
    tab.goto(f"{live_app.url}/dataset")
    expect(tab.locator("#dataset-preview-count")).to_contain_text("The first 200 of", timeout=60_000)
    tab.get_by_label("Search", exact=True).fill("zzzz no such song")
    expect(tab.locator("#dataset-preview-count")).to_contain_text("No track matches")
    tab.get_by_label("Search", exact=True).fill("")
    expect(tab.locator("#dataset-preview-count")).to_contain_text("The first 200 of")


def test_a_good_file_becomes_the_table_in_use_and_another_person_does_not_see_it(
    live_app: LiveApp, page: Page, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    use_table(page, live_app, tmp_path / "mine.csv", "My songs")
    expect(page.locator(".table-row")).to_have_count(2)  # the second click of the double click made no second table
    expect(page.locator(".top-source")).to_contain_text("My songs")
    page.reload()
    expect(page.locator(".table-row.is-current")).to_contain_text("My songs")
    other = new_page()
    open_section(other, live_app, "tables", "Add a table")
    expect(other.locator(".table-row")).to_have_count(1)
    expect(other.locator("body")).not_to_contain_text("My songs")


def test_tables_are_switched_renamed_deleted_and_brought_back(live_app: LiveApp, page: Page, tmp_path: Path) -> None:
    use_table(page, live_app, tmp_path / "mine.csv", "My songs")
    page.get_by_role("button", name="Use Built-in").click()
    expect(page.locator(".table-row.is-current")).to_contain_text("Built-in")
    expect(page.locator(".top-source")).to_contain_text("synthetic")
    page.locator(".rename > summary").click()
    page.get_by_label("New name of My songs").fill("Renamed")
    page.get_by_role("button", name="Save name").click()
    page.get_by_role("button", name="Delete Renamed").click()
    expect(page.locator(".table-row")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".table-row")).to_have_count(2)
    expect(page.locator(".table-list")).to_contain_text("Renamed")


def test_an_odd_file_is_understood_and_its_bad_rows_are_named(page: Page, live_app: LiveApp, tmp_path: Path) -> None:
    odd = songs().astype(object).rename(columns={"track_id": "id", "track_artist": "artists"})
    odd["duration_s"] = odd.pop("duration_ms").astype(float) / 1000
    odd["my_score"] = range(len(odd))
    odd.iloc[3, list(odd.columns).index("energy")] = 1.7
    odd.to_csv(tmp_path / "odd.csv", index=False, sep=";")
    open_section(page, live_app, "tables", "Add a table")
    upload(page, tmp_path / "odd.csv")
    page.get_by_role("heading", name="New table: odd.csv").wait_for()
    expect(page.locator("body")).to_contain_text("semicolon")
    expect(page.get_by_label("Duration", exact=True)).to_have_value("=duration_s")
    expect(page.locator("#dataset-doctor-result")).to_contain_text("line 5")
    expect(page.get_by_label("my_score")).to_be_checked()
    page.get_by_label("Energy", exact=True).select_option("=tempo")
    expect(page.locator("#dataset-doctor-result")).to_contain_text("chosen twice")
    expect(page.get_by_role("button", name="Use this table")).to_be_disabled()
    page.get_by_label("Energy", exact=True).select_option("=energy")
    with page.expect_download() as download:
        page.get_by_role("button", name="Rejected rows as CSV").click()
    assert download.value.suggested_filename == "rejected-rows.csv"
    page.reload()
    page.get_by_role("heading", name="New table: odd.csv").wait_for()
    page.get_by_role("button", name="Choose another file").click()
    page.get_by_role("button", name="Choose a file").wait_for()


def test_a_bad_file_is_refused_with_its_reason_and_another_can_be_chosen(
    tab: Page, live_app: LiveApp, tmp_path: Path
) -> None:
    for name in ("book.xlsx", "other.xlsx"):
        (tmp_path / name).write_bytes(b"PK\x03\x04" + bytes(500))
    open_section(tab, live_app, "tables", "Add a table")
    upload(tab, tmp_path / "book.xlsx")
    expect(tab.locator("#dataset-upload-problem")).to_contain_text("“book.xlsx” cannot be used")
    expect(tab.locator("#dataset-upload-problem")).to_contain_text("E_TYPE")
    upload(tab, tmp_path / "other.xlsx")
    expect(tab.locator("#dataset-upload-problem")).to_contain_text("“other.xlsx” cannot be used")


def test_a_file_beyond_the_limit_is_told_before_it_is_sent(tab: Page, live_app: LiveApp, tmp_path: Path) -> None:
    (tmp_path / "huge.csv").write_bytes(b"a,b\n" * (9 * 1024 * 1024))
    open_section(tab, live_app, "tables", "Add a table")
    upload(tab, tmp_path / "huge.csv")
    expect(tab.locator(".upload-too-large")).to_contain_text("at most 32 MB")


def test_the_file_button_is_reached_and_opened_by_key(tab: Page, live_app: LiveApp) -> None:
    open_section(tab, live_app, "tables", "Add a table")
    assert any(opens_the_file_chooser(tab) for _ in range(3)), "Enter on the button opened no file chooser"


def opens_the_file_chooser(page: Page) -> bool:
    """Press the button by key; on a busy machine the key may come before the upload field listens."""
    page.get_by_role("button", name="Choose a file").focus()
    try:
        with page.expect_file_chooser(timeout=8_000):
            page.keyboard.press("Enter")
    except TooLateError:
        return False
    return True


@pytest.mark.real_data
def test_the_audit_of_the_real_table_gives_its_numbers(tab: Page, live_app_real: LiveApp) -> None:
    open_section(tab, live_app_real, "audit", "Optimism gap")
    for number in ("4,477", "1,396", "1,687"):
        expect(tab.locator(".finding-list")).to_contain_text(number, timeout=60_000)
    first = tab.locator(".finding-tracks").first
    first.locator("summary").click()
    expect(first.locator("tbody tr")).to_have_count(30)


@pytest.mark.timeout(300)
def test_the_gap_is_measured_as_a_job_and_survives_a_reload(live_app: LiveApp, page: Page) -> None:
    open_section(page, live_app, "audit", "Optimism gap")
    before = runs_from_pages(live_app)
    page.get_by_role("button", name="Measure the gap").click()
    runs = new_runs(page, live_app, before)
    page.reload()
    page.locator("#dataset-gap-graph .js-plotly-plot").wait_for(timeout=180_000)
    expect(page.locator("#dataset-gap-graph-reading")).to_contain_text("R²")
    expect(page.locator(".gap-content a")).to_have_count(4)
    for run_id in runs:
        expect(page.locator(f".gap-content a[href$='{run_id}']")).to_be_visible()


@pytest.mark.parametrize("section", ["table", "tables", "audit"])
def test_a_section_is_accessible_in_both_themes_and_fits_a_phone(tab: Page, live_app: LiveApp, section: str) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{live_app.url}/dataset?section={section}")
    ready = {"table": ".ag-row", "tables": ".upload-area", "audit": ".finding"}[section]
    tab.locator(ready).first.wait_for(timeout=60_000)
    fits(tab, 390)
    assert theme_of(tab) == "light"
    assert violations(tab) == []
    in_the_other_theme(tab)
    assert violations(tab, only=[CONTRAST]) == []
