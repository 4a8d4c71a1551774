"""The Explore view's state in its address: the same link shows the same view."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from urllib.parse import urlencode

from core.address import read_pairs
from core.eda.columns import FEATURES, NUMBERS, is_own
from core.eda.filters import Filter, Span
from core.eda.table import EdaTable
from core.eda.view import CHOICES, View, choices_with
from core.errors import InvalidRequest
from data.schema import LARGEST_EXTRA, TARGET

MAX_QUERY = 8_000
MAX_ARTIST = 80
_YEARS = "release_year"
_POPULARITY = "pop"
_RANGES = {_POPULARITY: TARGET} | {name: name for name in FEATURES if name != _YEARS}


@dataclass(frozen=True)
class State:
    """All that decides what the page shows."""

    filter: Filter = field(default_factory=Filter)
    view: View = field(default_factory=View)


@dataclass(frozen=True)
class Parsed:
    """A state, and what of the address was left out of it, in words."""

    state: State
    problems: tuple[str, ...] = ()


def parse_query(query: str, table: EdaTable) -> Parsed:
    """Read an address; what cannot be used is left out and said, never an error.

    Parameters
    ----------
    query : str
        Such as ``?genre=pop&from=2010&to=2019&pop=20-80&danceability=0.2-0.8&section=time``.
    table : EdaTable
        Decides which genres, subgenres and columns of its own exist.
    """
    values: dict[str, list[str]] = {}
    try:
        for name, value in read_pairs(query, longest=MAX_QUERY):
            values.setdefault(name, []).append(value)
    except InvalidRequest as error:
        return Parsed(State(), (f"{error} It was not used.",))
    return parse_values(values, table)


def parse_values(values: Mapping[str, list[str]], table: EdaTable) -> Parsed:
    """The same as `parse_query`, from names and their lists of values."""
    problems: list[str] = []
    known_keys = {"genre", "subgenre", "artist", "from", "to", *_ranges(table.own), *CHOICES}
    problems += [f"Left out “{_short(key)}”: the address has no such part." for key in values if key not in known_keys]
    problems += _repeated(values, known_keys - {"genre", "subgenre"})
    asked = Filter(
        genres=_names("genre", values, table, problems),
        subgenres=_names("subgenre", values, table, problems),
        artist=_artist(values, problems),
    )
    for span in _spans(values, table, problems):
        asked = asked.with_span(span)
    return Parsed(State(asked, _view(values, table, problems)), tuple(problems))


def to_query(state: State) -> str:
    """The address of a state; only what differs from the defaults, in a fixed order."""
    asked, view = state.filter, state.view
    pairs = [("section", view.section)] if view.section != View().section else []
    pairs += [("genre", name) for name in asked.genres]
    pairs += [("subgenre", name) for name in asked.subgenres]
    pairs += [("artist", asked.artist)] if asked.artist else []
    years = asked.span(_YEARS)
    pairs += [(key, f"{year:g}") for key, year in (("from", years.low), ("to", years.high)) if year is not None]
    own = tuple(span.column for span in asked.spans if is_own(span.column))
    for key, column in _ranges(own).items():
        span = asked.span(column)
        if span.low is not None or span.high is not None:
            pairs.append((key, f"{_number_text(span.low)}-{_number_text(span.high)}"))
    default = View()
    for row in fields(View):
        value = getattr(view, row.name)
        if row.name != "section" and value != getattr(default, row.name):
            pairs.append((row.name, value))
    return f"?{urlencode(pairs)}" if pairs else ""


def _ranges(own: tuple[str, ...]) -> dict[str, str]:
    """Names in the address, and the columns whose range they hold."""
    return _RANGES | {name: name for name in own}


def range_key(column: str) -> str:
    """The name under which a column's range stands in the address.

    Examples
    --------
    >>> range_key("track_popularity"), range_key("tempo")
    ('pop', 'tempo')
    """
    return _POPULARITY if column == TARGET else column


def _number_text(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.15g}" if "e" not in f"{value:.15g}" else f"{value:.12f}"


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _names(kind: str, values: Mapping[str, list[str]], table: EdaTable, problems: list[str]) -> tuple[str, ...]:
    known = table.members[kind]
    asked = list(dict.fromkeys(values.get(kind, [])))
    problems += [_unknown(kind, name, known) for name in asked if name not in known][:5]
    return tuple(sorted(name for name in asked if name in known))


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name[:80], list(known), n=1)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    return f"Left out {kind} “{_short(name)}”: this table has none of that name.{hint}"


def _repeated(values: Mapping[str, list[str]], single: Iterable[str]) -> list[str]:
    """Say which parts that hold one value came with several; the last of them counts."""
    found = {key: values[key] for key in single if len(set(values.get(key, []))) > 1}
    return [
        f"The address has {len(given)} values for “{key}”, which takes one: used the last, “{_short(given[-1])}”."
        for key, given in sorted(found.items())
    ]


def _artist(values: Mapping[str, list[str]], problems: list[str]) -> str:
    text = " ".join(values.get("artist", [""])[-1].split())
    if len(text) > MAX_ARTIST:
        problems.append(f"The artist's name was cut to {MAX_ARTIST} characters.")
    return text[:MAX_ARTIST].strip()


def _spans(values: Mapping[str, list[str]], table: EdaTable, problems: list[str]) -> Iterator[Span]:
    ends = [values.get(key, [""])[-1] for key in ("from", "to")]
    years = _span("years", _YEARS, ends, problems)
    if all(end is None or end.is_integer() for end in (years.low, years.high)):
        yield years
    else:
        problems.append(f"Left out years {years}: a year is a whole number, such as 2010.")
    for key, column in _ranges(table.own).items():
        if key in values:
            yield _span(key, column, split_range(values[key][-1]), problems)


def split_range(text: str) -> list[str]:
    """Split ``low-high`` at the dash that is not a minus sign; either side may be empty.

    Examples
    --------
    >>> split_range("20-80"), split_range("-30--5"), split_range("-"), split_range("0.5-")
    (['20', '80'], ['-30', '-5'], ['', ''], ['0.5', ''])
    """
    if text == "-":
        return ["", ""]
    if text.startswith("--"):
        return ["", text[1:]]
    start = 1 if text.startswith("-") and text.count("-") > 1 else 0
    cut = text.find("-", start)
    return [text[:cut], text[cut + 1 :]] if cut >= 0 else [text, text]


def _span(key: str, column: str, ends: list[str], problems: list[str]) -> Span:
    try:
        low, high = (_number(end) for end in ends)
    except ValueError:
        problems.append(f"Left out {key} “{_short('-'.join(ends))}”: a range is two numbers, such as 20-80.")
        return Span(column)
    if low is not None and high is not None and low > high:
        problems.append(f"Left out {key} {low:g} to {high:g}: the first number is the lower one.")
        return Span(column)
    return Span(column, low, high)


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    value = float(text)
    if not math.isfinite(value) or abs(value) > LARGEST_EXTRA:
        raise ValueError(text)
    return value


def _view(values: Mapping[str, list[str]], table: EdaTable, problems: list[str]) -> View:
    chosen = {}
    for name, choice in choices_with(table.own).items():
        value = values.get(name, [""])[-1]
        if value in choice.options:
            chosen[name] = value
        elif value:
            problems.append(f"Left out {name} “{_short(value)}”: choose one of {', '.join(choice.options)}.")
    return View(**chosen)


assert set(_RANGES.values()) | {_YEARS} == set(NUMBERS)
