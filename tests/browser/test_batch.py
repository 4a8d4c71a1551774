"""A file of tracks is uploaded, its columns checked, scored with a model, and comes back as a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from core.requests import TrainingRequest
from data.sample import generate_sample
from tests.browser.axe import violations
from tests.browser.live import LiveApp

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


def test_a_file_is_scored_and_comes_back_with_predictions_reasons_and_flags(
    live_app: LiveApp, page: Tab, tmp_path: Path
) -> None:
    live_app.services.runs.run_inline([TrainingRequest(family="ridge", cv_folds=0, explain=False)])
    raw = generate_sample(300).drop(columns="track_popularity").rename(columns={"tempo": "BPM"})
    raw.loc[3, "energy"] = 1.7
    raw.loc[5, "duration_ms"] = 1_800_000
    path = tmp_path / "tracks.csv"
    raw.to_csv(path, index=False)

    page.goto(f"{live_app.url}/score")
    expect(page.locator("h1")).to_have_text("Score a file")
    assert violations(page) == []
    page.set_input_files("#score-upload-file input[type=file]", path)
    expect(page.locator("#score-doctor-result")).to_contain_text("299 of 300 rows can be used")
    energy = page.get_by_label("Energy", exact=True)
    energy.select_option("none")
    expect(page.locator("#score-start-reason")).to_contain_text("does not have: energy")
    expect(page.locator("#score-start-button")).to_be_disabled()
    energy.select_option("=energy")
    expect(page.locator("#score-estimate-content")).to_contain_text("299 tracks: about")
    assert violations(page) == []
    page.locator("#score-start-button").click()
    expect(page.locator("#score-job-content")).to_contain_text(
        re.compile(r"Scoring tracks\.csv|tracks\.csv, scored with")
    )
    page.reload()
    expect(page.get_by_role("heading", name="First rows")).to_be_visible(timeout=90_000)
    expect(page.locator("#score-job-content")).to_contain_text("out of range: Duration")
    assert violations(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("link", name="All rows as CSV").click()
    assert waiting.value.suggested_filename == "tracks-scored.csv"
    lines = waiting.value.path().read_text("utf-8").splitlines()
    assert len(lines) == 300
    assert lines[0].endswith("points_3,taken_for_missing,out_of_range")
