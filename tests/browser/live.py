"""The dashboard as a person starts it: ``python -m dashboard serve`` in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers import free_port, wait_until_it_answers

if TYPE_CHECKING:
    from dashboard.services import Services
    from dashboard.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 15


@dataclass(frozen=True)
class LiveApp:
    """A running server.

    Parameters
    ----------
    url : str
        Its address without a slash at the end: ``page.goto(live_app.url + "/train")``.
    home : Path
        Its state folder; ``live_app.services.runs`` looks into the same registry from the test's process.
    """

    url: str
    home: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    @property
    def log(self) -> str:
        """Everything the server has written."""
        return (self.home.parent / "server.log").read_text(encoding="utf-8", errors="replace")

    @cached_property
    def settings(self) -> Settings:
        """The settings that the server runs with."""
        from dashboard.settings import Settings

        prefix = "DASHBOARD_"
        return Settings(**{k.removeprefix(prefix).lower(): v for k, v in self.environment.items() if prefix in k})

    @cached_property
    def services(self) -> Services:
        """Services on the same home, to prepare runs and to look at them."""
        from dashboard.services import build_services

        return build_services(self.settings)

    def get(self, path: str, timeout: float = 30) -> tuple[int, str]:
        """Status and text of one GET."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=timeout) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")


@contextlib.contextmanager
def serve(folder: Path, **settings: str) -> Iterator[LiveApp]:
    """Start a server with its home in the folder, wait until it answers, stop it at the end.

    Raises
    ------
    AssertionError
        Where the server does not start, or has logged a traceback when nothing else went wrong.
    """
    home = folder / "home"
    home.mkdir(parents=True)
    port = free_port()
    chosen = {"home": str(home), "port": str(port), "host": "127.0.0.1", **settings}
    ours = {f"DASHBOARD_{name.upper()}": value for name, value in chosen.items()}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DASHBOARD_")} | ours
    with (folder / "server.log").open("wb") as log:
        command = [sys.executable, "-m", "dashboard", "serve"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        app = LiveApp(f"http://127.0.0.1:{port}", home, process, ours)
        try:
            wait_until_it_answers(f"{app.url}/", process, lambda: app.log)
            yield app
            assert "Traceback" not in app.log, f"the server logged a traceback:\n{_first_traceback(app.log)}"
        finally:
            _stop(process)


def _first_traceback(log: str) -> str:
    start = log.index("Traceback")
    return log[max(0, start - 500) : start + 4000]


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, then end whatever it started and left behind."""
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(STOP_SECONDS)
