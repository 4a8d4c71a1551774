"""What the prediction view makes of an address, a start and an answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import pytest
from dash import no_update

from callbacks import prediction
from callbacks.prediction.answering import GONE, Answer, answer_to
from callbacks.prediction.beginning import act_of
from callbacks.prediction.controls import values_from_address, what_can_be_tried
from callbacks.prediction.knowledge import Knowledge
from callbacks.prediction.questions import in_table_units, parse_question
from callbacks.prediction.starts import start_from_genre, start_from_track
from core.errors import InvalidRequest
from core.features import DEFAULT_FEATURES
from core.runs.offered import offered_runs
from core.scenario_address import write_address
from core.scenarios import NAMED
from core.suggestions import Change, Suggestions
from layouts import prediction as view
from layouts.ids import Prediction
from tests.fakes.predicting import Made, controls_of, kept_from, of_page, two_models

LOUDER = Change("energy", 0.5, 0.9, 46.0, 6.0, 5.0, 2.0, is_reliable=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with two_models(tmp_path_factory.mktemp("home")) as models:
        yield models


def ask(made: Made, start: Any = None, beside: tuple[str, ...] = (), **values: Any) -> dict[str, str]:
    """The parts of an answer, as text."""
    services, run, _ = made
    given = {**{one.name: one.value for one in controls_of(made)}, **values}
    question = parse_question({"run": run.id, "values": given, "beside": list(beside), "number": 7})
    told = Answer(services, Knowledge(services), "me", run, question, start).draw()
    assert told["number"] == 7
    return {str(name): text for name, text in told["parts"].items()}


def test_one_date_stands_for_year_month_day_and_weekday(made: Made) -> None:
    names = [one.name for one in controls_of(made)]
    assert names[:2] == ["track_name", "release_date"]
    assert not {"release_year", "release_month", "release_day", "release_weekday"} & set(names)
    assert {"release_exactness", "is_single"} <= set(names)
    (date,) = [one for one in controls_of(made, release_date="2019-02-28") if one.is_date]
    assert date.value == "2019-02-28"
    asked = in_table_units({"release_date": "2019-02-28", "release_exactness": "Day", "duration_ms": 200.0})
    assert (asked["release_weekday"], asked["release_day"], asked["duration_ms"]) == ("Thursday", 28.0, 200_000.0)


def test_controls_stand_in_their_groups_with_the_shape_of_the_data_behind_the_sliders(made: Made) -> None:
    drawn = view.draw_controls("id", controls_of(made))["html"]
    for group in ("Audio", "Tonality", "Genre", "Release", "Title"):
        assert f">{group}</summary>" in drawn
    assert drawn.count("slider-spread") == len(DEFAULT_FEATURES)
    assert 'data-control="energy"' in drawn
    assert 'type="date"' in drawn


def test_the_answer_says_where_it_stands_how_often_such_tracks_were_hits_and_why(made: Made) -> None:
    parts = ask(made)
    assert "of all tracks" in parts[Prediction.ANSWER]
    assert "of tracks predicted like this were hits" in parts[Prediction.ANSWER]
    assert "Release date: a " in parts[Prediction.ANSWER]
    assert "Unlike anything" not in parts[Prediction.ANSWER]
    assert "Starts from" in parts[Prediction.WHY]
    assert "Release date" in parts[Prediction.WHY]
    assert "release_weekday" not in parts[Prediction.WHY]
    assert parts[Prediction.NEAREST].count("data-position") == 5


def test_it_is_said_by_what_real_tracks_are_near(made: Made) -> None:
    assert "nearest in sound, key, genre and year" in ask(made)[Prediction.NEAREST]
    services, _, knn = made
    question = parse_question({"run": knn.id, "values": {"energy": 0.5, "valence": 0.5, "mode": "Major"}})
    told = Answer(services, Knowledge(services), "me", knn, question, None).draw()["parts"]
    assert "nearest in energy, valence and mode, half" in told[Prediction.NEAREST]


@pytest.mark.parametrize(("genre", "whose"), [("", "all tracks"), ("pop", "pop tracks")])
def test_it_is_said_whose_values_are_usual(genre: str, whose: str) -> None:
    swept = pd.DataFrame([{"feature": "energy", "lowest": 43.0, "highest": 51.0}])
    assert f"what is usual for {whose} (" in str(view.sweep_list(swept, {}, 45.0, genre))
    for found in (Suggestions(40.0, (), 500, 3, 60), Suggestions(40.0, (LOUDER,), 500, 3, 60)):
        assert f"within what is usual for {whose}." in str(view.suggestions(found, genre, {}))


def test_values_in_another_unit_have_another_name_in_addresses() -> None:
    assert set(NAMED) == set(view.SHOWN_IN)


def test_a_genre_that_the_model_never_met_is_flagged(made: Made) -> None:
    assert "never met the genre “polka”" in ask(made, genre="polka")[Prediction.ANSWER]
    assert "never met" not in ask(made, genre="pop")[Prediction.ANSWER]


def test_the_track_that_was_started_from_is_not_among_those_like_it(made: Made) -> None:
    services, run, _ = made
    start, _ = start_from_track(services, run, "me", 5)
    told = ask(made, start.to_dict(run.id), **start.values)[Prediction.NEAREST]
    assert 'data-position="5"' not in told
    assert "the one you started from left out" in told


def test_values_like_no_track_are_flagged(made: Made) -> None:
    parts = ask(made, tempo=239.0, energy=0.0, loudness=0.0, speechiness=0.96)
    assert "Unlike anything in the data" in parts[Prediction.ANSWER]
    assert "tempo above" in parts[Prediction.ANSWER]


def test_contributions_add_up_to_the_prediction(made: Made) -> None:
    services, run, _ = made
    values = in_table_units({one.name: one.value for one in controls_of(made)})
    explained = services.runs.predictor(run.id, "me").explain_one(values)
    parts = ask(made)[Prediction.WHY]
    points = [float(part.split('"')[0]) for part in parts.split('data-value="')[1:]]
    assert explained.base + sum(points) == pytest.approx(float(explained.predicted[0]), abs=0.01)


def test_an_answer_is_what_the_model_says_when_it_is_only_asked_to_predict(made: Made) -> None:
    services, run, knn = made
    values = in_table_units({**{one.name: one.value for one in controls_of(made)}, "mode": "Major"})
    for each in (run, knn):
        predictor = services.runs.predictor(each.id, "me")
        assert predictor.answer_one(values)[0] == predictor.predict_one(values)


def test_another_model_gets_typical_values_for_what_the_page_does_not_ask(made: Made) -> None:
    _, ridge, knn = made
    parts = ask(made, beside=(knn.id, ridge.id, "00000000-0000-0000-0000-000000000000"))
    said = parts[Prediction.MODELS]
    assert "Also looks at mode" in said
    assert "There is no such run" in said
    assert said.count("<li") == 3
    assert "apart" in said or "They say the same" in said


def test_a_question_that_leaves_out_what_the_model_reads_is_refused(made: Made) -> None:
    services, run, _ = made
    question = parse_question({"run": run.id, "values": {"energy": 0.5}})
    with pytest.raises(InvalidRequest):
        Answer(services, Knowledge(services), "me", run, question, None).draw()


def test_without_cross_validation_there_are_no_chances_but_a_reason(made: Made) -> None:
    services, _, knn = made
    question = parse_question({"run": knn.id, "values": {"energy": 0.5, "valence": 0.5, "mode": "Major"}})
    told = Answer(services, Knowledge(services), "me", knn, question, None).draw()
    assert "not known without cross-validation" in told["parts"][Prediction.ANSWER]


def test_a_genres_typical_track_has_its_middle_values(made: Made) -> None:
    services, run, _ = made
    tracks = services.tracks.dataset.tracks
    start, _ = start_from_genre(tracks, run, "rap")
    of_rap = tracks[tracks["genre"] == "rap"]
    assert start.values["genre"] == start.genre == start.typical == "rap"
    assert start.values["speechiness"] == pytest.approx(of_rap["speechiness"].median(), abs=0.011)
    with pytest.raises(InvalidRequest):
        start_from_genre(tracks, run, "polka")


def test_an_address_shows_the_same_again_and_names_what_it_cannot_use(made: Made) -> None:
    services, run, knn = made
    track = services.tracks.dataset.tracks["track_id"].iloc[3]
    values: dict[str, Any] = {"energy": 0.25, "genre": "rap", "release_date": "2018-05-04", "track_name": "A <b>"}
    query = urlencode(write_address(run.id, values, track=track, beside=[knn.id]))
    said = str(prediction.page(services, "me", query=f"?{query}"))
    assert "Not everything" not in said
    for part in (f"'track': '{track}'", f"[{knn.id!r}]", 'value="0.25"', 'value="2018-05-04"', "A &lt;b&gt;"):
        assert part in said
    bad = str(prediction.page(services, "me", query=f"?run={run.id}&energy=9&genre=polka&vibe=1&track=nope"))
    for part in ("Energy (beyond its range)", "Genre", "vibe", "the track is not in this table"):
        assert part in bad


@pytest.mark.parametrize(
    "written", [{"energy": "x"}, {"energy": "nan"}, {"genre": "polka"}, {"release_date": "2019-02-30"}, {"mode": "1"}]
)
def test_values_that_no_control_can_have_are_left_out(made: Made, written: dict[str, str]) -> None:
    values, problems = values_from_address(controls_of(made), written)
    assert (values, len(problems)) == ({}, 1)


def test_the_champion_is_offered_first(made: Made) -> None:
    services, ridge, knn = made
    assert offered_runs(services.runs, "me")[0].standing == ""
    services.runs.promotions.promote(ridge.id, None, "champion")
    services.runs.promotions.promote(knn.id, None, "candidate", "dance floors")
    first, second = offered_runs(services.runs, "me")[:2]
    assert {(first.run.id, first.standing), (second.run.id, second.standing)} == {
        (ridge.id, "Champion"), (knn.id, "Candidate for dance floors"),
    }  # fmt: skip
    services.runs.promotions.withdraw(ridge.id, None, "champion")
    services.runs.promotions.withdraw(knn.id, None, "candidate", "dance floors")


def test_a_champion_and_the_run_of_an_address_are_there_however_old_they_are(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, ridge, knn = made
    services.runs.promotions.promote(ridge.id, None, "champion")
    monkeypatch.setattr(services.runs, "list", lambda owner: [])
    asked = [knn.id, "nothing", str(uuid.uuid4())]
    assert [one.run.id for one in offered_runs(services.runs, "me", asked)] == [ridge.id, knn.id]
    said = str(prediction.page(services, "me", query=f"?run={knn.id}"))
    assert "is not there" not in said
    services.runs.promotions.withdraw(ridge.id, None, "champion")


def test_curves_are_of_values_that_can_change_alone_and_only_the_sound_is_not_locked(made: Made) -> None:
    _, run, _ = made
    choices = what_can_be_tried(run, controls_of(made))
    assert "release_year" in choices.features
    assert not {"track_name", "release_date", "release_exactness", "title_words"} & set(choices.features)
    assert set(choices.features) - set(choices.locked) == {*DEFAULT_FEATURES, "key"}


@pytest.mark.parametrize(
    "act", [{"kind": "track", "position": 5}, {"kind": "genre", "genre": "rap"}, {"kind": "reset"}]
)
def test_a_start_draws_the_controls_of_the_chosen_model_where_another_ones_still_stand(
    made: Made, act: dict[str, Any]
) -> None:
    services, ridge, knn = made
    told = of_page(services, ridge).do(knn.id, act)
    assert told["controls"]["run"] == told["start"]["run"] == knn.id
    assert told["controls"]["html"].count("data-control") == 3
    assert f'value="{told["start"]["values"]["energy"]:.9g}"' in told["controls"]["html"]
    assert "place" not in told["start"]

    there = of_page(services, knn).do(knn.id, act)
    assert there["controls"] is no_update
    assert there["start"]["place"] == told["start"]["values"]


def test_a_kept_prediction_draws_its_models_controls_where_others_stand(made: Made) -> None:
    services, ridge, knn = made
    one = kept_from(made, start_from_track(services, knn, "me", 5)[0], energy=0.25)
    told = of_page(services, ridge).scenario(one)
    assert told["run"] == told["controls"]["run"] == knn.id
    assert 'value="0.25"' in told["controls"]["html"]


def test_a_model_whose_answer_was_lost_can_be_asked_for_again_without_the_list(made: Made) -> None:
    services, ridge, knn = made
    assert act_of(Prediction.RUN, {"kind": "reset"}, "pop") == {"kind": "model"}
    told = of_page(services, ridge).do(knn.id, act_of(Prediction.BEGIN, {"kind": "model"}, ""))
    assert told["controls"]["run"] == knn.id


def test_of_a_model_that_was_deleted_nothing_stays_but_that_it_is_gone(made: Made) -> None:
    services, _, _ = made
    question = parse_question({"run": "00000000-0000-0000-0000-000000000000", "values": {}, "number": 9})
    told = answer_to(services, Knowledge(services), "me", question, None)
    assert (told["number"], told["gone"], told["shapes"]) == (9, True, [])
    assert GONE in told["parts"][Prediction.ANSWER]
    assert {told["parts"][part] for part in (Prediction.WHY, Prediction.NEAREST, Prediction.MODELS)} == {""}


def test_where_it_stands_has_its_numbers_and_words_for_who_does_not_see_it(made: Made) -> None:
    services, run, _ = made
    said = str(prediction.page(services, "me", query=f"?run={run.id}"))
    assert "Numbers behind: Where it stands among all tracks" in said
    assert "95 to 100" in said
    words = ask(made, start={"actual": 66.0})["prediction-position-graph-alternative"]
    assert "The line stands at" in words
    assert "the actual popularity, stands at 66" in words
