from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from core.features import FEATURES, feature_frame
from core.preprocessing import make_preprocessing
from tests.fakes.tables import make_dataset

TREATMENTS = ("plain", "scaled", "splines")


Y = make_dataset(200).tracks["track_popularity"].to_numpy()


def _frame(**changes):
    return feature_frame(make_dataset(200).tracks.assign(**changes), list(FEATURES))


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_gaps_and_unknown_names_give_finite_numbers_and_no_warning(treatment):
    tracks = make_dataset(1000).tracks
    frame = feature_frame(tracks, list(FEATURES))
    frame.iloc[:20] = np.nan
    prepare = make_preprocessing(list(FEATURES), treatment, 0)
    new = frame.iloc[[0, 50]].assign(genre=["never seen", np.nan])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(prepare.fit(frame, tracks["track_popularity"]).transform(new)).all()


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_constant_and_nearly_constant_features_give_finite_numbers(treatment):
    frame = _frame(tempo=120.0, liveness=np.where(np.arange(200) % 50, 0.0, 0.1))
    assert np.isfinite(make_preprocessing(list(FEATURES), treatment, 0).fit_transform(frame, Y)).all()


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_statistics_come_from_the_fitted_rows_alone(treatment):
    frame = _frame()
    prepare = make_preprocessing(list(FEATURES), treatment, 0).fit(frame.iloc[:100], Y[:100])
    alone = prepare.transform(frame.iloc[[150]])
    beside_others = prepare.transform(pd.concat([frame.iloc[[150]], frame.iloc[100:110] * 1]))[:1]
    assert np.array_equal(alone, beside_others)


def test_plain_numbers_pass_unchanged_but_for_gaps():
    frame = _frame()[["tempo", "energy"]]
    frame.loc[3, "tempo"] = np.nan
    found = make_preprocessing(["tempo", "energy"], "plain", 0).fit_transform(frame)
    assert found[3, 0] == frame["tempo"].median()
    assert np.array_equal(found[:, 1], frame["energy"])


def test_columns_are_taken_by_name_in_any_order():
    frame = _frame()
    prepare = make_preprocessing(["tempo", "genre"], "scaled", 0).fit(frame[["tempo", "genre"]])
    assert np.array_equal(prepare.transform(frame[["tempo", "genre"]]), prepare.transform(frame[["genre", "tempo"]]))


def test_rare_names_share_a_column():
    frame = pd.DataFrame({"subgenre": [f"s{i}" for i in range(500)]})
    assert make_preprocessing(["subgenre"], "plain", 0).fit_transform(frame).shape[1] == 50
