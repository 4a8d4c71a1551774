"""Components that two views or more share."""

from layouts.components.control import control
from layouts.components.empty_state import empty_state
from layouts.components.graph_card import GRAPH_CONFIG, card_part, count_text, graph_card, graph_table
from layouts.components.icon import icon
from layouts.components.metric_card import metric_card, metric_row
from layouts.components.page_header import page_header
from layouts.components.source_badge import source_badge
from layouts.components.table import table
from layouts.components.toast import toast

__all__ = [
    "GRAPH_CONFIG",
    "card_part",
    "control",
    "count_text",
    "empty_state",
    "graph_card",
    "graph_table",
    "icon",
    "metric_card",
    "metric_row",
    "page_header",
    "source_badge",
    "table",
    "toast",
]
