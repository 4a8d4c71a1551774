"""A table's own number columns are explored as every other column is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.eda.address import State, parse_query, to_query
from core.eda.brush import Brush, apply_brush
from core.eda.columns import NUMBERS, axis_title, label
from core.eda.correlation import correlations
from core.eda.distribution import distribution
from core.eda.filters import Filter, Span, chips, select
from core.eda.information import information
from core.eda.points import points
from core.eda.summary import summarise_numbers
from core.eda.table import EdaTable, build_table
from core.eda.trends import describe_trend, trend
from core.eda.view import View, choices_with
from core.figures.eda.correlation import plot_correlations
from core.figures.eda.distribution import plot_distribution
from core.figures.eda.scatter import plot_scatter

PLAYS, ODD = "extra:Plays", "extra:<b>R&B</b> %{x} share"


@pytest.fixture(scope="module")
def own(sample_dataset) -> EdaTable:
    """The sample with a column in the billions, and one whose name is full of markup."""
    rng = np.random.default_rng(0)
    tracks = sample_dataset.tracks
    plays = np.round(np.exp(tracks["track_popularity"].to_numpy() / 8 + rng.normal(10, 1, len(tracks))))
    return build_table(tracks.assign(**{PLAYS: plays, ODD: rng.random(len(tracks)), "extra:text": "a"}))


def test_own_number_columns_come_after_those_of_every_table_and_say_whose_they_are(own: EdaTable) -> None:
    assert own.own == (PLAYS, ODD)
    assert tuple(own.numbers) == (*NUMBERS, PLAYS, ODD)
    assert label(PLAYS) == axis_title(PLAYS) == "Plays (your column)"


def test_every_choice_of_a_number_offers_them(own: EdaTable) -> None:
    choices = choices_with(own.own)
    assert {name for name, row in choices.items() if PLAYS in row.options} == {"feature", "x", "y", "colour", "measure"}
    assert not any(PLAYS in row.options for row in choices_with(()).values())


def test_choices_and_ranges_survive_the_way_through_the_address(own: EdaTable) -> None:
    asked = Filter().with_span(Span(PLAYS, 1e6, 5e10)).with_span(Span(ODD, None, 0.5))
    state = State(asked, View(section="relations", x=PLAYS, y=ODD, colour=PLAYS, feature=ODD))
    found = parse_query(to_query(state), own)
    assert (found.state, found.problems) == (state, ())


def test_in_a_table_without_the_column_the_address_says_what_was_left_out(sample: EdaTable) -> None:
    asked = State(Filter().with_span(Span(PLAYS, 1, 2)), View(x=PLAYS))
    found = parse_query(to_query(asked), sample)
    assert found.state == State()
    assert len(found.problems) == 2


def test_ranges_and_brushes_narrow_them(own: EdaTable) -> None:
    asked = Filter().with_span(Span(PLAYS, 1e6, None))
    assert select(own, asked).n == int((own.tracks[PLAYS] >= 1e6).sum())
    assert [chip.text for chip in chips(asked)] == ["Plays (your column): from 1,000,000"]
    state = State(Filter(), View(section="relations", x=PLAYS, y=ODD))
    drawn = apply_brush(state, Brush("scatter", x=(2e9, 9e9), y=(0.2, 0.4)), own)
    assert {span.column for span in drawn.filter.spans} == {PLAYS, ODD}
    clicked = apply_brush(State(), Brush("correlation", row=ODD, column=PLAYS), own)
    assert (clicked.view.x, clicked.view.y) == (PLAYS, ODD)


def test_summary_correlation_and_information_have_them(own: EdaTable) -> None:
    summary = summarise_numbers(own, Filter()).set_index("column")
    assert summary.loc["Plays (your column)", "max"] == pytest.approx(own.tracks[PLAYS].max(), rel=1e-6)
    found = correlations(own, Filter(), "spearman")
    at = found.rows.index(PLAYS), found.columns.index("track_popularity")
    expected = own.tracks[[PLAYS, "track_popularity"]].corr("spearman").iloc[0, 1]
    assert found.values[at] == pytest.approx(expected, abs=1e-6)
    assert PLAYS in correlations(own, Filter(), "pearson", "genre").columns
    assert information(own, Filter()).columns[0] == PLAYS


def test_a_trend_over_billions_is_that_of_the_column_in_billions(own: EdaTable) -> None:
    large = trend(own, Filter(), PLAYS, "track_popularity", "ols")
    x, y = own.numbers[PLAYS].astype(float), own.numbers["track_popularity"].astype(float)
    assert large.slope == pytest.approx(np.polyfit(x / 1e9, y, 1)[0] / 1e9, rel=1e-6)
    assert "Tracks with higher Plays (your column) have higher popularity" in describe_trend(
        large, PLAYS, "track_popularity"
    )


def test_names_are_shown_in_charts_as_they_are_never_as_markup(own: EdaTable) -> None:
    figures = [
        plot_distribution(distribution(own, Filter(), ODD, "none")),
        plot_scatter(own, points(own, Filter(), ODD, PLAYS, ODD, "all"), None, x=ODD, y=PLAYS, colour=ODD),
        plot_correlations(correlations(own, Filter(), "pearson")),
    ]
    for figure in figures:
        drawn = figure.update_traces(meta=None).to_json().encode().decode("unicode_escape")
        assert "<b>" not in drawn
        assert "%{x} share" not in drawn


def test_long_names_that_begin_alike_keep_their_own_rows(sample_dataset) -> None:
    names = [f"extra:{'a' * 60}{end}" for end in "xyz"]
    rng = np.random.default_rng(0)
    tracks = sample_dataset.tracks.assign(**{name: rng.random(len(sample_dataset.tracks)) for name in names})
    (trace,) = plot_correlations(correlations(build_table(tracks), Filter(), "pearson")).data
    assert len(set(trace.x)) == len(NUMBERS) + 3


def test_a_grid_of_very_many_columns_has_no_numbers_in_its_cells() -> None:
    rng = np.random.default_rng(0)
    tracks = pd.DataFrame(rng.random((50, 20)), columns=[f"extra:{i}" for i in range(20)])
    tracks["track_popularity"] = rng.random(50)
    (trace,) = plot_correlations(correlations(build_table(tracks), Filter(), "pearson")).data
    assert not trace.texttemplate
