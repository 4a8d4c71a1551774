from __future__ import annotations

import pytest

from core.intervals import describe_interval, keeps_its_share

MEASURED = {"overall": {"coverage": 0.84}, "by_genre": [{"genre": "pop", "coverage": 0.79}]}


@pytest.mark.parametrize(
    ("protocol", "n", "keeps", "words"),
    [
        ("song", 5000, True, "about 90% of tracks like those held out"),
        ("artist", 9, True, "about 90%"),
        ("artist", 8, False, "Too few tracks were held out (8)"),
        ("rows", 5000, False, "too narrow"),
        ("time", 5000, False, "may differ"),
        (None, None, True, "about 90%"),
    ],
)
def test_an_interval_promises_no_more_than_its_protocol_and_its_number_of_tracks_bear(protocol, n, keeps, words):
    interval = {"coverage": 0.9, "half_width": 40.0}
    if protocol is not None:
        interval |= {"protocol": protocol, "n": n}
    assert keeps_its_share(interval) is keeps
    assert words in describe_interval(interval)


def test_many_tracks_of_too_few_artists_promise_nothing():
    interval = {"coverage": 0.9, "half_width": 100.0, "protocol": "artist", "n": 500, "units": 8}
    assert not keeps_its_share(interval)
    assert "Too few" in describe_interval(interval)


def test_by_time_the_measured_share_is_told_and_nothing_is_promised():
    interval = {"coverage": 0.9, "half_width": 40.0, "protocol": "time", "n": 500, "measured": MEASURED}
    assert "held the truth for 84% of the newest tracks" in describe_interval(interval)
    own = describe_interval(interval | {"by_genre": {"pop": {"half_width": 30.0}}}, "pop")
    assert "held the truth for 79% of the newest pop tracks" in own
    assert all("no promise" in said for said in (own, describe_interval(interval)))


def test_a_genre_with_an_interval_of_its_own_is_named():
    interval = {"coverage": 0.9, "half_width": 40.0, "protocol": "song", "n": 500, "by_genre": {"pop": {}}}
    assert "about 90% of pop tracks" in describe_interval(interval, "pop")
    assert "about 90% of tracks" in describe_interval(interval, "jazz")
