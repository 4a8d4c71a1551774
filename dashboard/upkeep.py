"""What a server does once an hour, whether anybody visits it or not: what has expired leaves disk and memory.

Only servers do it: a command of the shell may not know how long the server was told to keep deleted runs.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from core.errors import DashboardError
from core.tables import examining

if TYPE_CHECKING:
    from dashboard.services import Services

EVERY_S: Final = 3600.0

WORK: Final[Mapping[str, Callable[[Services], Any]]] = {
    "deleted runs": lambda services: services.runs.empty_bin(),
    "files of runs that never finished": lambda services: services.runs.remove_orphans(),
    "uploaded tables": lambda services: services.tables.tidy(),
    "scored files": lambda services: services.scorings.tidy(),
    "tables under examination": lambda _: examining.let_go(),
}
"""What is cleared away, in words, and how: each apart from the others, so that trouble with one is trouble with one."""

_log = logging.getLogger(__name__)


class Upkeep:
    """Looks after the home folder of a server.

    Parameters
    ----------
    services : Services
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    def keep_on(self) -> None:
        """Do the work now and each hour from now on, without end: for a thread of its own."""
        while True:
            self.work()
            time.sleep(EVERY_S)

    def work(self) -> None:
        """Do now what is to be done each hour; trouble is logged and met again in an hour."""
        for what, clear_away in WORK.items():
            try:
                clear_away(self._services)
            except (OSError, DashboardError) as error:
                _log.warning("Could not clear away what has expired of the %s: %s", what, error)
            except Exception:  # a broken file in one place must not let everybody's uploads lie elsewhere
                _log.exception("Could not clear away what has expired of the %s", what)
