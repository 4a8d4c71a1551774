"""The shape behind a slider: how many tracks have each value."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

HEIGHT = 20


def draw_spread(counts: Sequence[float]) -> str:
    """Write the shape of a distribution as a CSS image, to be used as a mask so that it takes the theme's colour.

    Heights are square roots of the counts, so that rare values can still be seen beside frequent ones.

    Parameters
    ----------
    counts : sequence of float
        Tracks in equal steps from the lowest value to the highest.

    Returns
    -------
    str
        ``url("data:...")``; empty where there is nothing.
    """
    most = max(counts, default=0)
    if most <= 0:
        return ""
    steps = "".join(f"H{number}V{_top(count, most)}" for number, count in enumerate(counts))
    path = f"M0 {HEIGHT}{steps}H{len(counts)}V{HEIGHT}z"
    box = f"viewBox='0 0 {len(counts)} {HEIGHT}' preserveAspectRatio='none'"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' {box}><path d='{path}'/></svg>"
    return f'url("data:image/svg+xml,{quote(svg, safe=_SAFE)}")'


_SAFE = " =:/'"


def _top(count: float, most: float) -> str:
    return f"{HEIGHT * (1 - (count / most) ** 0.5):.1f}".rstrip("0").rstrip(".")
