"""A real gunicorn with two workers, and a client that talks to it as a page does."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from layouts.ids import Shell
from tests.servers import free_port, wait_until_it_answers

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = {"id": Shell.LAUNCH.value, "property": "data"}
RETURNED = {"id": Shell.JOB_RETURN.value, "property": "data"}


@dataclass
class Server:
    """Gunicorn on a port of its own; all visitors are one owner, "shared"."""

    home: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DASHBOARD_")}
        environment |= {"DASHBOARD_HOME": str(self.home), "DASHBOARD_PORT": str(self.port), "WEB_CONCURRENCY": "2"}
        environment |= {"DASHBOARD_IDENTITY": "shared", **self.settings}
        command = [sys.executable, "-m", "gunicorn", "-c", "python:dashboard.gunicorn_conf", "dashboard.wsgi:server"]
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        wait_until_it_answers(f"{self.address}/healthz", self.process, self.log)

    def stop(self) -> float:
        """Stop politely; return the seconds that it took."""
        assert self.process is not None
        clock = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)
        return time.monotonic() - clock

    def workers(self) -> list[psutil.Process]:
        assert self.process is not None
        return [
            child
            for child in psutil.Process(self.process.pid).children()
            if any("dashboard.wsgi" in part for part in child.cmdline())
        ]

    def log(self) -> str:
        return (self.home / "server.log").read_text(errors="replace")


class Page:
    """An open page: it launches jobs and polls for their end."""

    def __init__(self, server: Server) -> None:
        self._server = server
        index = self._ask("/")
        config = re.search(r'<script id="_dash-config"[^>]*>(.*?)</script>', index, re.DOTALL)
        assert config is not None
        self._end_id = self._find_end_id(json.loads(config.group(1)))
        self.handles: dict[str, str] = {}

    def launch(self, job_id: str) -> None:
        """Ask for the process of a job, as the page does when the launch store changes."""
        answer = self._call(job_id, {})
        self.handles = {"cacheKey": answer["cacheKey"], "job": answer["job"]}

    def poll(self, job_id: str) -> dict[str, Any]:
        """What the page hears while it waits: progress, or at last the response; empty for HTTP 204."""
        return self._call(job_id, self.handles)

    def _call(self, job_id: str, query: dict[str, str]) -> dict[str, Any]:
        body = {
            "output": f"{RETURNED['id']}.data",
            "outputs": RETURNED,
            "inputs": [{**LAUNCH, "value": {"job_id": job_id}}],
            "changedPropIds": [f"{LAUNCH['id']}.data"],
        }
        arguments = urllib.parse.urlencode({**query, "endId": self._end_id})
        text = self._ask(f"/_dash-update-component?{arguments}", body)
        return json.loads(text) if text else {}

    def _ask(self, path: str, body: Any = None) -> str:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._server.address}{path}", data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode()

    @staticmethod
    def _find_end_id(config: dict[str, Any]) -> str:
        return next(str(value) for name, value in config.items() if name.lower().replace("_", "") in ("endid",))
