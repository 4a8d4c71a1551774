"""Comparison view: follows the registry, draws the leaderboard, deletes runs and brings them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component

from callbacks import aliases, exchange
from callbacks.identity import current_owner, current_theme
from core.address import read_values
from core.comparison import COSTS, Board, Footing, why_apart
from core.errors import InvalidRequest, NotFound, Refused, unknown_name
from core.figures import comparison as figures
from core.metrics import INTERVAL_METRICS, MEASURES
from core.runs.aliases import Promotion
from core.runs.model import Run
from core.runs.standings import Group
from layouts import comparison as view
from layouts import wording
from layouts.comparison_words import distinct_names
from layouts.components import graph_card
from layouts.ids import Comparison, Shell, Standing

READ = 60
MOST_ON_BOARD = 12
OBJECTIVE, COST = "rmse", "fit_seconds"


@dataclass(frozen=True)
class Looked:
    """What is drawn from.

    Parameters
    ----------
    groups : sequence of Group
        Every comparison there is.
    chosen : Group or None
        The one that is shown.
    best : sequence of Run
        The best of it by the chosen measure and the first few by every other, in this order.
    newest : sequence of Run
        The owner's newest runs, whatever they are.
    total : int
        All runs of the owner.
    """

    groups: Sequence[Group]
    chosen: Group | None
    best: Sequence[Run]
    newest: Sequence[Run]
    total: int


def look(services: Any, owner: str, key: Any, objective: str) -> Looked:
    """Read what the view shows; ``key`` of a comparison that is not there gives the one of the newest run."""
    standings = services.runs.standings
    groups = standings.groups(owner)
    chosen = next((one for one in groups if one.footing.key == key), groups[0] if groups else None)
    best = standings.best(owner, chosen.footing, objective, MOST_ON_BOARD) if chosen else []
    return Looked(groups, chosen, best, services.runs.list(owner, limit=READ), standings.count(owner))


def page(services: Any, owner: str, query: str = "") -> Component:
    """Draw the view as its address asks."""
    key, objective, cost = read_query(query)
    held = services.runs.aliases(owner)
    digest = services.runs.standings.digest(owner)  # first: a run that ends meanwhile is news to the page
    found = look(services, owner, key, objective)
    seen = [digest, _marks(held), _key(found), objective, cost]
    controls = view.choices(found.groups, _key(found), objective, cost)
    shown = draw(services, found, objective, cost, current_theme(), held)
    return view.layout(controls, shown, seen, aliases.champions(services, owner))


def read_query(query: str) -> tuple[str, str, str]:
    """Which comparison an address asks for, by which measure, against which cost; the usual where it makes no sense.

    Examples
    --------
    >>> read_query("?by=mae&cost=nothing")
    ('', 'mae', 'fit_seconds')
    """
    try:
        given = read_values(query)
    except InvalidRequest:
        given = {}
    objective, cost = given.get("by", OBJECTIVE), given.get("cost", COST)
    return given.get("of", ""), objective if objective in MEASURES else OBJECTIVE, cost if cost in COSTS else COST


def register(app: Dash, services: Any) -> None:
    """Attach the view's callbacks."""

    @app.callback(
        Output(Comparison.LIST, "children"),
        Output(Comparison.GROUP, "options"),
        Output(Comparison.GROUP, "value"),
        Output(Comparison.SEEN, "data"),
        Output(Comparison.CHAMPIONS, "children"),
        Input(Comparison.TICK, "n_intervals"),
        Input(Comparison.CHANGED, "data"),
        Input(Standing.CHANGED, "data"),
        Input(Shell.JOB_ENDED, "data"),
        Input(Comparison.GROUP, "value"),
        Input(Comparison.OBJECTIVE, "value"),
        Input(Comparison.COST, "value"),
        State(Comparison.SEEN, "data"),
        State({"type": Comparison.CHOSEN, "run": ALL}, "value"),
        running=[(Output(Comparison.TICK, "disabled"), True, False)],  # the next tick would drop a late answer
        prevent_initial_call=True,
    )
    def refresh(*values: Any) -> Any:
        group, objective, cost, seen, _ = values[-5:]
        owner, (objective, cost) = current_owner(), _checked(objective, cost)
        held = services.runs.aliases(owner)
        digest, marks = services.runs.standings.digest(owner), _marks(held)
        if [digest, marks, group or "", objective, cost] == seen:
            return (no_update,) * 5
        found = look(services, owner, group, objective)
        shown = draw(services, found, objective, cost, current_theme(), held, _ticked(ctx.states_list[1]))
        kept = no_update if _key(found) == (group or "") else _key(found)
        are_known = isinstance(seen, list) and seen[1:2] == [marks]
        champions = no_update if are_known else aliases.champions(services, owner)
        now = [digest, marks, _key(found), objective, cost]
        return shown, view.group_options(found.groups), kept, now, champions

    app.clientside_callback(
        ClientsideFunction("address", "leaderboard"),
        Input(Comparison.GROUP, "value"),
        Input(Comparison.OBJECTIVE, "value"),
        Input(Comparison.COST, "value"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(Comparison.TOGETHER, "children"),
        Output(Comparison.PICKED, "data"),
        Input({"type": Comparison.CHOSEN, "run": ALL}, "value"),
        State(Comparison.PICKED, "data"),
        prevent_initial_call=True,
    )
    def choose(_values: Any, picked: Any) -> tuple[Any, Any]:
        chosen = _ticked(ctx.inputs_list[0])
        if sorted(chosen) == picked:  # the board was drawn anew: what is typed below it stays
            return no_update, no_update
        if len(chosen) != 1:
            return view.together(chosen), sorted(chosen)
        return view.promote_one(services.runs.get(chosen[0], current_owner())), chosen

    _register_changes(app, services)
    exchange.register(app, services)


def _register_changes(app: Dash, services: Any) -> None:
    @app.callback(
        Output(Comparison.NOTICE, "children"),
        Output(Comparison.CHANGED, "data"),
        Input({"type": Comparison.DELETE, "run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def delete(clicks: Any) -> tuple[Any, Any]:
        run_id = _pressed(clicks)
        if run_id is None:
            return no_update, no_update
        lost = aliases.lost(services, run_id, current_owner())
        return _change(services.runs.delete, run_id, partial(view.deleted_notice, lost=lost))

    @app.callback(
        Output(Comparison.NOTICE, "children", allow_duplicate=True),
        Output(Comparison.CHANGED, "data", allow_duplicate=True),
        Input({"type": Comparison.UNDO, "run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def undo(clicks: Any) -> tuple[Any, Any]:
        run_id = _pressed(clicks)
        return (
            (no_update, no_update) if run_id is None else _change(services.runs.restore, run_id, view.restored_notice)
        )


def draw(
    services: Any,
    found: Looked,
    objective: str,
    cost: str,
    theme: str,
    held: Sequence[Promotion] = (),
    ticked: Sequence[str] = (),
) -> Any:
    """Draw the leaderboard of one group of runs, and the others apart.

    Parameters
    ----------
    found : Looked
    objective, cost : str
    theme : {"light", "dark"}
    held : sequence of Promotion
        What the runs are now.
    ticked : sequence of str
        Ids of the runs that are chosen.
    """
    newest = found.newest
    if found.chosen is None:
        return view.content(view.Shown((), None, [(run, _not_yet(run)) for run in newest], total=found.total))
    board, trouble = services.comparisons.board(found.best, objective)
    on_board = {one.key for one in board.entries} if board else set()
    apart = [(run, _why(run, found.chosen.footing, trouble, objective)) for run in newest if run.id not in on_board]
    chart = _chart(board, cost, theme) if board else None
    left = found.total - sum(one.run is not None for one in board.entries) if board else found.total
    return view.content(view.Shown(found.best, board, apart, chart, held, ticked, left))


def _chart(board: Board, cost: str, theme: str) -> Any:
    frame = figures.compute_front(board, cost, distinct_names(board.entries))
    if len(frame) < 2:
        return None
    return graph_card(
        Comparison.FRONT,
        figures.plot_front(frame, board.objective, cost, theme=theme),
        title=figures.SUBJECT,
        reading=figures.read_front(frame, cost),
        n=board.n_tracks,
        table=figures.named(frame, board.objective, cost),
    )


def _why(run: Run, footing: Footing, trouble: dict[str, str], objective: str) -> str:
    if run.id in trouble:
        return trouble[run.id]
    reasons = why_apart(run, footing)
    if not reasons:
        if objective in INTERVAL_METRICS and objective not in ((run.metrics or {}).get("test") or {}):
            label = MEASURES[objective].label.lower()
            return f"Comparable, but it has no {label}: it was trained without folds, or by an earlier version"
        return f"Comparable, but not among the {MOST_ON_BOARD} best: choose it in the history to compare it"
    said = wording.listed(reasons)
    return said[:1].upper() + said[1:]


def _not_yet(run: Run) -> str:
    if not run.data.get("sha256"):
        return "Data not read yet" if run.is_active else "Ended before the data were read"
    return f"It has no score: {run.state.value}"


def _checked(objective: Any, cost: Any) -> tuple[str, str]:
    if not isinstance(objective, str) or objective not in MEASURES:
        raise unknown_name("metric", str(objective)[:40], MEASURES)
    if not isinstance(cost, str) or cost not in COSTS:
        raise InvalidRequest(f"There is no such cost. Choose one of: {', '.join(COSTS)}.")
    return objective, cost


def _change(change: Any, run_id: str, notice: Any) -> tuple[Any, Any]:
    try:
        run = change(run_id, current_owner())
    except (NotFound, Refused) as error:
        return view.trouble_notice(str(error)), None
    return notice(run), f"{run.id} {run.deleted_at}"


def _pressed(clicks: Any) -> str | None:
    """The run whose button was pressed; None when the callback only ran because buttons appeared."""
    pressed = ctx.triggered_id
    return str(pressed["run"]) if isinstance(pressed, dict) and any(clicks) and ctx.triggered[0]["value"] else None


def _ticked(boxes: Any) -> list[str]:
    """The runs whose box is ticked."""
    return [str(box["id"]["run"]) for box in boxes if box.get("value")]


def _key(found: Looked) -> str:
    return found.chosen.footing.key if found.chosen else ""


def _marks(held: Sequence[Promotion]) -> str:
    """What a person could see change of champions and candidates, as text."""
    return repr([(one.run_id[:8], one.alias.value, one.purpose) for one in held])
