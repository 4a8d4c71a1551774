"""What every test that starts a real server needs: a port, and patience until the server answers."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable

START_SECONDS = 120


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes], log: Callable[[], str]) -> None:
    """Ask an address until it answers; fail with the log when the process ends before, or takes too long."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except OSError:
            assert process.poll() is None, f"the server ended with {process.returncode}:\n{log()[-4000:]}"
            time.sleep(0.1)
    raise AssertionError(f"the server did not answer within {START_SECONDS} s:\n{log()[-4000:]}")
