"""Distributions, summaries, groups, cohorts and artists against known answers and pandas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.eda.artists import artists, variance_components
from core.eda.cohorts import cohorts, describe_cohorts
from core.eda.columns import NUMBERS, label
from core.eda.details import points_frame, track_facts
from core.eda.distribution import distribution
from core.eda.filters import Filter, Span, select
from core.eda.groups import groups
from core.eda.mean_interval import FEWEST, few_in_words, with_intervals
from core.eda.points import points
from core.eda.summary import summarise_groups, summarise_numbers
from core.eda.table import EdaTable

NOBODY = Filter(artist="nobody of that name")


@pytest.mark.parametrize("column", NUMBERS)
def test_bins_hold_every_known_value_once(sample: EdaTable, column: str) -> None:
    found = distribution(sample, Filter(), column)
    assert found.bins["n"].sum() == found.n == sample.n_tracks - found.n_missing
    assert found.bins["share"].sum() == pytest.approx(100)
    assert len(found.bins) <= 52


def test_bins_equal_those_of_numpy(sample: EdaTable) -> None:
    found = distribution(sample, Filter(), "track_popularity")
    edges = np.append(found.bins["low"], found.bins["high"].iloc[-1])
    assert found.bins["n"].tolist() == np.histogram(sample.numbers["track_popularity"], edges)[0].tolist()


def test_the_density_line_covers_the_same_share_as_the_bins(sample: EdaTable) -> None:
    found = distribution(sample, Filter(), "valence")
    area = np.trapezoid(found.density["share"], found.density["value"])
    width = found.bins["high"].iloc[0] - found.bins["low"].iloc[0]
    assert area == pytest.approx(100 * width, rel=0.02)


def test_zeros_are_counted_and_said(sample: EdaTable) -> None:
    found = distribution(sample, Filter(), "track_popularity")
    zeros = int((sample.numbers["track_popularity"] == 0).sum())
    assert found.groups["zeros"].tolist() == [zeros]
    assert f"({zeros:,}) stand at exactly 0" in found.reading


def test_a_split_leaves_no_track_unaccounted(sample: EdaTable) -> None:
    found = distribution(sample, Filter(), "track_popularity", "decade")
    unknown = int((sample.categories["decade"].codes < 0).sum())
    assert found.n + found.n_left_out <= sample.n_tracks
    assert found.n + found.n_left_out + unknown >= sample.n_tracks


def test_summaries_equal_those_of_pandas(sample: EdaTable) -> None:
    asked = Filter(spans=(Span("energy", 0.4, 0.9),))
    found = summarise_numbers(sample, asked).set_index("column")
    rows = select(sample, asked).rows
    for name in ("tempo", "loudness", "track_popularity", "instrumentalness"):
        values = pd.Series(sample.numbers[name][rows].astype(float))
        row = found.loc[next(key for key in found.index if key.startswith(label(name)))]
        known = values.dropna()
        expected = [
            known.count(),
            known.mean(),
            known.std(),
            known.quantile(0.25),
            known.median(),
            known.quantile(0.75),
        ]
        assert row[["count", "mean", "sd", "q1", "median", "q3"]].tolist() == pytest.approx(expected, rel=1e-6)
        assert row["skew"] == pytest.approx(known.skew(), rel=1e-6)
        assert (row["zeros"], row["unique"], row["missing"]) == (
            (known == 0).sum(),
            known.nunique(),
            values.isna().sum(),
        )


def test_groups_equal_those_of_pandas(sample: EdaTable) -> None:
    found = groups(sample, Filter(), "genre", "track_popularity").frame.set_index("group")
    values = sample.tracks.groupby("genre")["track_popularity"]
    for name, expected in (("median", values.median()), ("q1", values.quantile(0.25)), ("sd", values.std())):
        assert np.allclose(found[name], expected.loc[found.index], rtol=1e-6)
    assert found["n"].sum() == sample.n_tracks


def test_the_summary_of_groups_counts_artists_once(small: EdaTable) -> None:
    found = summarise_groups(small, Filter(), "genre").set_index("group")
    assert found.loc["pop", ["count", "artists", "zeros"]].tolist() == pytest.approx([3, 2, 100 / 3])
    assert found.loc["rock", "artists"] == 2


def test_year_only_dates_belong_to_no_month_and_are_counted(small: EdaTable) -> None:
    found = cohorts(small, Filter(), "month")
    assert found.frame["label"].tolist() == ["Jan", "Mar", "May", "Jun"]
    assert found.frame["n"].tolist() == [1, 1, 1, 1]
    assert found.n_left_out == 2
    assert "2 tracks have no known month (year-only dates)" in describe_cohorts(found)


def test_years_are_cohorts_of_one_snapshot(sample: EdaTable) -> None:
    found = cohorts(sample, Filter(), "year")
    expected = sample.tracks.groupby("release_year")["track_popularity"].mean()
    assert np.allclose(found.frame["mean"], expected, rtol=1e-6)
    assert "snapshot" in describe_cohorts(found)


@pytest.mark.parametrize("middle", ["median", "mean"])
@pytest.mark.parametrize("by", ["year", "month"])
def test_what_is_said_of_cohorts_is_what_is_drawn(sample: EdaTable, by: str, middle: str) -> None:
    found = cohorts(sample, Filter(), by)
    words = describe_cohorts(found, middle)
    drawn = found.drawn.set_index("label")[middle]
    ends = drawn.iloc[[0, -1]] if by == "year" else drawn.loc[[drawn.idxmax(), drawn.idxmin()]]
    assert words.startswith(f"{middle.capitalize()} popularity is ")
    assert all(f"{value:.3g}" in words and str(name) in words for name, value in ends.items())


def test_months_that_are_equal_are_all_named(sample: EdaTable) -> None:
    found = cohorts(sample, Filter(), "month")
    frame = found.frame.assign(median=[40.0, 42, 41, 41, 43, 43, 42, 43, 44, 44, 44, 43])
    words = describe_cohorts(replace(found, frame=frame))
    assert "highest for releases of Sep, Oct, Nov (44), lowest for those of Jan (40): 4 points apart." in words


def test_a_median_between_two_points_is_not_rounded(small: EdaTable) -> None:
    found = cohorts(small, Filter(), "year")
    halves = found.frame.assign(n=10, median=40.5, mean=39.287)
    assert "is 40.5 for" in describe_cohorts(replace(found, frame=halves))
    assert "is 39.3 for" in describe_cohorts(replace(found, frame=halves), "mean")


def test_the_interval_of_a_mean_is_that_of_student_and_stays_on_the_scale() -> None:
    frame = pd.DataFrame({"n": [5, 400, 6, 6], "mean": [50.0, 50, 2, 97], "sd": [10.0, 10, 20, 20]})
    found = with_intervals(frame, "track_popularity")
    assert found["mean_high"][0] - 50 == pytest.approx(2.7764 * 10 / 5**0.5, rel=1e-4)
    assert found["mean_high"][1] - 50 == pytest.approx(1.9659 * 0.5, rel=1e-4)
    assert (found["mean_low"][2], found["mean_high"][3]) == (0, 100)
    assert with_intervals(frame, "loudness")["mean_low"][2] < 0


def test_too_few_tracks_have_no_interval_and_that_is_said() -> None:
    frame = pd.DataFrame({"n": [2, FEWEST - 1, FEWEST], "mean": [73.5] * 3, "sd": [2.1] * 3})
    found = with_intervals(frame, "track_popularity")
    assert found["mean_low"].isna().tolist() == found["mean_high"].isna().tolist() == [True, True, False]
    assert few_in_words(frame) == " 2 groups have fewer than 5 tracks: too few for an interval."
    assert few_in_words(frame.tail(1)) == ""


def test_the_mean_over_artists_is_not_given_out_for_that_over_tracks(sample: EdaTable) -> None:
    found = artists(sample, Filter())
    tracks = sample.tracks.dropna(subset=["track_artist"])["track_popularity"].mean()
    assert found.mean == pytest.approx(tracks, rel=1e-6)
    assert f"the mean over artists, {found.overall:.3g}:" in found.reading_mean
    assert f"The mean over all tracks is {tracks:.3g}." in found.reading_mean


def test_shrinkage_pulls_few_tracks_more_than_many(sample: EdaTable) -> None:
    found = artists(sample, Filter())
    frame = found.frame[(found.frame["mean"] - found.overall).abs() > 5]
    kept = (frame["shrunken"] - found.overall) / (frame["mean"] - found.overall)
    few, many = kept[frame["n"] == 1], kept[frame["n"] == frame["n"].max()]
    assert 0 <= few.mean() < many.mean() <= 1


def test_variance_components_find_planted_ones() -> None:
    rng = np.random.default_rng(0)
    n = rng.integers(2, 30, 3_000)
    true = rng.normal(0, 3, 3_000)
    owner = np.repeat(np.arange(3_000), n)
    values = true[owner] + rng.normal(0, 5, len(owner))
    means = np.bincount(owner, values) / n
    within, between = variance_components(values, n.astype(float), means)
    assert (within**0.5, between**0.5) == pytest.approx((5, 3), rel=0.05)


def test_colour_groups_are_runs_and_a_click_finds_its_row(sample: EdaTable) -> None:
    drawn = points(sample, Filter(), "energy", "valence", "subgenre", "all")
    names = [name for name, _ in drawn.groups]
    assert len(names) == 8
    assert names[-1] == "Other"
    codes, category = sample.categories["subgenre"].codes, sample.categories["subgenre"]
    row = drawn.row_at(2, 5)
    assert row is not None
    assert category.names[codes[row]] == names[2]
    assert sample.numbers["energy"][row] == drawn.x[drawn.groups[2][1]][5]
    assert drawn.row_at(99, 0) is drawn.row_at(0, 10**9) is drawn.row_at(-1, 0) is None


def test_the_sample_of_points_is_the_same_each_time(sample: EdaTable) -> None:
    first = points.__wrapped__(sample, Filter(), "energy", "tempo", "none", "sample")
    again = points.__wrapped__(sample, Filter(), "energy", "tempo", "none", "sample")
    assert (first.rows == again.rows).all()
    assert len(first.rows) == min(5_000, first.n)


def test_a_track_is_described_with_what_is_missing(small: EdaTable) -> None:
    facts = track_facts(small, 5)
    assert (facts.name, facts.artist, facts.released) == ("(no title)", "(no artist)", "")
    assert facts.popularity_below == pytest.approx(5.5 / 6)
    assert track_facts(small, 2).released == "2012"
    assert track_facts(small, 3).released == "March 2013"


def test_the_download_holds_the_chosen_tracks(small: EdaTable) -> None:
    frame = points_frame(small, Filter(genres=("pop",)), ("energy", "tempo", "genre"))
    assert frame["track_id"].tolist() == ["a", "b", "c"]
    assert frame.columns.tolist() == ["track_id", "track_name", "track_artist", "energy", "tempo", "genre"]


def test_no_track_left_gives_empty_answers_not_errors(sample: EdaTable) -> None:
    assert distribution(sample, NOBODY, "tempo", "genre").n == 0
    assert groups(sample, NOBODY, "genre", "tempo").frame.empty
    assert cohorts(sample, NOBODY, "year").frame.empty
    assert artists(sample, NOBODY).frame.empty
    assert (summarise_numbers(sample, NOBODY)["count"] == 0).all()
    assert summarise_groups(sample, NOBODY, "key").empty
    assert len(points(sample, NOBODY, "energy", "tempo", "genre", "all").rows) == 0
