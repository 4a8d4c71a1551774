"""The dashboard as a person starts it: ``python -m dashboard serve`` in a process of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.services import Services
    from dashboard.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
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
    """Start a server with its home in the folder, wait until it answers, stop it at the end."""
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
            _wait_until_it_answers(app)
            yield app
        finally:
            _stop(process)


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(app: LiveApp) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if app.process.poll() is not None:
            raise AssertionError(f"the server ended with {app.process.returncode}:\n{app.log[-4000:]}")
        with contextlib.suppress(OSError):
            if app.get("/", timeout=10)[0] == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"the server did not answer within {START_SECONDS} s:\n{app.log[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, then end whatever it started and left behind."""
    process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(STOP_SECONDS)
