from __future__ import annotations

import io
import json
import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest
from dash import Dash
from plotly.utils import PlotlyJSONEncoder

from callbacks import why as callbacks
from callbacks.why.keeping import interval_of
from callbacks.why.models import two_models
from callbacks.why.tracks import one_track
from core.errors import BundleError, NotFound
from core.runs.artifacts import EXPLANATION, RESULT
from core.runs.model import Run, RunState
from layouts.ids import Why
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
        parts = callbacks.content(services, services.run, stored, "me", "light")
    said = json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)
    for words in ("What moves predictions most", "When it alone changes", "Step by step", "Group against group"):
        assert words in said
    assert "less than 0.01 points" in said
    charts = len(re.findall(r'"className": "graph-card panel[ "]', said))
    assert charts >= 10
    assert said.count("Numbers behind: ") == 2 * charts  # caption and label of each table


def test_words_do_not_lean_on_colours_alone() -> None:
    app = Dash(__name__)
    services = explained()
    stored = callbacks.stored_of(services, services.run)
    with app.server.test_request_context("/"):
        parts = callbacks.content(services, services.run, stored, "me", "light")
    said = json.dumps(parts, cls=PlotlyJSONEncoder, ensure_ascii=False)
    readings = re.findall(r'"children": "([^"]*)", "id": "[^"]*-reading"', said)
    assert len(readings) >= 10
    for colour in ("red", "vermillion", "blue", "orange", "dark", "grey"):
        assert not [one for one in readings if re.search(rf"\b{colour}\b", one, re.IGNORECASE)], colour


def kept_interval(**changes: Any) -> dict[str, Any]:
    interval = {"coverage": 0.9, "half_width": 20.0, "n": 5000, "by_genre": {"pop": {"half_width": 8.0}}}
    return {"interval": interval, **changes}


class WithInterval(OneRun):
    """A run that keeps its interval as well."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        files = {EXPLANATION: told(), RESULT: kept_interval()}
        read = lambda _, name, __: json.dumps(files[name]).encode()  # noqa: E731
        self.context = SimpleNamespace(bundles=SimpleNamespace(read=read))


def test_a_track_step_by_step_shows_the_interval_of_its_prediction() -> None:
    services = WithInterval(make_run(digests={EXPLANATION: "00", RESULT: "00"}))
    stored = callbacks.stored_of(services, services.run)
    assert interval_of(services, services.run, "me", stored, 0) == (23.0, 39.0, "90% ")
    assert interval_of(services, services.run, "me", stored, 5) == (16.0, 56.0, "90% ")
    said = json.dumps(one_track(services, services.run, "me", stored, 0, "light"), cls=PlotlyJSONEncoder)
    assert "The model says 31 points (90% between 23 and 39); the track has 10." in said
    assert '"Its interval"' in said


def test_without_what_is_kept_there_is_no_interval() -> None:
    services = explained()
    stored = callbacks.stored_of(services, services.run)
    assert interval_of(services, services.run, "me", stored, 0) is None


def test_two_models_say_what_each_rests_on_and_warn_when_they_were_not_made_alike() -> None:
    app = Dash(__name__)
    one = make_run(digests={EXPLANATION: "00"})
    alike = make_run(digests={EXPLANATION: "00"})
    stored = callbacks.stored_of(OneRun(one, told()), one)
    with app.server.test_request_context("/"):
        same = json.dumps(two_models((one, alike), (stored, stored), "light"), cls=PlotlyJSONEncoder)
        other = make_run(digests={EXPLANATION: "00"}, protocol="time", seed=7, data=SAMPLE)
        apart = json.dumps(two_models((one, other), (stored, stored), "light"), cls=PlotlyJSONEncoder)
    assert "Not made alike" not in same
    assert same.count("; validation: ") == 2
    assert "They differ in the table, the validation and the seed of the split" in apart


def chosen_on(services: OneRun, query: str) -> dict[str, Any]:
    """What the selects of a page stand at, and whether another model is drawn."""
    app = Dash(__name__)
    with app.server.test_request_context("/"):
        view = callbacks.page(services, "me", services.run.id, query)
    parts = {getattr(one, "id", None): one for one in view._traverse() if hasattr(one, "_traverse")}
    selects = (Why.FEATURE, Why.COLOUR, Why.TRACK, Why.FIRST, Why.SECOND, Why.OTHER)
    found = {select: getattr(parts[select], "value", None) for select in selects}
    return found | {"is_other_drawn": Why.MODELS in str(parts[Why.OTHER_PANEL])}


def test_what_is_chosen_stands_in_the_address_and_nonsense_in_it_is_passed_over() -> None:
    services = explained()
    other = make_run(digests={EXPLANATION: "00"})
    services.list = lambda owner: [services.run, other]  # type: ignore[method-assign]
    usual = chosen_on(services, "")
    stored = callbacks.stored_of(services, services.run)
    wanted = {
        Why.FEATURE: next(name for name in stored.features if name != usual[Why.FEATURE]),
        Why.COLOUR: "none",
        Why.TRACK: "3",
        Why.FIRST: usual[Why.SECOND],
        Why.SECOND: usual[Why.FIRST],
        Why.OTHER: other.id,
        "is_other_drawn": True,
    }
    names = ("feature", "colour", "track", "first", "second", "other")
    query = urlencode(dict(zip(names, wanted.values(), strict=False)))
    assert chosen_on(services, f"?{query}") == wanted
    assert usual["is_other_drawn"] is False
    assert chosen_on(services, "?" + "&".join(f"{name}=-1" for name in names)) == usual
    assert chosen_on(services, "?track=" + "9" * 50_000) == usual
