from __future__ import annotations

import pytest

from core.features import DEFAULT_FEATURES
from layouts.run_words import features_in_words, split_in_words, verdict
from tests.fakes.finished import make_run, metrics


def test_the_verdict_stands_beside_the_genre_and_speaks_of_unseen_tracks() -> None:
    said = verdict(make_run(protocol="track"))
    assert said == (
        "Explains 8% of the variation in popularity among tracks it has not seen; knowing only the genre explains 3%."
    )


def test_a_difference_within_the_interval_is_not_sold_as_one() -> None:
    run = make_run(metrics=metrics(r2=0.05, genre=0.04, interval=(0.03, 0.07)))
    assert "too close to call" in verdict(run)


def test_a_model_worse_than_the_genre_is_said_to_be() -> None:
    run = make_run(metrics=metrics(r2=0.02, genre=0.10, interval=(0.01, 0.03)))
    assert verdict(run).endswith("The genre alone does better.")


def test_a_score_that_is_not_above_zero_beyond_doubt_is_no_success() -> None:
    run = make_run(metrics=metrics(r2=0.01, genre=-0.1, interval=(-0.01, 0.03)))
    assert verdict(run).startswith("Not beyond doubt better than always saying the average")


@pytest.mark.parametrize(
    ("r2", "ends", "average", "expected"),
    [
        (-0.15, (-0.18, -0.12), -0.34, "(R² −0.15 against −0.34), but it explains nothing of the variation"),
        (0.02, (-0.02, 0.06), -0.34, "(R² 0.02 against −0.34), but it may explain nothing of the variation"),
    ],
)
def test_a_score_below_zero_may_still_beat_the_average_of_older_tracks(
    r2: float, ends: tuple[float, float], average: float, expected: str
) -> None:
    found = metrics(r2=r2, genre=-0.3, interval=ends)
    found["baselines"]["mean"]["test"]["r2"] = average
    said = verdict(make_run(protocol="time", metrics=found))
    assert said.startswith("Better than always saying the average popularity of the tracks it learned from")
    assert expected in said


def test_a_score_that_may_be_that_of_the_average_is_not_called_better() -> None:
    found = metrics(r2=-0.30, genre=-0.3, interval=(-0.36, -0.24))
    found["baselines"]["mean"]["test"]["r2"] = -0.34
    assert verdict(make_run(protocol="time", metrics=found)).startswith("Not beyond doubt better than always saying")


def test_the_leaky_protocol_is_never_praised() -> None:
    said = verdict(make_run(protocol="rows", metrics=metrics(r2=0.30)))
    assert said.startswith("Seems to explain 30%")
    assert "memory" in said


def test_an_undefined_score_is_said_to_be() -> None:
    assert "no meaning" in verdict(make_run(metrics=metrics(r2=None)))


@pytest.mark.parametrize("protocol", ["song", "track", "album", "artist", "time", "rows"])
def test_no_verdict_speaks_of_causes(protocol: str) -> None:
    said = verdict(make_run(protocol=protocol)).lower()
    assert not any(word in said for word in ("cause", "makes", "raise", "increase", "because of"))


def test_features_are_named_by_group_where_the_group_is_whole() -> None:
    assert features_in_words(DEFAULT_FEATURES) == "the ten audio features"
    assert features_in_words(("energy", "key", "mode")) == "both tonality features and energy"


def test_the_split_is_said_with_share_folds_and_seed() -> None:
    said = split_in_words(make_run(protocol="artist", cv_folds=0, seed=7))
    assert "new artists" in said
    assert "20% held out" in said
    assert "no cross-validation" in said
    assert "seed 7" in said
