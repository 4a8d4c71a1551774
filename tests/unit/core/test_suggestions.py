"""What is suggested, and how seldom chance alone makes a suggestion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.neighbours import Neighbourhood
from core.suggestions import FEWEST_NEAR, Suggestions, residuals_by_track, suggest
from core.what_if import Realistic, realistic
from tests.fakes.models import TRACK, Additive, Echo


def table(n: int = 2000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    ids = [str(number) for number in range(n)]
    random = {
        "energy": rng.uniform(0, 1, n),
        "mode": rng.integers(0, 2, n).astype(float),
        "tempo": rng.normal(120, 20, n),
    }
    return pd.DataFrame({"track_id": ids, **random})


LIMITS = {"energy": Realistic(0.1, 0.9), "mode": Realistic(names=("Minor", "Major")), "tempo": Realistic(80, 160)}


def found(noise: float, **options: Any) -> Any:
    tracks = table()
    residuals = np.random.default_rng(1).normal(0, noise, len(tracks))
    near = Neighbourhood(tracks, ("energy", "mode", "tempo"))
    popularity = Additive().predict(tracks)["predicted"].to_numpy() + residuals
    return suggest(Additive(), TRACK, LIMITS, near, popularity, residuals, **options)


def test_the_best_realistic_value_of_each_feature_is_found() -> None:
    suggestions = found(5.0)
    assert suggestions.predicted == pytest.approx(20)
    assert [(one.feature, one.after) for one in suggestions.changes] == [("energy", 0.9), ("mode", "Minor")]
    assert [one.effect for one in suggestions.changes] == pytest.approx([16, 10])
    assert len(suggestions.reliable) == 2
    assert suggestions.n_near == 200


def test_an_effect_that_drowns_in_the_models_uncertainty_is_not_reliable() -> None:
    suggestions = found(60.0)
    assert suggestions.changes[1].uncertainty > 10
    assert not suggestions.changes[1].is_reliable


def test_locked_features_are_never_touched() -> None:
    assert [one.feature for one in found(1.0, locked={"energy"}).changes] == ["mode"]
    assert found(1.0, locked=set(LIMITS)).changes == ()


def test_a_place_where_the_model_promises_too_much_is_not_recommended() -> None:
    tracks = table()
    residuals = np.where(tracks["energy"] > 0.7, -30.0, 0.0) + np.random.default_rng(1).normal(0, 1, len(tracks))
    near = Neighbourhood(tracks, ("energy", "mode", "tempo"))
    popularity = Additive().predict(tracks)["predicted"].to_numpy() + residuals
    suggestions = suggest(Additive(), TRACK, LIMITS, near, popularity, residuals)
    assert {one.feature: one.is_reliable for one in suggestions.changes} == {"energy": False, "mode": True}


def test_without_held_out_errors_nothing_is_reliable() -> None:
    tracks = table()
    few = np.full(len(tracks), np.nan)
    few[: FEWEST_NEAR - 1] = 0.0
    near = Neighbourhood(tracks, ("energy", "mode", "tempo"))
    suggestions = suggest(Additive(), TRACK, LIMITS, near, few, few)
    assert suggestions.changes
    assert not suggestions.reliable
    assert suggestions.n_near == 0


def test_a_change_to_what_no_track_is_like_is_left_out() -> None:
    tracks = table()
    tracks["energy"] = tracks["energy"] * 0.4 + 0.3
    near = Neighbourhood(tracks, ("energy", "mode", "tempo"))
    wide = {**LIMITS, "energy": Realistic(0.0, 1.0)}
    suggestions = suggest(Additive(), TRACK, wide, near, *np.zeros((2, len(tracks))))
    assert suggestions.unlike == ("energy",)


def test_errors_find_their_tracks_and_repeats_are_averaged() -> None:
    rows = [("b", 50.0, 40.0), ("b", 50.0, 44.0), ("x", 1.0, 2.0)]
    predictions = pd.DataFrame(rows, columns=["track_id", "actual", "predicted"])
    residuals = residuals_by_track(pd.DataFrame({"track_id": ["a", "b"]}), predictions)
    assert np.isnan(residuals[0])
    assert residuals[1] == 8.0


SOUND = ("energy", "valence", "danceability", "liveness")


def asked_of_noise(signal: float, n_tracks: int = 40) -> list[Suggestions]:
    """Suggestions for tracks of a table whose popularity is noise and a signal, by a model that learnt it by heart."""
    rng = np.random.default_rng(11)
    tracks = pd.DataFrame(rng.uniform(0, 1, (1500, len(SOUND))), columns=list(SOUND))
    popularity = 40 + signal * tracks["energy"].to_numpy() + rng.normal(0, 24, len(tracks))
    model, near = Echo(tracks, popularity, SOUND), Neighbourhood(tracks, SOUND)
    limits, errors = realistic(tracks, SOUND).limits, model.errors()
    rows = tracks.iloc[:n_tracks].to_dict("records")
    return [suggest(model, row, limits, near, popularity, errors) for row in rows]


def test_of_pure_noise_hardly_anything_is_suggested_however_much_the_model_promises() -> None:
    found = asked_of_noise(0.0)
    promised = [max(one.effect for one in each.changes) for each in found if each.changes]
    assert np.median(promised) > 10
    assert sum(bool(each.reliable) for each in found) <= 1


def test_what_the_tracks_really_show_is_suggested() -> None:
    found = asked_of_noise(60.0)
    dull = [each for each in found if any(one.feature == "energy" and one.before < 0.4 for one in each.changes)]
    told = [any(one.feature == "energy" for one in each.reliable) for each in dull]
    assert sum(told) > 0.7 * len(told)


def test_the_more_values_are_looked_at_the_more_a_change_has_to_stand_out() -> None:
    few = found(5.0, locked={"energy", "tempo"})
    many = found(5.0)
    assert few.n_values < many.n_values
    widths = [next(one.uncertainty for one in each.changes if one.feature == "mode") for each in (few, many)]
    assert widths[0] < widths[1]
