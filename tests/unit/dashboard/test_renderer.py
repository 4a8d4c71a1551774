"""What dashboard/assets/renderer.js relies on in Dash's renderer, which promises none of it."""

from __future__ import annotations

from pathlib import Path

import dash
import pytest

ASSET = Path(__file__).parents[3] / "dashboard" / "assets" / "renderer.js"


@pytest.mark.parametrize("name", ["RESET_COMPONENT_STATE", "layoutHashes", "itempath", "dash_stores"])
def test_the_renderer_still_has_the_names_by_which_needless_messages_are_dropped(name: str) -> None:
    bundle = Path(dash.__file__).parent / "dash-renderer" / "build" / "dash_renderer.min.js"
    assert name in bundle.read_text(encoding="utf-8")
    assert name in ASSET.read_text(encoding="utf-8")


def test_its_reducer_was_read_for_this_version_of_dash() -> None:
    """A new one may key what is kept otherwise: read the reducer of RESET_COMPONENT_STATE again, then raise this."""
    assert dash.__version__.split(".")[:2] == ["4", "4"]
