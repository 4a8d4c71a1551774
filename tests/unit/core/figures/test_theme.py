"""The figures' theme: known values, readable colours."""

from __future__ import annotations

import pytest

from core.families import FAMILIES
from core.figures.overview import plot_popularity, popularity_bins
from core.figures.theme import FAMILY_COLORS, empty_figure, family_color, ink, template


def luminance(color: str) -> float:
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["text", "quiet", "accent"])
def test_words_can_be_read_on_the_ground(theme: str, name: str) -> None:
    assert contrast(ink(theme)[name], ink(theme)["ground"]) >= 4.5


def test_every_family_has_a_colour_of_its_own() -> None:
    assert set(FAMILIES) <= set(FAMILY_COLORS)
    assert len(set(FAMILY_COLORS.values())) == len(FAMILY_COLORS)
    assert family_color("unknown").startswith("#")


def test_the_templates_differ_and_an_unknown_theme_is_light() -> None:
    assert template("light").layout.font.color != template("dark").layout.font.color
    assert template("purple") == template("light")


def test_an_empty_figure_says_why() -> None:
    (note,) = empty_figure("Residuals", "Train a model first.").layout.annotations
    assert "Residuals" in note.text
    assert "Train a model first." in note.text


def test_popularity_bins_have_known_names_and_shares() -> None:
    bins = popularity_bins([1] * 19 + [21])
    assert bins["popularity"].iloc[0] == "0–4"
    assert bins["popularity"].iloc[-1] == "95–100"
    assert bins["share"].sum() == pytest.approx(1)
    assert bins["share"].iloc[-1] == pytest.approx(21 / 40)


def test_a_table_without_tracks_gives_a_figure_that_says_so() -> None:
    figure = plot_popularity(popularity_bins([0] * 20))
    assert len(figure.data) == 0
    assert "no track" in figure.layout.annotations[0].text
