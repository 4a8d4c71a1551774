"""``runs``: champion and candidate, and runs by features and table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.commands import AUDIO, Command


@pytest.fixture
def champion(shared_home: Path, ridge: dict[str, Any], dashboard: Command) -> Iterator[dict[str, Any]]:
    """The shared run as champion, until the test ends."""
    where = ("runs", ridge["run_id"], "--home", str(shared_home), "--json")
    code, out, err = dashboard(*where, "--promote", "champion", "--why", "best on new songs")
    assert code == 0, err
    yield json.loads(out)
    dashboard(*where, "--withdraw", "champion")


def test_a_run_is_promoted_with_its_reason_and_shown_as_champion(
    shared_home: Path, ridge: dict[str, Any], champion: dict[str, Any], dashboard: Command
) -> None:
    (held,) = champion["current"]
    assert (held["run_id"], held["alias"], held["purpose"]) == (ridge["run_id"], "champion", "popularity")
    assert held["why"] == "best on new songs"
    code, out, _ = dashboard("runs", "--home", str(shared_home), "--aliases")
    assert code == 0
    assert ridge["run_id"] in out
    assert "best on new songs" in out


def test_a_champion_is_withdrawn_and_stays_in_the_history(
    shared_home: Path, ridge: dict[str, Any], champion: dict[str, Any], dashboard: Command
) -> None:
    where = ("runs", ridge["run_id"], "--home", str(shared_home), "--json")
    code, out, _ = dashboard(*where, "--withdraw", "champion", "--why", "a leak")
    assert code == 0
    assert json.loads(out)["current"] == []
    assert json.loads(out)["history"][0]["ended_why"] == "a leak"
    assert dashboard(*where, "--withdraw", "champion")[0] == 3


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--promote", "champion"), "takes the ID"),
        (("--why", "because"), "belong to --promote"),
        (("id", "--promote", "champion"), "--why TEXT"),
        (("id", "--promote", "champion", "--why", " "), "--why TEXT"),
        (("id", "--promote", "champion", "--withdraw", "champion"), "either"),
        (("--table", "nonsense"), "names no table"),
        (("--features", "loudnes"), "loudness"),
    ],
)
def test_what_does_not_go_together_is_refused_in_words(
    shared_home: Path, dashboard: Command, flags: tuple[str, ...], said: str
) -> None:
    code, _, err = dashboard("runs", *flags, "--home", str(shared_home))
    assert code == 2
    assert said in err


def test_runs_are_found_by_their_features_and_their_table(
    shared_home: Path, ridge: dict[str, Any], dashboard: Command
) -> None:
    def ids(*filters: str) -> list[str]:
        code, out, err = dashboard("runs", "--home", str(shared_home), "--json", *filters)
        assert code == 0, err
        return [run["run_id"] for run in json.loads(out)]

    backwards = ",".join(reversed(AUDIO.split(",")))
    assert ridge["run_id"] in ids("--features", backwards)
    assert ids("--features", "energy") == []
    assert ridge["run_id"] in ids("--table", ridge["data"]["sha256"][:8])
    assert ridge["run_id"] in ids("--table", ridge["data"]["source_name"])
