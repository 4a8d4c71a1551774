"""The Explore figures: what is drawn, in how many bytes, and what an empty table gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go
import pytest

from core.eda.artists import artists
from core.eda.cohorts import cohorts
from core.eda.columns import label
from core.eda.correlation import correlations
from core.eda.distribution import distribution
from core.eda.filters import Filter
from core.eda.groups import groups
from core.eda.information import information
from core.eda.points import points
from core.eda.table import EdaTable, build_table
from core.eda.trends import trend
from core.figures.eda.artists import plot_artists_by_count, plot_artists_by_mean
from core.figures.eda.correlation import correlation_table, plot_correlations
from core.figures.eda.distribution import distribution_table, plot_distribution
from core.figures.eda.groups import plot_groups
from core.figures.eda.scatter import plot_scatter
from core.figures.eda.time import plot_months, plot_years

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.sources import Dataset

NOBODY = Filter(artist="nobody of that name")


@pytest.fixture(scope="module")
def sample(sample_dataset: Dataset) -> EdaTable:
    return build_table(sample_dataset.tracks)


def scatter(table: EdaTable, asked: Filter, **choices: str) -> go.Figure:
    x, y, colour, shown = (choices.get(k, d) for k, d in _SCATTER.items())
    drawn = points(table, asked, x, y, colour, shown)
    found = trend(table, asked, x, y, choices.get("kind", "ols"))
    return plot_scatter(table, drawn, found, x=x, y=y, colour=colour, named=shown == "sample")


_SCATTER = {"x": "energy", "y": "track_popularity", "colour": "none", "shown": "all"}

FIGURES: dict[str, Callable[[EdaTable, Filter], go.Figure]] = {
    "popularity": lambda table, asked: plot_distribution(distribution(table, asked, "track_popularity")),
    "split": lambda table, asked: plot_distribution(distribution(table, asked, "tempo", "genre")),
    "pearson": lambda table, asked: plot_correlations(correlations(table, asked)),
    "by genre": lambda table, asked: plot_correlations(correlations(table, asked, "spearman", "genre")),
    "information": lambda table, asked: plot_correlations(information(table, asked)),
    "information by genre": lambda table, asked: plot_correlations(information(table, asked, "genre")),
    "scatter": scatter,
    "groups": lambda table, asked: plot_groups(groups(table, asked, "subgenre", "track_popularity")),
    "years": lambda table, asked: plot_years(cohorts(table, asked, "year")),
    "months": lambda table, asked: plot_months(cohorts(table, asked, "month"), "mean"),
    "artists by count": lambda table, asked: plot_artists_by_count(artists(table, asked)),
    "artists by mean": lambda table, asked: plot_artists_by_mean(artists(table, asked)),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_draws_the_sample_in_little(sample: EdaTable, name: str) -> None:
    figure = FIGURES[name](sample, Filter())
    assert len(figure.data) > 0
    assert len(figure.to_json()) < 450_000


@pytest.mark.parametrize("name", FIGURES)
def test_without_a_track_every_figure_says_so(sample: EdaTable, name: str) -> None:
    figure = FIGURES[name](sample, NOBODY)
    assert len(figure.data) == 0
    assert figure.layout.meta["empty"]
    assert figure.layout.annotations[0].text


def test_axes_carry_label_and_unit(sample: EdaTable) -> None:
    figure = scatter(sample, Filter(), x="loudness", y="tempo")
    assert figure.layout.xaxis.title.text == "Loudness (dB)"
    assert figure.layout.yaxis.title.text == "Tempo (BPM)"


def test_points_carry_no_text_but_samples_do(sample: EdaTable) -> None:
    assert scatter(sample, Filter()).data[0].customdata is None
    assert len(scatter(sample, Filter(), shown="sample").data[0].customdata) > 0


def test_names_are_shown_as_text_never_as_markup(sample_dataset: Dataset) -> None:
    tracks = sample_dataset.tracks.head(200).copy()
    tracks["track_name"] = "<img src=x onerror=alert(1)>"
    names = scatter(build_table(tracks), Filter(), shown="sample").data[0].customdata
    assert all("<" not in name for name in names)


def test_popularity_travels_in_one_byte_a_point(sample: EdaTable) -> None:
    assert scatter(sample, Filter()).data[0].y.dtype.itemsize == 1


def test_a_numeric_colour_has_a_scale_in_its_own_unit(sample: EdaTable) -> None:
    bar = scatter(sample, Filter(), colour="tempo").data[0].marker.colorbar
    assert bar.title.text == "Tempo (BPM)"
    assert len(bar.ticktext) == 5


def test_correlations_are_centred_at_zero(sample: EdaTable) -> None:
    trace = plot_correlations(correlations(sample, Filter())).data[0]
    assert (trace.zmin, trace.zmid, trace.zmax) == (-1, 0, 1)


def test_tables_behind_the_charts_are_complete(sample: EdaTable) -> None:
    found = correlations(sample, Filter())
    assert len(correlation_table(found)) == 13 * 12 // 2
    bins = distribution_table(distribution(sample, Filter(), "track_popularity"))
    assert bins["Tracks"].sum() == sample.n_tracks
    assert label("track_popularity") == "Popularity"
