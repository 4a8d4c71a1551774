"""Imported by the process server of jobs: it loads the table once, and every job inherits it.

With settings given as flags rather than in the environment, another table may be loaded here than jobs want; they
notice, and load their own.
"""

from __future__ import annotations

import gc
import logging

from core.runs.making import load_table
from dashboard.settings import Settings

try:
    _settings = Settings()
    load_table(_settings.data, _settings.home)
except Exception as error:  # a server without a table still serves: each job says what is wrong with it
    logging.getLogger(__name__).warning("The table could not be loaded beforehand: %s", error)

gc.collect()
gc.freeze()  # what is loaded stays: looking through it again and again would copy its pages in every job
