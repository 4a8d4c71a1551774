"""Tables that people uploaded."""

from __future__ import annotations

from core.tables.model import DEFAULT_ID, NEEDS_POPULARITY, TableInfo, TableLimits, TableRef, check_requests
from core.tables.store import LONGEST_NAME, Tables

__all__ = [
    "DEFAULT_ID",
    "LONGEST_NAME",
    "NEEDS_POPULARITY",
    "TableInfo",
    "TableLimits",
    "TableRef",
    "Tables",
    "check_requests",
]
