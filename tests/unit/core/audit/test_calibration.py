"""Planted leaks are found, and clean tables are left in peace."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.audit import audit
from data.schema import AUDIO_FEATURES, TARGET
from tests.fakes.audited import clean_raw, dataset_of

SHAPES = [(120, 2.0), (400, 4.0), (1500, 4.0), (3000, 1.2), (2500, 40.0)]


def alarms(report):
    return [(finding.key, finding.what) for finding in report.findings if finding.level in {"leak", "caution"}]


def found(report, key):
    finding = report.find(key)
    return set() if finding is None else set(finding.table["column"])


def honest_extras(raw, seed):
    """What people may well have: noise, counts, a flag, and something about the artist that tells a little."""
    rng = np.random.default_rng(seed)
    n_rows = len(raw)
    level = raw.groupby("track_artist")[TARGET].transform("mean")
    reach = pd.Series(level + rng.normal(0, 25, n_rows)).groupby(raw["track_artist"]).transform("first")
    return {
        "noise": rng.normal(size=n_rows),
        "words": rng.poisson(200, n_rows),
        "is_remix": rng.random(n_rows) < 0.1,
        "label_size": rng.lognormal(3, 1, n_rows),
        "reach": reach,
        "weak": 0.3 * raw[TARGET] + rng.normal(0, 25, n_rows),
    }


def test_twenty_clean_tables_raise_at_most_one_alarm_in_all():
    raised = []
    for seed in range(20):
        n_tracks, per_artist = SHAPES[seed % len(SHAPES)]
        raw = clean_raw(seed, n_tracks, per_artist, strength=0.05 + 0.05 * (seed % 3))
        raised += alarms(audit(dataset_of(raw, **(honest_extras(raw, seed) if seed % 2 else {}))))
    assert len(raised) <= 1, raised


@pytest.mark.parametrize("noise", [0.0, 2.0, 5.0, 10.0, 20.0])
@pytest.mark.parametrize("n_tracks", [300, 3000])
def test_a_noisy_copy_of_the_target_is_a_leak(noise, n_tracks):
    raw = clean_raw(1, n_tracks)
    copy = raw[TARGET] + np.random.default_rng(2).normal(0, noise, n_tracks)
    report = audit(dataset_of(raw, hint=copy))
    assert found(report, "target_copies") == {"extra:hint"}
    assert report.find("target_copies").level in ({"leak"} if noise < 20 or n_tracks > 300 else {"leak", "caution"})


def test_a_very_noisy_copy_is_at_least_a_caution():
    raw = clean_raw(1, 3000)
    copy = raw[TARGET] + np.random.default_rng(2).normal(0, 30, len(raw))
    assert found(audit(dataset_of(raw, hint=copy)), "target_copies") == {"extra:hint"}


@pytest.mark.parametrize("shape", [np.exp, np.negative, np.square, lambda z: np.where(np.arange(len(z)) % 2, z, -z)])
def test_a_copy_in_another_shape_is_found(shape):
    raw = clean_raw(3, 2000)
    copy = shape(raw[TARGET] / 20 + np.random.default_rng(2).normal(0, 0.1, len(raw)))
    assert found(audit(dataset_of(raw, hint=copy)), "target_copies") == {"extra:hint"}


def test_a_copy_that_hides_in_a_known_feature_is_found():
    raw = clean_raw(3, 2000)
    raw["liveness"] = np.clip(raw[TARGET] / 100 + np.random.default_rng(2).normal(0, 0.05, len(raw)), 0, 1)
    assert found(audit(dataset_of(raw)), "target_copies") == {"liveness"}


def test_a_copy_that_most_rows_lack_is_found():
    raw = clean_raw(3, 2000)
    copy = raw[TARGET].where(np.random.default_rng(2).random(len(raw)) < 0.1)
    assert found(audit(dataset_of(raw, hint=copy)), "target_copies") == {"extra:hint"}


def artist_mean(raw, smoothing=0.0, by="track_artist"):
    groups = raw.groupby(by)[TARGET]
    total, size = groups.transform("sum"), groups.transform("size")
    return (total + smoothing * raw[TARGET].mean()) / (size + smoothing)


@pytest.mark.parametrize("by", ["track_artist", "track_album_id"])
@pytest.mark.parametrize("smoothing", [0.0, 5.0, 20.0])
@pytest.mark.parametrize(("n_tracks", "per_artist"), [(400, 3.0), (2000, 4.0), (2000, 15.0), (3000, 1.5)])
def test_a_mean_taken_before_the_split_is_a_leak(by, smoothing, n_tracks, per_artist):
    raw = clean_raw(4, n_tracks, per_artist)
    report = audit(dataset_of(raw, past=artist_mean(raw, smoothing, by)))
    assert found(report, "group_means") == {"extra:past"}
    assert report.find("group_means").level == "leak"
    kind = "artist" if by == "track_artist" else "album"
    assert report.find("group_means").table["mean_of"].tolist() == [kind]


def test_a_rounded_or_rescaled_mean_is_found_too():
    raw = clean_raw(5, 2000)
    report = audit(dataset_of(raw, past=np.round(-3 * artist_mean(raw) / 10)))
    assert found(report, "group_means") == {"extra:past"}


def test_a_mean_of_other_tracks_of_the_artist_is_no_leak():
    everything = clean_raw(6, 4000)
    is_past = np.arange(len(everything)) % 2 == 0
    past = everything[is_past].groupby("track_artist")[TARGET].mean()
    raw = everything[~is_past].reset_index(drop=True)
    report = audit(dataset_of(raw, past=raw["track_artist"].map(past)))
    assert report.find("group_means") is None


@pytest.mark.parametrize("n_repeated", [1, 50, 900])
def test_duplicated_rows_are_a_leak_and_counted(n_repeated):
    raw = clean_raw(7, 1000)
    again = pd.concat([raw, raw.head(n_repeated)], ignore_index=True)
    finding = audit(dataset_of(again)).find("repeated_tracks")
    assert (finding.level, finding.count, finding.unit) == ("leak", n_repeated, "rows")
    assert len(finding.table) == n_repeated


def test_rows_that_come_again_under_new_ids_are_found_by_their_audio_and_title():
    raw = clean_raw(8, 1000)
    again = raw.head(40).assign(track_id=[f"new{i}" for i in range(40)])
    report = audit(dataset_of(pd.concat([raw, again], ignore_index=True)))
    assert (report.find("shared_audio").count, report.find("near_duplicates").count) == (80, 80)
    assert report.find("shared_audio").level == "leak"


def test_a_column_named_after_success_is_a_leak_where_it_tells_something():
    raw = clean_raw(9, 2000)
    rng = np.random.default_rng(0)
    streams = np.exp(raw[TARGET] / 20 + rng.normal(0, 2, len(raw)))
    report = audit(dataset_of(raw, streams=streams, plays_guitar=rng.random(len(raw))))
    finding = report.find("post_outcome")
    assert finding.level == "leak"
    assert finding.table["column"].tolist() == ["extra:streams"]


@pytest.mark.parametrize("absent", [("key", "mode"), ("key",), ("tempo", "danceability"), ("key", "mode", "valence")])
def test_the_same_recording_is_found_where_the_table_lacks_some_of_its_values(absent):
    raw = clean_raw(8, 1000)
    again = raw.head(40).assign(track_id=[f"new{i}" for i in range(40)], track_name="Other title")
    dataset = dataset_of(pd.concat([raw, again], ignore_index=True).assign(**dict.fromkeys(absent, np.nan)))
    finding = audit(dataset).find("shared_audio")
    assert finding.count == 80
    assert f"all {12 - len(absent)} audio values that the table states" in finding.what


def test_one_missing_value_does_not_hide_a_recording():
    raw = clean_raw(8, 1000)
    again = raw.head(40).assign(track_id=[f"new{i}" for i in range(40)])
    both = pd.concat([raw, again], ignore_index=True)
    both.loc[[0, 1000], "tempo"] = np.nan
    assert audit(dataset_of(both)).find("shared_audio").count == 80


@pytest.mark.parametrize("n_stated", [0, 1, 3, 5])
def test_tracks_that_merely_lack_the_same_values_are_not_one_recording(n_stated):
    raw = clean_raw(8, 300)
    names = [*AUDIO_FEATURES, "key", "mode"]
    raw.loc[:99, names[n_stated:]] = np.nan
    raw.loc[:99, names[:n_stated]] = 0.5
    report = audit(dataset_of(raw))
    assert report.find("shared_audio") is None


def test_a_track_that_lacks_a_value_is_not_the_recording_that_has_it():
    raw = clean_raw(8, 300)
    again = raw.head(40).assign(track_id=[f"new{i}" for i in range(40)], key=np.nan)
    assert audit(dataset_of(pd.concat([raw, again], ignore_index=True))).find("shared_audio") is None
