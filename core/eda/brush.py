"""What a drag or a click on a chart asks for: the same view with a narrower filter, or other axes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.eda.address import MAX_ARTIST, State
from core.eda.columns import is_whole
from core.eda.filters import Span
from core.eda.table import EdaTable
from data.schema import LARGEST_EXTRA, TARGET

NARROWEST = 1e-6
"""A range this narrow is a point."""
_DECADE = re.compile(r"[0-9]{4}s?")


@dataclass(frozen=True)
class Brush:
    """A drag over a range, or a click on a mark.

    Parameters
    ----------
    chart : str
        One of `CHARTS`.
    x, y : pair of float, or None
        Range of a drag, lowest first.
    row, column : str
        Name of the clicked mark: the group or artist, or the two columns of a cell.
    """

    chart: str
    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None
    row: str = ""
    column: str = ""


def read_brush(payload: object) -> Brush | None:
    """Turn what a browser sent into a Brush, or None where it is not one."""
    if not isinstance(payload, Mapping) or payload.get("chart") not in CHARTS:
        return None
    found = Brush(
        chart=str(payload["chart"]),
        x=_pair(payload.get("x")),
        y=_pair(payload.get("y")),
        row=_text(payload.get("row")),
        column=_text(payload.get("column")),
    )
    return found if found.x or found.y or found.row else None


def apply_brush(state: State, brush: Brush, table: EdaTable) -> State:
    """The state after a brush; unchanged where the brush means nothing there."""
    return CHARTS[brush.chart](state, brush, table)


def _popularity(state: State, brush: Brush, table: EdaTable) -> State:
    return _narrow(state, TARGET, brush.x)


def _feature(state: State, brush: Brush, table: EdaTable) -> State:
    return _narrow(state, state.view.feature, brush.x)


def _scatter(state: State, brush: Brush, table: EdaTable) -> State:
    return _narrow(_narrow(state, state.view.x, brush.x), state.view.y, brush.y)


def _years(state: State, brush: Brush, table: EdaTable) -> State:
    return _narrow(state, "release_year", brush.x)


def _correlation(state: State, brush: Brush, table: EdaTable) -> State:
    x = brush.column if brush.column in table.numbers else state.view.x
    y = brush.row if brush.row in table.numbers else TARGET
    return replace(state, view=replace(state.view, x=x, y=y)) if x != y else state


def _group(state: State, brush: Brush, table: EdaTable) -> State:
    return _only(state, state.view.group, brush.row, table)


def _subgenre(state: State, brush: Brush, table: EdaTable) -> State:
    return _only(state, "subgenre", brush.row, table)


def _artist(state: State, brush: Brush, table: EdaTable) -> State:
    return replace(state, filter=replace(state.filter, artist=brush.row[:MAX_ARTIST].strip()))


def _narrow(state: State, column: str, span: tuple[float, float] | None) -> State:
    if span is None:
        return state
    low, high = (math.ceil(span[0]), math.floor(span[1])) if is_whole(column) else _rounded(*span)
    if low > high:
        return state
    return replace(state, filter=state.filter.with_span(Span(column, float(low), float(high))))


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Round outwards to three digits of the range's width, so that the address stays short."""
    width = high - low
    step = 10.0 ** (math.floor(math.log10(width)) - 2) if width > NARROWEST else 1e-6
    digits = max(0, -math.floor(math.log10(step)))
    return round(math.floor(low / step) * step, digits), round(math.ceil(high / step) * step, digits)


def _only(state: State, category: str, name: str, table: EdaTable) -> State:
    if category == "decade" and _DECADE.fullmatch(name):
        first = float(name.rstrip("s"))
        return replace(state, filter=state.filter.with_span(Span("release_year", first, first + 9)))
    if category not in table.members or name not in table.members[category]:
        return state
    asked = state.filter
    narrowed = replace(asked, genres=(name,)) if category == "genre" else replace(asked, subgenres=(name,))
    return replace(state, filter=narrowed)


def _pair(value: object) -> tuple[float, float] | None:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 2:
        return None
    # Also false for NaN.
    if not all(isinstance(end, int | float) and -LARGEST_EXTRA <= end <= LARGEST_EXTRA for end in value):
        return None
    low, high = sorted(float(end) for end in value)
    return low, high


def _text(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""


CHARTS: Mapping[str, Callable[[State, Brush, EdaTable], State]] = {
    "popularity": _popularity,
    "feature": _feature,
    "scatter": _scatter,
    "years": _years,
    "correlation": _correlation,
    "group": _group,
    "subgenre": _subgenre,
    "artist": _artist,
}
"""What a brush of each chart does."""
