"""Where a run is named beside its score, it is said when the score is no forecast."""

from __future__ import annotations

from callbacks.prediction.board import _title as _kept_title
from core.features import DEFAULT_FEATURES
from core.features.registry import FEATURES, unknowable
from dashboard.cli.runs import family_in_words, print_runs
from tests.fakes.finished import make_run

AFTER = next(name for name in FEATURES if unknowable([name]))


def test_a_score_that_is_no_forecast_is_marked_in_the_shell_and_beside_kept_predictions(capsys) -> None:
    run = make_run(features=(*DEFAULT_FEATURES, AFTER), allow_unknowable=True)
    assert family_in_words(run) == "ridge (no forecast)"
    assert "no forecast" in _kept_title(run)
    print_runs([run])
    assert "ridge (no forecast)" in capsys.readouterr().out


def test_a_forecast_carries_no_mark() -> None:
    assert family_in_words(make_run()) == "ridge"
    assert "forecast" not in _kept_title(make_run())


def test_an_imported_run_is_marked_in_the_shell() -> None:
    assert family_in_words(make_run(imported={"run_id": "r" * 36, "host": "lab-2"})) == "ridge (imported)"
