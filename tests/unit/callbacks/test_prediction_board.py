"""The board of kept predictions: what is kept is asked again, named, used again, and outlasts its model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from callbacks import prediction
from callbacks.prediction.board import Board, address_of, apply, make_scenario
from callbacks.prediction.questions import genre_of, predict
from callbacks.prediction.starts import start_from_genre, start_from_track
from core.errors import InvalidRequest, NotFound
from core.scenarios import Kept, read_scenarios
from layouts import prediction as view
from layouts.ids import Prediction
from tests.fakes.predicting import Made, controls_of, kept_from, of_page, two_models


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with two_models(tmp_path_factory.mktemp("home")) as models:
        yield models


def board(made: Made) -> Board:
    services, run, _ = made
    kept: tuple[Any, ...] = ()
    for energy in (0.5, 0.9):
        values = {**{one.name: one.value for one in controls_of(made)}, "energy": energy}
        asked = {"run": run.id, "values": values}
        kept = (*kept, make_scenario(services, "me", asked, {"label": "x", "values": {}}, kept))
    return Board(kept)


def test_what_is_kept_is_asked_again_and_gets_a_name(made: Made) -> None:
    first, second = board(made).kept
    assert (first.name, second.name) == ("Scenario 1", "Scenario 2")
    assert first.id != second.id
    assert first.low <= first.predicted <= first.high
    assert second.values["energy"] == 0.9
    services, _, _ = made
    with pytest.raises(NotFound):
        make_scenario(services, "me", {"run": "x", "values": {}}, None, ())


def test_kept_predictions_are_named_removed_cleared_and_brought_back(made: Made) -> None:
    whole = board(made)
    first = whole.kept[0].id
    assert apply(whole, {"kind": "name", "id": first, "text": "  loud \n one "}).kept[0].name == "loud one"
    removed = apply(whole, {"kind": "remove", "id": first})
    assert [one.id for one in removed.kept] == [whole.kept[1].id]
    assert {one.id for one in apply(removed, {"kind": "undo"}).kept} == {one.id for one in whole.kept}
    cleared = apply(whole, {"kind": "clear"})
    assert cleared.kept == ()
    assert apply(cleared, {"kind": "undo"}).kept == whole.kept


@pytest.mark.parametrize("act", [{}, {"kind": "burn"}, {"kind": ["clear"]}, {"kind": "name", "id": "x", "text": 3}])
def test_what_cannot_be_pressed_on_the_board_is_refused(made: Made, act: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        apply(Board(), act)


def test_the_board_compares_what_differs_and_offers_to_use_it_again(made: Made) -> None:
    whole = board(made)
    named = (replace(whole.kept[0], name="<b>mine</b>"), whole.kept[1])
    said = str(view.kept_list(Kept(named), can_undo=False, address_of=address_of))
    assert "Side by side" in said
    assert "Energy" in said
    assert f"run={whole.kept[0].run}" in said
    assert str(view.kept_list(Kept(), can_undo=True)).count("Undo") == 1


def test_what_a_tab_kept_in_another_version_is_left_out_in_words(made: Made) -> None:
    kept = [one.to_dict() for one in board(made).kept]
    spoilt = [{**kept[0], "predicted": None}, {**kept[1], "values": {"vibe": 1}}]
    said = str(view.kept_list(read_scenarios(spoilt), can_undo=False))
    assert "1 kept prediction could not be read and was left out" in said
    assert "1 kept prediction cannot be used again" in said
    alone = str(view.kept_list(read_scenarios("x"), can_undo=False))
    assert "could not be read" in alone


def asked_again(made: Made, start: Any, values: Any) -> tuple[float, float, float]:
    services, _, knn = made
    found = predict(services, knn, "me", values, genre_of(start, values))
    return found.popularity, found.low, found.high


@pytest.mark.parametrize("kind", ["track", "genre"])
def test_a_kept_prediction_shows_the_same_interval_again_when_used_and_by_its_link(made: Made, kind: str) -> None:
    services, _, knn = made
    tracks = services.tracks.dataset.tracks
    position = int((tracks["genre"] == "rap").to_numpy().argmax())
    by_track = start_from_track(services, knn, "me", position)
    start, _ = by_track if kind == "track" else start_from_genre(tracks, knn, "rap")
    one = kept_from(made, start, energy=0.25)
    kept = (one.predicted, one.low, one.high)
    assert kept[1:] != asked_again(made, None, one.values)[1:]  # the genre decides the interval

    used = of_page(services, knn).scenario(one)
    assert used["start"]["place"] == one.values
    assert used["start"]["label"] == start.label
    assert asked_again(made, used["start"], used["start"]["place"]) == kept
    page = prediction.page(services, "me", query=address_of(one).partition("?")[2])
    assert "Not everything" not in str(page)
    (shown,) = [part for part in page.children if getattr(part, "id", "") == Prediction.START]
    assert asked_again(made, shown.data, one.values) == kept


def test_the_genre_of_an_interval_is_kept_where_the_track_is_gone(made: Made) -> None:
    services, _, knn = made
    tracks = services.tracks.dataset.tracks
    one = replace(kept_from(made, start_from_genre(tracks, knn, "rap")[0]), typical="", track="gone")
    kept = (one.predicted, one.low, one.high)
    used = of_page(services, knn).scenario(one)
    assert asked_again(made, used["start"], used["start"]["place"]) == kept
    by_link = prediction.page(services, "me", query=address_of(replace(one, track="")).partition("?")[2])
    (shown,) = [part for part in by_link.children if getattr(part, "id", "") == Prediction.START]
    assert "Not everything" not in str(by_link)
    assert asked_again(made, shown.data, one.values) == kept


def test_a_prediction_that_an_older_version_kept_is_used_as_it_was(made: Made) -> None:
    services, _, knn = made
    values = {"energy": 0.25, "valence": 0.5, "mode": "Major"}
    old = {
        "run": knn.id, "title": "KNN", "start": "a song", "predicted": 41.0, "low": 12.0, "high": 70.0, "changes": [],
        "id": "0a1b2c3d", "name": "mine", "values": values,
    }  # fmt: skip
    (one,) = read_scenarios([old]).scenarios
    used = of_page(services, knn).scenario(one)
    assert used["start"]["place"] == values
    assert used["start"]["genre"] == ""


def test_a_kept_prediction_of_a_deleted_model_says_why_it_cannot_be_used(made: Made) -> None:
    services, _, knn = made
    one = replace(board(made).kept[0], run="00000000-0000-0000-0000-000000000000")
    with pytest.raises(NotFound, match="model of this kept prediction is not there any more"):
        of_page(services, knn).scenario(one)
