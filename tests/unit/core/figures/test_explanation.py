"""Figures of explanations say what is stored, in numbers first."""

from __future__ import annotations

import pandas as pd
import pytest

from core.explanation.stored import read_stored, value_in_words
from core.figures import explanation as figures


def told(**changes):
    features = ["energy", "key", "artist_mean"]
    sample = {
        "track_id": list("abcdef"), "track_name": ["A", None, "C", "D", "E", "F"], "track_artist": list("ABCDEF"),
        "genre": ["pop"] * 5 + ["rap"], "n_test": 9, "actual": [10, 20, 30, 40, 80, 90],
        "predicted": [31.0, 32.0, 33.0, 34.0, 35.0, 36.0],
        "features": {
            "energy": [0.1, 0.2, None, 0.4, 0.5, 0.6], "key": [0.0, 1, 2, 3, None, 5], "artist_mean": list("ABCDEF"),
        },
        "values": [[1.0 + i, -0.5, 0.5] for i in range(6)],
    }  # fmt: skip
    return {
        "features": features, "method": "tree_paths", "is_exact": True, "base": 30.0, "n_background": 0,
        "additivity_error": 0.0, "prediction_range": 5.0, "standard_error": None, "sample": sample,
        "importance": {"mean": [3.5, 0.5, 0.6], "folds": [[3.0, 0.4, 0.6], [4.0, 0.8, 0.2]], "rows_a_fold": [5, 5]},
        "by_genre": {"pop": {"n": 5, "mean": [3.0, 0.5, 0.5]}},
        "permutation": {"mean": [2.0, 0.1, 0.3], "sd": [0, 0, 0], "rows": 6, "repeats": 3},
        "dependence": {"energy": {"grid": [0.1, 0.5], "curves": [[30, 32], [31, 35]]}},
        "interactions": {"features": ["energy", "key"], "size": [[0, 0.3], [0.3, 0]], "pairs": 6},
        **changes,
    }  # fmt: skip


@pytest.fixture
def stored():
    return read_stored(told())


def test_importance_is_in_order_and_says_how_steady_it_is(stored):
    importance = stored.importance
    assert importance["feature"].tolist() == ["energy", "artist_mean", "key"]
    assert importance["sd"][0] == pytest.approx(0.5**0.5)
    assert "Energy (3.5 points on average)" in figures.read_importance(importance)
    assert figures.read_importance(importance).endswith("2 of 2 models that were made on other folds.")
    figure = figures.plot_importance(importance)
    assert len(figure.data[1].x) == 6


def test_without_folds_nothing_is_claimed_of_steadiness():
    bare = read_stored(told(importance={"mean": [3.5, 0.5, 0.6], "folds": [], "rows_a_fold": []})).importance
    assert "nothing is known of how steady" in figures.read_importance(bare)
    assert len(figures.plot_importance(bare).data) == 1


def test_features_that_move_without_helping_are_told_from_those_that_help_without_moving(stored):
    assert "about the same order" in figures.read_permutation(stored.importance)
    said = figures.read_permutation(pd.DataFrame({"label": list("abcdef"), "mean": MOVED, "permutation": HELPED}))
    assert "Move more than they help: a (" in said
    assert "Help more than they move: f (" in said


MOVED, HELPED = [6.0, 5.0, 4.0, 3.0, 2.0, 1.0], [2.5, 6.0, 5.0, 4.0, 3.0, 4.5]


def test_dots_that_the_words_speak_of_have_their_names_though_they_are_small_and_crowded():
    crowd = pd.DataFrame(
        {
            "label": ["Giant", "Loudness", "Valence", "Tempo", "Speechiness", "Energy"],
            "mean": [50.0, 5.0, 4.9, 4.8, 4.7, 4.6],
            "permutation": [50.0, 1.0, 4.0, 3.9, 3.8, 4.1],
        }
    )
    named = [name.strip() for name in figures.plot_permutation(crowd).data[0].text]
    assert named == ["Giant", "Loudness", "", "", "", "Energy"]


def test_what_there_was_no_time_for_says_so(stored):
    hurried = read_stored(told(permutation=None, interactions=None, dependence={}))
    assert figures.plot_permutation(hurried.importance).layout.meta["empty"]
    assert figures.plot_interactions(None).layout.meta["empty"]
    assert figures.plot_partial_dependence(None, "energy").layout.meta["empty"]
    assert "no time" in figures.read_permutation(hurried.importance)


def test_steps_of_a_track_end_at_its_prediction(stored):
    steps = figures.compute_steps(stored.labels, stored.values[2], most=1)
    assert steps["label"].tolist() == ["Energy", "All others"]
    assert stored.base + steps["points"].sum() == pytest.approx(33.0)
    waterfall = figures.plot_waterfall(steps, stored.base)
    assert waterfall.data[0].text[0] == "30.0"
    assert waterfall.data[0].text[-1] == "33.0"
    low, high = waterfall.layout.xaxis.range
    assert low < 30 < 33 < high


def test_a_single_feature_stands_for_itself_instead_of_all_others():
    assert figures.compute_steps(list("abc"), [3.0, 2.0, 1.0], most=2)["label"].tolist() == ["a", "b", "c"]


def test_the_bar_of_a_track_pushes_from_both_sides_to_its_prediction(stored):
    figure = figures.plot_force(figures.compute_steps(stored.labels, [3.0, -1.0, 0.5]), 30.0)
    ends = {bar.name: (bar.base[0], bar.base[0] + bar.x[0]) for bar in figure.data}
    assert ends["Energy"] == (29.5, 32.5)
    assert ends["Key"] == (32.5, 33.5)


def test_words_name_the_two_largest_on_each_side_of_the_bar(stored):
    steps = figures.compute_steps(list("abcdefgh"), [9.0, -8.0, 7.0, -6.0, 5.0, -4.0, 3.0, 30.0], most=7)
    said = figures.read_force(steps)
    assert "raises it, most of all h (+30.0) and a (+9.0). " in said
    assert "lowers it, most of all b (\u22128.0) and d (\u22126.0). " in said
    only_up = figures.read_force(figures.compute_steps(["a", "b", "c"], [3.0, 2.0, 1.0], most=1))
    assert "a (+3.0). " in only_up
    assert figures.read_force(figures.compute_steps(["a"], [3.0])).count("no single feature") == 1


def test_groups_are_told_apart_by_their_widest_difference(stored):
    names = list(stored.cohorts())
    assert names == ["All tracks", "Genre: pop"]
    cohorts = figures.compute_cohorts(stored, *names)
    assert cohorts["label"][0] == "Energy"
    assert cohorts["difference"][0] == pytest.approx(0.5)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_figure_can_be_drawn(stored, theme):
    drawn = [
        figures.plot_beeswarm(stored, theme=theme),
        figures.plot_dependence(stored, "key", "energy", theme=theme),
        figures.plot_dependence(stored, "artist_mean", theme=theme),
        figures.plot_partial_dependence(stored.told["dependence"]["energy"], "energy", theme=theme),
        figures.plot_interactions(stored.told["interactions"], theme=theme),
        figures.plot_by_genre(stored.by_genre, stored.importance["label"].tolist(), theme=theme),
        figures.plot_two_models(
            figures.compute_two_models(stored.importance, stored.importance.head(2)), ("one", "two"), theme=theme
        ),
    ]
    assert all(figure.to_json() for figure in drawn)


def test_the_interval_leaves_the_chart_of_the_steps_but_its_ends_are_said(stored):
    steps = figures.compute_steps(stored.labels, stored.values[2])
    figure = figures.plot_waterfall(steps, stored.base, (5.0, 61.0))
    assert figure.layout.xaxis.range == figures.plot_waterfall(steps, stored.base).layout.xaxis.range
    assert [note.text for note in figure.layout.annotations] == ["\u2190 5", "61 \u2192"]
    narrow = figures.plot_waterfall(steps, stored.base, (32.0, 34.0))
    assert [note.text for note in narrow.layout.annotations] == ["32", "34"]
    assert list(narrow.data[1].x) == [32.0, 34.0]


def test_every_chart_has_its_numbers(stored):
    assert figures.number_importance(stored.importance)["Mean size (points)"].tolist() == [3.5, 0.6, 0.5]
    swarm = figures.number_swarm(stored).set_index("Feature")
    assert swarm.loc["Energy", ["Lowest (points)", "Highest (points)"]].tolist() == [1.0, 6.0]
    assert swarm.loc["Energy", "Higher values go with"] == "higher predictions"
    assert swarm.loc["Key", "Higher values go with"] == "names have no order"
    along = figures.number_dependence(stored, "energy")
    assert along["Tracks"].sum() == 6
    assert along["Energy"].iloc[-1] == "unknown"
    assert along["Mean (points)"].iloc[0] == 1.0
    assert figures.number_dependence(stored, "key")["Tracks"].tolist() == [1] * 6
    varied = figures.number_partial(stored.told["dependence"]["energy"], "energy")
    assert varied["Mean prediction (points)"].tolist() == [30.5, 33.5]
    pairs = figures.number_interactions(stored.told["interactions"])
    assert pairs.to_numpy().tolist() == [["Key", "Energy", 0.3]]
    steps = figures.compute_steps(stored.labels, stored.values[2])
    assert figures.number_steps(steps, 30.0)["Points"].iloc[[0, -1]].tolist() == [30.0, 33.0]
    both = figures.number_models(figures.compute_two_models(stored.importance, stored.importance.head(1)), ("a", "b"))
    assert both["b"].notna().sum() == 1
    names = ("All tracks", "Genre: pop")
    groups = figures.number_cohorts(figures.compute_cohorts(stored, *names), names)
    assert groups.columns.tolist() == ["Feature", *names, "Difference (points)"]


def test_words_follow_what_was_chosen(stored):
    assert "Energy moves predictions by +1.0 to +6.0 points; higher values go with higher" in figures.read_dependence(
        stored, "energy"
    )
    assert "have more Energy" in figures.read_dependence(stored, "key", "energy")
    assert "have more" not in figures.read_dependence(stored, "energy", "key")
    said = figures.read_partial_dependence(stored.told["dependence"]["energy"], "energy")
    assert "from 30.5 points (at 0.1) to 33.5 points (at 0.5)" in said
    assert "Energy with Key, 0.3 points" in figures.read_interactions(stored.told["interactions"])
    assert "Most is moved by Energy (pop)." in figures.read_by_genre(stored.by_genre)
    two = pd.DataFrame({"pop": [2.0, 1.0], "rap": [3.0, 0.5]}, index=["Energy", "Key"])
    assert figures.read_by_genre(two).endswith("Energy moves predictions most in every genre.")
    cohorts = figures.compute_cohorts(stored, "All tracks", "Genre: pop")
    assert "Farthest apart: Energy, +3.5 against +3.0" in figures.read_cohorts(cohorts, ("All tracks", "Genre: pop"))
    assert "Here more Energy goes with higher predictions." in figures.read_swarm(stored)


def test_a_dot_that_words_speak_of_has_its_name_above_or_below_where_others_stand_beside_it():
    labels = ["Duration", "Loudness", "Energy", "Danceability", "Acousticness", "Instrumentalness", "Valence", "Speech"]
    moved, helped = [1.86, 2.28, 2.24, 1.13, 0.97, 1.3, 1.1, 0.86], [0.88, 0.69, 0.58, 0.45, 0.39, 0.275, 0.276, 0.31]
    dots = pd.DataFrame({"label": labels, "mean": moved, "permutation": helped})
    assert "help: Instrumentalness (" in figures.read_permutation(dots)
    drawn = figures.plot_permutation(dots).data[0]
    assert (drawn.text[5], drawn.textposition[5]) == (" Instrumentalness ", "middle right")
    crowded = pd.concat([dots, pd.DataFrame({"label": ["Mode"], "mean": [1.5], "permutation": [0.27]})])
    assert figures.plot_permutation(crowded).data[0].text[5] == ""  # it could be the name of either
    aside = pd.DataFrame({"label": ["Key", "Mode"], "mean": [0.5, 1.95], "permutation": [0.275, 0.275]})
    drawn = figures.plot_permutation(pd.concat([dots.iloc[:6], aside])).data[0]
    assert (drawn.text[5], drawn.textposition[5]) == (" Instrumentalness ", "bottom center")


def test_names_of_dots_do_not_lie_on_one_another(stored):
    crowd = pd.DataFrame({"label": list("abcd"), "mean": [4.0, 1.0, 1.0, 0.5], "permutation": [2.0, 0.1, 0.1, 1.0]})
    assert [name.strip() for name in figures.plot_permutation(crowd).data[0].text] == ["a", "b", "c", "d"]
    sides = figures.plot_permutation(crowd).data[0].textposition
    assert {sides[1], sides[2]} == {"middle left", "middle right"}


def test_values_are_told_in_words():
    assert value_in_words("mode", 1.0) == "Major"
    assert value_in_words("energy", 0.5) == "0.5"
    assert value_in_words("energy", None) == "unknown"
    assert value_in_words("genre", "pop") == "pop"


def test_a_name_goes_to_the_side_where_no_dot_and_no_other_name_is():
    dots = {"label": ["Energy", "Tempo", "Key", "Mode"], "mean": [2.0, 0.9, 1.8, 0.1], "permutation": [1, 1, 0.2, 0.01]}
    (drawn,) = figures.plot_permutation(pd.DataFrame(dots)).data
    assert [name.strip() for name in drawn.text] == ["Energy", "Tempo", "Key", ""]
    assert drawn.textposition[0] == "middle left"
    crowded = pd.DataFrame({"label": ["Energy", "Tempo"], "mean": [2.0, 1.9], "permutation": [1.0, 1.0]})
    (drawn,) = figures.plot_permutation(crowded).data
    assert [name.strip() for name in drawn.text] == ["", "Tempo"]
