"""What every validation protocol must do; a new row is held to it by being in PROTOCOLS."""

from __future__ import annotations

import numpy as np
import pytest

from core.requests import TrainingRequest
from core.validation import PROTOCOLS, make_split

every_protocol = pytest.mark.parametrize("key", PROTOCOLS)


@every_protocol
def test_it_is_described_for_people(key):
    protocol = PROTOCOLS[key]
    assert protocol.key == key
    assert protocol.question.endswith("?")
    assert protocol.label
    assert protocol.term


@every_protocol
def test_it_splits_the_sample_as_asked_and_keeps_its_groups_whole(key, sample_dataset):
    split = make_split(sample_dataset, key, 0.2, 5, 42)
    assert len(split.test) / len(split.table) == pytest.approx(0.2, abs=0.02)
    assert sorted([*split.train, *split.test]) == list(range(len(split.table)))
    assert len(split.folds) == 5
    groups = split.resampling_unit
    for train, held_out in [(split.train, split.test), *split.folds]:
        assert not set(train) & set(held_out)
        if not PROTOCOLS[key].is_leaky:
            assert not set(groups[train]) & set(groups[held_out])


@every_protocol
def test_it_leaves_the_data_set_as_it_was(key, sample_dataset):
    before = sample_dataset.tracks.copy()
    table = make_split(sample_dataset, key, 0.2, 2, 0).table
    table["track_popularity"] = np.nan
    assert sample_dataset.tracks.equals(before)


def test_only_the_leaky_one_shows_a_track_on_both_sides(sample_dataset):
    for key, protocol in PROTOCOLS.items():
        split = make_split(sample_dataset, key, 0.2, 0, 0)
        track = split.table["track"].to_numpy()
        assert bool(set(track[split.train]) & set(track[split.test])) == protocol.is_leaky


def test_the_default_is_honest():
    assert not PROTOCOLS[TrainingRequest(family="mean").protocol].is_leaky
    assert TrainingRequest(family="mean").protocol == "song"
