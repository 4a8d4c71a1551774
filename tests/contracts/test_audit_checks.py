"""What every check of the audit must do; a new row is held to it by being in CHECKS."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.audit import CHECKS, audit
from core.audit.model import LEVELS, NotChecked
from core.audit.table import AuditedTable
from data.schema import AUDIO_FEATURES, TARGET
from data.sources import Dataset
from tests.fakes.audited import clean_raw, dataset_of

every_check = pytest.mark.parametrize("key", CHECKS)
NUMBERS = (*AUDIO_FEATURES, "key", "mode", "release_year")


def changed(dataset, **columns):
    return Dataset(dataset.source, dataset.tracks.assign(**columns), dataset.placements, dataset.report, dataset.sha256)


def without(dataset, *names):
    tracks = dataset.tracks.drop(columns=list(names))
    return Dataset(dataset.source, tracks, dataset.placements, dataset.report, dataset.sha256)


def tables(sample):
    """Tables in which there is little or nothing to look at."""
    usual = dataset_of(clean_raw(0, 200))
    texts = ("track_name", "track_artist", "track_album_id", "track_album_name", "genre")
    no_sets = {name: [()] * len(usual.tracks) for name in ("genres", "subgenres")}
    n_tracks = len(usual.tracks)
    return {
        "sample": sample,
        "one track": dataset_of(clean_raw(0, 1)),
        "two tracks": dataset_of(clean_raw(0, 2)),
        "no track": _empty(usual),
        "one popularity": changed(usual, **{TARGET: 50.0}),
        "no numbers": changed(usual, **dict.fromkeys(NUMBERS, np.nan)),
        "no texts": changed(usual, **{name: np.full(n_tracks, np.nan, dtype=object) for name in texts}, **no_sets),
        "no dates": changed(usual, release_date=np.datetime64("NaT"), release_precision="", release_year=np.nan),
        "empty extra": changed(usual, **{"extra:nothing": np.nan}),
        "wild extra": changed(usual, **{"extra:wild": np.where(np.arange(n_tracks) % 3, np.inf, -1e15)}),
        "few columns": without(usual, "release_date", "release_precision", "release_year", "n_playlists", "genres"),
    }


def _empty(dataset):
    return Dataset(dataset.source, dataset.tracks.head(0), dataset.placements.head(0), dataset.report, dataset.sha256)


@pytest.fixture(scope="module")
def every_table(sample_dataset):
    return tables(sample_dataset)


@every_check
def test_it_is_described_for_people(key):
    check = CHECKS[key]
    assert check.key == key
    assert check.question.endswith("?")
    for text in (check.why, check.protocols):
        assert text.endswith(".")


@every_check
@pytest.mark.filterwarnings("error")
def test_it_never_raises_and_its_counts_fit_whatever_the_table_holds(key, every_table):
    for name, dataset in every_table.items():
        found = CHECKS[key].find(AuditedTable(dataset))
        if isinstance(found, NotChecked):
            assert found.reason.endswith("."), name
        elif found is not None:
            assert found.level in LEVELS, name
            assert 0 < found.count <= found.total, name
            assert found.unit == "rows" or len(found.table) == found.count, name
            assert found.what.endswith("."), name


@every_check
def test_it_leaves_the_table_as_it_was(key, sample_dataset):
    before = sample_dataset.tracks.copy()
    CHECKS[key].find(AuditedTable(sample_dataset))
    assert sample_dataset.tracks.equals(before)


CANNOT = {
    "no texts": {"near_duplicates", "group_means", "several_genres"},
    "no dates": {"date_precision", "drift"},
    "no numbers": {"shared_audio", "target_copies", "post_outcome", "group_means", "outliers"},
    "one popularity": {"target_copies", "post_outcome", "group_means"},
    "few columns": {"date_precision", "drift", "several_genres"},
}


@pytest.mark.parametrize("name", CANNOT)
def test_a_check_that_had_nothing_to_look_at_does_not_say_that_it_passed(name, every_table):
    results = {check.key: check for check in audit(every_table[name]).checks}
    assert {key for key, check in results.items() if check.result == "not checked"} == CANNOT[name]
    assert all(results[key].reason for key in CANNOT[name])


def test_of_no_track_nothing_can_be_said(every_table):
    passed = {check.key for check in audit(every_table["no track"]).checks if check.passed}
    assert passed <= {"repeated_tracks"}


def test_reports_are_json_and_name_every_check(every_table):
    for dataset in every_table.values():
        told = json.loads(json.dumps(audit(dataset).to_dict(), allow_nan=False))
        assert [check["key"] for check in told["checks"]] == list(CHECKS)
        found = {finding["key"] for finding in told["findings"]}
        assert found == {check["key"] for check in told["checks"] if check["result"] == "found"}
        for check in told["checks"]:
            assert check["passed"] == (check["result"] == "passed")
            assert bool(check["reason"]) == (check["result"] == "not checked")
        levels = [list(LEVELS).index(finding["level"]) for finding in told["findings"]]
        assert levels == sorted(levels), "leaks first"
