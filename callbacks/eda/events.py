"""What follows from what was typed, pressed and dragged since the server last answered.

A page that asks anew drops the answer to what it asked before, so each question carries everything that no answer has
shown yet: fields that stand elsewhere than the state, chips with a press (an answer draws them anew, without one), and
more presses and drags than the last answer had heard of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from core.eda import address
from core.eda.address import Parsed, State, parse_query, parse_values, to_query
from core.eda.brush import Brush, apply_brush, read_brush
from core.eda.filters import Filter, Span, chips
from core.eda.table import EdaTable
from core.eda.view import CHOICES
from layouts.ids import Eda

MOST_BRUSHES = 20
_MANY = ("genre", "subgenre")
"""Fields of which each value is set by itself."""


@dataclass(frozen=True)
class Fields:
    """The form's values as they come from a browser: names to values."""

    choices: Mapping[str, Any]
    ranges: Mapping[tuple[str, str], Any]
    genre: Any
    subgenre: Any
    artist: Any
    charts: Any


@dataclass(frozen=True)
class Pressed:
    """Presses and drags that no answer has shown yet.

    Parameters
    ----------
    cleared, swapped : bool
        Whether the filter is to be cleared, and the axes of the scatter to be swapped.
    chips : sequence of str
        Keys of the conditions to be taken away.
    brushes : sequence of Brush
        Drags over charts and clicks on marks, in their order.
    """

    cleared: bool = False
    swapped: bool = False
    chips: Sequence[str] = ()
    brushes: Sequence[Brush] = ()

    @property
    def is_any(self) -> bool:
        """Whether there is any."""
        return self.cleared or self.swapped or bool(self.chips or self.brushes)


def count_heard(heard: Any, clear: Any, swap: Any, brushes: Any) -> dict[str, int]:
    """Count the presses and drags that a question tells of; its answer gives them back as heard."""
    last = max((_count(one.get("count")) for one in _listed(brushes)), default=0)
    now, known = {"clear": _count(clear), "swap": _count(swap), "brush": last}, _counts(heard)
    return {name: max(number, known.get(name, 0)) for name, number in now.items()}


def read_pressed(heard: Any, clear: Any, swap: Any, clicked: Mapping[str, Any], brushes: Any) -> Pressed:
    """Tell which presses and drags no answer has shown yet.

    Parameters
    ----------
    heard : object
        As `count_heard` gave it with the last answer.
    clear, swap : object
        How often these buttons were pressed.
    clicked : mapping of str to object
        Keys of the chips on the page, and how often each was pressed since it was drawn.
    brushes : object
        List of drags and clicks, each with its ``count``.
    """
    known = _counts(heard)
    news = [one for one in _listed(brushes) if _count(one.get("count")) > known.get("brush", 0)]
    read = [read_brush(one) for one in news]
    return Pressed(
        cleared=_count(clear) > known.get("clear", 0),
        swapped=max(0, _count(swap) - known.get("swap", 0)) % 2 == 1,
        chips=[key for key, clicks in clicked.items() if clicks],
        brushes=[one for one in read if one is not None],
    )


def next_state(
    trigger: Any, now: Any, search: Any, fields: Fields, pressed: Pressed, table: EdaTable
) -> tuple[Parsed, bool]:
    """Give the state that follows from all that no answer has shown yet.

    Parameters
    ----------
    trigger : str, mapping or None
        Id of the component that changed last; None at the first load.
    now : object
        Address of the state that the page shows; None before the first answer.
    search : object
        The query string in the address bar.
    fields : Fields
    pressed : Pressed

    Returns
    -------
    tuple of (Parsed, bool)
        The state, and whether the form has to be written, as not only its fields led there.
    """
    told = parse_query(search if isinstance(search, str) else "", table)
    if trigger is None:
        return told, True
    before = parse_query(now, table).state if isinstance(now, str) else told.state
    if trigger == Eda.URL and not _is_other_section(told.state, before):
        return told, True
    if _is_pressed(trigger, pressed):  # last, so that it counts for what was typed before it too
        typed = edit(told.state, before, fields, table)
        return Parsed(press(typed.state, pressed, table, is_cleared_last=trigger == Eda.CLEAR)), True
    typed = edit(press(told.state, pressed, table), before, fields, table)
    return typed, pressed.is_any or told.state != before


def _is_other_section(told: State, before: State) -> bool:
    """Whether an address asks for another section of the same view, as the links to the sections do."""
    return told != before and replace(told, view=replace(told.view, section=before.view.section)) == before


def _cleared(state: State) -> State:
    return replace(state, filter=Filter())


def _is_pressed(trigger: Any, pressed: Pressed) -> bool:
    """Whether the last that happened was a press or a drag; a chip that has just been drawn triggers too."""
    if isinstance(trigger, Mapping):
        return trigger.get("type") == Eda.CHIP and bool(pressed.chips)
    return trigger in (Eda.CLEAR, Eda.SWAP, Eda.BRUSH, Eda.URL)


def press(state: State, pressed: Pressed, table: EdaTable, *, is_cleared_last: bool = False) -> State:
    """Apply presses and drags to a state: the filter is cleared first, or after all else."""
    if pressed.cleared and not is_cleared_last:
        state = _cleared(state)
    for key in pressed.chips:
        rest = {chip.key: chip.without for chip in chips(state.filter)}
        state = replace(state, filter=rest.get(key, state.filter))
    if pressed.swapped:
        state = replace(state, view=replace(state.view, x=state.view.y, y=state.view.x))
    for brush in pressed.brushes:
        state = apply_brush(state, brush, table)
    return _cleared(state) if pressed.cleared and is_cleared_last else state


def edit(state: State, before: State, fields: Fields, table: EdaTable) -> Parsed:
    """Apply to a state what a person has changed in the form, and leave the rest of it.

    Parameters
    ----------
    state : State
    before : State
        What the form was last written for.
    fields : Fields
        What stands in it.
    """
    given, shown = query_values(fields), query_values(fields_of(before, fields))
    values = parse_qs(to_query(state).lstrip("?"))
    for name in {*given, *shown}:
        new, old = given.get(name, []), shown.get(name, [])
        if name in _MANY:
            kept = [one for one in values.get(name, []) if one in new or one not in old]
            values[name] = [*kept, *(one for one in new if one not in old and one not in kept)]
        elif new != old:
            values[name] = new
    return parse_values({name: some for name, some in values.items() if some}, table)


def fields_of(state: State, like: Fields) -> Fields:
    """What the form shows of a state, in the fields that it has."""
    view, asked = state.view, state.filter
    return Fields(
        choices={name: getattr(view, name) for name in like.choices if name in CHOICES},
        ranges={(column, end): end_of(asked.span(column), end) for column, end in like.ranges},
        genre=list(asked.genres),
        subgenre=list(asked.subgenres),
        artist=asked.artist,
        charts=view.charts == "on",
    )


def end_of(span: Span, end: Any) -> float | None:
    """One end of a range; None where it is open."""
    return {"low": span.low, "high": span.high}.get(end)


def query_values(fields: Fields) -> dict[str, list[str]]:
    """Write the form's values as the address would have them, so that one parser reads both."""
    values = {
        "charts": ["on" if fields.charts is not False else "off"],
        "genre": _texts(fields.genre),
        "subgenre": _texts(fields.subgenre),
        "artist": _texts([fields.artist]),
    }
    values |= {name: _texts([value]) for name, value in fields.choices.items() if name in CHOICES}
    ends = {place: _number_text(value) for place, value in fields.ranges.items()}
    for column in {column for column, _ in ends}:
        low, high = ends.get((column, "low"), ""), ends.get((column, "high"), "")
        if column == "release_year":
            values |= {"from": [low], "to": [high]}
        elif low or high:
            values[address.range_key(column)] = [f"{low}-{high}"]
    return {name: given for name, given in values.items() if any(given)}


def _texts(values: Any) -> list[str]:
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _number_text(value: Any) -> str:
    if value is None or value == "":
        return ""
    return f"{value:.15g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)[:40]


def _counts(heard: Any) -> dict[str, int]:
    return {name: _count(value) for name, value in heard.items()} if isinstance(heard, Mapping) else {}


def _count(value: Any) -> int:
    return value if type(value) is int else 0


def _listed(brushes: Any) -> list[Mapping[str, Any]]:
    """The last drags and clicks that a browser tells of."""
    return [one for one in brushes[-MOST_BRUSHES:] if isinstance(one, Mapping)] if isinstance(brushes, list) else []
