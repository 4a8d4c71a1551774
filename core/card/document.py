"""A card as one HTML file that stands alone: no script, nothing fetched, readable on paper, by day and by night."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from core.card.charts import STYLE, draw, variables
from core.card.model import Card, Chart, Section, Table
from core.card.words import marked_up

_CSS: Final = (
    ":root{color-scheme:light dark;--ground:#fff;--ink:#1f2328;--quiet:#59636e;--line:#d5d9de;--soft:#f5f6f8;"
    f"--warn:#8a5a00;{variables('light')}}}"
    "@media(prefers-color-scheme:dark){:root{--ground:#15181c;--ink:#e6e9ed;--quiet:#a3acb7;--line:#3a4149;"
    f"--soft:#1e2227;--warn:#e5b35a;{variables('dark')}}}}}"
    "*{box-sizing:border-box}"
    "body{margin:0;padding:24px 16px 64px;background:var(--ground);color:var(--ink);"
    "font:16px/1.55 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif}"
    "main{max-width:760px;margin:0 auto}h1{font-size:1.75rem;line-height:1.2;margin:0 0 4px}"
    "h2{font-size:1.2rem;margin:40px 0 8px;padding-top:12px;border-top:1px solid var(--line)}"
    "h3{font-size:1rem;margin:20px 0 4px}p,ul{margin:8px 0}p,li{max-width:70ch}"
    ".quiet,figcaption,caption{color:var(--quiet);font-size:.875rem}"
    ".note{border-left:3px solid var(--warn);padding:6px 12px;background:var(--soft);margin:12px 0}"
    "dl{display:grid;grid-template-columns:minmax(110px,200px) 1fr;gap:4px 16px;margin:12px 0}"
    "dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}"
    ".scroll{overflow-x:auto;margin:12px 0}"
    "table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}"
    "caption{text-align:left;padding-bottom:4px}"
    "th,td{padding:5px 12px 5px 0;border-bottom:1px solid var(--line);text-align:right}"
    "th:first-child,td:first-child{text-align:left;font-weight:400}thead th{font-weight:600;vertical-align:bottom}"
    "figure{margin:16px 0}svg{display:block;width:100%;max-width:420px;height:auto}"
    "pre{background:var(--soft);padding:12px;overflow-x:auto;font-size:.8125rem;line-height:1.5}"
    "@media print{:root{--ground:#fff;--ink:#000;--quiet:#444;--line:#bbb;--soft:#fff;"
    f"{variables('light')}}}body{{padding:0;font-size:11pt}}pre{{white-space:pre-wrap}}"
    "figure,table,.note,dl{break-inside:avoid}h2,h3{break-after:avoid}}"
)
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_html(card: Card) -> str:
    """Write a card as one HTML document.

    Parameters
    ----------
    card : Card

    Returns
    -------
    str
        A document without scripts, links to elsewhere, or anything to fetch.
    """
    body = "".join(_section(section) for section in card.sections)
    synthetic = '<p class="note">Synthetic: trained on made-up tracks.</p>' if card.is_synthetic else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{marked_up(card.title)} · model card</title><style>{_CSS}{STYLE}</style></head>"
        f'<body><main><header><h1>{marked_up(card.title)}</h1><p class="quiet">{marked_up(card.subtitle)}</p>'
        f"{synthetic}</header>{body}</main></body></html>\n"
    )


def _section(section: Section) -> str:
    parts = [f'<section id="{marked_up(section.key)}"><h2>{marked_up(section.title)}</h2>']
    parts += [f'<p class="note">{marked_up(note.text)}</p>' for note in section.notes]
    parts += [f"<p>{marked_up(text)}</p>" for text in section.paragraphs]
    if section.facts:
        pairs = "".join(f"<dt>{marked_up(name)}</dt><dd>{marked_up(value)}</dd>" for name, value in section.facts)
        parts.append(f"<dl>{pairs}</dl>")
    if section.code:
        parts.append(f'<pre tabindex="0"><code>{marked_up(section.code)}</code></pre>')
    parts += _items(section.items)
    parts += [_chart(chart, f"{section.key}-{at}") for at, chart in enumerate(section.charts)]
    parts += [_table(table) for table in section.tables]
    parts += [f'<p class="quiet">{marked_up(text)}</p>' for text in section.after]
    return "".join([*parts, "</section>"])


def _items(items: Sequence[str]) -> list[str]:
    return [f"<ul>{''.join(f'<li>{marked_up(item)}</li>' for item in items)}</ul>"] if items else []


def _chart(chart: Chart, name: str) -> str:
    drawn = draw(chart, name)
    if not drawn:
        return ""
    return (
        f"<figure><h3>{marked_up(chart.title)}</h3>{drawn}<figcaption>{marked_up(chart.reading)}</figcaption></figure>"
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{marked_up(name)}</th>' for name in table.header)
    rows = "".join(f"<tr>{_cells(row)}</tr>" for row in table.rows)
    name = marked_up(table.caption)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table><caption>{marked_up(table.caption)}'
        f"</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _cells(row: Iterable[str]) -> str:
    first, *rest = row
    return f'<th scope="row">{marked_up(first)}</th>' + "".join(f"<td>{marked_up(cell)}</td>" for cell in rest)
