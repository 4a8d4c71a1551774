"""The audit of the public table."""

from __future__ import annotations

import time

import pytest

from core.audit import audit

pytestmark = pytest.mark.real_data


def test_the_public_table_has_its_known_flaws_and_no_planted_ones(real_dataset):
    report = audit(real_dataset)
    counts = {finding.key: finding.count for finding in report.findings}
    assert (counts["repeated_tracks"], counts["shared_audio"], counts["several_genres"]) == (4477, 1396, 1687)
    dates = report.find("date_precision").what
    assert "1,656 tracks by year only (1,855 rows)" in dates
    assert report.find("drift").table["column"].tolist()[:1] == ["duration_ms"]
    assert not {"target_copies", "group_means", "constant_columns"} & set(counts)
    assert report.find("post_outcome").table["column"].tolist() == ["n_playlists", "n_rows"]


def test_it_takes_less_than_a_second_and_a_half(real_dataset):
    started = time.process_time()
    audit(real_dataset)
    assert time.process_time() - started < 1.5
