"""What is said of a file before and after it is scored."""

from __future__ import annotations

import pytest

from layouts.batch import estimate_words


@pytest.mark.parametrize(
    ("seconds", "asked", "said"),
    [
        (0.2, {"reasons": True}, "2,000 tracks: about 1 s, once it is its turn."),
        (90, {}, "2,000 tracks: about 2 min, once it is its turn. You may leave the page meanwhile."),
        (90, {"reasons": True, "most": 3600}, "You may leave the page meanwhile. Without reasons it is quicker."),
        (
            7200,
            {"reasons": True, "most": 3600},
            "about 2 h, once it is its turn. The server ends it after 1 h: score the file in parts. Without reasons it "
            "is quicker.",
        ),
    ],
)
def test_how_long_it_takes_is_said_beforehand_with_what_can_be_done(
    seconds: float, asked: dict[str, float], said: str
) -> None:
    assert estimate_words(seconds, 2_000, **asked).endswith(said)
