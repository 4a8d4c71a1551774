"""What the figures of explanations share."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.explanation.stored import Stored
from core.features import FEATURES
from core.figures.theme import template

UP, DOWN = "#D55E00", "#0072B2"
UP_DARK, DOWN_DARK = "#F0813A", "#3B9BDC"
POINTS: Final = "points"
MOST_LABEL: Final = 22


def colours(theme: str) -> tuple[str, str]:
    """Colours of what raises and of what lowers a prediction."""
    return (UP_DARK, DOWN_DARK) if theme == "dark" else (UP, DOWN)


def flat_scale(title: str, **changes: object) -> dict[str, object]:
    """A colour scale that lies above the chart, so that it takes no width."""
    return {
        "title": {"text": title, "side": "top", "font": {"size": 12}}, "tickfont": {"size": 11}, "nticks": 4,
        "tickangle": 0, "orientation": "h", "thickness": 8, "len": 1, "xpad": 0, "ypad": 4, "outlinewidth": 0,
        "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom", **changes,
    }  # fmt: skip


def short(label: str, most: int = MOST_LABEL) -> str:
    """A label that leaves room for the chart on a phone.

    Examples
    --------
    >>> short("Instrumentalness of everything", 10)
    'Instrumen…'
    """
    return label if len(label) <= most else f"{label[: most - 1]}…"


HIGHER, LOWER, NEITHER = "higher predictions", "lower predictions", "neither"
CLEAR_ORDER = 0.5
"""Rank correlation from which one thing is said to go with another."""
FEWEST_TO_TELL = 5


def goes_with(stored: Stored, feature: str) -> str:
    """What higher values of a feature go with among the explained tracks, by rank correlation; "" for names."""
    order = ranks(stored, feature)
    known = np.isfinite(order)
    if known.sum() < FEWEST_TO_TELL:
        return ""
    points = stored.values[known, stored.features.index(feature)]
    other = pd.Series(points).rank().to_numpy()
    if np.ptp(order[known]) == 0 or np.ptp(other) == 0:
        return NEITHER
    found = float(np.corrcoef(order[known], other)[0, 1])
    return HIGHER if found > CLEAR_ORDER else LOWER if found < -CLEAR_ORDER else NEITHER


def ranks(stored: Stored, feature: str) -> np.ndarray:
    """Place of each track's value among the others, 0 to 1; nan for names, codes, and what is missing."""
    values = stored.inputs.get(feature)
    if values is None or FEATURES[feature].categories or not pd.api.types.is_numeric_dtype(values):
        return np.full(len(stored.values), np.nan)
    return ((values.rank() - 1) / max(1, values.notna().sum() - 1)).to_numpy(dtype=float)


def signed(value: float, decimals: int = 1) -> str:
    """A number with its sign, a true minus included; what rounds to nothing has none.

    Examples
    --------
    >>> signed(0.26), signed(-0.04), signed(0.04)
    ('+0.3', '0.0', '0.0')
    """
    said = f"{value:+.{decimals}f}"
    return said.replace("-", "\u2212") if float(said) else said[1:]


def finish(figure: go.Figure, theme: str, **changes: object) -> go.Figure:
    """Give a figure the theme and small margins."""
    figure.update_layout(template=template(theme), margin={"l": 8, "r": 16, "t": 8, "b": 8}, **changes)
    return figure
