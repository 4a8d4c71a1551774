"""The command names everything that the scores depend on, and says where it cannot be the same."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from core.card import recipe
from core.card.reproduce import PROGRAM
from core.requests import parse_request
from dashboard.cli.main import build_parser
from dashboard.cli.requests import build_requests
from tests.fakes.finished import NOON, SAMPLE, make_run


@pytest.mark.parametrize(
    "changes",
    [
        {"family": "ridge", "params": {"alpha": 1e-5}, "protocol": "artist", "seed": 7, "test_share": 0.15},
        {"family": "random_forest", "params": {"max_depth": None}, "defaults": "library", "cv_folds": 0},
        {"family": "hist_gradient_boosting", "interval": "quantile", "features": ("energy", "genre")},
        {"family": "lasso", "features": ("energy", "n_playlists"), "allow_unknowable": True},
        {"family": "mean", "explain": False},
    ],
    ids=lambda changes: changes["family"],
)
def test_the_command_asks_for_what_the_run_was_made_with(changes: dict) -> None:
    run = make_run(**changes)
    words = shlex.split(recipe(run).command.replace("\\\n", " "))
    assert tuple(words[:3]) == PROGRAM
    (asked,) = build_requests(build_parser().parse_args(words[3:]))
    assert asked == run.request.model_copy(update={"params": asked.params})
    assert make_run(**{**changes, "params": asked.params}).params == run.params


def test_what_a_search_found_is_named_and_the_search_is_not_repeated() -> None:
    request = parse_request({"family": "ridge", "tuning": {"method": "random"}})
    run = replace(make_run(metrics={"search": {"best_params": {"alpha": 12.5}}}), request=request)
    assert "--param alpha=12.5" in recipe(run).command
    assert "--tune" not in recipe(run).command


def test_a_stack_names_its_members_alone() -> None:
    members = ("00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001")
    found = recipe(make_run(family="stack", members=members))
    assert found.argv[:7] == ("train", "--family", "stack", "--member", members[0], "--member", members[1])
    assert "--seed" not in found.argv
    assert any("runs that it combines" in need for need in found.needs)


def test_a_table_of_ones_own_has_a_place_to_fill_in_and_its_hash() -> None:
    found = recipe(make_run())
    assert found.argv[-2:] == ("--data", "PATH/TO/TABLE.csv")
    assert any("ab" * 32 in need for need in found.needs)
    assert "--data" not in recipe(make_run(data=SAMPLE)).argv


def test_what_cannot_come_out_the_same_is_said() -> None:
    assert recipe(make_run()).doubts == ()
    assert "asked to end early" in recipe(make_run(stop_requested_at=NOON)).doubts[0]
    assert "uploaded table" in recipe(make_run(features=("energy", "extra:warmth"))).doubts[0]
    assert "third digit" in recipe(make_run(family="neural_network")).doubts[0]
