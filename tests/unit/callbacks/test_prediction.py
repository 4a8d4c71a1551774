from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from callbacks import prediction
from callbacks.prediction.questions import genre_of, list_changes, parse_question
from callbacks.prediction.starts import parse_position
from core.errors import InvalidRequest, NotFound
from core.features import DEFAULT_FEATURES, FEATURE_GROUPS
from core.requests import TrainingRequest
from dashboard.services import Services
from layouts import prediction as view
from tests.fakes.finished import make_run


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, Any]]:
    from dashboard.services import build_services
    from dashboard.settings import Settings

    services = build_services(Settings(home=tmp_path_factory.mktemp("home")))
    features = (*DEFAULT_FEATURES, "key", "genre")
    (run,) = services.runs.run_inline([TrainingRequest(family="ridge", cv_folds=0, features=features)])
    yield services, run
    services.runs.close()


def test_there_is_a_control_for_each_feature_of_the_run_and_for_no_other(trained: tuple[Services, Any]) -> None:
    services, run = trained
    controls = prediction.make_controls(services.tracks.dataset.tracks, run, {})
    assert [one.name for one in controls] == list(run.request.features)


def test_typical_values_have_no_more_digits_than_a_slider_can_set(trained: tuple[Services, Any]) -> None:
    services, run = trained
    for one in prediction.make_controls(services.tracks.dataset.tracks, run, {}):
        if one.options is None:
            assert len(f"{one.value:g}".lstrip("-0.").replace(".", "")) <= 4, one
            assert one.value in (one.low, one.high) or one.value / one.step == pytest.approx(
                round(one.value / one.step)
            )


def test_controls_start_at_the_median_and_show_duration_in_seconds(trained: tuple[Services, Any]) -> None:
    services, run = trained
    tracks = services.tracks.dataset.tracks
    controls = {one.name: one for one in prediction.make_controls(tracks, run, {})}
    assert controls["energy"].value == pytest.approx(tracks["energy"].median(), abs=controls["energy"].step)
    assert controls["duration_ms"].value == pytest.approx(tracks["duration_ms"].median() / 1000, abs=1)
    assert controls["duration_ms"].unit == "s"
    assert all(one.low <= one.value <= one.high for one in controls.values() if one.options is None)


def test_a_real_track_gives_the_very_prediction_of_its_row(trained: tuple[Services, Any]) -> None:
    services, run = trained
    tracks = services.tracks.dataset.tracks
    predictions = services.runs.predictions(run.id, "me")
    test = predictions[predictions["part"] == "test"].iloc[0]
    position = int(tracks.index[tracks["track_id"] == test["track_id"]][0])
    start, card = prediction.start_from_track(services, run, "me", position)
    assert start.actual == test["actual"]
    assert "held out: the model has not seen it" in str(card)
    answered = prediction.predict(services, run, "me", dict(start.values))
    assert answered.popularity == pytest.approx(test["predicted"], abs=1e-6)


def test_a_track_of_the_training_part_is_said_to_be_known(trained: tuple[Services, Any]) -> None:
    services, run = trained
    predictions = services.runs.predictions(run.id, "me")
    tracks = services.tracks.dataset.tracks
    position = int(tracks.index[~tracks["track_id"].isin(predictions["track_id"])][0])
    assert "learned from this track" in str(prediction.start_from_track(services, run, "me", position)[1])


def test_a_foreign_run_cannot_be_asked(trained: tuple[Services, Any]) -> None:
    services, _ = trained
    with pytest.raises(NotFound):
        prediction.predict(services, make_run(), "me", {})


def test_without_a_finished_run_the_page_says_what_to_do(services: Services) -> None:
    assert "No finished run yet" in str(prediction.page(services, "me"))


def test_a_run_that_is_not_there_gives_the_newest_and_says_so(trained: tuple[Services, Any]) -> None:
    services, run = trained
    said = str(prediction.page(services, "me", query="?run=nonsense"))
    assert run.id in said
    assert "is not there" in said


@pytest.mark.parametrize(
    "asked",
    [
        None,
        [],
        {"run": 1, "values": {}},
        {"run": "id", "values": []},
        {"run": "id", "values": {"vibe": 1}},
        {"run": "id", "values": {"energy": "loud"}},
        {"run": "id", "values": {"energy": None}},
        {"run": "id", "values": {"energy": True}},
        {"run": "id", "values": {"energy": float("inf")}},
        {"run": "id", "values": {"genre": "x" * 10_000}},
        {"run": "id", "values": {f"f{i}": 1 for i in range(500)}},
        {"run": "id", "values": {}, "number": "1"},
        {"run": "id", "values": {}, "beside": ["a", "b", "c", "d"]},
        {"run": "id", "values": {}, "beside": [3]},
        {"run": "id", "values": {}, "beside": "abc"},
        {"run": "id", "values": {"release_date": 3}},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(asked: Any) -> None:
    with pytest.raises(InvalidRequest):
        parse_question(asked)


def test_what_was_changed_is_said_and_what_was_not_is_not() -> None:
    start = {"label": "Song, Artist", "values": {"energy": 0.7, "tempo": 120.0, "genre": "pop"}}
    label, changes = list_changes(start, {"energy": 0.9, "tempo": 120.0, "genre": "rap"})
    assert label == "Song, Artist"
    assert changes == ["energy 0.7 → 0.9", "genre pop → rap"]


@pytest.mark.parametrize("pressed", [None, {}, -1, 10, True, "0", 1.0])
def test_a_track_outside_the_table_cannot_be_picked(pressed: Any) -> None:
    with pytest.raises(InvalidRequest):
        parse_position(pressed, 10)


@pytest.fixture(scope="module")
def deaf(trained: tuple[Services, Any]) -> tuple[Services, Any]:
    """A run whose model does not look at the genre."""
    services, _ = trained
    (run,) = services.runs.run_inline([TrainingRequest(family="ridge", cv_folds=2)])
    return services, run


def test_a_real_track_brings_its_genre_which_chooses_the_interval(deaf: tuple[Services, Any]) -> None:
    services, run = deaf
    tracks = services.tracks.dataset.tracks
    position = int(tracks["genre"].notna().to_numpy().argmax())
    start, _ = prediction.start_from_track(services, run, "me", position)
    stored = start.to_dict(run.id)
    genre = tracks["genre"].iloc[position]
    assert genre_of(stored) == genre
    own = prediction.predict(services, run, "me", dict(start.values), genre_of(stored))
    plain = prediction.predict(services, run, "me", dict(start.values))
    assert (own.genre, plain.genre) == (genre, "")
    assert own.popularity == plain.popularity
    assert own.low != plain.low
    assert f"{genre} tracks" in str(view.answer(run, own, 40.0))


@pytest.mark.parametrize("start", [None, "x", {"genre": 3}, {"genre": ["pop"]}, {"genre": "x" * 10_000}, {}])
def test_a_start_without_a_sensible_genre_has_none(start: Any) -> None:
    assert genre_of(start) == ""


@pytest.fixture(scope="module")
def of_artists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, Any]]:
    from dashboard.services import build_services
    from dashboard.settings import Settings

    services = build_services(Settings(home=tmp_path_factory.mktemp("artists")))
    features = ("energy", "is_single", *FEATURE_GROUPS["title"].features, *FEATURE_GROUPS["artist"].features)
    (run,) = services.runs.run_inline([TrainingRequest(family="ridge", cv_folds=0, features=features)])
    yield services, run
    services.runs.close()


def test_a_model_that_looks_at_title_and_artist_asks_for_them_by_name(of_artists: tuple[Services, Any]) -> None:
    services, run = of_artists
    controls = {one.name: one for one in prediction.make_controls(services.tracks.dataset.tracks, run, {})}
    assert list(controls) == ["track_name", "track_artist", "energy", "is_single"]
    assert controls["track_artist"].value == ""
    assert controls["track_artist"].options
    assert [controls[name].label for name in controls] == ["Title", "Artist", "Energy", "Single"]


def test_an_empty_artist_is_an_unknown_one_and_a_known_one_counts(of_artists: tuple[Services, Any]) -> None:
    services, run = of_artists
    tracks = services.tracks.dataset.tracks
    best = tracks.groupby("track_artist")["track_popularity"].agg(["mean", "count"]).query("count > 4")["mean"].idxmax()
    shared = {"energy": 0.5, "is_single": "No", "track_name": "A Song"}

    def ask(artist: str | None) -> float:
        question = parse_question({"run": run.id, "values": {**shared, "track_artist": artist}})
        return float(prediction.predict(services, run, run.owner, question.values).popularity)

    assert ask("") == ask(None) == ask("nobody of that name")
    assert ask(best) > ask("")


@pytest.mark.parametrize("wrong", [3, ["a"], "x" * 301, True])
def test_a_title_that_is_no_short_text_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidRequest):
        parse_question({"run": "id", "values": {"track_name": wrong}})
