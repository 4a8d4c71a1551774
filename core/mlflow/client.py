"""The few calls of MLflow's REST interface that logging a run takes; the standard library alone."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

API: Final = "/api/2.0/mlflow"
FILES: Final = "/api/2.0/mlflow-artifacts/artifacts"
PROXIED: Final = "mlflow-artifacts:"
A_REQUEST_S: Final = 10.0
MOST_AT_ONCE: Final = 100
LARGEST_ANSWER: Final = 2**20


class TrackingError(Exception):
    """What the tracking server did not do, in words; without its address, which may hold a password."""


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A tracking server that sends one elsewhere is not followed: nobody named that place."""

    def redirect_request(self, *_arguments: Any, **_named: Any) -> None:
        return None


class Client:
    """A tracking server.

    Parameters
    ----------
    uri : str
        ``http://`` or ``https://``, perhaps with ``user:password@``.
    token : str
        Sent as a bearer token; empty for none.
    """

    def __init__(self, uri: str, token: str = "") -> None:
        parts = urlsplit(uri)
        host = parts.netloc.rpartition("@")[2]
        self._base = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        self._headers = {"User-Agent": "track-popularity-dashboard"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        elif parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        self._open = urllib.request.build_opener(NoRedirects).open

    def log(self, experiment: str, run: Mapping[str, Any]) -> str:
        """Log a run as ``core.mlflow.described.describe`` gives it: numbers first, files last.

        Returns
        -------
        str
            Id of the run there.

        Raises
        ------
        TrackingError
        """
        made = self._make_run(self._experiment(experiment), run)
        run_id = str(made["info"]["run_id"])
        self._log_numbers(run_id, run)
        self._call("POST", f"{API}/runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": run["end"]})
        self._upload(str(made["info"].get("artifact_uri") or ""), run["files"])
        return run_id

    def _experiment(self, name: str) -> str:
        query = urlencode({"experiment_name": name})
        try:
            found = self._call("GET", f"{API}/experiments/get-by-name?{query}")
            return str(found["experiment"]["experiment_id"])
        except _AbsentError:
            return str(self._call("POST", f"{API}/experiments/create", {"name": name})["experiment_id"])

    def _make_run(self, experiment_id: str, run: Mapping[str, Any]) -> Mapping[str, Any]:
        tags = {**run["tags"], "mlflow.runName": run["name"], "mlflow.source.type": "LOCAL"}
        body = {"experiment_id": experiment_id, "run_name": run["name"], "start_time": run["start"]}
        made: Mapping[str, Any] = self._call("POST", f"{API}/runs/create", {**body, "tags": _pairs(tags)})["run"]
        return made

    def _log_numbers(self, run_id: str, run: Mapping[str, Any]) -> None:
        moment = int(run["end"])
        metrics = [
            {"key": key, "value": value, "timestamp": moment, "step": 0} for key, value in run["metrics"].items()
        ]
        for params, some in _batches(_pairs(run["params"]), metrics):
            self._call("POST", f"{API}/runs/log-batch", {"run_id": run_id, "params": params, "metrics": some})

    def _upload(self, artifact_uri: str, files: Sequence[Sequence[str]]) -> None:
        if not artifact_uri.startswith(PROXIED):
            raise TrackingError("its numbers were logged, but not its files: the server does not take files itself")
        folder = urlsplit(artifact_uri).path.strip("/")
        for name, path in files:
            with Path(path).open("rb") as file:
                size = Path(path).stat().st_size
                self._send("PUT", f"{FILES}/{quote(folder)}/{quote(name)}", file, str(size))

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        sent = None if body is None else json.dumps(body).encode()
        answer = self._send(method, path, sent)
        try:
            found = json.loads(answer or b"{}")
        except ValueError:
            raise TrackingError("what answered is no MLflow server: its answer is no JSON") from None
        if not isinstance(found, dict):
            raise TrackingError("what answered is no MLflow server: its answer is no object")
        return found

    def _send(self, method: str, path: str, body: Any, length: str = "") -> bytes:
        kind = {"Content-Type": "application/octet-stream", "Content-Length": length} if length else {}
        kind = kind or ({"Content-Type": "application/json"} if body is not None else {})
        request = urllib.request.Request(self._base + path, body, {**self._headers, **kind}, method=method)
        try:
            with self._open(request, timeout=A_REQUEST_S) as answer:
                read: bytes = answer.read(LARGEST_ANSWER)
                return read
        except urllib.error.HTTPError as error:
            raise _refusal(error) from None
        except (urllib.error.URLError, OSError) as error:
            reason = getattr(error, "reason", None) or error
            said = "no answer in time" if isinstance(reason, TimeoutError) else str(reason)[:200]
            raise TrackingError(f"the tracking server cannot be reached ({said})") from None
        except ValueError as error:  # an answer that is no HTTP
            raise TrackingError(f"what answered is no MLflow server ({type(error).__name__})") from None


class _AbsentError(TrackingError):
    """There is no such thing on the server."""


def _refusal(error: urllib.error.HTTPError) -> TrackingError:
    code = ""
    try:
        told = json.loads(error.read(10_000))
        code, words = str(told.get("error_code", "")), str(told.get("message", ""))[:200]
    except (ValueError, OSError, AttributeError):
        words = ""
    if code == "RESOURCE_DOES_NOT_EXIST":
        return _AbsentError(words)
    return TrackingError(f"the tracking server answered {error.code}{f': {words}' if words else ''}")


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _batches(params: list[Any], metrics: list[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
    """At most a hundred of each at once, as the server takes them."""
    for start in range(0, max(len(params), len(metrics)), MOST_AT_ONCE):
        yield params[start : start + MOST_AT_ONCE], metrics[start : start + MOST_AT_ONCE]
