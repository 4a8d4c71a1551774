"""What is wrong with an uploaded table: codes, places and words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from data.upload.limits import MAX_PROBLEMS

Code = Literal["E_TYPE", "E_EMPTY", "E_SIZE", "E_HEADER", "E_SHAPE", "E_VALUE", "E_DATA"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    code : str
        ``E_TYPE`` no such text file, ``E_EMPTY`` nothing in it, ``E_SIZE`` too large, ``E_HEADER`` names of columns,
        ``E_SHAPE`` rows of another width or open quotes, ``E_VALUE`` a cell, ``E_DATA`` the table as a whole.
    line : int or None
        Line of the file, from 1, where the row begins; of a parquet file: row + 1, as if it were a CSV file.
    column : str or None
        Name of the column in the file.
    message : str
        What came, what was expected, what to do.
    """

    code: Code
    line: int | None
    column: str | None
    message: str

    def to_dict(self) -> dict[str, str | int | None]:
        """Give the problem as JSON-safe values."""
        return asdict(self)


class RefusalError(Exception):
    """The file cannot be examined any further; carries the problem."""

    def __init__(self, code: Code, message: str, line: int | None = None, column: str | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(code, line, None if column is None else shorten(column, 80), message)


@dataclass
class ProblemLog:
    """Collects problems: the first ones in words, the others counted. A problem in a cell concerns its row only."""

    listed: list[Problem] = field(default_factory=list)
    count: int = 0
    is_fatal: bool = False

    def add(
        self, code: Code, message: str | Callable[[], str], line: int | None = None, column: str | None = None
    ) -> None:
        """Note a problem; ``message`` may be a function, called only when the problem is listed."""
        self.count += 1
        self.is_fatal |= code != "E_VALUE"
        if len(self.listed) < MAX_PROBLEMS:
            words = message if isinstance(message, str) else message()
            self.listed.append(Problem(code, line, None if column is None else shorten(column, 80), words))
        elif code != "E_VALUE" and all(problem.code == "E_VALUE" for problem in self.listed):
            words = message if isinstance(message, str) else message()
            self.listed[-1] = Problem(code, line, column, words)  # why the whole file is refused must be said

    def add_cells(self, rows: Sequence[int], make: Callable[[int], tuple[str, int, str]]) -> None:
        """Note wrong cells of one column: ``make`` gives message, line and column of those that are listed."""
        for row in rows[:MAX_PROBLEMS]:
            self.add("E_VALUE", *make(row))
        self.count += max(len(rows) - MAX_PROBLEMS, 0)

    def add_alike(self, code: Code, message: str, count: int, line: int, column: str) -> None:
        """Note wrong cells of one column that have one cause: told once, and all counted."""
        self.add(code, message, line, column)
        self.count += count - 1

    def add_refusal(self, refusal: RefusalError) -> None:
        """Note why the file cannot be examined any further."""
        problem = refusal.problem
        self.add(problem.code, problem.message, problem.line, problem.column)


def shorten(text: object, length: int = 60) -> str:
    """Give a text of at most this many characters.

    Examples
    --------
    >>> shorten("9" * 5_000, 8)
    '99999...'
    """
    words = str(text)
    return words if len(words) <= length else words[: length - 3] + "..."


def quote(text: object) -> str:
    """Give a text from the file in quotes, shortened, with control characters shown as escapes.

    Examples
    --------
    >>> quote("a\\tb")
    "'a\\\\tb'"
    """
    return repr(shorten(text))
