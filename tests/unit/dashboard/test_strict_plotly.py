"""The strict build of plotly.js."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plotly.offline import get_plotlyjs_version

from dashboard.strict_plotly import FILE, FOLDER

if TYPE_CHECKING:
    from dash import Dash


def test_the_strict_build_is_of_the_version_that_plotly_brings() -> None:
    head = (FOLDER / FILE).read_text(encoding="utf-8")[:400]
    assert f"v{get_plotlyjs_version()}\n" in head, "vendor plotly.js-strict-dist-min of the same version"


def test_the_page_gets_the_strict_build(app: Dash) -> None:
    answer = app.server.test_client().get("/_dash-component-suites/plotly/package_data/plotly.min.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert b"plotly.js (strict" in answer.data[:400]
