"""Components that two views or more share."""

from layouts.components.callout import problem_callout
from layouts.components.control import control
from layouts.components.empty_state import empty_state
from layouts.components.graph_card import GRAPH_CONFIG, card_part, count_text, graph_card, graph_table
from layouts.components.icon import icon
from layouts.components.metric_card import metric_card, metric_row
from layouts.components.page_header import page_header
from layouts.components.source_badge import source_badge
from layouts.components.table import table
from layouts.components.toast import toast
from layouts.components.upload import MAX_UPLOAD_MB, UploadIds, upload_field
from layouts.components.working import working

__all__ = [
    "GRAPH_CONFIG",
    "MAX_UPLOAD_MB",
    "UploadIds",
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
    "problem_callout",
    "source_badge",
    "table",
    "toast",
    "upload_field",
    "working",
]
