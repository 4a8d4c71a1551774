"""What is worked out from a table, kept on the table itself: it leaves memory when the table does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from core.keeping import Kept


class Results:
    """The last few results of each function of one table, each made once. Safe to share between threads."""

    def __init__(self) -> None:
        self._by_function: dict[Any, Kept[Any, Any]] = {}

    def of(self, compute: Callable[..., Any], most: int) -> Kept[Any, Any]:
        """The results of a function, by its arguments; as many as `most` are kept."""
        return self._by_function.setdefault(compute, Kept(most))


class HasResults(Protocol):
    """Something that carries what was worked out from it."""

    @property
    def results(self) -> Results:
        """What was worked out."""
        ...


Table = TypeVar("Table", bound=HasResults)
Asked = ParamSpec("Asked")
Found = TypeVar("Found")


def kept_on_table(
    most: int,
) -> Callable[[Callable[Concatenate[Table, Asked], Found]], Callable[Concatenate[Table, Asked], Found]]:
    """Keep the last results of a pure function of a table on that table, where each is made once.

    A cache of the function's own would hold every table it was ever asked of in memory.

    Parameters
    ----------
    most : int
        Results to keep for each table; the one not asked for the longest is given up first.

    Returns
    -------
    callable
        Decorates a function whose first argument is the table and whose others can be hashed. Whoever asks shares the
        result, so it is never to be changed.
    """

    def keep(compute: Callable[Concatenate[Table, Asked], Found]) -> Callable[Concatenate[Table, Asked], Found]:
        @wraps(compute)
        def kept(table: Table, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Found:
            found: Found = table.results.of(compute, most).of(
                (args, *kwargs.items()), lambda: (compute(table, *args, **kwargs), 1)
            )
            return found

        return kept

    return keep
