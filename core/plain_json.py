"""Values in JSON's own types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def as_plain(value: Any) -> Any:
    """The same value in JSON's own types; numbers that JSON does not know become None.

    Examples
    --------
    >>> as_plain({"r2": float("nan"), "folds": (1, 2)})
    {'r2': None, 'folds': [1, 2]}
    """
    if isinstance(value, Mapping):
        return {str(key): as_plain(each) for key, each in value.items()}
    if hasattr(value, "tolist"):  # numpy's numbers and arrays
        return as_plain(value.tolist())
    if isinstance(value, list | tuple):
        return [as_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
