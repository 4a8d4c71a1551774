"""The WSGI entry: ``gunicorn -c python:dashboard.gunicorn_conf dashboard.wsgi:server``."""

from __future__ import annotations

from dashboard.environment import prepare_environment

prepare_environment()  # before numpy is imported anywhere: it reads the thread settings once

from dashboard.app import create_app  # noqa: E402
from dashboard.settings import Settings  # noqa: E402

app = create_app(Settings())
server = app.server
