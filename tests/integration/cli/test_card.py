"""The model card from the shell, and the proof that its command comes to the same scores."""

from __future__ import annotations

import json
import re
import shlex
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.commands import Command


def test_the_card_is_written_as_one_file(
    shared_home: Path, ridge: dict[str, Any], dashboard: Command, tmp_path: Path
) -> None:
    target = tmp_path / "card.html"
    code, out, err = dashboard("runs", ridge["run_id"], "--home", str(shared_home), "--card", str(target))
    assert (code, err) == (0, "")
    assert str(target) in out
    text = target.read_text("utf-8")
    assert ridge["run_id"] in text
    assert "Mean error by genre" in text
    assert dashboard("runs", "--home", str(shared_home), "--card", str(target))[0] == 2
    assert dashboard("runs", ridge["run_id"], "--home", str(shared_home), "--card", str(tmp_path))[0] == 7


def command_of(card: str) -> list[str]:
    """The command of a card as a shell would split it, without the program."""
    found = re.search(r"<code>(.*?)</code>", card, re.DOTALL)
    assert found is not None
    words = shlex.split(unescape(found[1]).replace("\\\n", " "))
    assert words[:3] == ["python", "-m", "dashboard"]
    return words[3:]


@pytest.mark.parametrize(
    "flags",
    [
        ("--family", "hist_gradient_boosting", "--no-explain", "--param", "max_iter=20",
         "--features", "energy,genre,n_playlists", "--allow-unknowable", "--protocol", "artist", "--seed", "7",
         "--test-share", "0.3", "--cv", "2", "--interval", "quantile"),
        ("--family", "ridge", "--no-explain", "--defaults", "library", "--cv", "0", "--features", "audio",
         "--tune", "random", "--iterations", "2", "--tune-folds", "2"),
    ],
    ids=["given", "searched"],
)  # fmt: skip
def test_the_command_of_a_card_comes_to_the_same_scores(
    shared_home: Path, dashboard: Command, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    where = ("--home", str(shared_home))
    code, out, err = dashboard("train", *flags, *where, "--json")
    assert code == 0, err
    (run,) = json.loads(out)
    code, card, _ = dashboard("runs", run["run_id"], *where, "--card", "-")
    assert code == 0
    code, out, err = dashboard(*command_of(card), "--home", str(tmp_path / "another"), "--json")
    assert code == 0, err
    (again,) = json.loads(out)
    assert again["metrics"]["test"] == pytest.approx(run["metrics"]["test"], abs=1e-9)
    assert again["data"]["sha256"] == run["data"]["sha256"]
    if run["request"]["tuning"] is None:
        assert again["metrics"]["cv"]["rmse"]["folds"] == pytest.approx(run["metrics"]["cv"]["rmse"]["folds"])
