"""``runs``: names, notes, tags, stars and the bin, from the shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.commands import Command


def test_a_run_is_described_bit_by_bit_and_found_by_it(
    shared_home: Path, ridge: dict[str, Any], dashboard: Command
) -> None:
    def change(*flags: str) -> dict[str, Any]:
        code, out, err = dashboard("runs", ridge["run_id"], "--home", str(shared_home), "--json", *flags)
        assert code == 0, err
        return {name: json.loads(out)[name] for name in ("name", "note", "tags", "is_starred")}

    named = change("--name", "Nightly", "--tag", "paper", "--tag", "try", "--star")
    assert named == {"name": "Nightly", "note": "", "tags": ["paper", "try"], "is_starred": True}
    noted = change("--note", "as of May", "--tag", "third", "--untag", "try")
    assert noted == {"name": "Nightly", "note": "as of May", "tags": ["paper", "third"], "is_starred": True}
    code, out, _ = dashboard("runs", "--home", str(shared_home), "--tag", "third", "--starred", "--json")
    assert (code, [run["run_id"] for run in json.loads(out)]) == (0, [ridge["run_id"]])
    assert change("--name", "", "--note", "", "--untag", "paper", "--untag", "third", "--unstar") == {
        name: ridge[name] for name in named
    }


def test_a_deleted_run_is_gone_until_it_is_restored(
    shared_home: Path, ridge: dict[str, Any], dashboard: Command
) -> None:
    where = ("runs", ridge["run_id"], "--home", str(shared_home))
    code, out, err = dashboard(*where, "--delete")
    assert (code, f"{ridge['run_id']} --restore" in out) == (0, True), err
    assert dashboard(*where)[0] == 3
    assert dashboard(*where, "--delete")[0] == 3
    code, out, _ = dashboard(*where, "--restore", "--json")
    assert (code, json.loads(out)) == (0, ridge)


@pytest.mark.parametrize("flag", ["--name", "--note", "--tag"])
def test_what_the_shell_could_not_read_as_text_is_refused(
    shared_home: Path, ridge: dict[str, Any], dashboard: Command, flag: str
) -> None:
    code, _, err = dashboard("runs", ridge["run_id"], "--home", str(shared_home), flag, "half \udcff", "--star")
    assert (code, "holds U+DCFF" in err) == (2, True)


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (("--name", "x"), 2, "takes the ID"),
        (("--delete",), 2, "takes the ID"),
        (("--tag", "a", "--tag", "b"), 2, "one --tag"),
        (("id", "--delete", "--tag", "a"), 2, "either --delete or --tag"),
        (("id", "--star", "--export", "a.run"), 2, "a command of their own"),
        (("id", "--star", "--unstar"), 2, "not allowed with"),
        (("id", "--name", "x"), 3, "no such run"),
        (("--search", "\udcff"), 2, "filter text holds U+DCFF"),
    ],
)
def test_what_does_not_go_together_is_refused_in_words(
    shared_home: Path, dashboard: Command, flags: tuple[str, ...], code: int, said: str
) -> None:
    found, out, err = dashboard("runs", *flags, "--home", str(shared_home))
    assert (found, out) == (code, "")
    assert said in err


def test_a_name_that_is_too_long_is_refused(shared_home: Path, ridge: dict[str, Any], dashboard: Command) -> None:
    code, _, err = dashboard("runs", ridge["run_id"], "--home", str(shared_home), "--name", "x" * 121)
    assert code == 2
    assert "at most 120" in err
