from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.intervals import (
    HeldOut,
    bounds,
    calibrate,
    conformal_half_width,
    describe_interval,
    margins,
    mend_crossing,
    tails,
)
from core.intervals.calibration import tails_of

POINTS = st.floats(0, 100, allow_nan=False, width=32)
MARGINS = st.floats(-100, 100, allow_nan=False, width=32)
N = 12


def _held_out(n=4000, seed=0, ends=False):
    """Errors of rap are three times those of pop."""
    rng = np.random.default_rng(seed)
    genre = rng.choice(np.array(["pop", "rap"], dtype=object), n)
    predicted = rng.uniform(35, 65, n)
    spread = np.where(genre == "rap", 9.0, 3.0)
    actual = np.clip(predicted + spread * rng.standard_normal(n), 0, 100)
    low, high = (predicted - 4, predicted + 4) if ends else (None, None)
    return HeldOut(actual, predicted, genre, np.arange(n), low, high)


def _share(interval, rows, genre):
    low, high = bounds(interval, rows.predicted, rows.genre, None if rows.low is None else (rows.low, rows.high))
    inside = (rows.actual >= low) & (rows.actual <= high)
    return inside[rows.genre == genre].mean()


@pytest.mark.parametrize("ends", [False, True])
def test_every_genre_holds_its_own_share(ends):
    overall, by_genre = margins(_held_out(ends=ends))
    fresh = _held_out(20_000, seed=1, ends=ends)
    pooled, own = {"half_width": overall}, {"half_width": overall, "by_genre": by_genre}
    assert _share(pooled, fresh, "rap") < 0.86 < 0.95 < _share(pooled, fresh, "pop")
    assert 0.89 <= _share(own, fresh, "rap") <= 0.93
    assert 0.89 <= _share(own, fresh, "pop") <= 0.93


def test_margins_of_quantiles_may_draw_them_inwards():
    rows = _held_out(ends=True)
    wide = HeldOut(rows.actual, rows.predicted, rows.genre, rows.unit, rows.predicted - 30, rows.predicted + 30)
    overall, by_genre = margins(wide)
    assert overall < 0
    assert by_genre["pop"]["half_width"] < by_genre["rap"]["half_width"] < 0


def test_a_genre_of_few_rows_has_no_margin_of_its_own_and_a_larger_one_leans_on_the_overall_one():
    rows = _held_out()
    genre = rows.genre.copy()
    genre[:15], genre[15:115] = "few", "some"
    genre[115:120] = None
    actual = rows.actual.copy()
    actual[:115] = rows.predicted[:115]
    overall, by_genre = margins(HeldOut(actual, rows.predicted, genre, rows.unit))
    assert by_genre["some"]["half_width"] == pytest.approx(overall / 2)
    assert set(by_genre) == {"some", "pop", "rap"}
    interval = {"coverage": 0.9, "half_width": overall, "protocol": "song", "n": len(actual), "by_genre": by_genre}
    assert bounds(interval, np.array([50.0]), ["few"])[1] == pytest.approx(50 + overall)
    assert "of tracks like those" in describe_interval(interval, "few")


def test_the_overall_margin_is_the_split_conformal_one():
    rows = _held_out(500)
    assert margins(rows)[0] == conformal_half_width(rows.actual - rows.predicted)


def test_genres_that_are_not_known_or_were_not_seen_get_the_overall_margin():
    interval = {"half_width": 20.0, "by_genre": {"pop": {"half_width": 5.0, "n": 300}}}
    low, high = bounds(interval, np.full(5, 50.0), np.array(["pop", "jazz", None, np.nan, ""], dtype=object))
    assert low.tolist() == [45, 30, 30, 30, 30]
    assert high.tolist() == [55, 70, 70, 70, 70]


def test_an_interval_of_an_older_run_knows_no_genres():
    low, high = bounds({"coverage": 0.9, "half_width": 20.0}, np.array([50.0]), ["pop"])
    assert (low[0], high[0]) == (30, 70)


@given(arrays(np.float64, N, elements=POINTS), MARGINS.map(abs), MARGINS.map(abs))
def test_ends_stay_on_the_scale_around_the_prediction_and_a_wider_margin_is_wider(predicted, one, other):
    narrow, wide = sorted((one, other))
    low, high = bounds({"half_width": narrow}, predicted)
    assert ((low >= 0) & (low <= predicted) & (predicted <= high) & (high <= 100)).all()
    wider_low, wider_high = bounds({"half_width": wide}, predicted)
    assert ((wider_low <= low) & (high <= wider_high)).all()


@given(*(arrays(np.float64, N, elements=POINTS) for _ in range(3)), MARGINS)
def test_quantiles_that_cross_or_shrink_to_nothing_still_give_an_interval_on_the_scale(predicted, one, other, margin):
    low, high = bounds({"half_width": margin}, predicted, quantiles=(one, other))
    assert ((low >= 0) & (low <= predicted) & (predicted <= high) & (high <= 100)).all()


@given(arrays(np.float64, N, elements=POINTS), arrays(np.float64, N, elements=POINTS))
def test_mended_quantiles_are_in_order_and_the_same_two_values(one, other):
    low, high = mend_crossing(one, other)
    assert (low <= high).all()
    assert np.array_equal(low + high, one + other)


@given(st.integers(9, 60), st.integers(0, 2**32 - 1))
def test_of_every_n_plus_one_exchangeable_tracks_the_promised_share_is_inside_its_quantiles(n, seed):
    rng = np.random.default_rng(seed)
    actual, low, high = rng.uniform(0, 100, (3, n + 1))
    middle, genre = (low + high) / 2, np.full(n + 1, None, dtype=object)
    inside = []
    for new in range(n + 1):
        rest = np.delete(np.arange(n + 1), new)
        rows = HeldOut(actual[rest], middle[rest], genre[rest], rest, low[rest], high[rest])
        one = slice(new, new + 1)
        bottom, top = bounds({"half_width": margins(rows)[0]}, middle[one], quantiles=(low[one], high[one]))
        inside.append(bottom[0] <= actual[new] + 1e-9 and actual[new] <= top[0] + 1e-9)
    assert np.mean(inside) >= 0.9 - 1e-9


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_what_is_not_a_number_is_refused(broken):
    with pytest.raises(ValueError, match="finite"):
        bounds({"half_width": 20.0}, np.array([50.0, broken]))
    with pytest.raises(ValueError, match="finite"):
        bounds({"half_width": 20.0}, np.array([50.0]), quantiles=(np.array([broken]), np.array([60.0])))
    with pytest.raises(ValueError, match="finite"):
        margins(HeldOut(np.array([50.0]), np.array([broken]), np.array(["pop"], dtype=object), np.array([0])))


def test_ends_start_from_tails_of_their_own_side_so_that_as_many_lie_below_as_above():
    rng = np.random.default_rng(0)
    predicted = np.full(4000, 40.0)
    actual = predicted - 20 + rng.exponential(20, 4000)  # never more than 20 below, now and then far above
    held_out = HeldOut(actual, predicted, np.full(4000, None, dtype=object), np.arange(4000))
    low, high = bounds(calibrate(held_out), predicted)
    assert ((actual >= low) & (actual <= high)).mean() == pytest.approx(0.9, abs=0.005)
    assert (actual < low).mean() == pytest.approx((actual > high).mean(), abs=0.01)
    even = margins(held_out)[0]
    assert (actual < predicted - even).mean() == 0
    assert (actual > predicted + even).mean() == pytest.approx(0.1, abs=0.005)


def test_a_genre_has_tails_of_its_own_where_enough_of_it_was_held_out():
    rng = np.random.default_rng(1)
    genre = np.repeat(["calm", "wild", "rare"], [1000, 1000, 5]).astype(object)
    actual = 50 + rng.normal(0, 1, 2005) * np.where(genre == "wild", 15, 3)
    held_out = HeldOut(actual, np.full(2005, 50.0), genre, np.arange(2005))
    found = tails(held_out)
    assert set(found["by_genre"]) == {"calm", "wild"}
    below, above = tails_of(found, ["calm", "wild", "rare", None])
    assert above[0] == pytest.approx(1.645 * 3, rel=0.15)
    assert below[1] == pytest.approx(-1.645 * 15, rel=0.15)
    assert (below[2], above[3]) == (found["tails"][0], found["tails"][1])


def test_an_interval_of_an_earlier_version_lies_evenly_around_its_prediction():
    low, high = bounds(
        {"half_width": 10.0, "by_genre": {"pop": {"half_width": 5.0, "n": 300}}}, np.array([50.0]), ["pop"]
    )
    assert (low[0], high[0]) == (45.0, 55.0)


def test_a_track_of_no_known_genre_is_in_its_interval_as_often_as_promised():
    held_out = _held_out(ends=False)
    low, high = bounds(calibrate(held_out), held_out.predicted)
    assert ((held_out.actual >= low) & (held_out.actual <= high)).mean() == pytest.approx(0.9, abs=0.003)
