"""Which columns of shares are written in per cent: by their names, their cells and the columns beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from data.schema import COLUMNS, TARGET
from data.upload.numbers import Floats, Parsed

PER_CENT_WORDS = "per cent to shares (divided by 100)"
SIGNS = "per-cent signs removed"
_NAMED = re.compile(r"%|(?:^|[\W_])(?:pct|percent|percentage|perc)(?:$|[\W_])|per[ _-]?cent", re.IGNORECASE)


def is_share(target: str) -> bool:
    """Whether the schema has the column in 0-1."""
    return COLUMNS[target].unit == "0–1"


def says_per_cent(name: str) -> bool:
    """Whether a name says that the values are in per cent.

    Examples
    --------
    >>> says_per_cent("instrumentalness_%"), says_per_cent("energy (pct)"), says_per_cent("energy")
    (True, True, False)
    """
    return _NAMED.search(name) is not None


def find_per_cent(columns: Mapping[str, tuple[str, Parsed]]) -> set[str]:
    """Give the columns of shares that are in per cent.

    A column by itself often cannot tell: 0 and 1 may be shares or per cent where nearly every track has none. So its
    name counts, and how the columns beside it are written.

    Parameters
    ----------
    columns : mapping of str to (str, Parsed)
        Column of the schema to its name in the file and its numbers as they stand.
    """
    shares = {target: values for target, values in columns.items() if is_share(target)}
    found = {target for target, (_, parsed) in shares.items() if parsed.conversion == SIGNS}
    open_ones = {target: entry for target, entry in shares.items() if target not in found}
    for is_named in (True, False):
        group = {
            target: _stated(parsed.values)
            for target, (name, parsed) in open_ones.items()
            if says_per_cent(name) == is_named
        }
        found |= _decide(group, named=is_named)
    return found


def _decide(group: Mapping[str, Floats], *, named: bool) -> set[str]:
    """Of columns with the same kind of name: those clearly in per cent, and the unclear ones where most are."""
    per_cent = {target for target, values in group.items() if _is_clearly_per_cent(values)}
    shares = {target for target, values in group.items() if _is_clearly_share(values)}
    above_one = {target for target, values in group.items() if len(values) and values.max() > 1}
    unclear = set(group) - per_cent - (shares - above_one)  # 0.2 and 40 may be per cent where most tracks have little
    if named:  # the name is believed, unless no column so named looks like it and one looks otherwise
        return set(group) if per_cent or not shares else set()
    return per_cent | (unclear if len(per_cent) > len(shares) else set())


def _stated(values: Floats) -> Floats:
    """The values that can tell: zero is the same on both scales."""
    stated: Floats = values[~np.isnan(values) & (values != 0)]
    return stated


def _is_clearly_per_cent(values: Floats) -> bool:
    return bool(len(values) and values.min() > 0 and 1 < values.max() <= 100 and (values > 1).mean() > 0.5)


def _is_clearly_share(values: Floats) -> bool:
    return bool(len(values) and ((values > 0) & (values < 1)).mean() > 0.5)


def rescale(parsed: Parsed, target: str, *, is_per_cent: bool) -> Parsed:
    """Bring shares in per cent to 0-1 and popularity in 0-1 to 0-100."""
    if is_per_cent:
        return _scaled(replace(parsed, conversion="") if parsed.conversion == SIGNS else parsed, 0.01, PER_CENT_WORDS)
    values = parsed.values[~np.isnan(parsed.values)]
    is_popularity = target == TARGET and len(values) > 0 and parsed.conversion != SIGNS
    if is_popularity and values.min() >= 0 and values.max() <= 1 and bool((values % 1 > 0).any()):
        return _scaled(parsed, 100.0, "0–1 to 0–100 (times 100)")
    return parsed


def _scaled(parsed: Parsed, factor: float, words: str) -> Parsed:
    # A product has digits that nobody wrote (0.57 * 100): twelve of them are more than any source has.
    with np.errstate(over="ignore"):
        values = np.round(parsed.values * factor, 12)
    conversion = f"{parsed.conversion}, {words}" if parsed.conversion else words
    return replace(parsed, values=values, conversion=conversion)
