"""Numbers that stand in the cells of a heat map, each in the ink that can be read on its colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.colors

SIZE = 11
"""Pixels. Plotly's own choice counts the markup of the ink as letters and makes the numbers too small to be seen."""
BLACK, WHITE = "#000000", "#FFFFFF"
_AT_LEAST = 0.05  # what the contrast of two colours adds to the light of each


def written(
    words: np.ndarray, z: np.ndarray, colorscale: str | Sequence[Sequence[float | str]], low: float, high: float
) -> dict[str, Any]:
    """Give what a heat map needs to have words in its cells: text in readable ink, and its size; see `inked`.

    Examples
    --------
    >>> written(np.array([["1"]]), np.array([[1.0]]), "Viridis", 0, 1)["textfont"]
    {'size': 11}
    """
    return {"text": inked(words, z, colorscale, low, high), "texttemplate": "%{text}", "textfont": {"size": SIZE}}


def inked(
    words: np.ndarray, z: np.ndarray, colorscale: str | Sequence[Sequence[float | str]], low: float, high: float
) -> np.ndarray:
    """Give each cell's words black or white ink, whichever stands out more from the colour of the cell.

    Plotly's own choice is dark grey or white by brightness, which is too weak in the middle of a scale.

    Parameters
    ----------
    words : ndarray of str, shape (n_rows, n_columns)
        "" for a cell without words.
    z : ndarray of float, shape (n_rows, n_columns)
        What the colours stand for.
    colorscale : str or sequence of (place, colour)
        Name of a scale, or steps from 0 to 1 in hexadecimal.
    low, high : float
        Values at the ends of the scale.

    Returns
    -------
    ndarray of str, shape (n_rows, n_columns)
        For ``text`` of a heat map with ``texttemplate="%{text}"`` and a size of its own.
    """
    is_light = prefers_black(np.asarray(z, dtype=float), colorscale, low, high)
    drawn = [
        f'<span style="color: {BLACK if dark else WHITE}">{word}</span>' if word else ""
        for word, dark in zip(np.ravel(words), is_light.ravel(), strict=True)
    ]
    return np.array(drawn, dtype=object).reshape(np.shape(words))


def prefers_black(
    z: np.ndarray, colorscale: str | Sequence[Sequence[float | str]], low: float, high: float
) -> np.ndarray:
    """Whether black stands out more than white from the colour of each value; of the same shape, false for nan."""
    light = luminance(z, colorscale, low, high)
    return (light + _AT_LEAST) ** 2 > _AT_LEAST * (1 + _AT_LEAST)


def luminance(z: np.ndarray, colorscale: str | Sequence[Sequence[float | str]], low: float, high: float) -> np.ndarray:
    """Relative luminance (WCAG, 0 to 1) of the colour of each value; nan where the value is."""
    steps = plotly.colors.get_colorscale(colorscale) if isinstance(colorscale, str) else colorscale
    places = [float(step[0]) for step in steps]
    colours = np.array([_rgb(str(step[1])) for step in steps])
    share = np.clip((z - low) / ((high - low) or 1.0), 0, 1)
    mixed = np.stack([np.interp(share, places, channel) for channel in colours.T]) / 255
    linear = np.where(mixed <= 0.04045, mixed / 12.92, ((mixed + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.tensordot((0.2126, 0.7152, 0.0722), linear, axes=1))


def _rgb(colour: str) -> tuple[float, ...]:
    if colour.startswith("#"):
        return tuple(float(part) for part in plotly.colors.hex_to_rgb(colour))
    return tuple(float(part) for part in plotly.colors.unlabel_rgb(colour))
