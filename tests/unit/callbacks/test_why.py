from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from dash import Dash
from plotly.utils import PlotlyJSONEncoder

from callbacks import why as callbacks
from core.errors import BundleError, NotFound
from core.runs.artifacts import EXPLANATION
from core.runs.model import Run, RunState
from tests.fakes.finished import SAMPLE, make_run
from tests.unit.core.figures.test_explanation import told


class OneRun:
    """Runs that know one run and what it keeps."""

    def __init__(self, run: Run, kept: dict[str, Any] | None = None) -> None:
        self.run, self.runs = run, self
        content = json.dumps(kept).encode()
        self.context = SimpleNamespace(bundles=SimpleNamespace(read=lambda *_: content))

    def get(self, run_id: str, owner: str) -> Run:
        if (run_id, owner) != (self.run.id, "me"):
            raise NotFound("There is no such run.")
        return self.run

    def list(self, owner: str) -> list[Run]:
        return [self.run]


def explained(**changes: Any) -> OneRun:
    return OneRun(make_run(digests={EXPLANATION: "00"}, **changes), told())


def test_the_download_has_every_track_with_its_contributions() -> None:
    services = explained()
    file = callbacks.make_file(services, services.run.id, "me")
    table = pd.read_csv(io.StringIO(file["content"]))
    assert table["shap:energy"].tolist() == [1, 2, 3, 4, 5, 6]
    assert file["filename"] == f"contributions-{services.run.id[:8]}.csv"


def test_the_download_of_synthetic_tracks_says_so_in_its_name() -> None:
    services = explained(data=SAMPLE)
    assert callbacks.make_file(services, services.run.id, "me")["filename"].startswith("synthetic-")


def test_nobody_else_gets_it() -> None:
    services = explained()
    with pytest.raises(NotFound):
        callbacks.make_file(services, services.run.id, "you")


def test_a_run_from_before_there_were_explanations_says_so() -> None:
    run = make_run()
    with pytest.raises(BundleError, match="keeps no explanation"):
        callbacks.stored_of(OneRun(run), run)


def test_an_unfinished_run_says_so() -> None:
    run = make_run(RunState.RUNNING)
    with pytest.raises(BundleError, match="not finished"):
        callbacks.stored_of(OneRun(run), run)


def test_the_page_has_every_part() -> None:
    app = Dash(__name__)
    services = explained()
    stored = callbacks.stored_of(services, services.run)
    with app.server.test_request_context("/"):
        parts = callbacks._content(services, services.run, stored, "me", "light")
    said = json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)
    for words in ("What moves predictions most", "When it alone changes", "Step by step", "Group against group"):
        assert words in said
    assert "less than 0.01 points" in said
