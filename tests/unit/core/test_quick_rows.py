from __future__ import annotations

import numpy as np
import pytest

from core.features import FEATURES, feature_frame
from core.preprocessing import corners, make_preprocessing, quick
from core.preprocessing.quick import FEW, QuickRows
from tests.fakes.tables import make_dataset

pytestmark = pytest.mark.filterwarnings("ignore:n_quantiles", "ignore:Skipping features")

TREATMENTS = ("plain", "scaled", "splines")
TRACKS = make_dataset(400).tracks
FRAME = feature_frame(TRACKS, list(FEATURES))
FRAME.iloc[:20] = np.nan


def fitted(treatment, columns=tuple(FEATURES), frame=FRAME):
    columns = list(columns)
    return make_preprocessing(columns, treatment, 0).fit(frame[columns], TRACKS["track_popularity"]), columns


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_a_few_rows_are_prepared_to_the_bit_as_by_the_long_way(treatment):
    prepare, columns = fitted(treatment)
    rows = QuickRows(prepare, columns)
    assert rows.is_quick
    asked = FRAME.iloc[::7].assign(genre="never met")
    asked.iloc[3:9] = FRAME.iloc[40:46].to_numpy()
    asked["tempo"] *= np.linspace(-3, 3, len(asked))
    for first in range(0, len(asked), FEW):
        few = asked.iloc[first : first + FEW]
        assert np.array_equal(rows.transform(few), prepare.transform(few))


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_columns_without_a_value_in_training_are_left_out_by_both_ways(treatment):
    frame = FRAME[["tempo", "energy", "key"]].assign(energy=np.nan, tempo=100.0)
    prepare, columns = fitted(treatment, frame.columns, frame)
    rows = QuickRows(prepare, columns)
    assert rows.is_quick
    assert np.array_equal(rows.transform(frame.iloc[[50]]), prepare.transform(frame.iloc[[50]]))


def test_no_rows_and_many_rows_go_the_long_way():
    prepare, columns = fitted("scaled", ["tempo", "genre"])
    rows = QuickRows(prepare, columns)
    rows._short = lambda X: pytest.fail("this way is for a few rows")
    assert np.array_equal(rows.transform(FRAME[columns]), prepare.transform(FRAME[columns]))
    with pytest.raises(ValueError, match="0 sample"):
        rows.transform(FRAME[columns].iloc[:0])


def test_a_short_way_that_differs_in_the_last_bit_is_not_used(monkeypatch):
    prepare, columns = fitted("scaled", ["tempo", "energy"])
    monkeypatch.setitem(quick.STEPS, "StandardScaler", lambda scaler: lambda rows: scaler.transform(rows) + 1e-12)
    rows = QuickRows(prepare, columns)
    assert not rows.is_quick
    assert np.array_equal(rows.transform(FRAME[columns].iloc[[30]]), prepare.transform(FRAME[columns].iloc[[30]]))


def test_a_step_that_is_not_known_goes_the_long_way(monkeypatch):
    prepare, columns = fitted("scaled", ["tempo", "energy"])
    monkeypatch.delitem(quick.STEPS, "StandardScaler")
    assert not QuickRows(prepare, columns).is_quick


def test_the_proof_has_gaps_unmet_names_and_values_far_outside():
    prepare, columns = fitted("splines", ["tempo", "genre", "artist_mean"])
    rows = corners.rows_to_try(prepare, columns)
    assert rows.isna().any().all()
    assert {"never met"} <= set(rows["genre"]) & set(rows["artist_mean"])
    assert rows["tempo"].min() < FRAME["tempo"].min() < FRAME["tempo"].max() < rows["tempo"].max()


def test_what_else_is_asked_is_asked_of_the_preparation():
    prepare, columns = fitted("scaled", ["tempo", "energy"])
    assert QuickRows(prepare, columns).transformers_ is prepare.transformers_
    with pytest.raises(AttributeError):
        QuickRows(prepare, columns).nothing_of_the_kind  # noqa: B018
