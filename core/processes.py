"""Processes named so that a reused pid is never taken for the old one, and ended without leaving children behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass

import psutil

CREATED_TOLERANCE_S = 2.0
"""Start times are derived from the boot time, which clock corrections may move a little."""

GRACE_S = 0.5
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class ProcessId:
    """A process of this or another computer.

    Parameters
    ----------
    pid : int
    created : float, seconds since the epoch
        Start time; a pid alone is reused sooner or later.
    host : str
        Name of the computer it runs on.
    """

    pid: int
    created: float
    host: str

    @property
    def is_local(self) -> bool:
        return self.host == socket.gethostname()


def this_process() -> ProcessId:
    """The identity of the calling process."""
    return process_id(os.getpid())


def process_id(pid: int) -> ProcessId:
    """Name a living process of this computer.

    Raises
    ------
    psutil.NoSuchProcess
        When it has ended already.
    """
    return ProcessId(pid, psutil.Process(pid).create_time(), socket.gethostname())


def is_alive(process: ProcessId) -> bool:
    """True while this very process runs on this computer; a zombie counts as dead."""
    return _find(process) is not None


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its children in MiB; 0 when it has ended.

    What forked processes share is counted once, where the system tells.
    """
    total = 0
    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
        for each in family:
            with contextlib.suppress(psutil.Error):
                total += _share_of_memory(each) if len(family) > 1 else each.memory_info().rss
    return total / 2**20


def _share_of_memory(process: psutil.Process) -> int:
    """Its own bytes, and its part of those it shares; costs more time than asking for the resident ones."""
    full = process.memory_full_info()
    return int(getattr(full, "pss", full.rss))


def kill_tree(process: ProcessId, grace_s: float = GRACE_S) -> None:
    """End a process of this computer and all its children: politely, then by force after the grace.

    Nothing happens when it has ended already, when its pid belongs to another process by now, or on another computer.
    """
    parent = _find(process)
    if parent is None:
        return
    family = [parent, *_children(parent)]
    _send(family, psutil.Process.terminate)
    _, stubborn = psutil.wait_procs(family, timeout=grace_s)
    late = [child for member in stubborn for child in _children(member)]
    _send([*stubborn, *late], psutil.Process.kill)
    psutil.wait_procs([*stubborn, *late], timeout=grace_s)


def die_with_parent(parent_pid: int) -> None:
    """Ask the kernel to kill the calling process when its parent ends (Linux; elsewhere nothing happens)."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # it ended before the kernel was asked
        os._exit(1)


def _find(process: ProcessId) -> psutil.Process | None:
    if not process.is_local:
        return None
    try:
        found = psutil.Process(process.pid)
        if abs(found.create_time() - process.created) > CREATED_TOLERANCE_S:
            return None
        return None if found.status() == psutil.STATUS_ZOMBIE else found
    except psutil.Error:
        return None


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _send(processes: list[psutil.Process], how: Callable[[psutil.Process], None]) -> None:
    for each in processes:
        with contextlib.suppress(psutil.Error):
            how(each)
