"""The audit from the shell."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.audit import audit
from dashboard.cli.main import main
from data.sources import load_dataset
from data.upload import examine, write_table
from tests.fakes.audited import clean_raw


@pytest.fixture
def leaky_csv(tmp_path):
    """A table of 300 tracks of which 20 come twice."""
    raw = clean_raw(0, 300)
    path = tmp_path / "leaky.csv"
    raw.loc[[*raw.index, *range(20)]].to_csv(path, index=False)
    return path


def test_json_has_rows_tracks_findings_and_no_gap_that_nobody_asked_for(home, leaky_csv, capsys):
    assert main(["audit", "--home", str(home), "--data", str(leaky_csv), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["tracks"], told["optimism"]) == (320, 300, None)
    (repeated,) = [finding for finding in told["findings"] if finding["key"] == "repeated_tracks"]
    assert (repeated["count"], repeated["level"], repeated["unit"]) == (20, "leak", "rows")
    assert len(repeated["examples"]) == 20


def test_a_person_reads_what_it_is_why_it_matters_and_what_the_protocols_do(home, leaky_csv, capsys):
    assert main(["audit", "--home", str(home), "--data", str(leaky_csv)]) == 0
    out = capsys.readouterr().out
    assert "[leak] Repeated tracks: 20 of 320 rows" in out
    assert "Why it matters:" in out
    assert "Protocols:" in out
    assert "Nothing found: " in out


def test_what_could_not_be_checked_is_said_with_the_reason(home, tmp_path, capsys):
    path = tmp_path / "undated.csv"
    clean_raw(0, 300).assign(track_album_release_date="").to_csv(path, index=False)
    command = ["audit", "--home", str(home), "--data", str(path)]
    assert main([*command, "--json"]) == 0
    checks = {check["key"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert (checks["drift"]["result"], checks["drift"]["passed"]) == ("not checked", False)
    assert checks["drift"]["reason"] == "The table states no release date."
    assert main(command) == 0
    assert "Could not be checked: Drift between old and new. The table states no" in capsys.readouterr().out


def test_the_gap_has_all_four_protocols_and_its_runs_are_kept(home, leaky_csv, capsys):
    assert main(["audit", "--home", str(home), "--data", str(leaky_csv), "--gap", "--json"]) == 0
    gap = json.loads(capsys.readouterr().out)["optimism"]
    assert [row["protocol"] for row in gap] == ["rows", "track", "artist", "time"]
    assert [row["is_leaky"] for row in gap] == [True, False, False, False]
    assert all(row["low"] <= row["r2"] <= row["high"] for row in gap)
    assert main(["runs", "--home", str(home), "--json"]) == 0
    assert {run["run_id"] for run in json.loads(capsys.readouterr().out)} == {row["run_id"] for row in gap}


def test_a_person_reads_the_gap_as_a_table(home, leaky_csv, capsys):
    assert main(["audit", "--home", str(home), "--data", str(leaky_csv), "--gap"]) == 0
    assert "Leaky: raw rows" in capsys.readouterr().out


def test_a_table_that_is_not_there_is_exit_code_5_and_one_sentence(home, tmp_path, capsys):
    assert main(["audit", "--home", str(home), "--data", str(tmp_path / "absent.csv"), "--json"]) == 5
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("audit: ")
    assert "Traceback" not in err


@pytest.fixture
def planted():
    """Columns that give the target away, one that is nearly constant, and one of words."""
    rng = np.random.default_rng(0)
    raw = clean_raw(0, 600)
    target = raw["track_popularity"]
    return raw.assign(
        copied=target + rng.normal(0, 3, 600),
        artist_mean=target.groupby(raw["track_artist"]).transform("mean"),
        standing=target.rank(ascending=False),
        is_hit=target > 70,
        nearly=[1] * 2 + [0] * 598,
        remark="words",
    )


@pytest.mark.parametrize("names", ["the schema's", "others", "the schema's, in other units"])
def test_the_shell_finds_what_the_page_finds_in_columns_of_ones_own(names, planted, home, tmp_path, capsys):
    if names == "others":
        planted = planted.rename(columns={"tempo": "BPM", "track_artist": "Artist Name(s)"})
    if names.endswith("units"):
        planted = planted.assign(energy=planted["energy"] * 100)
    content = planted.to_csv(index=False).encode()
    (tmp_path / "own.csv").write_bytes(content)
    found = examine(content, "own.csv")
    write_table(found.frame, tmp_path / "uploaded.csv")
    page = audit(load_dataset(tmp_path / "uploaded.csv", home, extras=found.extras)).to_dict()
    assert main(["audit", "--home", str(home), "--data", str(tmp_path / "own.csv"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["findings"] == json.loads(json.dumps(page["findings"]))
    assert told["own_columns"] == ["copied", "artist_mean", "standing", "is_hit", "nearly"]
    assert told["columns_not_checked"] == ["remark"]
    copies = next(one for one in told["findings"] if one["key"] == "target_copies")
    assert copies["what"].startswith("standing, copied, artist_mean: alone")
    constant = next(one for one in told["findings"] if one["key"] == "constant_columns")
    assert constant["what"] == "nearly (0 in all but 2 tracks)."


def test_a_person_reads_which_columns_were_looked_at(planted, home, tmp_path, capsys):
    planted.to_csv(tmp_path / "own.csv", index=False)
    assert main(["audit", "--home", str(home), "--data", str(tmp_path / "own.csv")]) == 0
    out = capsys.readouterr().out
    assert "Columns of its own, looked at too: copied, artist_mean" in out
    assert "Not looked at: remark" in out
