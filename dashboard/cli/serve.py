"""``serve``: the page."""

from __future__ import annotations

import argparse

from dashboard.cli.exit_codes import OK
from dashboard.cli.settings_flags import EVERY_SETTING
from dashboard.settings import Settings

HELP = "Serve the page and print its address."
SETTINGS = EVERY_SETTING


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Serving needs settings only."""


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until interrupted; a registry at an address of its own is tried first, so that people hear at once."""
    from dashboard.app import run_server

    if settings.database_url is not None:
        from core.runs.registry import open_registry

        open_registry(settings.home, settings.database_url).close()

    run_server(settings)
    return OK
