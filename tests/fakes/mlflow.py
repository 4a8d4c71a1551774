"""A small MLflow tracking server on this computer: it keeps what it is sent, or misbehaves as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SLEEP_S = 3.0


@dataclass
class Kept:
    """What a server was sent."""

    uri: str = ""
    mode: str = "well"
    params: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    status: str = ""
    statuses: list[str] = field(default_factory=list)
    runs: dict[str, str] = field(default_factory=dict)
    failures_left: int = 2
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def tracking_server(mode: str = "well") -> Iterator[Kept]:
    """Run a server inside the ``with`` block.

    Parameters
    ----------
    mode : str
        "well", "slow", "trickling", "broken", "text", "garbage" (no HTTP), "elsewhere", "without files", "full" (takes
        one file), "flaky" (not the first two files), "fading" (begins a run, then is busy), "telling" (secrets).
    """
    kept = Kept(mode=mode)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"kept": kept}))
    server.daemon_threads = True
    kept.uri = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    kept: Kept

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers["Content-Length"])))

    def do_PUT(self) -> None:
        self.do_POST()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _serve(self, body: bytes) -> None:
        self.kept.paths.append(f"{self.command} {self.path.partition('?')[0]}")
        self.kept.headers.append(dict(self.headers))
        secrets = f"no\n{self.headers.get('Authorization')} at http://ann:word@db/x\x1b[31m"
        answers: dict[str, tuple[int, dict[str, Any]]] = {
            "broken": (500, {"message": "disk on fire"}),
            "elsewhere": (302, {}),
            "telling": (
                400,
                {"message": secrets * 9},
            ),
        }
        if self.kept.mode == "garbage":
            self.wfile.write(b"220 mail.example ready\r\n")
            return None
        if self.kept.mode == "text":
            return self._send(200, b"<html>a portal</html>")
        if self.kept.mode == "slow":
            time.sleep(SLEEP_S)
        if self.kept.mode == "trickling":
            return self._trickle()
        status, answer = answers.get(self.kept.mode) or self._answer(body)
        return self._send(status, json.dumps(answer).encode())

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/api/2.0/mlflow/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        until = time.monotonic() + SLEEP_S
        while time.monotonic() < until:
            try:
                self.wfile.write(b" ")
            except OSError:
                return
            time.sleep(0.05)

    def _answer(self, body: bytes) -> tuple[int, dict[str, Any]]:
        call = self.path.partition("?")[0].partition("/api/2.0/")[2]
        if call.startswith("mlflow-artifacts/artifacts/"):
            return self._take(call.rpartition("/")[2], body)
        told = json.loads(body or b"{}")
        if self.kept.mode == "fading" and self.kept.runs and call != "mlflow/runs/update":
            return 503, {}
        if call == "mlflow/experiments/get-by-name":
            return 404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such experiment"}
        if call == "mlflow/experiments/create":
            return 200, {"experiment_id": "7"}
        if call == "mlflow/runs/create":
            self.kept.tags = {tag["key"]: tag["value"] for tag in told["tags"]}
            run_id = f"r{len(self.kept.runs)}"
            self.kept.runs[self.kept.tags["dashboard.run_id"]] = run_id
            return 200, {"run": {"info": self._info(run_id)}}
        if call == "mlflow/runs/search":
            wanted = told["filter"].partition("'")[2].rstrip("'")
            known = self.kept.runs.get(wanted)
            return 200, {"runs": [{"info": self._info(known)}]} if known else {}
        if call == "mlflow/runs/log-batch":
            self.kept.params |= {one["key"]: one["value"] for one in told["params"]}
            self.kept.metrics |= {one["key"]: one["value"] for one in told["metrics"]}
            return 200, {}
        if call == "mlflow/runs/update":
            self.kept.status = told["status"]
            self.kept.statuses.append(told["status"])
            return 200, {}
        return 404, {"error_code": "ENDPOINT_NOT_FOUND"}

    def _info(self, run_id: str) -> dict[str, str]:
        place = "/srv/mlruns" if self.kept.mode == "without files" else "mlflow-artifacts:"
        return {"run_id": run_id, "artifact_uri": f"{place}/7/{run_id}/artifacts"}

    def _take(self, name: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if self.kept.mode == "full" and self.kept.files:
            return 413, {"message": "too large"}
        if self.kept.mode == "flaky" and self.kept.failures_left:
            self.kept.failures_left -= 1
            return 503, {"message": "busy"}
        self.kept.files[name] = body
        return 200, {}
