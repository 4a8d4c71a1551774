"""Settings of gunicorn: ``gunicorn -c python:dashboard.gunicorn_conf dashboard.wsgi:server``.

``WEB_CONCURRENCY`` gives the number of workers, ``DASHBOARD_HOST`` and ``DASHBOARD_PORT`` the address.
"""

from __future__ import annotations

import os
from typing import Any

from dashboard.settings import Settings
from dashboard.warming import warm_up

_settings = Settings()

bind = f"{_settings.host}:{_settings.port}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 3
keepalive = 5
control_socket_disable = True
loglevel = _settings.log_level
limit_request_line = 8190
forwarded_allow_ips = ""  # proxies are told by DASHBOARD_PROXY_HOPS alone


def post_worker_init(worker: Any) -> None:
    """Answer one request before the first visitor comes, and load table and job server in the background."""
    warm_up(worker.app.callable)
