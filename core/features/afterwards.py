"""What cannot be known before a release: columns that come about through success."""

from __future__ import annotations

import re

_AFTERWARDS = re.compile(
    r"(?:^|[^a-z])(?:n[_ ]?)?(?:streams?|plays?|play[_ ]?count|listens?|listeners?|views?|likes?|followers?|"
    r"favou?rites?|hits|saves?|sales|downloads|charts?|peak|weeks|rank|ranking|playlists?|popularity|score|"
    r"awards?)(?:$|[^a-z])",
    re.IGNORECASE,
)
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where "totalStreams" has its second word, and "YTViews" too."""


def sounds_like_success(column: str) -> bool:
    """Whether a column is named after something that comes about through success, such as plays or chart weeks.

    Examples
    --------
    >>> [sounds_like_success(name) for name in ("extra:streams", "totalStreams", "tempo")]
    [True, True, False]
    """
    return _AFTERWARDS.search(_WORD_BEGINS.sub("_", column)) is not None
