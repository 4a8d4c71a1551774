"""Tables as CSV that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import pandas as pd

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ESCAPE = "'"
_SPACES = " \n\u00a0"
MAY_START_A_FORMULA = frozenset({"", _ESCAPE, *_SPACES, *_STARTS_A_FORMULA})
"""First letters of text that may have to be escaped: any other is safe at a glance."""


def escape_cell(value: object) -> object:
    """Put an apostrophe before text that a spreadsheet would run as a formula; anything else is untouched.

    Text counts as a formula when it begins, also after spaces, with ``= + - @``, a tab or a carriage return. Text
    that begins with apostrophes before such a start gets one more, so that `unescape_cell` always restores it.

    Examples
    --------
    >>> escape_cell("=1+1"), escape_cell(" @home"), escape_cell(-3.5), escape_cell("Don't")
    ("'=1+1", "' @home", -3.5, "Don't")
    """
    return _ESCAPE + value if isinstance(value, str) and _is_risky(value) else value


def unescape_cell(value: object) -> object:
    """Undo `escape_cell`.

    Examples
    --------
    >>> unescape_cell("'=1+1"), unescape_cell("'tis")
    ('=1+1', "'tis")
    """
    if isinstance(value, str) and value[:1] == _ESCAPE and _is_risky(value[1:]):
        return value[1:]
    return value


def without_noise(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its fractions rounded to ten telling digits: what is beyond comes from the arithmetic.

    Examples
    --------
    >>> without_noise(pd.DataFrame({"mean": [0.1 + 0.2, 204_772.123], "n": [1, 2]}))["mean"].tolist()
    [0.3, 204772.123]
    """
    fractions = frame.select_dtypes("float").columns
    return frame.assign(**{name: [float(f"{value:.10g}") for value in frame[name]] for name in fractions})


def to_csv(frame: pd.DataFrame) -> str:
    """The frame as CSV text with a header: text escaped, numbers in full precision, missing cells empty.

    Parameters
    ----------
    frame : DataFrame of any shape
        The index is not written.
    """
    safe = frame.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]) and not pd.api.types.is_datetime64_any_dtype(safe[name]):
            safe[name] = safe[name].astype(object).map(escape_cell, na_action="ignore")
    safe.columns = pd.Index([escape_cell(name) for name in safe.columns])
    return str(safe.to_csv(index=False, lineterminator="\r\n"))


def _is_risky(text: str) -> bool:
    return text.lstrip(_ESCAPE).lstrip(_SPACES).startswith(_STARTS_A_FORMULA)
