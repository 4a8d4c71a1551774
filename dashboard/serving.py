"""``python -m dashboard serve``: gunicorn with one worker, for a laptop."""

from __future__ import annotations

import logging
import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from dashboard.settings import Settings

THREADS = 8


class _Laptop(BaseApplication):
    """Gunicorn without a command line: one worker, since jobs have processes of their own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in server_options(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from dashboard.app import create_app

        return create_app(self._settings).server


def server_options(settings: Settings) -> dict[str, Any]:
    """Give gunicorn's options for the settings."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": 1,
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": 60,
        "graceful_timeout": 3,
        "control_socket_disable": True,
        "loglevel": "warning" if settings.log_level == "info" else settings.log_level,
        "forwarded_allow_ips": "",
        "post_worker_init": _warm,
        "when_ready": lambda _: _say_address(settings),
    }


def run_server(settings: Settings) -> None:
    """Serve the dashboard until interrupted, and print its address.

    Parameters
    ----------
    settings : Settings
        host, port, base_path, log_level and all that ``create_app`` reads.
    """
    from dashboard.environment import prepare_environment

    prepare_environment()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _Laptop(settings).run()


def _warm(worker: Any) -> None:
    from dashboard.warming import warm_up

    warm_up(worker.app.callable)


def _say_address(settings: Settings) -> None:
    host = "localhost" if settings.host in {"127.0.0.1", "0.0.0.0", "::"} else settings.host
    sys.stdout.write(f"The dashboard is at http://{host}:{settings.port}{settings.base_path} (stop it with Ctrl+C)\n")
    sys.stdout.flush()
