"""Release dates to YYYY-MM-DD, as far as they say what they mean; what they do not say is never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from data.report import DecisionLog
from data.upload.numbers import Mask
from data.upload.problems import ProblemLog, quote
from data.values import MISSING_NUMBER_WORDS, Texts, read_dates

MISSING_WORDS = MISSING_NUMBER_WORDS | {"nat"}
KEPT = "Write dates as YYYY-MM-DD; until then the rows count as undated."
_TIME = r"(?:[T ]\d{1,2}:.*|T.*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([./-])(\d{{1,2}})(?:\2(\d{{1,2}}){_TIME})?")
_PLAIN_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})[T ].*")
_EIGHT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_YEAR = re.compile(r"(\d{4})\.0")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}){_TIME}")
_SHORT_YEAR = re.compile(rf"\d{{1,2}}([./-])\d{{1,2}}\1\d{{2}}{_TIME}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class ReadDates:
    """A column of release dates.

    Parameters
    ----------
    texts : list of str
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` where a date can be read, else the cell as it stands.
    unread : bool array of shape (n_rows,)
        Whether something is stated that cannot be read.
    n_stated : int
        Cells that state something.
    conversion : str
        What was done, in words; empty where nothing was.
    """

    texts: list[str]
    unread: Mask
    n_stated: int
    conversion: str = ""

    @property
    def n_unread(self) -> int:
        """How many cells state something that cannot be read."""
        return int(self.unread.sum())


@dataclass(frozen=True)
class _Cause:
    """Why many dates of a column cannot be read: whether it is so with a cell, and in words."""

    applies: Callable[[str], bool]
    words: str


_CAUSES = (
    _Cause(
        lambda text: (match := _YEAR_LAST.fullmatch(text)) is not None and max(int(match[1]), int(match[3])) <= 12,
        "nothing tells which number is the day and which the month",
    ),
    _Cause(
        lambda text: _SHORT_YEAR.fullmatch(text) is not None,
        "a year of two digits tells neither the century nor where the year stands",
    ),
    _Cause(
        lambda text: _NUMBER.fullmatch(text) is not None and re.fullmatch(r"\d{4}", text) is None,
        "a bare number may count days or seconds from a day that the file does not name",
    ),
)


def to_dates(cells: Sequence[str]) -> ReadDates:
    """Read a column of dates.

    Where some cells have a day above 12, all of the column have the day in that place; dates with points have it first.

    Examples
    --------
    >>> to_dates(["31/12/1999", "05/06/2019"]).texts, to_dates(["05/06/2019", ""]).n_unread
    (['1999-12-31', '2019-06-05'], 1)
    """
    texts = [cell.strip() for cell in cells]
    distinct = list(dict.fromkeys(texts))
    order = _order(distinct)
    written = [_iso(text, order) for text in distinct]
    codes = np.arange(len(distinct), dtype=np.intp)
    known = read_dates(Texts(codes, np.array(written, dtype=object)), "release_date", DecisionLog()).precision >= 0
    missing = {text for text in distinct if text.lower() in MISSING_WORDS}
    unread = {text for text, is_known in zip(distinct, known, strict=True) if not is_known} - missing
    read = {text: iso if text not in unread else text for text, iso in zip(distinct, written, strict=True)}
    dates = [read[text] for text in texts]
    mask = np.fromiter((text in unread for text in texts), dtype=np.bool_, count=len(texts))
    n_stated = sum(text not in missing for text in texts)
    return ReadDates(dates, mask, n_stated, "dates to YYYY-MM-DD" if dates != texts else "")


def note_unread(read: ReadDates, source: str, lines: Sequence[int], log: ProblemLog) -> None:
    """Tell of the dates that cannot be read: those of one cause together, others each with its line."""
    rows = np.flatnonzero(read.unread).tolist()
    name = source[:80]
    for cause in _CAUSES:
        own = [row for row in rows if cause.applies(read.texts[row])]
        if own:
            example = quote(read.texts[own[0]])
            found = example if len(own) == 1 else f"{len(own):,} release dates such as {example}"
            log.add("E_VALUE", f"{name}: {found} cannot be read: {cause.words}. {KEPT}", lines[own[0]], source)
        taken = set(own)
        rows = [row for row in rows if row not in taken]
    log.add_cells(
        rows,
        lambda row: (
            f"{name}: {quote(read.texts[row])} is no date. YYYY, YYYY-MM or YYYY-MM-DD was expected; correct it or "
            "leave the cell empty. Until then the row counts as undated.",
            lines[row],
            source,
        ),
    )


def notes_on(read: ReadDates) -> list[str]:
    """What a person should know of the dates as a whole."""
    notes = []
    if read.n_unread:
        which = "release date" if read.n_stated == 1 else "release dates"
        notes.append(f"{read.n_unread:,} of {read.n_stated:,} {which} cannot be read: those rows count as undated.")
    if read.n_unread == read.n_stated:
        notes.append("There is no release date that can be read: the split by time is not possible.")
    return notes


def _order(texts: Iterable[str]) -> str:
    """Which of day and month stands first throughout the column: ``day``, ``month``, or empty where it is not told."""
    matches = [match for match in map(_YEAR_LAST.fullmatch, texts) if match]
    day_first = any(int(match[1]) > 12 for match in matches)
    month_first = any(int(match[3]) > 12 for match in matches)
    if day_first != month_first:
        return "day" if day_first else "month"
    return "day" if not day_first and all(match[2] == "." for match in matches) else ""


def _iso(text: str, order: str) -> str:
    if match := _PLAIN_DAY.fullmatch(text) or _YEAR.fullmatch(text):
        return match[1]
    if match := _YEAR_FIRST.fullmatch(text):
        year, _, month, day = match.groups()
        return f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
    if match := _EIGHT.fullmatch(text):
        return "-".join(match.groups())
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        return text
    first, second = int(match[1]), int(match[3])
    if order == "day" or first > 12:
        return f"{match[4]}-{second:02d}-{first:02d}"
    return f"{match[4]}-{first:02d}-{second:02d}" if order == "month" or second > 12 else text
