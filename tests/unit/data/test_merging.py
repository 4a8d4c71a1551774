"""Known answers of the merging steps."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.merging import count_distinct, first_stated, label_sets, main_label
from data.values import Texts

rows = st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 3)), max_size=30)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def test_the_first_stated_row_is_taken_or_the_first_row_where_nothing_is_stated() -> None:
    track = np.array([0, 1, 0, 1, 0])
    stated = np.array([False, False, True, False, True])
    assert first_stated(track, stated, np.array([0, 1])).tolist() == [2, 1]


@given(rows)
def test_the_main_label_is_the_most_frequent_and_the_earliest_among_equals(pairs: list[tuple[int, int]]) -> None:
    track, labels = columns(pairs)
    main = main_label(track, labels, 5)
    for number in range(5):
        own = [label for t, label in pairs if t == number and label >= 0]
        expected = max(own, key=lambda label: (own.count(label), -own.index(label))) if own else -1
        assert main[number] == expected


@given(rows)
def test_label_sets_are_sorted_distinct_and_complete(pairs: list[tuple[int, int]]) -> None:
    track, labels = columns(pairs)
    values = np.array(["rock", "edm", "pop", "latin"], dtype=object)
    sets = label_sets(track, Texts(labels, values), 5)
    for number in range(5):
        assert sets[number] == tuple(sorted({values[label] for t, label in pairs if t == number and label >= 0}))


@given(rows)
def test_distinct_labels_are_counted_a_track(pairs: list[tuple[int, int]]) -> None:
    track, labels = columns(pairs)
    counts = count_distinct(track, labels, 5)
    assert counts.tolist() == [len({label for t, label in pairs if t == n and label >= 0}) for n in range(5)]
