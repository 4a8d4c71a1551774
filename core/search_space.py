"""Hyperparameters as rows: forms, checks, tuning and docs all derive from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from core.errors import InvalidRequest

ParamValue = bool | int | float | str | None
Real = TypeVar("Real", int, float)


@dataclass(frozen=True)
class _Number(Generic[Real]):
    """What `Float` and `Int` share.

    Parameters
    ----------
    name : str
        The library's own name of the parameter.
    label, help : str
        For people: a short name, and one sentence on what it does.
    low, high : number
        Inclusive bounds of what a request may ask for.
    search : tuple of (number, number) or None
        Narrower range worth searching; None leaves the parameter out of tuning.
    log : bool
        Whether steps are best thought of as factors.
    also : tuple
        Other values accepted beside the numbers, such as None or "sqrt".
    advanced : bool
        Whether a form shows it only on demand.
    unit : str
        What the number counts, for people: "trees", "tracks", "points"; "" for a bare number.
    """

    kind: ClassVar[str]
    form: ClassVar[str]
    type: ClassVar[type[int] | type[float]]

    name: str
    label: str
    help: str
    low: Real
    high: Real
    search: tuple[Real, Real] | None = None
    log: bool = False
    also: tuple[ParamValue, ...] = ()
    advanced: bool = False
    unit: str = ""

    @property
    def expected(self) -> str:
        """What is accepted, in words."""
        unit = f" {self.unit}" if self.unit else ""
        numbers = f"{self.kind} from {self.low:{self.form}} to {self.high:{self.form}}{unit}"
        return " or ".join([numbers, *(_shown(value) for value in self.also)])

    def check(self, value: object) -> ParamValue:
        """Give the value as a number of this kind (or one of ``also``).

        Raises
        ------
        InvalidRequest
            With what came and what was expected.
        """
        if _is_among(value, self.also):
            return value  # type: ignore[return-value]
        number: Any = value
        if not self._is_of_kind(number) or not self.low <= number <= self.high:
            raise _refuse(self.name, self.expected, value)
        return self.type(number)

    def _is_of_kind(self, value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True)
class Float(_Number[float]):
    """A real-valued hyperparameter.

    A whole number becomes a float: scikit-learn reads ``max_samples=1`` as one row and ``1.0`` as all of them.
    """

    kind, form, type = "a number", "g", float


@dataclass(frozen=True)
class Int(_Number[int]):
    """A whole-number hyperparameter; ``100.0`` counts as 100."""

    kind, form, type = "a whole number", "d", int

    def _is_of_kind(self, value: Any) -> bool:
        return super()._is_of_kind(value) and (isinstance(value, int) or float(value).is_integer())


@dataclass(frozen=True)
class Choice:
    """A hyperparameter with a few named values; the fields are those of the numbers."""

    name: str
    label: str
    help: str
    values: tuple[ParamValue, ...]
    search: tuple[ParamValue, ...] | None = None
    advanced: bool = False
    unit: str = ""

    @property
    def expected(self) -> str:
        """What is accepted, in words."""
        return "one of " + ", ".join(_shown(value) for value in self.values)

    def check(self, value: object) -> ParamValue:
        """Give the value when it is among the choices.

        Raises
        ------
        InvalidRequest
            With what came and what was expected.
        """
        if not _is_among(value, self.values):
            raise _refuse(self.name, self.expected, value)
        return value  # type: ignore[return-value]


Param = Float | Int | Choice


def _is_among(value: object, values: tuple[ParamValue, ...]) -> bool:
    """Membership that keeps True and 1 apart."""
    return any(type(value) is type(known) and value == known for known in values)


def _shown(value: object) -> str:
    text = "none" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _refuse(name: str, expected: str, value: object) -> InvalidRequest:
    return InvalidRequest(f"Parameter {name!r} expects {expected}, got {_shown(value)}.")
