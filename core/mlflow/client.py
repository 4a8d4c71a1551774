"""The few calls of MLflow's REST interface that logging a run takes; the standard library alone."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import re
import time
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
LAST_WORD_S: Final = 2.0
"""For telling the server that a run was not logged whole, beyond the time that there is for logging it."""
LONGEST_SAID: Final = 200
SHORTEST_SECRET: Final = 3
RUN_TAG: Final = "dashboard.run_id"
"""Tag by which a run is found again."""
BUSY, BROKEN = 429, 500

_IN_ADDRESS = re.compile(r"//[^\s/]*@")
_IN_HEADER = re.compile(r"(?i)\b(bearer|basic)\s+\S+")
MOST_AT_ONCE: Final = 100
LARGEST_ANSWER: Final = 2**20


class TrackingError(Exception):
    """What the tracking server did not do, in words; without its address, which may hold a password."""


class PassingError(TrackingError):
    """What may be gone in a moment: a server that is away, busy or broken."""


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
    seconds : float
        How long everything may take together.
    """

    def __init__(self, uri: str, token: str = "", seconds: float = 30.0) -> None:
        parts = urlsplit(uri)
        host = parts.netloc.rpartition("@")[2]
        self._base = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        self._headers = {"User-Agent": "track-popularity-dashboard"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        elif parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        sent = self._headers.get("Authorization", "").partition(" ")[2]
        self._secrets = [token, parts.password or "", unquote(parts.password or ""), sent]
        self._open = urllib.request.build_opener(NoRedirects).open
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._there: set[str] = set()

    def log(self, experiment: str, run: Mapping[str, Any], waits: Sequence[float] = ()) -> str:
        """Log a run: numbers first, files next; only then it is finished there.

        A run that was begun before, now or on another day, is gone on with, so that none is there twice. One that
        cannot be logged whole is marked as failed there.

        Parameters
        ----------
        experiment : str
            Made when missing.
        run : mapping
            As ``core.mlflow.described.describe`` gives it.
        waits : sequence of float
            Seconds to wait before each further try, where the trouble may pass.

        Returns
        -------
        str
            Id of the run there.

        Raises
        ------
        TrackingError
        """
        begun: list[str] = []
        for wait in (*waits, None):
            try:
                return self._log(experiment, run, begun)
            except TrackingError as error:
                left = self._until - time.monotonic()
                if not isinstance(error, PassingError) or wait is None or wait >= left:
                    self._give_up(begun)
                    raise
                time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _log(self, experiment: str, run: Mapping[str, Any], begun: list[str]) -> str:
        info = self._begin(self._experiment(experiment), run)
        run_id = str(info["run_id"])
        begun[:] = [run_id]
        self._log_numbers(run_id, run)
        artifact_uri = str(info.get("artifact_uri") or "")
        takes_files = artifact_uri.startswith(PROXIED)
        if takes_files:
            self._upload(artifact_uri, run["files"])
        self._call("POST", f"{API}/runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": run["end"]})
        if not takes_files:
            begun.clear()  # all that it takes is there
            raise TrackingError("its numbers were logged, but not its files: the server does not take files itself")
        return run_id

    def _give_up(self, begun: Sequence[str]) -> None:
        """Mark what was begun as failed, if the server still listens."""
        self._until = max(self._until, time.monotonic() + LAST_WORD_S)
        for run_id in begun:
            with contextlib.suppress(TrackingError):
                self._call("POST", f"{API}/runs/update", {"run_id": run_id, "status": "FAILED"})

    def _experiment(self, name: str) -> str:
        query = urlencode({"experiment_name": name})
        try:
            found = self._call("GET", f"{API}/experiments/get-by-name?{query}")
            return str(found["experiment"]["experiment_id"])
        except _AbsentError:
            return str(self._call("POST", f"{API}/experiments/create", {"name": name})["experiment_id"])

    def _begin(self, experiment_id: str, run: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the server says of the run: of the one that was begun before, or else of a new one."""
        wanted = f"tags.`{RUN_TAG}` = '{run['tags'][RUN_TAG]}'"
        asked = {"experiment_ids": [experiment_id], "filter": wanted, "max_results": 1}
        for found in self._call("POST", f"{API}/runs/search", asked).get("runs") or ():
            known: Mapping[str, Any] = found["info"]
            self._call("POST", f"{API}/runs/update", {"run_id": known["run_id"], "status": "RUNNING"})
            return known
        tags = {**run["tags"], "mlflow.runName": run["name"], "mlflow.source.type": "LOCAL"}
        body = {"experiment_id": experiment_id, "run_name": run["name"], "start_time": run["start"]}
        made: Mapping[str, Any] = self._call("POST", f"{API}/runs/create", {**body, "tags": _pairs(tags)})["run"][
            "info"
        ]
        return made

    def _log_numbers(self, run_id: str, run: Mapping[str, Any]) -> None:
        moment = int(run["end"])
        metrics = [
            {"key": key, "value": value, "timestamp": moment, "step": 0} for key, value in run["metrics"].items()
        ]
        for params, some in _batches(_pairs(run["params"]), metrics):
            self._call("POST", f"{API}/runs/log-batch", {"run_id": run_id, "params": params, "metrics": some})

    def _upload(self, artifact_uri: str, files: Sequence[Sequence[str]]) -> None:
        folder = urlsplit(artifact_uri).path.strip("/")
        for name, path in files:
            if name in self._there:
                continue
            if not Path(path).is_file():
                raise TrackingError(f"the run's file {name} is gone")
            with Path(path).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                self._send("PUT", f"{FILES}/{quote(folder)}/{quote(name)}", file, str(size))
            self._there.add(name)

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
            with self._open(request, timeout=self._time_left()) as answer:
                read: bytes = answer.read(LARGEST_ANSWER)
            self._time_left()  # an answer that trickles in stays below the limit of each wait
            return read
        except urllib.error.HTTPError as error:
            raise self._refusal(error) from None
        except (urllib.error.URLError, OSError) as error:
            self._time_left()
            reason = getattr(error, "reason", None) or error
            said = "no answer in time" if isinstance(reason, TimeoutError) else self._cleaned(str(reason))
            raise PassingError(f"the tracking server cannot be reached ({said})") from None
        except http.client.IncompleteRead:
            raise PassingError("the tracking server broke off its answer") from None
        except (http.client.HTTPException, ValueError) as error:  # an answer that is no HTTP
            raise TrackingError(f"what answered is no MLflow server ({type(error).__name__})") from None

    def _time_left(self) -> float:
        """Seconds that a request may take."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TrackingError(f"it took longer than {self._seconds:g} seconds")
        return min(left, A_REQUEST_S)

    def _refusal(self, error: urllib.error.HTTPError) -> TrackingError:
        code = ""
        try:
            told = json.loads(error.read(10_000))
            code, words = str(told.get("error_code", "")), self._cleaned(str(told.get("message", "")))
        except (ValueError, OSError, AttributeError):
            words = ""
        if code == "RESOURCE_DOES_NOT_EXIST":
            return _AbsentError(words)
        passes = error.code == BUSY or error.code >= BROKEN
        return (PassingError if passes else TrackingError)(
            f"the tracking server answered {error.code}{f': {words}' if words else ''}"
        )

    def _cleaned(self, said: str) -> str:
        """Foreign words as they may be shown: one short line, without what is secret."""
        for secret in self._secrets:
            if len(secret) >= SHORTEST_SECRET:
                said = said.replace(secret, "…")
        said = _IN_ADDRESS.sub("//…@", _IN_HEADER.sub(r"\1 …", said))
        return " ".join("".join(c if c.isprintable() else " " for c in said).split())[:LONGEST_SAID]


class _AbsentError(TrackingError):
    """There is no such thing on the server."""


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _batches(params: list[Any], metrics: list[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
    """At most a hundred of each at once, as the server takes them."""
    for start in range(0, max(len(params), len(metrics)), MOST_AT_ONCE):
        yield params[start : start + MOST_AT_ONCE], metrics[start : start + MOST_AT_ONCE]
