"""What every place that takes a file does."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from dash import Dash, Output, html

from callbacks import uploads
from core.errors import Refused
from layouts import batch, exchange
from layouts.components import UploadIds, upload_field
from layouts.dataset import tables

URL = "data:text/csv;base64," + base64.b64encode(b"a,b").decode()


def echo(content: bytes, filename: str) -> uploads.Taken:
    return uploads.Taken((content, filename))


def test_a_file_is_taken_with_its_content_and_name() -> None:
    assert uploads.received(URL, "x/mine.csv", echo) == uploads.Taken((b"a,b", "mine.csv"))


@pytest.mark.parametrize("contents", [5, "text", "data:;base64,%%%", ["data:"], "data:;base64,abc"])
def test_what_no_browser_sends_is_refused_in_words(contents: Any) -> None:
    taken = uploads.received(contents, "a.csv", echo)
    assert taken.values == ()
    assert "Choose it again" in str(taken.problem)


def test_what_the_server_refuses_is_told_in_its_words() -> None:
    def refuse(_content: bytes, _filename: str) -> uploads.Taken:
        raise Refused("There is no room.")

    assert "There is no room." in str(uploads.received(URL, "a.csv", refuse).problem)


def test_the_field_is_held_while_the_server_works_and_takes_the_same_file_again() -> None:
    app = Dash(__name__)
    ids = UploadIds("a-field", "a-note", "a-problem")
    app.layout = html.Div([upload_field(ids, "Any."), html.Div(id="a-result")])
    uploads.register(app, ids, [Output("a-result", "children")], echo)
    app._setup_server()
    (output,) = [key for key in app.callback_map if "a-result" in key]
    assert output.strip(".").split("...") == ["a-result.children", "a-problem.children", "a-field.contents"]
    (spec,) = [one for one in app._callback_list if one["output"] == output]
    assert spec["running"] == {"running": {"a-field.disabled": True}, "runningOff": {"a-field.disabled": False}}


PLACES: dict[str, tuple[Callable[[], Any], UploadIds]] = {
    "dataset": (lambda: tables.upload_panel("Gone."), tables.UPLOAD),
    "score": (lambda: batch.begin([], "Gone.")[0], batch.UPLOAD),
    "runs": (exchange.import_panel, exchange.UPLOAD),
}


@pytest.mark.parametrize("name", PLACES)
def test_each_place_is_one_button_that_says_what_it_takes_and_where_it_answers(name: str) -> None:
    draw, ids = PLACES[name]
    drawn = draw()
    parts = list(drawn._traverse())
    by_id = {part.id: part for part in parts if getattr(part, "id", None)}
    (button,) = [part for part in parts if isinstance(part, html.Button)]
    assert "32 MB" in str(by_id[getattr(button, "aria-describedby")].children)
    assert (by_id[ids.note].role, by_id[ids.problem].role) == ("status", "alert")
    (around,) = [part for part in parts if hasattr(part, "data-upload-limit")]
    assert (getattr(around, "data-upload-problem"), getattr(around, "data-upload-note")) == (ids.problem, ids.note)
