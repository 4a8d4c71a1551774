"""What every metric must do; a new row is held to it by being in METRICS."""

from __future__ import annotations

import numpy as np
import pytest

from core.bootstrap import bootstrap_interval
from core.metrics import INTERVAL_METRICS, MEASURES, METRICS, score

every_metric = pytest.mark.parametrize("key", METRICS)
ACTUAL = np.random.default_rng(0).uniform(0, 100, 200)


@every_metric
def test_it_is_described_for_people(key):
    metric = METRICS[key]
    assert metric.key == key
    assert metric.label
    assert metric.explanation.endswith(".")


@every_metric
def test_better_predictions_score_better(key):
    noise = np.random.default_rng(1).normal(0, 1, 200)
    close, far = (METRICS[key].function(ACTUAL, ACTUAL + sd * noise) for sd in (1, 20))
    assert (close > far) == METRICS[key].greater_is_better


@every_metric
def test_it_does_not_depend_on_the_order_of_rows(key):
    predicted = ACTUAL[::-1]
    order = np.random.default_rng(2).permutation(200)
    function = METRICS[key].function
    assert function(ACTUAL[order], predicted[order]) == pytest.approx(function(ACTUAL, predicted))


def test_scores_and_intervals_hold_every_metric():
    assert list(score(ACTUAL, ACTUAL)) == list(METRICS)
    assert set(bootstrap_interval(ACTUAL, ACTUAL + 1, n_resamples=10)) == set(METRICS)
    ends = (ACTUAL - 1, ACTUAL + 1)
    assert list(score(ACTUAL, ACTUAL, ends)) == list(MEASURES)
    assert set(bootstrap_interval(ACTUAL, ACTUAL + 1, ends=ends, n_resamples=10)) == set(MEASURES)


@pytest.mark.parametrize("key", INTERVAL_METRICS)
def test_a_measure_of_intervals_is_described_and_prefers_narrow_ones_that_hold_the_truth(key):
    metric = INTERVAL_METRICS[key]
    assert metric.key == key
    assert metric.label
    assert metric.explanation.endswith(".")
    noise = np.random.default_rng(1).normal(0, 10, 200)
    middle = ACTUAL + noise
    losses = {half: metric.function(ACTUAL, middle - half, middle + half) for half in (2, 16.4, 60)}
    assert losses[16.4] < losses[2]
    assert losses[16.4] < losses[60]
