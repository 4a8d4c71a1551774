"""Champion and candidate: the mark of a run, the form that promotes it, and who was what, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.families import FAMILIES
from core.runs.aliases import ALIAS_HELP, LONGEST_PURPOSE, LONGEST_WHY, POPULARITY, Alias, Promotion
from core.runs.model import SHELL_OWNER, Run, RunState
from layouts import wording
from layouts.components import control, icon, toast, working
from layouts.ids import Standing
from layouts.links import address, run_address

LABELS = {Alias.CHAMPION: "Champion", Alias.CANDIDATE: "Candidate"}
ICONS = {Alias.CHAMPION: "trophy", Alias.CANDIDATE: "flag"}


def badge(promotion: Promotion) -> html.Span:
    """Draw what a run is, in two or three words."""
    purpose = "" if promotion.purpose == POPULARITY else f" for {promotion.purpose}"
    words = [icon(ICONS[promotion.alias]), f" {LABELS[promotion.alias]}{purpose}"]
    said = f"{LABELS[promotion.alias]} for {promotion.purpose}: {ALIAS_HELP[promotion.alias]}"
    return html.Span(words, className=f"alias-badge alias-{promotion.alias}", title=said)


def marks(held: Sequence[Promotion]) -> Any:
    """Draw what a run is now, above its name; nothing for a run that is nothing special."""
    return [badge(one) for one in held]


def parts_of_page(marked: Any, panel: Any) -> tuple[html.Div, html.Div]:
    """Give what stands above and below the result of a run's page (`marks` and `panel`)."""
    return (
        html.Div(marked, id=Standing.MARKS, className="alias-marks"),
        html.Div([html.Div(panel, id=Standing.PANEL), dcc.Store(id=Standing.CHANGED)], className="run-part"),
    )


def panel(run: Run, told: Sequence[Promotion], current: Sequence[Promotion], owner: str) -> Any:
    """Draw what a run is for which purpose, the form to change that, and its history.

    Parameters
    ----------
    run : Run
    told : sequence of Promotion
        All of this run, the latest first.
    current : sequence of Promotion
        All that hold now, also of other runs.
    owner : str
        Who looks.
    """
    if run.state is not RunState.FINISHED:
        return []
    held = [one for one in told if one.until is None]
    is_mine = run.owner == owner
    rows = [_held_row(one, with_run=False, can_change=is_mine) for one in held]
    words = (
        form(run.id, others(run, current))
        if is_mine
        else html.P(
            "This run was made from the command line, where it can be promoted: python -m dashboard runs ID "
            "--promote champion --why TEXT.",
            className="control-help",
        )
    )
    return html.Section(
        [html.H2("Champion and candidate"), *([html.Ul(rows, className="alias-list")] if rows else []), words,
         *_history(told, owner, with_run=False)],
        className="panel",
    )  # fmt: skip


def others(run: Run, current: Sequence[Promotion]) -> str:
    """Say which other runs of the same owner hold what this one could be given."""
    found = [one for one in current if one.owner == run.owner and one.run_id != run.id]
    said = [f"{LABELS[one.alias].lower()} for {one.purpose}: {name_of(one)}" for one in found]
    return f"At present {wording.listed(said)}." if said else ""


def form(run_id: str, note: str = "") -> html.Div:
    """Draw the form that promotes a run."""
    key = {"run": run_id}
    aliases = [{"label": f"{LABELS[one]} ({ALIAS_HELP[one]})", "value": one.value} for one in Alias]
    purpose = dbc.Input(id={"type": Standing.PURPOSE, **key}, value=POPULARITY, maxLength=LONGEST_PURPOSE)
    why = dbc.Input(
        id={"type": Standing.WHY, **key}, value="", maxLength=LONGEST_WHY, placeholder="Lowest error on new artists"
    )
    fields = [
        control("As", dbc.Select(aliases, Alias.CHAMPION.value, id={"type": Standing.ALIAS, **key})),
        control("For which purpose", purpose),
        control("Why, in a sentence", why),
        working(
            dbc.Button([icon("trophy"), " Promote"], id={"type": Standing.PROMOTE, **key}, type="button"), "Promoting…"
        ),
    ]
    help_words = "A purpose has one champion and one candidate; the page Predict offers them first. " + note
    return html.Div([html.Div(fields, className="alias-form"), html.P(help_words.strip(), className="control-help")])


def champions(current: Sequence[Promotion], history: Sequence[Promotion], owner: str) -> Any:
    """Draw who is champion and candidate now; nothing where nobody ever was."""
    if not history:
        return []
    rows = [_held_row(one, with_run=True, can_change=one.owner == owner) for one in current]
    none = html.P("Nobody is champion or candidate at present.", className="control-help")
    body = html.Ul(rows, className="alias-list") if rows else none
    return html.Section(
        [html.H2("Champion and candidate"), body, *_history(history, owner, with_run=True)], className="panel"
    )


def _held_row(one: Promotion, *, with_run: bool, can_change: bool, now: datetime | None = None) -> html.Li:
    said: list[Any] = [html.Strong(f"{LABELS[one.alias]} for {one.purpose}")]
    if with_run:
        said += [": ", dcc.Link(name_of(one), href=run_address(one.run_id))]
    by = " from the command line" if one.owner == SHELL_OWNER and with_run else ""
    since = html.Span(f", {wording.ago(one.since, now)}{by}", title=wording.moment(one.since))
    why = [html.Div(f"“{one.why}”", className="control-help")] if one.why else []
    words = html.Div([icon(ICONS[one.alias]), " ", *said, since, *why])
    return html.Li([words, _withdraw(one)] if can_change else [words])


def _withdraw(one: Promotion) -> html.Span:
    label = f"Withdraw {LABELS[one.alias].lower()} for {one.purpose}: {name_of(one)}"
    button = html.Button(
        "Withdraw",
        id={"type": Standing.WITHDRAW, "run": one.run_id, "alias": one.alias.value, "purpose": one.purpose},
        type="button",
        className="quiet-button",
        **{"aria-label": label},
    )
    return working(button, "Withdrawing…")


def _history(told: Sequence[Promotion], owner: str, *, with_run: bool) -> list[Any]:
    if not told:
        return []
    rows = [_history_row(one, owner, with_run=with_run) for one in told]
    heads = ["What", *(["Run"] if with_run else []), "From", "Until", "By", "Why"]
    head = html.Thead(html.Tr([html.Th(words, scope="col") for words in heads]))
    caption = html.Caption("Who was champion or candidate", className="visually-hidden")
    table = html.Table([caption, head, html.Tbody(rows)], className="plain-table")
    scroll = html.Div(
        table, className="table-scroll", tabIndex=0, role="region", **{"aria-label": "History of champions"}
    )
    summary = html.Summary(f"History ({wording.counted(len(told), 'entry', 'entries')})")
    return [html.Details([summary, scroll], **{"data-fold": "history of champions"})]


def _history_row(one: Promotion, owner: str, *, with_run: bool) -> html.Tr:
    until: Any = "now" if one.until is None else wording.moment(one.until)
    if one.until is None and one.is_deleted:
        until = "now, but the run is deleted"
    run = [html.Td(name_of(one) if one.is_deleted else dcc.Link(name_of(one), href=run_address(one.run_id)))]
    why = [one.why or wording.NOTHING, *([html.Div(one.ended_why, className="control-help")] if one.ended_why else [])]
    cells = [
        *(run if with_run else []),
        html.Td(wording.moment(one.since)),
        html.Td(until),
        html.Td(_who(one.by, owner)),
        html.Td(why),
    ]
    return html.Tr([html.Th(f"{LABELS[one.alias]} for {one.purpose}", scope="row"), *cells])


def _who(by: str, owner: str) -> str:
    """Who said so: only one's own name, or the operator's, is ever seen."""
    return "you" if by == owner else "the command line"


def name_of(one: Promotion) -> str:
    """Name of the run that a promotion speaks of."""
    label = FAMILIES[one.family].label if one.family in FAMILIES else one.family
    return f"{one.run_name or label}{' (imported)' if one.is_imported else ''}"


def promoted(one: Promotion) -> dbc.Toast:
    """Confirm a promotion, with the way to use it."""
    said = f"{name_of(one)} is the {one.alias} for {one.purpose} now."
    return toast(said, "success", address("/predict", run=one.run_id), "Predict with it")


def withdrawn(alias: str, purpose: str) -> dbc.Toast:
    """Confirm that an alias was taken away."""
    return toast(f"It is the {alias} for {purpose} no more. The history keeps that it was.")


def trouble_notice(message: str) -> html.Div:
    """Say why something could not be done."""
    said = [icon("exclamation-triangle-fill"), " ", message]
    return html.Div(said, className="callout callout-warning", role="alert")


def deleted_words(told: Sequence[Promotion]) -> str:
    """Say what the deletion of a run leaves empty; nothing where it was nothing special."""
    held = [f"the {one.alias} for {one.purpose}" for one in told if one.until is None]
    if not held:
        return ""
    place = "that place is" if len(held) == 1 else "these places are"
    return f" It was {wording.listed(held)}: {place} empty until you undo this or promote another run."
