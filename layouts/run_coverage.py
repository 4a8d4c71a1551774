"""What the prediction intervals of a run held on its test part, in words and charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from core.intervals import COVERAGE
from core.runs.model import Run
from core.validation import PROTOCOLS
from layouts import wording
from layouts.components import icon
from layouts.run_words import is_leaky

TITLE = "Prediction intervals"


def section(run: Run, cards: Sequence[Any]) -> list[Any]:
    """Draw the part of the page that speaks of the intervals.

    Parameters
    ----------
    run : Run
        Finished. One of an older version has measured nothing and says nothing.
    cards : sequence of component
        Cards of the charts; empty where nothing was measured.
    """
    if "coverage" not in (run.metrics or {}):
        return []
    head = html.Section([html.H2(TITLE), *_words(run)], className="panel")
    grid = [html.Div(list(cards), className="graph-grid run-part")] if cards else []
    return [html.Div([head, *grid], className="run-part")]


def _words(run: Run) -> list[Any]:
    overall = ((run.metrics or {}).get("coverage") or {}).get("overall")
    if not overall:
        said = (
            f"A {_made_for()} interval is given with every prediction. Without cross-validation it is taken from the "
            "errors on the test itself, so what it holds on other tracks was not measured. Ask for 2 folds or more to "
            "measure it."
        )
        return [html.P(said)]
    words: list[Any] = [html.P(held(overall), className="coverage-verdict")]
    if is_leaky(run):
        warning = "Inflated by leakage: of new tracks, the intervals hold fewer."
        words.append(html.Div([icon("exclamation-triangle-fill"), " ", warning], className="callout callout-warning"))
    return [*words, html.P([_how(run), " ", promise(run)], className="control-help")]


def held(overall: dict[str, Any]) -> str:
    """Say what the intervals held on the test, and how wide they are.

    Examples
    --------
    >>> held({"coverage": 0.903, "coverage_interval": [0.894, 0.911], "width": 66.9, "n": 5671}).split(", ")[1]
    'the intervals held 90% (89% to 91%'
    """
    low, high = overall["coverage_interval"]
    return (
        f"Made to hold {_made_for()} of tracks, the intervals held {wording.share(overall['coverage'])} "
        f"({wording.share(low)} to {wording.share(high)}, allowing for chance) of the {wording.count(overall['n'])} "
        f"tracks of the test. On average they are {wording.points(overall['width'])} points wide."
    )


def promise(run: Run) -> str:
    """Say what follows from that for other tracks: by protocol, and never more than was shown."""
    protocol = PROTOCOLS[run.request.protocol]
    if protocol.is_leaky:
        return ""
    if protocol.by_time:
        return "What comes out next may differ from the newest tracks here, so this is no promise."
    return f"Of tracks like those held out they will hold about {_made_for()}, on average over tracks."


def _how(run: Run) -> Any:
    """How they were made, with the term of art in the tooltip."""
    if run.request.interval == "quantile":
        words = (
            "Made of two more models, of a low and a high popularity, corrected on tracks held out in cross-validation"
        )
        term = "Conformalised quantile regression, group-conditional by genre"
    else:
        words = "Made of the errors on tracks that were held out in cross-validation"
        term = "Split conformal prediction on cross-validated residuals, group-conditional (Mondrian) by genre"
    how = html.Span(words, className="has-help", title=term, tabIndex=0)
    return html.Span([how, "; each genre has a width of its own. The test had no part in it."])


def _made_for() -> str:
    return wording.share(COVERAGE)
