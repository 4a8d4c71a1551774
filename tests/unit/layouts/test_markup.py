from __future__ import annotations

from typing import Any

import pytest
from dash import dcc, html

from layouts.components.markup import Element, markup


def test_components_become_the_html_that_dash_would_draw() -> None:
    bar = html.Div(className="bar", style={"--share": "0.5", "marginTop": "2px"}, **{"aria-hidden": "true"})
    link = html.A("here", href="/runs?a=1&b=2", title='say "hi"')
    assert markup([bar, link, None, " and ", 3]) == (
        '<div aria-hidden="true" class="bar" style="--share:0.5;margin-top:2px"></div>'
        '<a href="/runs?a=1&amp;b=2" title="say &quot;hi&quot;">here</a> and 3'
    )


def test_what_people_wrote_stays_text() -> None:
    drawn = markup(html.Button("<img src=x onerror=alert(1)>", title='"><script>', **{"data-id": "'\"<"}))
    assert "<img" not in drawn
    assert "<script" not in drawn
    assert drawn.count("<") == 2


@pytest.mark.parametrize(
    "part",
    [
        dcc.Store(id="a"),
        html.Div(id="a"),
        html.A("x", href="javascript:alert(1)"),
        html.A("x", href=" JavaScript:alert(1)"),
        html.Button("x", n_clicks=3),
        True,
        object(),
    ],
)
def test_what_cannot_be_written_is_refused(part: Any) -> None:
    with pytest.raises(TypeError):
        markup(part)


def test_what_is_false_or_absent_is_left_out() -> None:
    assert markup(html.Button("x", hidden=False, title=None)) == "<button>x</button>"
    assert markup(html.Details("x", open=True)) == "<details open>x</details>"


def test_fields_of_forms_can_be_written_too() -> None:
    field = Element("input", {"type": "range", "class": "form-control", "data-control": "energy", "min": "0"})
    assert markup(html.Label([field])) == (
        '<label><input type="range" class="form-control" data-control="energy" min="0"></label>'
    )
    with pytest.raises(TypeError):
        markup(Element("input", {"onfocus": "alert(1)"}))
