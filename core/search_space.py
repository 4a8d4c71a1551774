"""Hyperparameters as rows: forms, checks, tuning and docs all derive from them."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import InvalidRequest

ParamValue = bool | int | float | str | None


@dataclass(frozen=True)
class Float:
    """A real-valued hyperparameter.

    Parameters
    ----------
    name : str
        scikit-learn's own name of the parameter.
    label, help : str
        For people: a short name, and one sentence on what it does.
    low, high : float
        Inclusive bounds of what a request may ask for.
    search : tuple of (float, float) or None
        Narrower range worth searching; None leaves the parameter out of tuning.
    log : bool
        Whether steps are best thought of as factors.
    also : tuple
        Other values accepted beside the numbers, such as None or "sqrt".
    """

    name: str
    label: str
    help: str
    low: float
    high: float
    search: tuple[float, float] | None = None
    log: bool = False
    also: tuple[ParamValue, ...] = ()

    @property
    def expected(self) -> str:
        """What is accepted, in words."""
        return _or_also(f"a number from {self.low:g} to {self.high:g}", self.also)

    def check(self, value: object) -> ParamValue:
        """Give the value as a float (or one of ``also``).

        A whole number becomes a float: scikit-learn reads ``max_samples=1`` as one row and ``1.0`` as all of them.

        Raises
        ------
        InvalidRequest
            With what came and what was expected.
        """
        if _is_among(value, self.also):
            return value  # type: ignore[return-value]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _refuse(self.name, self.expected, value)
        if not self.low <= value <= self.high:
            raise _refuse(self.name, self.expected, value)
        return float(value)


@dataclass(frozen=True)
class Int:
    """A whole-number hyperparameter; the fields are those of `Float`."""

    name: str
    label: str
    help: str
    low: int
    high: int
    search: tuple[int, int] | None = None
    log: bool = False
    also: tuple[ParamValue, ...] = ()

    @property
    def expected(self) -> str:
        """What is accepted, in words."""
        return _or_also(f"a whole number from {self.low} to {self.high}", self.also)

    def check(self, value: object) -> ParamValue:
        """Give the value as an int (or one of ``also``); ``100.0`` counts as 100.

        Raises
        ------
        InvalidRequest
            With what came and what was expected.
        """
        if _is_among(value, self.also):
            return value  # type: ignore[return-value]
        is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not is_whole or not self.low <= value <= self.high:  # type: ignore[operator]
            raise _refuse(self.name, self.expected, value)
        return int(value)  # type: ignore[call-overload, no-any-return]


@dataclass(frozen=True)
class Choice:
    """A hyperparameter with a few named values."""

    name: str
    label: str
    help: str
    values: tuple[ParamValue, ...]
    search: tuple[ParamValue, ...] | None = None

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


def _or_also(text: str, also: tuple[ParamValue, ...]) -> str:
    return " or ".join([text, *(_shown(value) for value in also)])


def _refuse(name: str, expected: str, value: object) -> InvalidRequest:
    return InvalidRequest(f"Parameter {name!r} expects {expected}, got {_shown(value)}.")
