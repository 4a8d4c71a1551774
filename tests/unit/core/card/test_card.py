"""A card says what its run says, in plain words, and its file stands alone whatever somebody wrote into it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest

from core.card import make_card, write_html
from core.card.charts import draw
from core.card.model import Chart, Dot, Section
from core.errors import BundleError
from core.runs.model import RunState
from tests.fakes.finished import SAMPLE, make_run, metrics

COVERAGE = {
    "overall": {"coverage": 0.91, "coverage_interval": [0.9, 0.92], "width": 70.0, "n": 100},
    "by_genre": [{"genre": "pop", "coverage": 0.8, "coverage_interval": [0.7, 0.88], "width": 70.0, "n": 60}],
    "by_band": [],
}
BANDS = [{"band": "0–19", "n": 50, "mae": 30.0, "bias": 30.0}, {"band": "80–100", "n": 50, "mae": 25.0, "bias": -25.0}]


def section(card: Any, key: str) -> Section:
    return next(one for one in card.sections if one.key == key)


def said(card: Any) -> str:
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", write_html(card), flags=re.DOTALL)


def test_the_scores_stand_with_their_intervals_beside_the_baselines() -> None:
    (table,) = section(make_card(make_run()), "scores").tables
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["R²"] == ("0.08", "0.06 to 0.10", "0.08 (0.004)", "0.03", "0.00")
    assert rows["RMSE, points"][0] == "22.5"


def test_why_the_folds_have_no_pinball_loss_is_said() -> None:
    found = metrics()
    assert "folds have no pinball" not in section(make_card(make_run(metrics=found)), "scores").after[0]
    found["test"]["pinball"] = 2.5
    part = section(make_card(make_run(metrics=found)), "scores")
    assert part.tables[0].rows[-1][3] == "–"
    assert "The folds have no pinball loss: the intervals are made from their errors." in part.after[0]


def test_coverage_is_stated_overall_and_by_genre() -> None:
    part = section(make_card(make_run(metrics={**metrics(), "coverage": COVERAGE})), "coverage")
    assert "held 91% (90% to 92%, allowing for chance) of 100 tracks" in part.paragraphs[0]
    assert part.tables[0].rows == (("pop", "60", "80%", "70% to 88%", "70 points"),)
    assert part.charts[0].mark == 90


def test_errors_by_genre_are_those_of_the_stored_predictions() -> None:
    test = pd.DataFrame({"track_id": range(60), "actual": 40.0, "predicted": [42.0] * 30 + [35.0] * 30})
    genres = pd.Series(["pop"] * 30 + ["rock"] * 25 + [None] * 5)
    card = make_card(make_run(metrics={**metrics(), "by_band": BANDS}), test, genres=genres)
    bands, by_genre = section(card, "errors").tables
    assert bands.rows == (("0–19", "50", "30.0", "+30.0"), ("80–100", "50", "25.0", "−25.0"))
    assert by_genre.rows == (("rock", "25", "5.0", "−5.0"), ("pop", "30", "2.0", "+2.0"))
    assert any("pulls towards the middle" in item for item in section(card, "limits").items)


def test_what_is_not_at_hand_is_said_instead_of_drawn() -> None:
    card = make_card(make_run())
    assert "left out" in section(card, "errors").after[0]
    assert "not stored" in section(card, "importance").paragraphs[0]
    assert "not measured" in section(card, "coverage").paragraphs[0]


def test_importance_comes_from_the_explanation_with_its_spread_over_folds() -> None:
    importance = {"mean": [0.5, 2.0], "folds": [[0.4, 2.0], [0.6, 2.0], [0.5, 2.0]]}
    told = {"features": ["tempo", "energy"], "importance": importance}
    (table,) = section(make_card(make_run(), explanation=told), "importance").tables
    assert table.rows == (("Energy", "2.0", "2.0 to 2.0"), ("Tempo", "0.5", "0.4 to 0.6"))


@pytest.mark.parametrize("told", [{}, {"importance": []}, {"features": ["tempo"], "importance": {"mean": [None]}}])
def test_an_explanation_of_an_unknown_form_is_left_out(told: dict[str, Any]) -> None:
    assert section(make_card(make_run(), explanation=told), "importance").charts == ()


def test_warnings_stand_where_they_are_due() -> None:
    assert "made-up tracks" in said(make_card(make_run(data=SAMPLE)))
    leaky = said(make_card(make_run(protocol="rows")))
    assert "inflated by leakage" in leaky
    assert "is accounted for" not in leaky.split("What it is for")[0]
    plain = make_card(make_run())
    assert section(plain, "short").notes == ()


def test_a_score_below_zero_accounts_for_nothing_and_stands_beside_the_average_that_was_scored() -> None:
    found = metrics(r2=-0.15, interval=(-0.18, -0.12))
    found["baselines"]["mean"]["test"]["r2"] = -0.34
    short = " ".join(section(make_card(make_run(protocol="time", metrics=found)), "short").paragraphs)
    assert "accounts for none of the differences" in short
    assert "always saying the average of the tracks it learned from −0.34." in short


def test_a_run_without_a_model_has_no_card() -> None:
    with pytest.raises(BundleError, match="no model to describe"):
        make_card(make_run(RunState.FAILED))


class Links(HTMLParser):
    """Collects what a document would run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_the_file_runs_nothing_and_fetches_nothing_whatever_a_run_is_called() -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\x00\x1f"
    coverage = {**COVERAGE, "by_genre": [{**COVERAGE["by_genre"][0], "genre": evil}]}
    data = {"source_name": evil, "source_kind": "file", "sha256": evil, "tracks": 1, "is_synthetic": False}
    run = make_run(name=evil, note=evil, tags=(evil,), data=data, metrics={**metrics(), "coverage": coverage})
    html = write_html(make_card(run))
    found = Links()
    found.feed(html)
    assert {"script", "img", "link", "iframe", "a", "object"} & set(found.tags) == set()
    assert [name for name, _ in found.attributes if name.startswith("on") or name in ("src", "href")] == []
    assert "url(" not in html
    assert "@import" not in html
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", html)
    assert "default-src 'none'" in html


def test_a_chart_is_valid_svg_with_a_title_and_its_numbers_in_words() -> None:
    dots = (Dot("pop & <rock>\x00", 1.5, 1.0, 2.0, "1.5 (1.0 to 2.0)"), Dot("mean", 3.0, said="3.0", is_quiet=True))
    chart = Chart("Errors", "RMSE, points", dots, "reading", 2.5, "promised")
    for theme in (None, "light", "dark"):
        root = ET.fromstring(draw(chart, "a", theme))
        text = {child.tag.rpartition("}")[2]: child.text for child in root}
        assert text["title"] == "Errors"
        assert "1.5 (1.0 to 2.0)" in (text["desc"] or "")
        assert len(root.findall("{*}circle")) == 2


def test_a_dot_stands_where_its_number_is() -> None:
    chart = Chart("t", "a", (Dot("one", 0.0, said="0"), Dot("two", 10.0, said="10"), Dot("three", 5.0, said="5")), "")
    circles = ET.fromstring(draw(chart, "a")).findall("{*}circle")
    low, high, middle = (float(one.get("cx") or 0) for one in circles)
    assert low < middle < high
    assert middle == pytest.approx((low + high) / 2, abs=0.1)


@pytest.mark.parametrize("values", [[5.0], [0.0], [-3.0, -3.0], [1e-6, 2e-6], [float("nan"), 1.0], [1e6, 3e6], []])
def test_odd_numbers_draw_a_chart_or_none(values: list[float]) -> None:
    drawn = draw(Chart("t", "a", tuple(Dot("x", value, said="v") for value in values), ""), "a")
    assert bool(drawn) is bool(values)
    assert "nan" not in drawn.replace("and", "")
    if drawn:
        ET.fromstring(drawn)
