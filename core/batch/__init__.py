"""Many tracks at once: predictions with intervals, reasons and flags, the same for page, shell and API."""

from __future__ import annotations

from core.batch.needs import absent_columns, check_free, is_there
from core.batch.scoring import REASONS, Reasoned, added_columns, records, score_rows, state_interval
from core.batch.writing import TextTable, csv_pieces, format_table

__all__ = [
    "REASONS",
    "Reasoned",
    "TextTable",
    "absent_columns",
    "added_columns",
    "check_free",
    "csv_pieces",
    "format_table",
    "is_there",
    "records",
    "score_rows",
    "state_interval",
]
