"""The events of an upload: a file comes, columns are chosen, the table is used or the file let go."""

from __future__ import annotations

import contextlib
from typing import Any

from dash import ALL, Dash, Input, Output, Patch, State, dcc, no_update

from callbacks import uploads
from callbacks.dataset.tables import clean_name
from callbacks.identity import current_owner
from callbacks.same_table import mark_of, tell_table
from core.errors import DashboardError, InvalidRequest, NotFound, Refused
from core.export import to_csv
from core.tables.choices import checked_choices, read_choices
from core.tables.examining import examined, forget, stage
from layouts.components import problem_callout, toast
from layouts.dataset import doctor as view
from layouts.dataset import section_address
from layouts.dataset.tables import UPLOAD
from layouts.ids import Dataset, Shell

_MAP = {"type": Dataset.MAP, "target": ALL}


def register(app: Dash, services: Any) -> None:
    """Attach the upload and the doctor's form."""
    _register_upload(app, services)
    _register_form(app, services)
    _register_accept(app, services)


def _register_upload(app: Dash, services: Any) -> None:
    def take(content: bytes, filename: str) -> uploads.Taken:
        staged, found = stage(services.tables, current_owner(), content, filename)
        if staged is None:
            return uploads.Taken(problem=view.refusal(found))
        return uploads.Taken((_search(section_address("tables", staged=staged)),))

    uploads.register(app, UPLOAD, [Output(Dataset.URL, "search")], take)

    @app.callback(
        Output(Dataset.URL, "search", allow_duplicate=True),
        Input(Dataset.DISCARD, "n_clicks"),
        State(Dataset.STAGED, "data"),
        prevent_initial_call=True,
    )
    def let_go(clicks: Any, staged: Any) -> Any:
        if not clicks:
            return no_update
        forget(_text(staged))
        with contextlib.suppress(NotFound):  # gone already
            services.tables.discard(current_owner(), _text(staged))
        return _search(section_address("tables"))


def _register_form(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Dataset.RESULT, "children"),
        Output(Dataset.KEEP, "options"),
        Output(Dataset.ACCEPT, "disabled"),
        Output(Dataset.REASON, "children"),
        Input(_MAP, "value"),
        Input(Dataset.KEEP, "value"),
        State(_MAP, "id"),
        State(Dataset.KEEP, "options"),
        State(Dataset.STAGED, "data"),
        prevent_initial_call=True,
    )
    def examine_again(values: Any, keep: Any, ids: Any, options: Any, staged: Any) -> tuple[Any, Any, bool, str]:
        try:
            mapping, found = _examined(services, current_owner(), _text(staged), values, ids, keep)
        except (InvalidRequest, NotFound, Refused) as error:
            return problem_callout(str(error)), no_update, True, "See the message above."
        names = dict.fromkeys([*_offered(options), *found.candidates])
        return view.result(found), view.keep_options(names, mapping), not found.accepted, view.accept_reason(found)

    @app.callback(
        Output(Dataset.DOWNLOAD, "data"),
        Input(Dataset.REJECTED, "n_clicks"),
        State(_MAP, "value"),
        State(_MAP, "id"),
        State(Dataset.KEEP, "value"),
        State(Dataset.STAGED, "data"),
        prevent_initial_call=True,
    )
    def download_rejected(clicks: Any, values: Any, ids: Any, keep: Any, staged: Any) -> Any:
        if not clicks:
            return no_update
        _, found = _examined(services, current_owner(), _text(staged), values, ids, keep)
        return dcc.send_string(to_csv(found.rejected), "rejected-rows.csv", type="text/csv")


def _register_accept(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Dataset.URL, "search", allow_duplicate=True),
        Output(Shell.TOASTS, "children", allow_duplicate=True),
        Output(Shell.TABLE, "data", allow_duplicate=True),
        Output(Dataset.REASON, "children", allow_duplicate=True),
        Input(Dataset.ACCEPT, "n_clicks"),
        State(Dataset.NAME, "value"),
        State(_MAP, "value"),
        State(_MAP, "id"),
        State(Dataset.KEEP, "value"),
        State(Dataset.STAGED, "data"),
        running=[(Output(Dataset.GUARD, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def accept(clicks: Any, name: Any, values: Any, ids: Any, keep: Any, staged: Any) -> tuple[Any, ...]:
        if not clicks:
            return (no_update,) * 4
        owner = current_owner()
        try:
            made = _make(services, owner, _text(staged), clean_name(name), values, ids, keep)
        except DashboardError as error:
            return no_update, no_update, no_update, str(error)
        tell_table(services, owner)
        patch = Patch()
        patch.append(toast(f"All pages use “{made.name}” now: {made.tracks:,} tracks."))
        return _search(section_address("tables")), patch, mark_of(services, owner), ""


def _make(services: Any, owner: str, staged: str, name: str, values: Any, ids: Any, keep: Any) -> Any:
    """Make the table; asked again, by a second click in whichever process, give the one that was made."""
    try:
        _, found = _examined(services, owner, staged, values, ids, keep)
    except NotFound:
        made = services.tables.made_of(owner, staged)
        if made is None:
            raise
        return made
    return use(services, owner, staged, name, found)


def use(services: Any, owner: str, staged: str, name: str, found: Any) -> Any:
    """Store an accepted file as a table of the owner's and use it.

    Raises
    ------
    InvalidRequest
        When the file is not accepted.
    Refused, StorageError
        As the store of tables does.
    """
    if not found.accepted:
        raise InvalidRequest(view.accept_reason(found))
    made = services.tables.add(owner, name, found, staged)
    services.tables.choose(owner, made.id)
    services.tables.discard(owner, staged)
    forget(staged)
    return made


def _examined(
    services: Any, owner: str, staged: str, values: Any, ids: Any, keep: Any
) -> tuple[dict[str, str | None], Any]:
    mapping, kept = read_choices(values, ids, keep)
    checked_choices(examined(services.tables, owner, staged), mapping, kept)
    return mapping, examined(services.tables, owner, staged, mapping, kept)


def _offered(options: Any) -> list[str]:
    """The columns that the form offers to keep, as far as what came reads like that."""
    given = options if isinstance(options, list) else []
    return [one["value"] for one in given if isinstance(one, dict) and isinstance(one.get("value"), str)]


def _search(address: str) -> str:
    return "?" + address.partition("?")[2]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidRequest("The id of a file is a text.")
    return value
