"""What is looked at besides the filter: section, axes, colour, method. One row a choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from types import MappingProxyType

from core.eda.columns import CATEGORIES, FEATURES, NUMBERS, label
from data.schema import TARGET

SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "distribution": "Distribution",
        "relations": "Relationships",
        "summary": "Summary",
        "groups": "Groups",
        "time": "Time",
        "artists": "Artists",
    }
)


@dataclass(frozen=True)
class View:
    """Choices of the view, each a key of its `Choice`."""

    section: str = "distribution"
    split: str = "none"
    feature: str = "danceability"
    method: str = "pearson"
    scope: str = "all"
    x: str = "energy"
    y: str = TARGET
    colour: str = "none"
    trend: str = "ols"
    points: str = "all"
    category: str = "genre"
    group: str = "genre"
    measure: str = TARGET
    band: str = "iqr"
    charts: str = "on"


@dataclass(frozen=True)
class Choice:
    """One choice: its name in View and in the address, its label and its options (key to words).

    ``takes_own`` says whether a table's own number columns are offered as well.
    """

    name: str
    label: str
    options: Mapping[str, str]
    takes_own: bool = False


_NUMBER_OPTIONS = {name: label(name) for name in NUMBERS}
_CATEGORY_OPTIONS = {name: row.label for name, row in CATEGORIES.items()}

CHOICES: Mapping[str, Choice] = MappingProxyType(
    {
        choice.name: choice
        for choice in (
            Choice("section", "Section", SECTIONS),
            Choice("split", "Split popularity by", {"none": "Nothing", "genre": "Genre", "decade": "Release decade"}),
            Choice("feature", "Column beside it", {name: label(name) for name in FEATURES}, takes_own=True),
            Choice(
                "method",
                "Measure",
                {
                    "pearson": "Pearson (straight lines)",
                    "spearman": "Spearman (ranks)",
                    "information": "Mutual information with popularity",
                },
            ),
            Choice("scope", "Compare", {"all": "All tracks", "genre": "With popularity, by genre"}),
            Choice("x", "Horizontal", _NUMBER_OPTIONS, takes_own=True),
            Choice("y", "Vertical", _NUMBER_OPTIONS, takes_own=True),
            Choice("colour", "Colour", {"none": "One colour"} | _CATEGORY_OPTIONS | _NUMBER_OPTIONS, takes_own=True),
            Choice(
                "trend",
                "Trend",
                {
                    "none": "None",
                    "ols": "Straight (OLS)",
                    "robust": "Robust (Huber)",
                    "lowess": "Smooth (LOWESS)",
                },
            ),
            Choice("points", "Points", {"all": "All points", "sample": "5,000 with names"}),
            Choice("category", "Groups", _CATEGORY_OPTIONS),
            Choice("group", "Group by", _CATEGORY_OPTIONS),
            Choice("measure", "Values of", _NUMBER_OPTIONS, takes_own=True),
            Choice("band", "Band", {"iqr": "Middle half of the tracks", "mean": "Mean with 95% interval"}),
            Choice("charts", "Charts", {"on": "On", "off": "Off"}),
        )
    }
)

assert set(CHOICES) == {field.name for field in fields(View)}


@lru_cache(maxsize=32)
def choices_with(own: tuple[str, ...] = ()) -> Mapping[str, Choice]:
    """Give the choices that a table offers.

    Parameters
    ----------
    own : tuple of str
        The table's own number columns (``EdaTable.own``).
    """
    more = {name: label(name) for name in own}
    rows = [replace(row, options={**row.options, **more}) if row.takes_own else row for row in CHOICES.values()]
    return MappingProxyType({row.name: row for row in rows})
