"""A difference is called one only where it is more than chance."""

from __future__ import annotations

import numpy as np
import pytest

from core.bootstrap import bootstrap_interval
from core.comparison import Verdict, compare_paired
from core.metrics import score

N_ARTISTS, N_TRACKS = 300, 900


def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Actual popularity, what can be known of it, and the artist, whose tracks share a part of the error."""
    artist = rng.integers(0, N_ARTISTS, N_TRACKS)
    known = 42 + rng.normal(0, 8, N_TRACKS)
    actual = known + rng.normal(0, 12, N_ARTISTS)[artist] + rng.normal(0, 15, N_TRACKS)
    return actual, known, artist


def called_better(seed: int, noise: float = 3.0, gap: float = 0.0) -> bool:
    """Whether one of two models is called better; they differ by the luck of their seeds, and one errs more by gap."""
    rng = np.random.default_rng(seed)
    actual, known, artist = draw(rng)
    luck = rng.normal(0, 1.5, (2, N_ARTISTS))[:, artist]
    first = known + luck[0] + rng.normal(0, noise, N_TRACKS)
    second = known + luck[1] + rng.normal(0, noise, N_TRACKS)
    if gap:
        now = score(actual, second)["rmse"]
        second = second + rng.normal(0, np.sqrt((now + gap) ** 2 - now**2), N_TRACKS)
    found = compare_paired(actual, {"a": first, "b": second}, artist, n_resamples=300, seed=seed)["rmse"]
    return found["b"].verdict is Verdict.WORSE or (not gap and found["a"].verdict is Verdict.WORSE)


def test_of_two_models_that_differ_by_their_seed_alone_one_is_called_better_in_at_most_5_of_100_tests() -> None:
    assert sum(called_better(seed) for seed in range(200)) <= 10


def test_a_planted_gap_of_5_points_is_found_in_at_least_95_of_100_tests() -> None:
    assert sum(called_better(seed, gap=5.0) for seed in range(200)) >= 190


def test_with_eight_equal_models_none_is_called_worse_than_the_best_more_than_5_times_in_100() -> None:
    wrong = 0
    for seed in range(100):
        rng = np.random.default_rng(1000 + seed)
        actual, known, artist = draw(rng)
        models = {str(each): known + rng.normal(0, 3, N_TRACKS) for each in range(8)}
        found = compare_paired(actual, models, artist, n_resamples=300)["mae"]
        wrong += any(one.verdict is Verdict.WORSE for one in found.values())
    assert wrong <= 5


def test_equal_predictions_are_a_tie_without_any_difference() -> None:
    actual, known, artist = draw(np.random.default_rng(0))
    found = compare_paired(actual, {"a": known, "b": known.copy()}, artist)["rmse"]
    assert found["a"].verdict is Verdict.BEST
    assert (found["b"].verdict, found["b"].value) == (Verdict.TIED, 0.0)


def test_a_greater_r2_is_better_and_a_greater_error_is_worse() -> None:
    actual, known, artist = draw(np.random.default_rng(0))
    found = compare_paired(actual, {"bad": known + 30, "good": known}, artist)
    for key in ("r2", "rmse", "mae", "mse"):
        assert found[key]["good"].verdict is Verdict.BEST
        assert found[key]["bad"].verdict is Verdict.WORSE
        assert found[key]["bad"].low > 0


def test_tracks_of_one_artist_do_not_count_as_evidence_of_their_own() -> None:
    rng = np.random.default_rng(3)
    artist = np.repeat(np.arange(40), 50)
    actual = rng.normal(40, 10, 2000)
    shifted = actual + rng.normal(0, 6, 40)[artist]
    other = actual + rng.normal(0, 6, 40)[artist]
    by_artist = compare_paired(actual, {"a": shifted, "b": other}, artist)["rmse"]
    by_track = compare_paired(actual, {"a": shifted, "b": other})["rmse"]
    width = [max(one.high - one.low for one in found.values()) for found in (by_artist, by_track)]
    assert width[0] > 3 * width[1]


def test_with_too_few_groups_everything_is_a_tie() -> None:
    actual, known, _ = draw(np.random.default_rng(0))
    found = compare_paired(actual, {"a": known, "b": known + 30}, np.arange(N_TRACKS) % 4)["rmse"]
    assert {one.verdict for one in found.values()} == {Verdict.BEST, Verdict.TIED}


def test_r2_of_equal_values_is_left_out() -> None:
    found = compare_paired(np.full(50, 40.0), {"a": np.full(50, 41.0), "b": np.full(50, 45.0)})
    assert "r2" not in found
    assert found["mae"]["b"].value == pytest.approx(4)


def test_the_interval_of_a_score_did_not_change_by_sharing_its_resamples() -> None:
    actual, known, artist = draw(np.random.default_rng(1))
    low, high = bootstrap_interval(actual, known, artist)["rmse"]
    assert low < score(actual, known)["rmse"] < high


def interval_called_better(seed: int, half_widths: tuple[float, float]) -> bool:
    """Whether one of two models with the same predictions is called better by its intervals, of these widths."""
    rng = np.random.default_rng(seed)
    actual, known, artist = draw(rng)
    noisy = [half + rng.normal(0, 1, N_TRACKS) for half in half_widths]
    ends = {name: (known - half, known + half) for name, half in zip("ab", noisy, strict=True)}
    predicted = dict.fromkeys(ends, known)
    found = compare_paired(actual, predicted, artist, ends=ends, n_resamples=300, seed=seed)["pinball"]
    return any(one.verdict is Verdict.WORSE for one in found.values())


def test_intervals_are_called_better_only_where_they_are() -> None:
    assert sum(interval_called_better(seed, (31.6, 31.6)) for seed in range(100)) <= 5
    assert sum(interval_called_better(seed, (31.6, 10.0)) for seed in range(50)) >= 48


def test_a_model_without_intervals_is_compared_by_its_predictions_alone() -> None:
    actual, known, artist = draw(np.random.default_rng(0))
    predicted = {"a": known, "b": known + 1, "old": known + 2}
    ends = {name: (predicted[name] - 30, predicted[name] + 30) for name in "ab"}
    found = compare_paired(actual, predicted, artist, ends=ends)
    assert set(found["rmse"]) == {"a", "b", "old"}
    assert set(found["pinball"]) == {"a", "b"}
    assert "pinball" not in compare_paired(actual, predicted, artist)
