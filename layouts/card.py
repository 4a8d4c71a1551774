"""Model card view: what a run is for, how it was made and tested, what it can and cannot do."""

from __future__ import annotations

import base64
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from core.card.charts import draw, words
from core.card.model import Card, Chart, Section, Table
from layouts.components import icon, page_header, working
from layouts.ids import CardView
from layouts.links import button_link, run_address


def layout(card: Card) -> html.Div:
    """Draw a card as a page."""
    actions = [
        working(
            dbc.Button([icon("download"), " Download as one HTML file"], id=CardView.SAVE, type="button"),
            "Writing the card…",
        ),
        button_link([icon("arrow-left"), " The run"], run_address(card.run_id), kind="outline-primary"),
    ]
    purpose = f"{card.subtitle}. The file needs no connection and prints well."
    return html.Div(
        [
            page_header(card.title, purpose, actions),
            html.Article([_section(section) for section in card.sections], className="model-card"),
            dcc.Store(id=CardView.RUN, data=card.run_id),
            dcc.Download(id=CardView.DOWNLOAD),
            html.Div(id=CardView.NOTICE, **{"aria-live": "polite"}),
        ]
    )


def _section(section: Section) -> html.Section:
    notes = [
        html.Div([icon("exclamation-triangle-fill"), " ", note.text], className="callout callout-warning", role="note")
        for note in section.notes
    ]
    pairs = [part for name, value in section.facts for part in (html.Dt(name), html.Dd(value))]
    parts: list[Any] = [html.H2(section.title), *notes, *(html.P(text) for text in section.paragraphs)]
    parts += [html.Dl(pairs, className="fact-list")] if pairs else []
    parts += [_code(section.code)] if section.code else []
    parts += [html.Ul([html.Li(item) for item in section.items])] if section.items else []
    charts = [drawn for chart in section.charts if (drawn := _chart(chart, section.key)) is not None]
    parts += [html.Div(charts, className="card-charts")] if charts else []
    parts += [_table(table) for table in section.tables]
    parts += [html.P(text, className="control-help") for text in section.after]
    return html.Section(parts, className="panel")


def _chart(chart: Chart, key: str) -> html.Figure | None:
    drawn = [(theme, draw(chart, f"{key}-{theme}", theme)) for theme in ("light", "dark")]
    if not drawn[0][1]:
        return None
    images = [
        html.Img(src=_inline(svg), alt=f"{chart.title}. {words(chart)}", className=f"card-figure card-figure-{theme}")
        for theme, svg in drawn
    ]
    return html.Figure([html.H3(chart.title), *images, html.Figcaption(chart.reading, className="control-help")])


def _inline(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _table(table: Table) -> html.Details:
    head = html.Thead(
        html.Tr([html.Th(name, scope="col", className=_kind(at)) for at, name in enumerate(table.header)])
    )
    rows = [
        html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell, className="number") for cell in row[1:])])
        for row in table.rows
    ]
    caption = html.Caption(table.caption, className="visually-hidden")
    body = html.Table([caption, head, html.Tbody(rows)], className="plain-table")
    scroll = html.Div(body, className="table-scroll", tabIndex=0, role="region", **{"aria-label": table.caption})
    return html.Details([html.Summary(table.caption), scroll], open=table.caption == "Scores")


def _kind(at: int) -> str:
    return "number" if at else ""


def _code(command: str) -> html.Div:
    copy = dcc.Clipboard(content=command, title="Copy the command", className="copy-button")
    return html.Div([html.Pre(html.Code(command), tabIndex=0), copy], className="card-command")
