"""Training from the form, as the tests of several views do it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.waiting import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from core.runs.model import Run
    from tests.browser.live import LiveApp

SUBMIT = "#training-submit-button"
JOB_SECONDS = 90
JOB_MS = 1000 * JOB_SECONDS


def choose_only(page: Page, *names: str) -> None:
    """Tick these models and no other."""
    models = page.get_by_role("group", name=re.compile("^Models:"))
    chosen = models.get_by_role("checkbox", checked=True)
    while chosen.count():
        chosen.first.uncheck()
    for name in names:
        models.get_by_label(name).check()


def runs_from_pages(app: LiveApp) -> dict[str, Run]:
    """The runs that were started from a page, by id."""
    return {run.id: run for run in app.services.runs.list(None) if run.owner.startswith("browser:")}


def train_one(page: Page, app: LiveApp, name: str) -> str:
    """Train one model from the form as it stands, and wait in the registry for its end; returns the id of the run."""
    page.goto(app.url + "/train")
    expect(page.locator(SUBMIT)).to_be_enabled()
    choose_only(page, name)
    expect(page.locator(SUBMIT)).to_have_text(re.compile("Train 1 model$"))
    before = runs_from_pages(app)
    page.locator(SUBMIT).click()
    (run_id,) = new_runs(page, app, before)
    until_ended(page, app, run_id)
    return run_id


def new_runs(page: Page, app: LiveApp, before: dict[str, Run]) -> set[str]:
    """Wait for runs that were not there before, and until their job has a process, so that the page may be left.

    The page asks for that process: a run that only stands in the registry would wait for ever if it were left now.
    """
    eventually(page, lambda: runs_from_pages(app).keys() - before.keys())
    added = runs_from_pages(app).keys() - before.keys()
    eventually(page, lambda: any(_is_begun(app.services.runs.get(run_id, None)) for run_id in added), JOB_SECONDS)
    return added


def until_ended(page: Page, app: LiveApp, run_id: str) -> Run:
    """Wait in the registry until a run has ended; the notices of the page go with its job."""
    eventually(page, lambda: not app.services.runs.get(run_id, None).is_active, JOB_SECONDS)
    return app.services.runs.get(run_id, None)


def _is_begun(run: Run) -> bool:
    return run.state.value != "queued" or bool(run.progress)
