"""What axe objects to on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

CONTRAST = "color-contrast"
"""The one rule whose answer depends on the theme, and the dearest: it takes half of the time of all rules."""


def violations(
    page: Page, within: str | None = None, *, only: Sequence[str] = (), without: Sequence[str] = ()
) -> list[str]:
    """What axe finds, a line each: rule, help, the first places.

    Parameters
    ----------
    page : Page
    within : str, optional
        Selector of the part that is looked at; the whole page where none is given.
    only : sequence of str
        The rules to look for; all of them where none is given.
    without : sequence of str
        Rules to leave out.
    """
    from axe_playwright_python.sync_playwright import Axe

    options: dict[str, Any] = {"resultTypes": ["violations"], "rules": {rule: {"enabled": False} for rule in without}}
    if only:
        options["runOnly"] = {"type": "rule", "values": list(only)}
    found = Axe().run(page, within, options).response["violations"]
    return [f"{item['id']}: {item['help']}: {'; '.join(map(_place, item['nodes'][:3]))}" for item in found]


def _place(node: dict[str, Any]) -> str:
    return f"{node['target']} {node['html'][:160]} {node.get('failureSummary', '')}"
