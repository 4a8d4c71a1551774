"""plotly.js in its strict build: WebGL charts without evaluating strings, as the content security policy demands.

The build inside the plotly package compiles its WebGL code from strings; under ``script-src 'self'`` every WebGL chart
would only say that the browser has no WebGL.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, request, send_from_directory

FOLDER = Path(__file__).parent / "vendor" / "plotly"
FILE = "plotly-strict.min.js"
_ADDRESS = "/_dash-component-suites/plotly/package_data/plotly.min"


def install(server: Flask) -> None:
    """Answer requests for the plotly package's bundle with the strict build of the same version."""

    @server.before_request
    def serve_strict_build() -> Response | None:
        if _ADDRESS in request.path and request.path.endswith(".js"):
            return send_from_directory(FOLDER, FILE, mimetype="text/javascript", max_age=3600)
        return None
