"""The shared components: what screen readers, downloads and the page's settings rely on."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
import plotly.graph_objects as go
import pytest
from dash import dcc, html

from layouts.components import (
    card_part,
    control,
    empty_state,
    graph_card,
    page_header,
    source_badge,
    table,
    toast,
    working,
)


def parts_of(component: Any, kind: type) -> list[Any]:
    found = [component] if isinstance(component, kind) else []
    return found + [part for part in component._traverse() if isinstance(part, kind)]


def text_of(component: Any) -> str:
    return repr(component)


def make_card(**changes: Any) -> html.Figure:
    return graph_card("a-graph", go.Figure(), **({"title": "Subject", "reading": "Read it so."} | changes))


def test_no_chart_offers_to_send_data_away() -> None:
    (graph,) = parts_of(make_card(config={"scrollZoom": True}), dcc.Graph)
    assert graph.config["showSendToCloud"] is False
    assert graph.config["plotlyServerURL"] == ""
    assert graph.config["displaylogo"] is False
    assert graph.config["scrollZoom"] is True


def test_a_chart_has_title_n_reading_and_a_text_alternative() -> None:
    card = make_card(n=28356, text_alternative="Bars fall from left to right.")
    assert card[card_part("a-graph", "title")].children == "Subject"
    assert card[card_part("a-graph", "n")].children == "n = 28,356"
    assert card[card_part("a-graph", "reading")].children == "Read it so."
    assert card[card_part("a-graph", "alternative")].children == "Bars fall from left to right."


def test_a_chart_offers_png_csv_and_its_numbers() -> None:
    card = make_card(table=pd.DataFrame({"a": [1.5]}))
    kinds = [getattr(button, "data-download") for button in parts_of(card, html.Button)]
    assert kinds == ["png", "csv"]
    assert len(parts_of(card, html.Table)) == 1


def test_an_unknown_part_of_a_card_is_refused() -> None:
    with pytest.raises(ValueError, match="Unknown part"):
        card_part("a-graph", "titel")


def test_a_table_keeps_the_exact_numbers_beside_the_rounded_ones() -> None:
    drawn = table(pd.DataFrame({"name": ["x"], "score": [0.123456789]}), "Scores", formats={"score": ".2f"})
    (cell,) = [cell for cell in parts_of(drawn, html.Td) if cell.children == "0.12"]
    assert float(getattr(cell, "data-value")) == 0.123456789


def test_a_table_names_its_columns_rows_and_itself() -> None:
    drawn = table(pd.DataFrame({"name": ["x"], "score": [1]}), "Scores")
    assert parts_of(drawn, html.Caption)[0].children == "Scores"
    assert [cell.scope for cell in parts_of(drawn, html.Th)] == ["col", "col", "row"]


def test_a_missing_value_is_a_dash_and_a_long_table_says_so() -> None:
    drawn = table(pd.DataFrame({"a": [None, *["x"] * 600], "b": [float("nan")] * 601}), "Many")
    assert parts_of(drawn, html.Th)[2].children == "–"
    assert parts_of(drawn, html.Td)[0].children == "–"
    assert "First 500 of 601 rows." in text_of(drawn)


def test_a_control_is_joined_to_its_label() -> None:
    label = parts_of(control("Share", dbc.Input(id="share-input")), dbc.Label)[0]
    assert label.html_for == "share-input"
    pattern = control("Share", dbc.Select(id={"type": "t", "name": "n"}))
    assert parts_of(pattern, dbc.Label)[0].html_for == '{"name":"n","type":"t"}'


def test_a_group_of_controls_is_named() -> None:
    group = control("Models", dbc.Checklist(id="models-list"))
    assert group.role == "group"
    assert getattr(group, "aria-label") == "Models"


def test_the_sample_is_told_from_a_real_table() -> None:
    sample = source_badge("Built-in sample (synthetic)", 5000, is_synthetic=True)
    real = source_badge("Spotify songs", 28356, is_synthetic=False)
    assert "Sample data (synthetic)" in text_of(sample)
    assert "Real table" in text_of(real)
    assert "28,356 tracks" in text_of(real)
    assert sample.className != real.className
    own = text_of(source_badge("mine", 300, is_synthetic=False, is_own=True))
    assert "Your table" in own
    assert "Real" not in own


def test_trouble_stays_until_closed() -> None:
    assert toast("a", "danger").duration is None
    assert toast("a", "success").duration == 8000


def test_a_page_has_one_heading_of_the_first_level() -> None:
    assert len(parts_of(page_header("Title", "Purpose."), html.H1)) == 1
    assert len(parts_of(empty_state("None", "Do.", level=1), html.H1)) == 1
    assert parts_of(empty_state("None", "Do."), html.H1) == []


def test_a_button_that_takes_a_while_brings_its_words_and_a_place_where_they_are_read_aloud() -> None:
    busy = working(html.Button("Export", id="an-export-button"), "Packing the run…")
    assert getattr(busy, "data-working") == "Packing the run…"
    (words,) = [part for part in busy._traverse() if getattr(part, "role", None) == "status"]
    assert not getattr(words, "children", None)


def test_a_long_table_says_how_much_of_it_is_there() -> None:
    drawn = table(pd.DataFrame({"name": list("abc")}), "Letters", most_rows=2)
    assert len(parts_of(drawn, html.Tr)) == 3
    assert "First 2 of 3 rows." in text_of(drawn)
