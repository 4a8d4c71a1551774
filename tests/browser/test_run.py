"""A finished run: its page, its files, its place among the others."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from core.requests import parse_request
from core.runs.model import Run
from tests.browser.jobs import train_one
from tests.browser.live import LiveApp

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


@pytest.fixture(scope="module")
def run(live_app: LiveApp) -> Iterator[Run]:
    (made,) = live_app.services.runs.run_inline(
        [parse_request({"family": "ridge", "cv_folds": 3, "protocol": "artist"})]
    )
    return made


@pytest.fixture
def result(live_app: LiveApp, module_tab: Tab, run: Run) -> Tab:
    """The page of the run, opened once for the tests that look at it, and again after one that left it."""
    address = f"{live_app.url}/runs/{run.id}"
    if module_tab.url != address:
        module_tab.goto(address)
    expect(module_tab.locator(".verdict")).to_be_visible()
    return module_tab


def test_the_score_stands_with_its_interval_its_protocol_and_the_baselines(result: Tab, run: Run) -> None:
    said = result.locator("#shell-page-content")
    expect(said).to_contain_text(f"{run.metrics['test']['r2']:.2f}")
    for part in (
        "new artists",
        "95% interval",
        "Baseline: genre mean",
        "Baseline: mean",
        "±",
        "Sample data (synthetic)",
    ):
        expect(said).to_contain_text(part)


def test_every_chart_is_drawn_and_reads_itself(result: Tab) -> None:
    expect(result.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    readings = result.locator(".graph-card").filter(visible=True).locator(".graph-reading")
    expect(readings).to_have_count(6)  # four of the predictions, two of what the intervals held; none of a search
    for reading in readings.all():
        expect(reading).to_have_text(re.compile(r"\.$"))


@pytest.mark.parametrize("kind", ["PNG", "CSV"])
def test_what_is_saved_of_a_synthetic_chart_says_so_in_its_name(result: Tab, kind: str) -> None:
    expect(result.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    with result.expect_download() as download:
        result.get_by_role("button", name=f"Download {kind}: Actual against").click()
    assert download.value.suggested_filename == f"synthetic-actual-against-predicted-popularity.{kind.lower()}"


def test_the_test_predictions_come_as_a_table_that_scores_the_same(result: Tab, run: Run, tmp_path: Path) -> None:
    with result.expect_download() as download:
        result.get_by_role("button", name="Test predictions").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == run.metrics["n_test"]
    assert set(rows[0]) == {"track_id", "track_name", "track_artist", "fold", "actual", "predicted"}
    off = [abs(float(row["actual"]) - float(row["predicted"])) for row in rows]
    assert sum(off) / len(off) == pytest.approx(run.metrics["test"]["mae"])


def test_the_request_comes_as_json(result: Tab, run: Run, tmp_path: Path) -> None:
    with result.expect_download() as download:
        result.get_by_role("button", name="Request").click()
    download.value.save_as(tmp_path / "request.json")
    assert parse_request(json.loads((tmp_path / "request.json").read_text("utf-8"))) == run.request


def test_train_again_fills_the_form_with_these_settings(result: Tab) -> None:
    result.get_by_role("link", name="Train again").first.click()
    expect(result.locator("#training-submit-button")).to_have_text(re.compile("Train 1 model$"))
    expect(result.get_by_label("New artists", exact=False)).to_be_checked()
    expect(result.get_by_label("Folds", exact=True).first).to_have_value("3")


@pytest.mark.parametrize("run_id", ["nonsense", "27631141-f29e-4122-866f-573902bc5dab"])
def test_a_run_that_is_not_there_gets_a_friendly_page(live_app: LiveApp, tab: Tab, run_id: str) -> None:
    tab.goto(f"{live_app.url}/runs/{run_id}")
    expect(tab.locator("#shell-page-content")).to_contain_text("There is no such run.")


def test_another_persons_run_looks_like_none(live_app: LiveApp, tab: Tab) -> None:
    (foreign,) = live_app.services.runs.run_inline(
        [parse_request({"family": "mean", "cv_folds": 0})], owner="browser:someone-else"
    )
    tab.goto(f"{live_app.url}/runs/{foreign.id}")
    expect(tab.locator("#shell-page-content")).to_contain_text("There is no such run.")
    tab.goto(f"{live_app.url}/runs")
    expect(tab.locator(".runs-table").first).to_be_visible()
    assert foreign.id not in tab.content()


def test_runs_are_compared_by_protocol_and_link_to_their_page(live_app: LiveApp, tab: Tab, run: Run) -> None:
    tab.goto(live_app.url + "/runs")
    groups = tab.get_by_label("Compare", exact=True)
    label = groups.locator("option", has_text="New artists").first.inner_text()
    groups.select_option(label=label)
    section = tab.locator("section.panel", has=tab.locator("h2", has_text="New artists"))
    expect(section.locator(f"a[href$='{run.id}']")).to_be_visible()
    tab.get_by_label("Order by", exact=True).select_option(label="MAE")
    expect(tab).to_have_url(re.compile(r"by=mae"))
    tab.reload()
    expect(tab.get_by_label("Order by", exact=True)).to_have_value("mae")
    expect(section.locator(f"a[href$='{run.id}']")).to_be_visible()


def test_a_deleted_run_can_be_brought_back(live_app: LiveApp, page: Tab) -> None:
    train_one(page, live_app, "Baseline: mean")
    page.goto(live_app.url + "/runs")
    delete = page.get_by_role("button", name=re.compile("Delete the run Baseline: mean"))
    expect(delete).to_have_count(1)
    delete.click()
    expect(page.locator("#comparison-undo-section")).to_contain_text("Deleted")
    expect(delete).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(delete).to_have_count(1)
