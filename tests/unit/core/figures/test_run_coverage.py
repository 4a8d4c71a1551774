from __future__ import annotations

from typing import Any

import pytest

from core.figures import run_coverage as figures


def part(
    name: str, value: str, coverage: float, width: float = 60.0, n: int = 900, off: float = 0.02
) -> dict[str, Any]:
    if not n:
        return {name: value, "coverage": None, "coverage_interval": None, "width": None, "n": 0}
    return {
        name: value, "coverage": coverage, "coverage_interval": [coverage - off, min(1.0, coverage + off)],
        "width": width, "n": n,
    }  # fmt: skip


GENRES = [part("genre", "rap", 0.91, 70.0), part("genre", "pop", 0.89), part("genre", "edm", 0.85, 50.0)]
BANDS = [
    part("band", "0–19", 0.72),
    part("band", "20–39", 1.0),
    part("band", "60–79", 0.0, n=0),
    part("band", "80–100", 0.4),
]


def test_shares_become_per_cent_and_empty_parts_are_left_out() -> None:
    frame = figures.compute_coverage(BANDS, "band")
    assert frame["band"].tolist() == ["0–19", "20–39", "80–100"]
    assert frame["inside"].tolist() == pytest.approx([72, 100, 40])
    assert frame["low"].tolist() == pytest.approx([70, 98, 38])


def test_the_reading_by_genre_names_the_spread_the_widths_and_what_falls_short() -> None:
    said = figures.read_coverage_by_genre(figures.compute_coverage(GENRES, "genre"), 90)
    assert "Inside were 85% to 91%" in said
    assert "widest for rap (70 points) and narrowest for edm (50)" in said
    assert "Diamonds hold clearly less than they were made for: edm." in said


def test_hits_are_said_to_be_covered_less_only_where_they_are() -> None:
    said = figures.read_coverage_by_band(figures.compute_coverage(BANDS, "band"), 90)
    assert said.startswith("Hits are covered less: of the tracks at 80–100 points 40% are inside, and of those at 0–19")
    even = [part("band", "0–19", 0.91), part("band", "80–100", 0.9)]
    assert "Hits" not in figures.read_coverage_by_band(figures.compute_coverage(even, "band"), 90)
    low = [part("band", "0–19", 0.7), part("band", "80–100", 0.9)]
    assert "at 0–19 points only 70%" in figures.read_coverage_by_band(figures.compute_coverage(low, "band"), 90)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_draws_the_line_it_was_made_for_and_the_widths(theme: str) -> None:
    figure = figures.plot_coverage(figures.compute_coverage(GENRES, "genre"), 90, theme=theme)
    assert [shape.x0 for shape in figure.layout.shapes] == [90]
    assert {"made for 90%", "70", "60", "50"} <= {note.text for note in figure.layout.annotations}
    assert list(figure.data[0].marker.symbol) == ["circle", "circle", "diamond"]
    assert figure.layout.xaxis.range[0] <= 83
    assert len(figure.to_json()) < 60_000


def test_of_many_genres_the_largest_are_drawn_and_that_is_said() -> None:
    frame = figures.compute_coverage([part("genre", f"g{i}", 0.9, n=900 - i) for i in range(20)], "genre")
    assert len(figures.plot_coverage(frame, 90).data[0].x) == 12
    assert "The 12 genres with most tracks are drawn." in figures.read_coverage_by_genre(frame, 90)


def test_without_genres_the_figure_and_the_reading_say_so() -> None:
    frame = figures.compute_coverage([], "genre")
    assert figures.NOT_MEASURED in figures.plot_coverage(frame, 90).layout.annotations[0].text
    assert "no genre" in figures.read_coverage_by_genre(frame, 90)
    assert figures.read_coverage_by_band(figures.compute_coverage([], "band"), 90) == ""


def test_numbers_have_names_for_people() -> None:
    assert list(figures.named(figures.compute_coverage(GENRES, "genre")))[:2] == ["Genre", "Inside, %"]
