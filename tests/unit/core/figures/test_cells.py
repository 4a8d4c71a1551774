"""Numbers in heat maps can be read on every colour."""

from __future__ import annotations

import numpy as np
import pytest

from core.figures import compare
from core.figures.cells import SIZE, inked, luminance, prefers_black
from core.figures.theme import SEQUENTIAL, diverging
from layouts.components import graph_card

SCALES = [SEQUENTIAL, "Viridis", diverging("light"), diverging("dark")]


@pytest.mark.parametrize("scale", SCALES)
def test_ink_has_enough_contrast_along_the_whole_scale(scale):
    share = np.linspace(0, 1, 401)
    light = luminance(share, scale, 0, 1)
    contrast = np.where(prefers_black(share, scale, 0, 1), (light + 0.05) / 0.05, 1.05 / (light + 0.05))
    assert contrast.min() >= 4.5


def test_cividis_has_white_numbers_on_its_dark_end_and_black_ones_on_its_bright_end():
    words = np.array([["1", "2", ""]], dtype=object)
    drawn = inked(words, np.array([[10.0, 20.0, np.nan]]), SEQUENTIAL, 10, 20)
    assert drawn.tolist() == [['<span style="color: #FFFFFF">1</span>', '<span style="color: #000000">2</span>', ""]]


def test_what_is_written_in_cells_has_a_size_of_its_own():
    agreement = compare.compute_agreement({"a": np.arange(9.0), "b": np.arange(9.0) ** 2})
    assert compare.plot_agreement(agreement).data[0].textfont.size == SIZE


@pytest.mark.parametrize(("n_runs", "stays"), [(2, True), (8, True), (11, False)])
def test_numbers_of_few_cells_stay_on_a_phone(n_runs, stays):
    rng = np.random.default_rng(0)
    agreement = compare.compute_agreement({f"run {at}": rng.normal(size=30) for at in range(n_runs)})
    card = graph_card("agreement", compare.plot_agreement(agreement), title="Agreement")
    assert ("has-wide-cells" in card.className) is stays
