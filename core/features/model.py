"""What a feature and a group of features are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Encoding = Literal["", "mean", "count", "words"]


@dataclass(frozen=True)
class FeatureGroup:
    """Features that belong together for people."""

    key: str
    label: str
    description: str
    features: tuple[str, ...]
    knowable: bool = True
    """Whether its features are known before a release; a group holds one kind only."""


@dataclass(frozen=True)
class Feature:
    """One thing a model may look at.

    Parameters
    ----------
    name : str
        Column name in frames and requests.
    label, unit, help : str
        For people; ``unit`` is "" for a plain number.
    group : str
        Key in ``FEATURE_GROUPS``.
    kind : {"number", "category"}
        Whether order and distance mean something.
    low, high, step : float or None
        Bounds of meaning and a sensible step, in ``unit``; None for an open end.
    categories : tuple of str or None
        Names of the codes 0, 1, 2, ... of a coded category; None for a number, or a category named by the data.
    sources : tuple of str
        Columns of the clean tracks that it is worked out from; empty where it is a column itself.
    encoding : {"", "mean", "count", "words"}
        How names become a number, which is learnt in training: mean popularity of what shares the name, how many share
        it, or what the words of a text tell. Empty where nothing needs to be learnt.
    knowable : bool
        Whether it is known before the track is released.
    why_not : str
        Where it is not: why, in a sentence.
    """

    name: str
    label: str
    group: str
    kind: Literal["number", "category"]
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    help: str = ""
    categories: tuple[str, ...] | None = None
    sources: tuple[str, ...] = ()
    encoding: Encoding = ""
    knowable: bool = True
    why_not: str = ""

    @property
    def is_text(self) -> bool:
        """Whether its values are names (genre, artist) rather than numbers or codes (tempo, key)."""
        return self.kind == "category" and self.categories is None

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest value that has a meaning, both included; codes run from 0."""
        if self.categories is not None:
            return 0.0, len(self.categories) - 1.0
        return (-1e30 if self.low is None else self.low), (1e30 if self.high is None else self.high)


@dataclass(frozen=True)
class FeatureRange:
    """What a control for a feature needs, from the data.

    ``low``, ``high`` and ``median`` are numbers in ``unit`` (0 for a category); ``options`` are the names to choose
    from (None for a number) and ``default`` is the median, or the most frequent option.
    """

    low: float
    high: float
    median: float
    step: float
    unit: str
    options: tuple[str, ...] | None
    default: float | str
