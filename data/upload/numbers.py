"""Cells to numbers: plain ones, decimal commas, units, names of keys and modes; never a wrong guess."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from data.upload.problems import quote
from data.values import MISSING_NUMBER_WORDS

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Parse = Callable[[str], float | None]

_COMMA = re.compile(r"[+-]?\d{0,15},\d+(?:[eE][+-]?\d{1,3})?")
_POINT = re.compile(r"[+-]?\d{0,15}\.\d+(?:[eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+")
_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3}){2,}")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d(?:\.\d+)?)")
_SUFFIX = re.compile(r"\s*(?:db|dbfs|bpm|%|ms|s|sec|min)", re.IGNORECASE)
_KEYS = {
    name: number
    for number, names in enumerate(
        ["c b#", "c# db", "d", "d# eb", "e fb", "f e#", "f# gb", "g", "g# ab", "a", "a# bb", "b cb"]
    )
    for name in names.split()
}
_MODES = {"major": 1.0, "minor": 0.0, "maj": 1.0, "min": 0.0, "dur": 1.0, "moll": 0.0}
_TRUTH = {"true": 1.0, "false": 0.0}


@dataclass(frozen=True)
class Parsed:
    """A column as numbers.

    Parameters
    ----------
    values : float array of shape (n_rows,)
        NaN where missing or unreadable.
    wrong : bool array of shape (n_rows,)
        Whether the cell is no number.
    conversion : str
        What was done, in words, empty where nothing was.
    is_cut : bool
        Whether reading ended early, as too many cells are wrong for the table to be of use.
    why : callable
        Says of a wrong cell why it is no number.
    notes : tuple of str
        What a person should know.
    """

    values: Floats
    wrong: Mask
    conversion: str = ""
    is_cut: bool = False
    why: Callable[[str], str] = field(default_factory=lambda: explain)
    notes: tuple[str, ...] = ()

    @property
    def n_wrong(self) -> int:
        """How many cells are no numbers."""
        return int(self.wrong.sum())


def parse_plain(cell: str) -> float | None:
    """Give a finite number, NaN for a missing one, None for anything else.

    Examples
    --------
    >>> parse_plain("-5.3"), parse_plain("NA"), parse_plain("0,5"), parse_plain("1e999"), parse_plain("1_000")
    (-5.3, nan, None, None, None)
    """
    try:
        value = float(cell)
    except ValueError:
        return math.nan if cell.strip().lower() in MISSING_NUMBER_WORDS else None
    if math.isnan(value):
        return value
    return value if math.isfinite(value) and "_" not in cell else None


def parse_comma(cell: str) -> float | None:
    """The same with a decimal comma."""
    text = cell.strip()
    return parse_plain(text.replace(",", ".")) if _COMMA.fullmatch(text) else parse_plain(cell)


def parse_key(cell: str) -> float | None:
    """Give the pitch class of a name such as C♯, Db or ``F# minor``.

    Examples
    --------
    >>> parse_key("C♯/D♭"), parse_key("b minor"), parse_key("5")
    (1.0, 11.0, 5.0)
    """
    words = cell.strip().lower().replace("♯", "#").replace("♭", "b").replace("/", " ").split()
    number = _KEYS.get(words[0]) if words else None
    return parse_plain(cell) if number is None else float(number)


def parse_mode(cell: str) -> float | None:
    """Give 1 for major and 0 for minor."""
    number = _MODES.get(cell.strip().lower())
    return parse_plain(cell) if number is None else number


def parse_clock(cell: str) -> float | None:
    """Give the seconds of a time such as 3:25 or 1:02:03.

    Examples
    --------
    >>> parse_clock("3:25"), parse_clock("1:00:01")
    (205.0, 3601.0)
    """
    match = _CLOCK.fullmatch(cell.strip())
    if match is None:
        return math.nan if cell.strip().lower() in MISSING_NUMBER_WORDS else None
    hours, minutes, seconds = match.groups()
    return 3600 * int(hours or 0) + 60 * int(minutes) + float(seconds)


def parse_truth(cell: str) -> float | None:
    """Give 1 for true and 0 for false."""
    number = _TRUTH.get(cell.strip().lower())
    return parse_plain(cell) if number is None else number


def parse_with_unit(cell: str) -> float | None:
    """Give the number before a unit: ``-5.3 dB``, ``120 BPM``, ``74%``."""
    match = _SUFFIX.search(cell)
    return parse_plain(cell[: match.start()] if match and match.end() == len(cell.rstrip()) else cell)


def parse_per_cent(cell: str) -> float | None:
    """Give the number before a per-cent sign; None for a number other than 0 without one, as it may be a share.

    Examples
    --------
    >>> parse_per_cent("74%"), parse_per_cent("7,5 %"), parse_per_cent("0"), parse_per_cent("0.74")
    (74.0, 7.5, 0.0, None)
    """
    text = cell.strip()
    if text.endswith("%"):
        value = parse_comma(text[:-1])
        return None if value is None or math.isnan(value) else value
    plain = parse_plain(text)
    return plain if plain is not None and (plain == 0 or math.isnan(plain)) else None


def parse_column(
    cells: Sequence[str], parse: Parse = parse_plain, *, decimal_comma: bool = False, most_wrong: int | None = None
) -> Parsed:
    """Parse a column, each distinct cell once.

    Parameters
    ----------
    cells : sequence of str
        The column as it stands.
    parse : callable
        Gives a number, NaN, or None for what is no number.
    decimal_comma : bool
        Whether a decimal comma may be meant: then it is, unless other cells of the column have points.
    most_wrong : int, optional
        With more wrong cells than this the table is of no use, and reading may end.
    """
    values = _all_plain(cells)
    if values is not None:
        return Parsed(values, np.zeros(len(values), dtype=np.bool_))
    distinct = dict.fromkeys(cells)
    comma = parse is parse_plain and decimal_comma and _writes_commas(distinct)
    reader = parse_comma if comma else parse
    numbers: dict[str, float] = {}
    wrong: set[str] = set()
    is_cut = False
    for cell in distinct:
        value = reader(cell)
        if value is None:
            wrong.add(cell)
            if most_wrong is not None and len(wrong) > most_wrong:
                is_cut = True
                break
        else:
            numbers[cell] = value
    values = np.fromiter((numbers.get(cell, math.nan) for cell in cells), dtype=np.float64, count=len(cells))
    mask = np.fromiter(map(wrong.__contains__, cells), dtype=np.bool_, count=len(cells))
    return Parsed(values, mask, "decimal commas to points" if comma else "", is_cut)


def explain(cell: str) -> str:
    """Say why a cell is no number, and what to do.

    Examples
    --------
    >>> explain("0,5")
    "'0,5' has a decimal comma; write 0.5"
    """
    text = cell.strip()
    if len(text) < 40 and _THOUSANDS.fullmatch(text):
        return (
            f"{quote(text)} has a comma that may mean thousands or a decimal; write {text.replace(',', '')} without it"
        )
    if len(text) < 40 and _COMMA.fullmatch(text):
        return f"{quote(text)} has a decimal comma; write {text.replace(',', '.')}"
    if len(text) < 40 and _POINTS.fullmatch(text):
        return f"{quote(text)} has points that seem to mean thousands; write {text.replace('.', '')}"
    try:
        value = float(text)
    except ValueError:
        return f"{quote(text)} is not a number"
    if not math.isfinite(value):
        return f"{quote(text)} is not a finite number"
    return f"{quote(text)} is not a plain number"


def _all_plain(cells: Sequence[str]) -> Floats | None:
    """The quick way: a column of nothing but finite numbers."""
    try:
        values = np.fromiter(map(float, cells), dtype=np.float64, count=len(cells))
    except ValueError:
        return None
    return values if bool(np.isfinite(values).all()) and "_" not in "".join(cells) else None


def _writes_commas(cells: Iterable[str]) -> bool:
    texts = [cell.strip() for cell in cells]
    return any(map(_COMMA.fullmatch, texts)) and not any(map(_POINT.fullmatch, texts))
