"""What every place that takes a file does: says what it is doing, reads the file once, tells refusals in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from core.errors import DashboardError
from core.received import read_upload
from layouts.components import UploadIds, problem_callout


@dataclass(frozen=True)
class Taken:
    """What came of a file.

    Parameters
    ----------
    values : tuple
        A value for each output.
    problem : component, optional
        What is wrong with the file, where there is more to say than a sentence.
    """

    values: tuple[Any, ...] = ()
    problem: Any = None


def register(app: Dash, ids: UploadIds, outputs: Sequence[Output], take: Callable[[bytes, str], Taken]) -> None:
    """Attach a place that takes files.

    Parameters
    ----------
    app : Dash
    ids : UploadIds
    outputs : sequence of Output
        What changes when a file was taken.
    take : callable
        From the content and the name of a file to what came of it; a domain error is told in its own words.
    """

    @app.callback(
        *outputs,
        Output(ids.problem, "children"),
        Output(ids.field, "contents"),
        Input(ids.field, "contents"),
        State(ids.field, "filename"),
        running=[(Output(ids.field, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def receive(contents: Any, filename: Any) -> tuple[Any, ...]:
        if contents is None:  # what this callback itself leaves behind, so that the same file can be chosen again
            raise PreventUpdate
        taken = received(contents, filename, take)
        return (*(taken.values or (no_update,) * len(outputs)), taken.problem, None)

    app.clientside_callback(
        ClientsideFunction("upload", "note"),
        Output(ids.note, "children"),
        Input(ids.field, "disabled"),
        prevent_initial_call=True,
    )


def received(contents: Any, filename: Any, take: Callable[[bytes, str], Taken]) -> Taken:
    """Read what the browser sent and take it; whatever is refused becomes words."""
    try:
        return take(*read_upload(contents, filename))
    except DashboardError as error:
        return Taken(problem=problem_callout(str(error)))
