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
    """Serve until interrupted."""
    from dashboard.app import run_server

    run_server(settings)
    return OK
