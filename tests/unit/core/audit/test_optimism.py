"""The optimism gap as numbers and as a chart."""

from __future__ import annotations

import numpy as np
import pytest

from core.audit import GAP_PROTOCOLS, compute_optimism, optimism_requests
from core.figures.audit import optimism_reading, plot_optimism_gap
from core.runs.model import RunState
from tests.fakes.finished import make_run, metrics

SCORES = {"time": -0.09, "rows": 0.31, "artist": 0.02, "track": 0.03}


@pytest.fixture
def gap():
    runs = [make_run(protocol=key, metrics=metrics(r2, interval=(r2 - 0.02, r2 + 0.02))) for key, r2 in SCORES.items()]
    return compute_optimism(runs)


def test_the_four_requests_differ_in_the_protocol_alone():
    requests = optimism_requests(features=("energy", "tempo"), seed=7)
    assert tuple(request.protocol for request in requests) == GAP_PROTOCOLS
    assert len({request.model_copy(update={"protocol": "song"}).model_dump_json() for request in requests}) == 1
    assert (requests[0].features, requests[0].cv_folds, requests[0].seed) == (("energy", "tempo"), 0, 7)
    assert requests[0].defaults == "library"


def test_scores_stand_in_the_order_of_the_gap_with_their_intervals(gap):
    assert gap["protocol"].tolist() == list(GAP_PROTOCOLS)
    assert gap["r2"].tolist() == [SCORES[key] for key in GAP_PROTOCOLS]
    assert gap["low"].tolist() == pytest.approx(gap["r2"] - 0.02)
    assert gap["is_leaky"].tolist() == [True, False, False, False]


def test_runs_without_a_score_are_left_out():
    runs = [make_run(RunState.FAILED, protocol="rows"), make_run(protocol="track", metrics=metrics(None))]
    assert compute_optimism(runs).empty
    assert compute_optimism([]).columns.tolist() == compute_optimism(runs).columns.tolist()


def test_of_two_runs_under_one_protocol_the_first_counts():
    runs = [make_run(protocol="track", metrics=metrics(r2)) for r2 in (0.1, 0.2)]
    assert compute_optimism(runs)["r2"].tolist() == [0.1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chart_shows_scores_with_their_intervals_from_zero(gap, theme):
    figure = plot_optimism_gap(gap, theme=theme)
    (bars,) = figure.data
    assert list(bars.y) == gap["r2"].tolist()
    assert list(bars.error_y.array) == pytest.approx([0.02] * 4)
    assert list(bars.error_y.arrayminus) == pytest.approx([0.02] * 4)
    assert figure.layout.shapes[0].y0 == figure.layout.shapes[0].y1 == 0
    assert "leaky" in bars.x[0]
    assert figure.layout.yaxis.title.text


def test_an_unknown_interval_is_no_bar_and_no_error(gap):
    figure = plot_optimism_gap(gap.assign(low=np.nan, high=np.nan))
    assert list(figure.data[0].error_y.array) == [0.0] * 4


def test_without_scores_the_chart_says_so():
    assert plot_optimism_gap(compute_optimism([])).layout.meta["empty"]
    assert optimism_reading(compute_optimism([])) == ""


def test_the_reading_says_what_the_leak_is_worth(gap):
    said = optimism_reading(gap, "forest")
    assert "Random rows give R² 0.31; the best of the honest validations gives 0.03." in said
    assert "The difference of 0.28 is memory" in said
    assert "below 0 is worse" in said
    assert "hardly at all" in optimism_reading(gap.assign(r2=0.1))


def test_without_the_leaky_score_the_reading_names_the_others(gap):
    assert optimism_reading(gap[gap["protocol"] != "rows"], "forest") == (
        "The same forest scores 0.03 on new tracks, 0.02 on new artists, −0.09 on the next releases."
    )
