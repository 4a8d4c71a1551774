"""What a server does once an hour, beside its visitors: deleted runs whose days are over are removed for good.

Only servers do it: a command of the shell may not know how long the server was told to keep them.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Final

from core.errors import DashboardError

if TYPE_CHECKING:
    from dashboard.services import Services

EVERY_S: Final = 3600.0
_log = logging.getLogger(__name__)


class Upkeep:
    """Looks after the home folder of a server. Called with each request, it does its work when an hour is over.

    Parameters
    ----------
    services : Services
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._due = time.monotonic() + EVERY_S
        self._lock = threading.Lock()

    def __call__(self) -> None:
        """Start the work in a thread of its own, if it is due."""
        if time.monotonic() >= self._due:
            with self._lock:
                is_due = time.monotonic() >= self._due
                self._due = time.monotonic() + EVERY_S
            if is_due:
                threading.Thread(target=self.work, name="upkeep", daemon=True).start()

    def work(self) -> None:
        """Do now what is to be done each hour; trouble is logged and met again in an hour."""
        try:
            self._services.runs.empty_bin()
        except DashboardError as error:
            _log.warning("Deleted runs could not be removed: %s", error)
