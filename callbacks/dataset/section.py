"""Which section an address names, and its content."""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

from callbacks.dataset import audit, doctor, table
from callbacks.errors import describe
from core.address import read_values
from core.errors import DashboardError, NotFound
from layouts.components import problem_callout
from layouts.dataset import SECTIONS
from layouts.dataset.tables import tables_section, upload_panel


def section_of(query: str) -> str:
    """Give the section that an address names; the first one where it names none that there is.

    Examples
    --------
    >>> section_of("?section=audit"), section_of("?section=nonsense"), section_of("")
    ('audit', 'table', 'table')
    """
    asked = read_values(query).get("section", "")
    return asked if asked in SECTIONS else "table"


def section_content(services: Any, owner: str, query: str) -> Component:
    """Draw the section that an address names; a table that cannot be read is said in its place."""
    try:
        section = section_of(query)
        if section == "tables":
            return _tables(services, owner, read_values(query).get("staged", ""))
        return (audit if section == "audit" else table).section(services, owner)
    except DashboardError as error:
        return problem_callout(describe(error))


def _tables(services: Any, owner: str, staged: str) -> Component:
    listed = services.tables.list(owner)
    if not staged:
        return tables_section(listed)
    try:
        return tables_section(listed, doctor.section(services, owner, staged))
    except NotFound:
        gone = problem_callout("The file that you had chosen is no longer here: choose it again.")
        return tables_section(listed, upload_panel(gone))
