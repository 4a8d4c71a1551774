"""Charts of a card as SVG: drawn from the numbers themselves, without a script, readable on paper and on a phone."""

from __future__ import annotations

import math

from core.card.model import Chart, Dot
from core.card.words import decimals, marked_up

WIDTH = 360
ROW = 38
_LEFT, _RIGHT, _TOP, _AXIS = 6, 6, 10, 44

COLOURS = {
    "light": {"ink": "#1F2328", "quiet": "#59636E", "grid": "#E3E6EA", "dot": "#0B5CAD"},
    "dark": {"ink": "#E6E9ED", "quiet": "#A3ACB7", "grid": "#343A42", "dot": "#6CB2F5"},
}
STYLE = (
    ".card-ink{fill:var(--card-ink)}.card-quiet{fill:var(--card-quiet)}.card-dot{fill:var(--card-dot)}"
    ".card-line{stroke:var(--card-dot);stroke-width:2}.card-quiet-line{stroke:var(--card-quiet);stroke-width:2}"
    ".card-grid{stroke:var(--card-grid);stroke-width:1}"
    ".card-mark{stroke:var(--card-quiet);stroke-width:1.5;stroke-dasharray:4 4}"
    ".card-chart text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif}"
)


def variables(theme: str) -> str:
    """The colours of a theme as CSS variables."""
    return "".join(f"--card-{name}:{value};" for name, value in COLOURS[theme].items())


def draw(chart: Chart, name: str, theme: str | None = None) -> str:
    """Draw a chart as an SVG document.

    Parameters
    ----------
    chart : Chart
    name : str
        Part of the ids inside, so that several charts may stand in one document; letters, digits and hyphens.
    theme : {"light", "dark"} or None
        With its colours in it; None where the document around it sets them (`STYLE` and `variables`).

    Returns
    -------
    str
        Empty where the chart has no rows.
    """
    dots = [dot for dot in chart.dots if math.isfinite(dot.value)]
    if not dots:
        return ""
    ticks = _ticks(chart, dots)
    height = _TOP + ROW * len(dots) + _AXIS
    parts = [_grid(chart, ticks, height), *(_row(dot, at, ticks) for at, dot in enumerate(dots))]
    style = f"<style>.card-chart{{{variables(theme)}}}{STYLE}</style>" if theme else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="card-chart" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{name}-title {name}-words">{style}<title id="{name}-title">{marked_up(chart.title)}</title>'
        f'<desc id="{name}-words">{marked_up(words(chart))}</desc>{"".join(parts)}</svg>'
    )


def words(chart: Chart) -> str:
    """The numbers of a chart in one sentence, for who does not see it."""
    return f"{chart.axis}: " + "; ".join(f"{dot.label} {dot.said}" for dot in chart.dots) + "."


def _ticks(chart: Chart, dots: list[Dot]) -> list[float]:
    """Round steps that span everything that is drawn; four to seven of them."""
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high) if end is not None and math.isfinite(end)]
    ends += [] if chart.mark is None else [chart.mark]
    low, high = min(ends), max(ends)
    span = (high - low) or abs(high) or 1.0
    raw = span / 4
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(each * magnitude for each in (1, 2, 2.5, 5, 10) if each * magnitude >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if first == last:
        last += 1
    return [number * step for number in range(first, last + 1)]


def _place(value: float, ticks: list[float]) -> float:
    inside = WIDTH - _LEFT - _RIGHT - 24
    return _LEFT + 12 + inside * (value - ticks[0]) / (ticks[-1] - ticks[0])


def _grid(chart: Chart, ticks: list[float], height: int) -> str:
    bottom = height - _AXIS
    step = ticks[1] - ticks[0]
    digits = max(0, min(4, -math.floor(math.log10(step) + 1e-9) + (0 if _is_round(step) else 1)))
    shown = ticks if len(ticks) <= 7 else ticks[::2]
    lines = [
        f'<line class="card-grid" x1="{_place(tick, ticks):.1f}" x2="{_place(tick, ticks):.1f}" y1="{_TOP}" '
        f'y2="{bottom}"/><text class="card-quiet" x="{_place(tick, ticks):.1f}" y="{bottom + 16}" '
        f'text-anchor="middle">{decimals(tick, digits)}</text>'
        for tick in shown
    ]
    if chart.mark is not None:
        x = _place(chart.mark, ticks)
        lines.append(f'<line class="card-mark" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom}"/>')
    said = f"{chart.axis}{f' · dashed: {chart.mark_label}' if chart.mark_label else ''}"
    lines.append(f'<text class="card-quiet" x="{_LEFT}" y="{bottom + 36}">{marked_up(said)}</text>')
    return "".join(lines)


def _row(dot: Dot, at: int, ticks: list[float]) -> str:
    top = _TOP + ROW * at
    y, x = top + 26, _place(dot.value, ticks)
    kind, line = ("card-quiet", "card-quiet-line") if dot.is_quiet else ("card-dot", "card-line")
    bar = f'<line class="card-grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'  # joins dot and label
    if dot.low is not None and dot.high is not None:
        bar += (
            f'<line class="{line}" x1="{_place(dot.low, ticks):.1f}" x2="{_place(dot.high, ticks):.1f}" '
            f'y1="{y}" y2="{y}"/>'
        )
    return (
        f'<text class="card-ink" x="{_LEFT}" y="{top + 14}">{marked_up(dot.label)}</text>'
        f'<text class="card-ink" x="{WIDTH - _RIGHT}" y="{top + 14}" text-anchor="end">{marked_up(dot.said)}</text>'
        f'{bar}<circle class="{kind}" cx="{x:.1f}" cy="{y}" r="5"/>'
    )


def _is_round(step: float) -> bool:
    """Whether a step needs no further digit than its first."""
    scaled = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    return abs(scaled - round(scaled)) < 1e-6
