"""``data --check``: the doctor from a shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard.cli.main import main
from tests.unit.data.upload.files import good_text


def check(capsys: pytest.CaptureFixture[str], path: Path, *flags: str) -> tuple[int, str]:
    code = main(["data", "--check", str(path), *flags])
    return code, capsys.readouterr().out


def test_a_good_file_gives_zero_and_its_mapping(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "songs.csv"
    path.write_text(good_text(energy="1.7").replace("tempo", "bpm"))
    code, out = check(capsys, path, "--json")
    found = json.loads(out)
    assert (code, found["accepted"], found["rows"], found["mapping"]["tempo"]) == (0, True, 7, "bpm")
    assert found["rejected_rows"] == [{"line": 4, "reason": "energy: 1.7 is outside 0 to 1"}]
    assert set(found["problems"][0]) == {"code", "line", "column", "message"}
    assert "accepted, 7 of 8 rows" in check(capsys, path)[1]


def test_a_bad_file_gives_two_and_its_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "songs.csv"
    path.write_text(good_text().replace("tempo", "\x1bspeed"))
    code, out = check(capsys, path, "--json")
    assert (code, json.loads(out)["accepted"]) == (2, False)
    code, out = check(capsys, path)
    assert code == 2
    assert "E_HEADER line 1" in out
    assert "\x1b" not in out


def test_columns_can_be_chosen_or_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "songs.csv"
    path.write_text(good_text().replace("tempo", "speed"))
    assert check(capsys, path, "--map", "tempo=speed")[0] == 0
    assert check(capsys, path, "--map", "tempo=")[0] == 0
    assert check(capsys, path, "--map", "tempo")[0] == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "--check", str(tmp_path / "none.csv")]) == 5
    assert "none.csv" in capsys.readouterr().err
