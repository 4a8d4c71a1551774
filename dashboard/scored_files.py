"""Scored files for those who asked for them: too large for a callback, so they have an address."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from dash import Dash
from flask import Response, send_file

from callbacks.identity import current_owner
from core.batch.store import NOT_HERE
from core.errors import NotFound


def install(app: Dash, services: Any) -> None:
    """Add the address of scored files; identity and headers are those of the pages.

    Absent, foreign and unfinished ones answer alike, with HTTP 404.
    """

    def scored_file(scoring_id: str) -> Response:
        path, scoring = services.scorings.result(current_owner(), scoring_id)
        stem = PurePosixPath(scoring.filename).name.partition(".")[0] or "tracks"
        name = f"{stem}-scored.csv"
        try:
            return send_file(path.absolute(), mimetype="text/csv", as_attachment=True, download_name=name)
        except FileNotFoundError:  # cleared away just now
            raise NotFound(NOT_HERE) from None

    prefix = app.config.routes_pathname_prefix
    app.server.add_url_rule(f"{prefix}scored/<scoring_id>.csv", "scored_file", scored_file)
