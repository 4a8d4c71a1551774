"""Which texts can be kept: what a database or a file cannot take is refused wherever people write."""

from __future__ import annotations

import re
from typing import Final

from core.errors import InvalidRequest

UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL keeps in no text, and halves of characters, which UTF-8 cannot say."""


def check_text(what: str, text: str) -> None:
    """Refuse a text that cannot be stored.

    Parameters
    ----------
    what : str
        What the text is, as people call it.
    text : str

    Raises
    ------
    InvalidRequest

    Examples
    --------
    >>> check_text("name", "Café 🎵")
    >>> check_text("name", "ab" + chr(0))
    Traceback (most recent call last):
    core.errors.InvalidRequest: The name holds U+0000, which is no character that can be stored. Leave it out.
    """
    found = UNSTORABLE.search(text)
    if found is not None:
        code = f"U+{ord(found[0]):04X}"
        raise InvalidRequest(f"The {what} holds {code}, which is no character that can be stored. Leave it out.")
