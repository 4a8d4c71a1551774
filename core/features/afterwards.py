"""What cannot be known before a release: columns that come about through success."""

from __future__ import annotations

import re

_AFTERWARDS = re.compile(
    r"(?:^|[^a-z])(?:n[_ ]?)?(?:streams?|plays?|play[_ ]?count|listen(?:s|ers)|views?|likes|followers|saves|sales|"
    r"downloads|charts?|peak|weeks|rank|ranking|playlists?|popularity|score|awards?)(?:$|[^a-z])",
    re.IGNORECASE,
)


def sounds_like_success(column: str) -> bool:
    """Whether a column is named after something that comes about through success, such as plays or chart weeks.

    Examples
    --------
    >>> [sounds_like_success(name) for name in ("extra:streams", "n_playlists", "tempo")]
    [True, True, False]
    """
    return _AFTERWARDS.search(column) is not None
